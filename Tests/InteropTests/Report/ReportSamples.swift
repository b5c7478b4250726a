import SyRPCWire

@testable import InteropJudge
@testable import InteropModel
@testable import InteropReport
@testable import InteropRunner

/// Runs as a report has them, made up.
enum Sample {
  static let run = Report.Run(
    syrpc: "0.1.0", librabbitmq: "0.11.0", jansson: "2.14", command: ["syrpc", "interop"],
    started: "2026-11-25T10:00:00Z", seconds: 12.5, parallel: 6, system: "Debian 13")

  static func finding(
    _ check: String, _ level: Level, _ role: Role, _ peer: String, _ verdict: Verdict, _ observed: String = "x",
    because: Blame? = nil, divergence: Divergence? = nil
  ) -> Finding {
    var finding = Finding(
      check: check, level: level, role: role, peer: peer, verdict: verdict, expected: verdict == .pass ? nil : "y",
      observed: observed, divergence: divergence)
    if let because { finding.explanation = verdict == .affected ? .affected(because) : .follows(because) }
    return finding
  }

  static let abc = Combination(putter: "a", server: "b", getter: "c")

  /// The cell `a-b-c/echo/hello`.
  static func cell(_ findings: Finding...) -> CellResult { result(abc, .echo, "hello", findings) }

  static func cell(
    _ combination: Combination, _ payload: String, in scenario: Scenario = .echo, recording: String? = nil,
    skipReason: String? = nil, _ findings: Finding...
  ) -> CellResult {
    result(combination, scenario, payload, recording: recording, skipReason: skipReason, findings)
  }

  private static func result(
    _ combination: Combination, _ scenario: Scenario, _ payload: String, recording: String? = nil,
    skipReason: String? = nil, _ findings: [Finding]
  ) -> CellResult {
    var result = CellResult(
      cell: Cell(combination: combination, scenario: scenario, payload: payload, recording: recording),
      findings: findings, skipReason: skipReason)
    result.repeatCommand = Repetition().command(result.cell)
    result.milliseconds = 1250
    return result
  }

  static func divergence(_ check: String, _ role: String, _ reason: String) throws -> Divergence {
    let entry: JSON = [
      "peer": "b", "role": .string(role), "check": .string(check), "observed": "*", "most": 1,
      "reason": .string(reason),
    ]
    return try Divergence.read(JSON.object(["divergences": [entry]]).encoded(), of: "list")[0]
  }

  static func report(
    _ cells: [CellResult], peers: [RunReport.Peer] = [], problems: [String] = [], endedEarly: String? = nil,
    shard: Report.Shard? = nil
  ) -> Report {
    Report(RunReport(run: run, peers: peers, cells: cells, problems: problems, endedEarly: endedEarly, shard: shard))
  }

  /// The cell `PUTTER-SERVER-c/echo/PAYLOAD` in which these bodies were published.
  static func published(
    _ putter: String = "a", _ server: String = "b", _ payload: String, _ request: String, _ result: String
  ) -> CellResult {
    var cell = cell(Combination(putter: putter, server: server, getter: "c"), payload)
    cell.messages = [.request: .text(request), .result: .text(result)]
    return cell
  }

  static func report(_ verdicts: [Verdict], problems: [String] = [], endedEarly: String? = nil) -> Report {
    let cells = verdicts.enumerated().map { number, verdict in
      let payload = number == 0 ? "hello" : "p\(number)"
      return verdict == .skipped
        ? cell(abc, payload, skipReason: "given up")
        : cell(abc, payload, finding("hash.routing-key", .required, .server, "b", verdict, "2"))
    }
    let peer = RunReport.Peer(name: "a", about: "", mode: .missing, identity: nil, reason: "not here")
    return report(cells, peers: [peer], problems: problems, endedEarly: endedEarly)
  }

  /// One of each: what passed, is known, failed with what follows from it and who is affected, what nobody explains, what was
  /// not run, what a recording plays, a note, quality that is known and that is not.
  static func mixed() throws -> Report {
    let blame = Blame(peer: "b", role: .server, check: "hash.routing-key")
    let swift = Combination(putter: "swift", server: "b", getter: "swift")
    var first = cell(
      finding("publish.request", .required, .putter, "a", .pass),
      finding("publish.mandatory", .recommended, .putter, "a", .fail))
    first.messages = [.request: .text("{}"), .result: .digest(size: 9000, hash: 7)]
    return report(
      [
        first,
        cell(
          abc, "known",
          finding(
            "payload.result", .required, .server, "b", .known,
            divergence: try divergence("payload.result", "server", "it has no <integers>"))),
        cell(
          swift, "fails", finding("hash.routing-key", .required, .server, "b", .fail, "17"),
          finding("declare.result", .required, .server, "b", .fail, because: blame),
          finding("outcome.get", .required, .getter, "swift", .affected, because: blame)),
        cell(swift, "unexplained", finding("outcome.get", .required, .getter, "swift", .affected)),
        cell(swift, "skipped", skipReason: "3 cells in a row"),
        cell(
          swift, "recorded", in: Scenario.recorded("default", ttl: nil, messageTTL: nil, resultQueueCount: nil),
          recording: "b-default-server-0", finding("replay.fits", .required, .server, "b", .pass)),
        cell(swift, "noted", finding("properties.priority", .informational, .putter, "swift", .note, "0")),
        cell(
          swift, "quality",
          finding(
            "properties.delivery-mode", .recommended, .server, "b", .known,
            divergence: try divergence("properties.delivery-mode", "server", "transient"))),
      ],
      peers: [
        RunReport.Peer(
          name: "a", about: "", mode: .live,
          identity: try PeerIdentity(
            hello: ["implementation": "a 1.0", "runtime": "A 2", "features": ["serve"], "libraries": ["x": "1"]]),
          reason: "as published"),
        RunReport.Peer(name: "b", about: "", mode: .replay, reason: "not here"),
      ])
  }

  /// What a hostile peer says wherever it can.
  static let hostile =
    "::error::\u{1B}[2J\r\n::add-mask::x\u{2028}\u{202E}\u{0}##[error]<script>alert(1)</script>\"\u{301} onload=x '&|`*_"
    + "[x](javascript:1)@everyone #1 ]]>"

  static func hostileReport(_ text: String = hostile) throws -> Report {
    let combination = Combination(putter: "p", server: text, getter: "g")
    let blame = Blame(peer: text, role: .server, check: "json.document")
    return report(
      [
        cell(
          combination, text, finding("json.document", .required, .server, text, .fail, text),
          finding("outcome.get", .required, .getter, "g", .affected, text, because: blame)),
        cell(combination, "skipped", skipReason: text),
        cell(combination, "noted", finding("properties.priority", .informational, .putter, text, .note, text)),
        cell(combination, "quality", finding("publish.mandatory", .recommended, .putter, text, .fail, text)),
      ],
      peers: [
        RunReport.Peer(
          name: text, about: text, mode: .live,
          identity: PeerIdentity(implementation: text, runtime: text, libraries: ["x": .string(text)]), reason: text)
      ], problems: [text], endedEarly: text)
  }
}
