internal import SyRPCWire

/// Records what a peer publishes for every payload.
package struct GoldenRecorder: Sendable {
  private let peer: String
  private let plan: RunPlan
  private let environment: RunEnvironment

  /// A recorder.
  ///
  /// - Parameters:
  ///   - peer: whose messages are recorded.
  ///   - plan: cells in which it is server and getter, and it and others are putter.
  ///   - environment: where the run takes place.
  package init(peer: String, plan: RunPlan, environment: RunEnvironment) {
    self.peer = peer
    self.plan = plan
    self.environment = environment
  }

  /// Records, and writes the set's file. A body whose data is not the payload is no golden one: it is left out.
  ///
  /// - Parameter folder: `fixtures/messages`.
  /// - Returns: the file's path.
  /// - Throws: ``InteropError``, `CancellationError`.
  package func record(into folder: String) async throws -> String {
    let recording = Recording(peer: peer)
    let run = MatrixRun(
      plan: plan, judge: Judge(divergences: [], golden: GoldenMessages()), environment: environment, parallel: 2,
      witness: { await recording.add($0) })
    _ = try await run.results { _ in }
    guard let set = await recording.set else { throw InteropError("\(peer) names no golden set, or published nothing") }
    let path = folder / "\(set).jsonl"
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

  /// The lines in the corpus' order. One for another putter stands only where it differs.
  func text(_ corpus: Corpus) throws -> [UInt8] {
    var lines: [JSON] = []
    for payload in corpus.payloads {
      for kind in [GoldenMessages.Kind.request, .result] {
        let keys = bodies.keys.filter { $0.kind == kind && $0.payload == payload.name }
        let general = keys.first { $0.from == nil }
        for key in keys.sorted(by: { $0.from ?? "" < $1.from ?? "" }) {
          guard let body = bodies[key], key == general || general.flatMap({ bodies[$0] }) != body else { continue }
          lines.append(body.line(key))
        }
      }
    }
    return try lines.flatMap { try $0.encoded() + [UInt8(ascii: "\n")] }
  }
}
