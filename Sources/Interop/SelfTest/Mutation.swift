package import InteropModel
internal import InteropRunner
internal import SyRPCWire
internal import NIOConcurrencyHelpers
internal import WireTap

/// A defect that can be planted, and the check that has to find it.
package struct Mutation: Sendable {
  /// What is planted, in a word: unique among those of a role.
  package let label: String
  /// Whose defect it is.
  package let role: Role
  /// The id of the check that must fail.
  package let check: String
  /// Whether the check names the role; false for one that judges a cell.
  let isNamed: Bool
  /// Who has to do with it besides, and is blamed too.
  let accomplice: Role?
  let scenario: Scenario
  let payload: String
  /// In how many calls it is to be planted, at most, until it makes a difference: a wrong hash is right for some ids.
  var draws = 1
  let defect: Defect

  /// How a defect is planted.
  enum Defect: Sendable {
    /// In what goes over the wires: editors for the roles of a cell, made anew for each.
    case wire(@Sendable (Plot) -> [Role: EditorMaker])
    /// In what the adapter answers.
    case adapter(AdapterDefect)
    /// In what the harness has recorded, as if it had been mixed up.
    case record(@Sendable (inout Evidence) -> Void)
    /// In an implementation that is defective as a whole: the label names what is.
    case whole
    /// In what a recording sends or gets.
    case replay(@Sendable (Plot) -> EditorMaker)
  }

  /// Whether a whole implementation has it.
  package var isWhole: Bool { if case .whole = defect { true } else { false } }

  /// Whether it takes a recording to plant it in.
  var isOfRecording: Bool { if case .replay = defect { true } else { false } }

  /// `server/queue.flags/not-durable`
  package var name: String { "\(role.rawValue)/\(check)/\(label)" }

  init(
    _ label: String, _ role: Role, fails check: String, isNamed: Bool = true, with accomplice: Role? = nil,
    in scenario: Scenario = .echo, payload: String = "hello", _ defect: Defect
  ) {
    self.label = label
    self.role = role
    self.check = check
    self.isNamed = isNamed
    self.accomplice = accomplice
    self.scenario = scenario
    self.payload = payload
    self.defect = defect
  }

  /// All of them, in the order of the checks.
  package static let all: [Mutation] =
    answers + declarations + bindings + publications + bodies + properties + hashes + consumers + takings + payloads
    + connections
    + recordings
}

/// One planting: what the editors of a cell know, and what they tell.
package final class Plot: Sendable {
  let topology: ExpectedTopology
  private let state = NIOLockedValueBox(State())

  private struct State {
    var changes = 0
    var resultIDs: [String] = []
  }

  init(_ topology: ExpectedTopology) { self.topology = topology }

  /// Whether anything went on otherwise than it came.
  var isPlanted: Bool { state.withLockedValue { $0.changes > 0 } }
  func noteChange() { state.withLockedValue { $0.changes += 1 } }

  /// The ids of the requests that were put so far.
  var resultIDs: [String] { state.withLockedValue { $0.resultIDs } }
  func note(resultID: String) { state.withLockedValue { $0.resultIDs.append(resultID) } }

  /// Edits each connection of a role; `make` is called for each.
  func editor(_ make: @escaping @Sendable () -> StreamEditor.Decision) -> EditorMaker {
    { [self] _ in StreamEditor(onChange: noteChange, make()) }
  }
}

extension Mutation {
  /// Something that the role sends is changed.
  static func sends(
    _ label: String, _ role: Role, fails check: String, isNamed: Bool = true, in scenario: Scenario = .echo,
    payload: String = "hello", _ method: String,
    _ edit: @escaping @Sendable (inout WireUnit, ExpectedTopology) -> Void
  ) -> Mutation {
    edits(label, role, fails: check, isNamed: isNamed, in: scenario, payload: payload, .toBroker, method) {
      unit, topology in
      var unit = unit
      edit(&unit, topology)
      return .pass(unit)
    }
  }

  /// Something else becomes of a method that goes in a direction.
  static func edits(
    _ label: String, _ role: Role, fails check: String, isNamed: Bool = true, in scenario: Scenario = .echo,
    payload: String = "hello", _ direction: Transcript.Direction, _ method: String,
    _ decide: @escaping @Sendable (WireUnit, ExpectedTopology) -> StreamEditor.Edit
  ) -> Mutation {
    let changes = changing { unit, from, topology in
      from == direction && unit.name == method ? decide(unit, topology) : .pass(unit)
    }
    return Mutation(
      label, role, fails: check, isNamed: isNamed, in: scenario, payload: payload,
      .wire { plot in [role: changes(plot)] })
  }

  /// An editor that forgets what it has seen.
  static func changing(
    _ decide: @escaping @Sendable (WireUnit, Transcript.Direction, ExpectedTopology) -> StreamEditor.Edit
  ) -> @Sendable (Plot) -> EditorMaker {
    { plot in plot.editor { { unit, from in decide(unit, from, plot.topology) } } }
  }
}

extension WireUnit {
  /// A text among the arguments.
  func text(_ field: String) -> String { fields[field]?.stringValue ?? "" }

  /// Replaces a part of the body, wherever it stands.
  mutating func replace(_ part: String, with other: String) { replace(Array(part.utf8), with: Array(other.utf8)) }

  mutating func replace(_ part: [UInt8], with other: [UInt8]) {
    guard !part.isEmpty else { return }
    var result: [UInt8] = []
    var rest = body[...]
    while !rest.isEmpty {
      if rest.starts(with: part) {
        result += other
        rest = rest.dropFirst(part.count)
      } else {
        result.append(rest.removeFirst())
      }
    }
    body = result
  }

  /// The id in a message's body.
  var resultID: String? { (try? JSON(parsing: body))?["result_id"]?.stringValue }
}
