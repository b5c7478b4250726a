package import InteropJudge
package import InteropModel
internal import InteropReport
package import InteropRunner
package import InteropSupport
internal import SyRPCWire

/// Records what a peer publishes for every payload.
package struct GoldenRecorder: Sendable {
  private let peer: String
  private let plan: RunPlan
  private let judge: Judge
  private let environment: RunEnvironment

  /// A recorder.
  ///
  /// - Parameters:
  ///   - peer: whose messages are recorded.
  ///   - plan: cells in which it is server and getter, and it and others are putter.
  ///   - judge: says whether a cell is as expected; see ``checks``.
  ///   - environment: where the run takes place.
  package init(peer: String, plan: RunPlan, judge: Judge, environment: RunEnvironment) {
    self.peer = peer
    self.plan = plan
    self.judge = judge
    self.environment = environment
  }

  /// The checks that a cell has to stand before its messages are golden: all but the one that holds them against the golden
  /// messages that there are.
  package static var checks: [Glob] { Judge.checkIDs.filter { $0 != GoldenMessages.check }.map(Glob.init) }

  /// Records, and writes the set's file. A body whose data is not the payload is no golden one: it is left out.
  ///
  /// Nothing is written unless every cell was as expected, and no message is missing that the set had before: what one of
  /// them failed to publish, or published wrongly, would be golden from then on.
  ///
  /// - Parameter checkout: where the fixtures are.
  /// - Returns: the file's path.
  /// - Throws: ``InteropError`` with the first cell that was not as expected, or with what is missing; `CancellationError`.
  package func record(into checkout: Checkout) async throws -> String {
    let recording = Recording(peer: peer)
    let run = MatrixRun(
      plan: plan, judge: judge, environment: environment, parallel: 2, witness: { await recording.add($0) })
    _ = try await run.results { result in
      guard result.verdict.isUnexpected || result.verdict == .skipped else { return }
      let lines = RunSummary.lines(result) + (result.skipReason.map { ["      \($0)"] } ?? [])
      throw InteropError("nothing was written, since a cell was not as expected:\n\(lines.joined(separator: "\n"))")
    }
    guard let set = await recording.set else { throw InteropError("\(peer) names no golden set, or published nothing") }
    try FixtureCounts(checkout).checkNothingIsMissing(in: set, of: await recording.golden(plan.corpus))
    let path = checkout.messages / "\(set).jsonl"
    try Files.write(try await recording.text(plan.corpus), to: path)
    return path
  }
}

private actor Recording {
  private let peer: String
  private(set) var set: String?
  private var bodies: [GoldenMessages.Key: GoldenMessages.Body] = [:]

  init(peer: String) { self.peer = peer }

  func add(_ evidence: Evidence) {
    guard let own = evidence.roles.server.identity?.golden, let putters = evidence.roles.putter.identity?.golden else {
      return
    }
    set = own
    let from = own == putters ? nil : putters
    if from == nil {
      note(evidence.roles.putter, evidence, .init(set: own, kind: .request, payload: evidence.cell.payload))
    }
    note(evidence.roles.server, evidence, .init(set: own, kind: .result, payload: evidence.cell.payload, from: from))
  }

  private func note(_ role: RoleEvidence, _ evidence: Evidence, _ key: GoldenMessages.Key) {
    guard let message = role.published.first, message.data == evidence.calls.first?.value else { return }
    bodies[key] = GoldenMessages.Body(masking: message)
  }

  /// The lines in the corpus' order.
  func text(_ corpus: Corpus) throws -> [UInt8] {
    try kept(corpus).flatMap { try $0.body.line($0.key).encoded() + [UInt8(ascii: "\n")] }
  }

  /// The same as golden messages.
  func golden(_ corpus: Corpus) -> GoldenMessages {
    GoldenMessages(Dictionary(kept(corpus).map { ($0.key, $0.body) }) { first, _ in first })
  }

  /// What is kept, in the corpus' order. What there is for another putter stands only where it differs.
  private func kept(_ corpus: Corpus) -> [(key: GoldenMessages.Key, body: GoldenMessages.Body)] {
    var kept: [(key: GoldenMessages.Key, body: GoldenMessages.Body)] = []
    for payload in corpus.payloads {
      for kind in [GoldenMessages.Kind.request, .result] {
        let keys = bodies.keys.filter { $0.kind == kind && $0.payload == payload.name }
        let general = keys.first { $0.from == nil }
        for key in keys.sorted(by: { $0.from ?? "" < $1.from ?? "" }) {
          guard let body = bodies[key], key == general || general.flatMap({ bodies[$0] }) != body else { continue }
          kept.append((key, body))
        }
      }
    }
    return kept
  }
}
