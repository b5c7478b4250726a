/// Something bad that a tap does to a connection, once, at a frame boundary.
package struct TapFault: Hashable, Sendable {
  package enum Effect: String, Hashable, Sendable, CaseIterable {
    /// Both sides are torn down (RST).
    case cut
    /// Nothing passes any more in either direction, and no side is told: the sockets stay open until the tap is stopped.
    case stall
  }

  package let effect: Effect
  package let direction: Transcript.Direction
  /// It happens when so many frames of that direction have been delivered, the protocol header counted as one; with 0 as
  /// soon as the first byte comes.
  package let frames: Int
  /// The number of the connection that it happens to, in the order in which they are accepted, from 0; nil for each.
  package let connection: Int?

  package init(_ effect: Effect, _ direction: Transcript.Direction, afterFrames frames: Int, connection: Int? = nil) {
    self.effect = effect
    self.direction = direction
    self.frames = frames
    self.connection = connection
  }
}
