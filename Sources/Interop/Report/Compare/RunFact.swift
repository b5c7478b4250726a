internal import InteropModel
internal import InteropSupport
internal import SyRPCWire

/// Something of a run that its verdicts may depend on: a version, or what it was held against.
struct RunFact: Hashable {
  /// What it is of: `node`, `broker`.
  let subject: String
  /// What of it: `runtime`; nil where there is but one thing.
  private(set) var name: String?
  let value: String

  init(_ subject: String, _ name: String, _ value: String) {
    (self.subject, self.name, self.value) = (subject, name, value)
  }
  init(_ subject: String, _ value: String) { (self.subject, self.value) = (subject, value) }
}

extension Report {
  /// What all parts of one run have in common, that of a kind together: versions, broker, fixtures, peers. Of a kind that a run
  /// ended before it knew there is nothing.
  var commonFacts: [[RunFact]] {
    [
      [
        RunFact("syrpc", run.syrpc), RunFact("librabbitmq", run.librabbitmq), RunFact("jansson", run.jansson),
        RunFact("faults", run.faults ?? "none"),
      ],
      run.broker.map { broker in
        [
          RunFact("broker", "\(broker.product) \(broker.version)"),
          RunFact("broker", "whose", broker.isPrivate ? "the run's own" : "somebody else's"),
        ]
      } ?? [],
      run.fixtures.map { fixtures in
        [
          RunFact("contract", fixtures.contract), RunFact("divergences", fixtures.divergences),
          RunFact("payloads", fixtures.payloads), RunFact("golden messages", fixtures.messages),
        ]
      } ?? [],
      peers.flatMap(\.facts),
    ]
  }

  /// These, and what may differ from part to part.
  var facts: [RunFact] { commonFacts.flatMap(\.self) + [RunFact("system", run.system)] }
}

extension Report.Peer {
  fileprivate var facts: [RunFact] {
    func fact(_ part: String, _ value: String?) -> RunFact? { value.map { RunFact(name, part, $0) } }
    // Some languages' tables have no order.
    let others = [libraries, settings].flatMap { $0?.sorted { $0.key < $1.key } ?? [] }.map { key, value in
      RunFact(name, key, value.stringValue ?? value.description)
    }
    return [
      fact("mode", mode.rawValue), fact("implementation", implementation), fact("runtime", runtime),
      fact("bridged", bridged?.joined(separator: ", ")),
      fact("checkout", checkout.map { "\($0.commit ?? "of no repository")\($0.modified ? ", modified" : "")" }),
    ].compactMap(\.self) + others
  }
}

/// What became of a fact.
package struct FactChange: Hashable, Sendable {
  /// `node: runtime`.
  package let title: String
  /// Nil if there was none.
  package let old: String?
  package let new: String?

  /// What differs between the facts of two runs. Of what one of them has not at all it is said once.
  static func between(_ old: [RunFact], _ new: [RunFact]) -> [FactChange] {
    (old + new).map(\.subject).uniqued().flatMap { subject -> [FactChange] in
      func values(_ facts: [RunFact]) -> [String?: String] {
        Dictionary(facts.filter { $0.subject == subject }.map { ($0.name, $0.value) }) { first, _ in first }
      }
      let (before, after) = (values(old), values(new))
      let names = (old + new).filter { $0.subject == subject }.map(\.name).uniqued()
      let changes = names.filter { before[$0] != after[$0] }.map { name in
        FactChange(
          title: [subject, name].compactMap(\.self).joined(separator: ": ").visible, old: before[name]?.visible,
          new: after[name]?.visible)
      }
      // One that was live and is not has no versions any more.
      let isAllSaid = before.isEmpty || after.isEmpty || before["mode"] != after["mode"]
      return isAllSaid ? Array(changes.prefix(1)) : changes
    }
  }
}
