package import InteropJudge
package import InteropModel
internal import InteropSupport
package import SyRPCWire
internal import TextTable

/// What a self-test came to.
package struct SelfTestReport: Sendable {
  package let results: [Planting.Result]
  /// The checks that are held against mutations, in their order, with the levels.
  private let rules: [Rule]
  private let mutations: [Mutation]
  /// The checks that only a recording can fail, if there was none to plant in.
  private let leftOut: [String]

  /// - Parameters:
  ///   - results: of all plantings.
  ///   - mutations: what was to be planted.
  ///   - rules: the checks that were selected.
  ///   - hasRecordings: whether there was a recording to plant in. A new peer beside Swift has none: what is about replays is
  ///     not put to the test then.
  package init(
    _ results: [Planting.Result], mutations: [Mutation], rules: [Rule], hasRecordings: Bool = true
  ) {
    self.results = results
    let possible = hasRecordings ? mutations : mutations.filter { !$0.isOfRecording }
    let leftOut = Set(mutations.map(\.check)).subtracting(possible.map(\.check))
    self.mutations = possible
    self.rules = rules.filter { !leftOut.contains($0.id) }
    self.leftOut = rules.map(\.id).filter(leftOut.contains)
  }

  package var planted: [Planting.Result] { results.filter(\.isApplicable) }
  package var caught: [Planting.Result] { results.filter(\.isCaught) }
  package var attributed: [Planting.Result] { results.filter(\.isAttributed) }

  /// Mutations that no peer has anything for.
  package var unplanted: [String] {
    let planted = Set(planted.map(\.planting.mutation.name))
    return mutations.map(\.name).filter { !planted.contains($0) }
  }

  /// A required check has to be failed by two mutations, any other by one.
  package var uncovered: [String] {
    let caught = Dictionary(grouping: caught, by: \.planting.mutation.check).mapValues {
      Set($0.map(\.planting.mutation.name)).count
    }
    return rules.compactMap { rule in
      let count = caught[rule.id] ?? 0
      let least = rule.level == .required ? 2 : 1
      return count < least ? "\(rule.id): \(count) mutations fail it, not \(least)" : nil
    }
  }

  /// Of each check and role: how many defects were planted, how many were caught and attributed, and how many of these
  /// nothing else found.
  package struct Score: Hashable, Sendable {
    package let check: String
    package let role: Role
    package var planted = 0
    package var attributed = 0
    package var alone = 0

    /// `12`, or `11 of 12` where one was missed or blamed on others; a star where one at least was found by it alone.
    var shown: String {
      (planted == attributed ? "\(planted)" : "\(attributed) of \(planted)") + (alone > 0 ? "*" : "")
    }
  }

  package var scores: [Score] {
    var scores: [String: [Role: Score]] = [:]
    for result in planted {
      let mutation = result.planting.mutation
      var score = scores[mutation.check]?[mutation.role] ?? Score(check: mutation.check, role: mutation.role)
      score.planted += 1
      score.attributed += result.isAttributed ? 1 : 0
      score.alone += result.isAttributed && result.isFoundByItAlone ? 1 : 0
      scores[mutation.check, default: [:]][mutation.role] = score
    }
    return rules.flatMap { rule in Role.allCases.compactMap { scores[rule.id]?[$0] } }
  }

  /// The scores, a line a check.
  package var table: String {
    let scores = scores
    let table = TextTable<String> { check in
      [Column(title: "check", value: check)]
        + Role.allCases.map { role in
          Column(title: role.rawValue, value: scores.first { $0.check == check && $0.role == role }?.shown ?? "-")
        }
    }
    return (table.string(for: scores.map(\.check).uniqued()) ?? "")
      + "\n*: of these, one at least that no other check finds"
  }

  package var isAsExpected: Bool {
    !planted.isEmpty && attributed.count == planted.count && unplanted.isEmpty && uncovered.isEmpty
  }

  /// For people: the numbers, and whatever is wrong.
  package var lines: [String] {
    let names = Set(planted.map(\.planting.mutation.name))
    let peers = planted.map(\.planting.peer).uniqued()
    return [
      "\(names.count) mutations on \(peers.joined(separator: ", ")): \(planted.count) planted, \(caught.count) caught, "
        + "\(attributed.count) attributed to the right peer and role and to nobody else",
      "\(rules.count) checks, \(rules.count - uncovered.count) of them failed by as many mutations as they have to be",
    ] + (leftOut.isEmpty ? [] : ["without a recording of these peers, left out: \(leftOut.joined(separator: ", "))"])
      + results.flatMap(Self.complaint) + unplanted.map { "NOT PLANTED  \($0): no peer has anything to plant it in" }
      + uncovered.map { "UNCOVERED  \($0)" }
  }

  /// What is wrong with a result; nothing if it is as it should be.
  package static func complaint(_ result: Planting.Result) -> [String] {
    switch result.outcome {
    case .missed(let observed): ["MISSED  \(result.planting.name)", "      it was \(observed.visible)"]
    case .caught(let blamed, _) where !blamed.isEmpty:
      ["BLAMED OTHERS  \(result.planting.name)", "      also \(blamed.joined(separator: ", "))"]
    case .caught, .inapplicable: []
    }
  }

  /// For programs.
  package var json: JSON {
    [
      "schema": 2, "as_expected": .bool(isAsExpected), "planted": .integer(Int64(planted.count)),
      "caught": .integer(Int64(caught.count)), "attributed": .integer(Int64(attributed.count)),
      "unplanted": .array(unplanted.map(JSON.string)), "uncovered": .array(uncovered.map(JSON.string)),
      "scores": .array(
        scores.map { score in
          [
            "check": .string(score.check), "role": .string(score.role.rawValue),
            "planted": .integer(Int64(score.planted)), "attributed": .integer(Int64(score.attributed)),
            "alone": .integer(Int64(score.alone)),
          ]
        }),
      "plantings": .array(results.map(Self.json)),
    ]
  }

  private static func json(_ result: Planting.Result) -> JSON {
    let mutation = result.planting.mutation
    let (outcome, detail): (JSON, JSON) =
      switch result.outcome {
      case .caught(let blamed, _): ("caught", .array(blamed.map(JSON.string)))
      case .missed(let observed): ("missed", .string(observed))
      case .inapplicable(let reason): ("inapplicable", .string(reason))
      }
    return [
      "mutation": .string(mutation.name), "peer": .string(result.planting.peer),
      "role": .string(mutation.role.rawValue), "check": .string(mutation.check), "outcome": outcome, "detail": detail,
      "milliseconds": .integer(Int64(result.milliseconds)),
    ]
  }
}
