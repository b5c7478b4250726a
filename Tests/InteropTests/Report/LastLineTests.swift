import SyRPCWire
import Testing

@testable import InteropJudge
@testable import InteropModel
@testable import InteropReport

@Suite struct LastLineTests {
  private func report(_ modes: [String: RunReport.Peer.Mode], problems: [String] = []) -> Report {
    let cell = Cell(
      combination: Combination(putter: "swift", server: "node", getter: "swift"), scenario: .echo, payload: "hello")
    let finding = Finding(
      check: "hash.routing-key", level: .required, role: .server, peer: "node", verdict: .pass, expected: nil,
      observed: "1", divergence: nil)
    let peers = modes.sorted { $0.key < $1.key }.map { name, mode in
      RunReport.Peer(name: name, about: "", mode: mode, reason: nil)
    }
    return Sample.report([CellResult(cell: cell, findings: [finding])], peers: peers, problems: problems)
  }

  @Test func continuousIntegrationIsToldWhatWasNotLive() {
    let replayed = report(["swift": .live, "node": .replay, "php": .replay, "python": .missing])
    #expect(
      LastLine.text(replayed, isCI: true)
        == "all as expected, but not live: node, php replayed; python missing; --require all makes that an error")
    #expect(LastLine.text(replayed, isCI: false) == "all as expected")
    #expect(LastLine.text(report(["swift": .live, "node": .live]), isCI: true) == "all as expected")
    #expect(
      LastLine.text(report(["node": .replay], problems: ["stale"]), isCI: true).hasPrefix(
        "NOT as expected, but not live"))
  }

  @Test(arguments: [("true", true), ("1", true), ("woodpecker", true), ("false", false), ("", false), ("0", false)])
  func theEnvironmentSaysSo(_ value: String, _ isCI: Bool) {
    #expect(LastLine.isCI(["CI": value]) == isCI)
  }

  @Test func withoutTheVariableSomebodyReads() { #expect(!LastLine.isCI(["PATH": "/"])) }
}
