package import InteropJudge
package import InteropModel
package import InteropRunner
package import InteropSupport
internal import SyRPCWire

/// Records what a peer publishes for every payload.
package struct GoldenRecorder: Sendable {
  private let peer: String
  private let plan: RunPlan
  private let judge: Judge
  private let environment: RunEnvironment
  private let keepsGoing: Bool

  /// A recorder.
  ///
  /// - Parameters:
  ///   - peer: whose messages are recorded.
  ///   - plan: cells in which it is server and getter, and it and others are putter.
  ///   - judge: says whether a cell is as expected; see ``checks``.
  ///   - environment: where the run takes place.
  ///   - keepsGoing: whether what is not as expected is recorded all the same.
  package init(peer: String, plan: RunPlan, judge: Judge, environment: RunEnvironment, keepsGoing: Bool = false) {
    self.peer = peer
    self.plan = plan
    self.judge = judge
    self.environment = environment
    self.keepsGoing = keepsGoing
  }

  /// The checks that a cell has to stand before its messages are golden: all but the one that holds them against the golden
  /// messages that there are.
  package static var checks: [Glob] { Judge.checkIDs.filter { $0 != GoldenMessages.check }.map(Glob.init) }

  /// Records, and writes the set's file. Results of requests that were put by peers which are not live here stay as they
  /// were. A body whose data is not the payload is no golden one: it is left out.
  ///
  /// Nothing is written unless every cell was as expected, and no message is missing that the set had before: what one of
  /// them failed to publish, or published wrongly, would be golden from then on.
  ///
  /// - Parameter checkout: where the fixtures are.
  /// - Returns: the file's path.
  /// - Throws: ``InteropError`` with the first cell that was not as expected, or with what is missing; `CancellationError`.
  package func record(into checkout: Checkout) async throws -> String {
    let recording = Recording(peer: peer, earlier: try GoldenMessages(folder: checkout.messages))
    let run = MatrixRun(
      plan: plan, judge: judge, environment: environment, parallel: 2, witness: { await recording.add($0) })
    _ = try await run.results { [keepsGoing] result in
      guard !keepsGoing, result.verdict.isUnexpected || result.verdict == .skipped else { return }
      throw InteropError.notAsExpected(result)
    }
    guard let set = await recording.set else { throw InteropError("\(peer) names no golden set, or published nothing") }
    if !keepsGoing {
      try FixtureCounts(checkout).checkNothingIsMissing(in: set, of: await recording.golden(plan.corpus))
    }
    let path = checkout.messages / "\(set).jsonl"
    try Files.write(try await recording.text(plan.corpus), to: path)
    return path
  }
}

private actor Recording {
  private let peer: String
  private(set) var set: String?
  private var bodies: [GoldenMessages.Key: GoldenMessages.Body] = [:]
  /// What there is. Results of requests that nobody here can put stay as they were.
  private let earlier: GoldenMessages
  /// The sets of those that put requests here.
  private var putters: Set<String> = []

  init(peer: String, earlier: GoldenMessages) {
    self.peer = peer
    self.earlier = earlier
  }

  func add(_ evidence: Evidence) {
    guard let own = evidence.roles.server.identity?.golden, let putters = evidence.roles.putter.identity?.golden else {
      return
    }
    set = own
    self.putters.insert(putters)
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
    let others = earlier.bodies.filter { key, _ in key.set == set && key.from.map { !putters.contains($0) } ?? false }
    let bodies = bodies.merging(others) { recorded, _ in recorded }
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
