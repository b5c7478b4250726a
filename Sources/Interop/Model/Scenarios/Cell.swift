internal import SyRPCWire

/// Which peer plays which role.
package typealias Combination = PerRole<String>

extension PerRole<String> {
  /// `python-swift-python`: putter, server, getter. A peer's name has no hyphen.
  package var name: String { "\(putter)-\(server)-\(getter)" }
}

/// One exchange to be made and judged.
package struct Cell: Hashable, Sendable {
  package let combination: Combination
  package let scenario: Scenario
  package let payload: String
  /// The file of the recording that plays its peer's roles; nil if all three roles are live.
  package let recording: String?

  package init(combination: Combination, scenario: Scenario, payload: String, recording: String? = nil) {
    self.combination = combination
    self.scenario = scenario
    self.payload = payload
    self.recording = recording
  }

  /// What its calls carry, in order, the last one for all that follow; nil if the corpus has not all of it.
  package func payloads(in corpus: Corpus) -> [Payload]? {
    let names = [payload] + (scenario.laterPayload.map { [$0] } ?? [])
    let payloads = names.compactMap { corpus[$0] }
    return payloads.count == names.count ? payloads : nil
  }

  package var name: String { "\(combination.name)/\(scenario.name)/\(payload)" }

  /// The options of `syrpc interop` that run this cell alone.
  package var repeatOptions: [String] {
    [
      "--putter", combination.putter, "--server", combination.server, "--getter", combination.getter,
      "--scenario", scenario.name, "--payload", payload,
    ]
  }
}

extension Combination {
  /// Who plays the roles that a scenario does not vary, unless the selection leaves it out.
  package static let stand = RecordedConversation.partner
}

extension Cell {
  /// Its combination as it is in the default matrix, whoever else the selection has in the roles that the scenario does
  /// not vary.
  package var standardCombination: Combination {
    func name(_ role: Role) -> String { scenario.varied.contains(role) ? combination[role] : Combination.stand }
    return Combination(putter: name(.putter), server: name(.server), getter: name(.getter))
  }
}
