internal import NIOConcurrencyHelpers
internal import SyRPCWire

/// The results that somebody here got of late, over all connections.
///
/// A result may come twice: its server repeated it after a lost connection, or the acknowledgement of this client was
/// lost with one. Nobody will ask for it again, so the second is dropped.
final class FinishedResults: Sendable {
  private let memory: NIOLockedValueBox<FadingMemory<Void>>

  /// - Parameter messageTTL: after that no message that is on its way now can come.
  init(messageTTL: Duration) { memory = NIOLockedValueBox(FadingMemory(lifetime: messageTTL)) }

  func add(_ resultID: String) { memory.withLockedValue { $0.remember((), of: ExactString(resultID), at: .now) } }
  func contains(_ resultID: String) -> Bool { memory.withLockedValue { $0[ExactString(resultID), .now] != nil } }
}
