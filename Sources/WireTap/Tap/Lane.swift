internal import NIOCore

/// What the rules say of one direction of a connection, and how far they have come.
///
/// Lives on the event loop of the connection.
final class Lane {
  /// What ends the passing of bytes; nil if nothing does, or has done.
  var gate: FaultGate?
  /// Where bytes wait; nil if they pass as they come.
  var queue: FaultQueue?
  /// Looks for what is due next.
  var wakeUp: Scheduled<Void>?
  var isPumping = false
  var intake = Intake.open

  enum Intake {
    case open
    /// What comes vanishes.
    case dropped
    /// The source is not read.
    case shut
  }

  init(gate: FaultGate?, queue: FaultQueue?) {
    self.gate = gate
    self.queue = queue
  }

  /// What waits goes nowhere.
  func discard() {
    queue?.discard()
    wakeUp?.cancel()
    wakeUp = nil
  }
}

/// A value for each direction.
struct PerDirection<Value> {
  private let toBroker: Value
  private let fromBroker: Value

  init(_ make: (Transcript.Direction) -> Value) {
    toBroker = make(.toBroker)
    fromBroker = make(.fromBroker)
  }

  subscript(direction: Transcript.Direction) -> Value { direction == .toBroker ? toBroker : fromBroker }
}
