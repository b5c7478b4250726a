import SyRPCWire
import Testing

@testable import InteropFixtures
@testable import InteropJudge
@testable import InteropModel
@testable import InteropSupport

@Suite struct PortabilityTests {
  private func portability(_ change: (String) -> String = { $0 }) async throws -> Portability {
    let checkout = try checkout()
    return try await withTemporaryFolder { folder in
      let text = String(decoding: try Files.read(checkout.divergences), as: UTF8.self)
      try Files.write(Array(change(text).utf8), to: folder / "divergences.json")
      return Portability(
        try Corpus(folder: checkout.payloads), try Divergence.read(folder / "divergences.json"))
    }
  }

  private func obstacles(_ payload: String, _ portability: Portability) -> [String]? {
    portability.entries.first { $0.payload.name == payload }?.obstacles
  }

  @Test func theCorpusAndTheDivergencesAgree() async throws {
    let portability = try await portability()
    #expect(portability.problems.isEmpty)
    #expect(obstacles("hello", portability) == [])
    #expect(obstacles("null", portability) == ["node"])
    #expect(obstacles("emoji", portability) == ["node to python"])
  }

  @Test func aPayloadThatIsLostAndSaidToBePortableIsFound() async throws {
    let portability = try await portability { $0.replacing("\"exception-key\"", with: "\"hello\"") }
    #expect(portability.problems.count == 2)
    #expect(portability.problems.contains { $0.contains("payload hello is \"portable\", but") && $0.contains("node") })
    #expect(portability.problems.contains { $0.contains("payload exception-key is not \"portable\"") })
  }

  @Test func theReadmesTableIsTheOneThatIsWritten() async throws {
    let table = try await portability().table
    let readme = String(decoding: try Files.read(try checkout().readme), as: UTF8.self)
    #expect(try table.inserted(in: readme) == readme)
    let changed = readme.replacing("Bare null", with: "Bare nothing")
    #expect(try table.inserted(in: changed) == readme)
    #expect(throws: InteropError.self) { try table.inserted(in: "no place") }
  }
}
