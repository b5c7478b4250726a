import Foundation
import InteropFixtures
import SyRPCWire
import Testing

@testable import InteropModel
@testable import InteropSupport

@Suite struct ProposalAcceptanceTests {
  /// A proposal in the folder of proposals of a copy.
  private func proposal(_ changes: String, in checkout: Checkout) throws -> Proposal {
    let path = checkout.folder / "interop/proposals/change.json"
    let text = "{\"name\": \"change\", \"reason\": \"It is wanted.\", \"extends\": 1, \(changes)}\n"
    try Files.write(Array(text.utf8), to: path)
    try Files.write(Array("0.1.0\n-----\n\n- What was before.\n".utf8), to: checkout.folder / "CHANGELOG.rst")
    return try Proposal(path, base: try Contract(checkout.contract))
  }

  @Test func aProposalBecomesTheContract() async throws {
    try await withCopyOfFixtures { checkout in
      let proposal = try proposal("\"hash\": {\"key\": \"0123456789abcdef\"}", in: checkout)
      let names = ["contract.json", "vectors/hash.json", "vectors/naming.json", "counts.json"].map {
        checkout.folder / "fixtures/\($0)"
      }
      let other = checkout.proposals / "other.json"
      let text = """
        {"name": "other", "reason": "Another one.", "extends": 1, "defaults": {"amq_ttl": 1}, "phases": [
          {"name": "a", "reads": [1, 2], "writes": 1}, {"name": "b", "reads": [2], "writes": 2}]}

        """
      try Files.write(Array(text.utf8), to: other)
      let same = checkout.proposals / "same.json"
      let vain =
        "{\"name\": \"same\", \"reason\": \"It is wanted.\", \"extends\": 1, \"hash\": {\"key\": \"0123456789abcdef\"}}"
      try Files.write(Array(vain.utf8), to: same)
      let files = names + [checkout.folder / "CHANGELOG.rst", proposal.path, other]
      let before = try files.map { try Files.read($0) }
      let kept = checkout.contract(version: 1)
      var acceptance = ProposalAcceptance(proposal, into: checkout, recording: "model")
      try acceptance.write()
      #expect(Set(acceptance.changed) == Set(files + [kept]))

      // What was in force can still be claimed, and what is proposed beside it goes on.
      #expect(try Files.read(kept) == before[0])
      #expect(try Claim("1", base: try Contract(checkout.contract), in: checkout).title == "version 1")
      #expect(try Claim("2", base: try Contract(checkout.contract), in: checkout).title == nil)
      let carried = String(decoding: try Files.read(other), as: UTF8.self)
      #expect(carried.contains("\"extends\": 2") && carried.contains("\"reads\": [2, 3], \"writes\": 2"))
      #expect(carried.contains("\"reads\": [3], \"writes\": 3") && carried.contains("\"amq_ttl\": 1}"))
      #expect(try Files.read(same) == Array(vain.utf8))
      #expect(acceptance.notes.count == 1 && acceptance.notes[0].contains("same.json: \"hash\" changes nothing"))

      let contract = try Contract(checkout.contract)
      #expect(contract.version == 2 && contract.hash.key == Array("0123456789abcdef".utf8))
      #expect(contract.source == proposal.contract.source)
      let vectors = try #require(try Files.readJSON(names[1])["vectors"]?.arrayValue)
      for vector in vectors {
        let id = try #require(vector["result_id"]?.stringValue)
        #expect(vector["index"]?["7"] == .integer(Int64(contract.hash.index(of: id, among: 7))))
        #expect(vector["hash"]?.stringValue.flatMap { UInt64($0, radix: 16) } == contract.hash.value(of: id))
      }
      // One vector a line, in ASCII, as before.
      #expect(try Files.read(names[1]).count { $0 == 10 } == before[1].count { $0 == 10 })
      #expect(try Files.read(names[1]).allSatisfy { $0 < 0x80 })
      let log = String(decoding: try Files.read(checkout.folder / "CHANGELOG.rst"), as: UTF8.self)
      #expect(log.contains("version 2**, ``change``: It is wanted.\n- What was before."))
      #expect(!Files.exists(proposal.path))

      try acceptance.undo()
      let after = try files.map { try Files.read($0) }
      #expect(after == before)
      #expect(!Files.exists(kept))
    }
  }

  @Test func whatIsNotConcernedStaysByteForByte() async throws {
    try await withCopyOfFixtures { checkout in
      let proposal = try proposal("\"properties\": {\"priority\": 5}", in: checkout)
      var acceptance = ProposalAcceptance(proposal, into: checkout, recording: "model")
      try acceptance.write()
      #expect(!acceptance.changed.contains { $0.contains("vectors") })
      #expect(try Contract(checkout.contract).request.marks.properties["priority"]?.value == 5)
    }
  }

  @Test func aClaimThatCannotBeFoundIsNamed() throws {
    let checkout = try checkout()
    let error = try #require(throws: InteropError.self) {
      try Claim("7", base: try Contract(checkout.contract), in: checkout)
    }
    #expect(error.message.contains("there is no version 7 of the contract"))
  }

  @Test func theContractIsWrittenAsTheToolWritesIt() throws {
    let path = try checkout().contract
    let text = try Contract(path).source.laidOut
    #expect(try Files.read(path) == Array(text.utf8))
  }
}
