/// Something bad that a tap does to its connections: one rule.
///
/// It is written `effect[=value][@direction[:frames]][#connection]`; ``TapFaults`` reads it.
package struct TapFault: Hashable, Sendable {
  package enum Effect: Hashable, Sendable {
    /// How what passes in a direction, or in both, passes.
    case shape(Shape, Transcript.Direction?)
    /// What happens when so many frames of that direction have passed, the protocol header counted as one; with 0 as
    /// soon as its first byte comes.
    case stop(Stop, Transcript.Direction, afterFrames: Int)
    /// The connection is accepted and reset (RST) at once; the broker learns nothing of it.
    case refuse
  }

  /// How bytes pass: all of them, in order, but otherwise than they came.
  package enum Shape: Hashable, Sendable {
    /// So much later than they came.
    case delay(Duration)
    /// Not faster.
    case throttle(bytesPerSecond: Int)
    /// Every segment in pieces of so many bytes; nil for uneven ones (``PieceSizes``).
    case split(pieceSize: Int?)
  }

  /// What ends the passing of bytes, at a frame boundary.
  package enum Stop: String, Hashable, Sendable, CaseIterable {
    /// Both sides are torn down (RST).
    case cut
    /// Nothing passes any more in either direction, and no side is told: the sockets stay open until the tap is stopped.
    case stall
    /// What else comes in that direction vanishes; FIN and RST do not.
    case drop
  }

  package let effect: Effect
  /// The number of the connection that it happens to, in the order in which they are accepted, from 0; nil for each.
  package let connection: Int?

  /// A rule for one connection, or for each.
  package init(_ effect: Effect, connection: Int? = nil) {
    self.effect = effect
    self.connection = connection
  }

  /// A rule that ends the passing of bytes.
  package init(_ stop: Stop, _ direction: Transcript.Direction, afterFrames frames: Int, connection: Int? = nil) {
    self.init(.stop(stop, direction, afterFrames: frames), connection: connection)
  }

  /// A rule for how bytes pass, in a direction or in both.
  package init(_ shape: Shape, _ direction: Transcript.Direction? = nil, connection: Int? = nil) {
    self.init(.shape(shape, direction), connection: connection)
  }
}

extension TapFault: CustomStringConvertible {
  /// The rule as ``TapFaults`` reads it.
  package var description: String {
    let text =
      switch effect {
      case .shape(let shape, let direction): shape.description + (direction.map { "@\($0.rawValue)" } ?? "")
      case .stop(.drop, let direction, afterFrames: 0): "drop@\(direction.rawValue)"
      case .stop(let stop, let direction, let frames): "\(stop.rawValue)@\(direction.rawValue):\(frames)"
      case .refuse: "refuse"
      }
    return text + (connection.map { "#\($0)" } ?? "")
  }
}

extension TapFault.Shape: CustomStringConvertible {
  package var description: String {
    switch self {
    case .delay(let duration): "delay=\(FaultUnit.text(duration))"
    case .throttle(let rate): "throttle=\(FaultUnit.text(bytesPerSecond: rate))"
    case .split(let size): size.map { "split=\($0)" } ?? "split"
    }
  }
}
