import InteropJudge
import Testing

@testable import InteropModel
@testable import InteropRunner
@testable import InteropSupport

@Suite(.timeLimit(.minutes(10))) struct SessionPoolTests {
  private func evidence(_ error: PeerError?, _ role: Role = .server) throws -> Evidence {
    let cell = Cell(
      combination: Combination(putter: "a", server: "b", getter: "c"), scenario: .echo, payload: "hello")
    let topology = ExpectedTopology(try Contract(try checkout().contract), appName: "app", .echo)
    var roles = cell.combination.map { RoleEvidence(peer: $0, identity: nil) }
    roles[role].outcomes = [("serve", error)]
    return Evidence(cell: cell, topology: topology, calls: [], roles: roles)
  }

  @Test func onlyWhoBreaksAgainAndAgainIsGivenUp() async throws {
    let pool = SessionPool(StubbornPeers("/").environment)
    let hung = PeerError(.broken, "asked for serve: b sent no line within 40.0 seconds")
    func reason(_ putter: String = "a", _ server: String = "b") async -> String? {
      await pool.reasonToSkip(Combination(putter: putter, server: server, getter: "c"))
    }
    for _ in 1...5 { await pool.note(try evidence(hung), .fail) }
    #expect(await reason() == nil)
    await pool.note(try evidence(PeerError(.timeout, "nothing came")), .fail)
    for _ in 1...5 { await pool.note(try evidence(hung), .fail) }
    #expect(await reason() == nil, "it answered in between")
    await pool.note(try evidence(hung), .fail)
    let said = await reason()
    #expect(said == "b broke as server in 6 cells in a row, the last time: \(hung.message)")
    #expect(await reason("b", "a") == nil, "as a putter it may be better")
  }

  @Test func whoBreaksAsIsKnownIsTriedAgain() async throws {
    let pool = SessionPool(StubbornPeers("/").environment)
    let died = PeerError(.broken, "asked for get_result: c exited with 1")
    for _ in 1...20 { await pool.note(try evidence(died, .getter), .known) }
    #expect(await pool.reasonToSkip(Combination(putter: "a", server: "b", getter: "c")) == nil)
  }
}
