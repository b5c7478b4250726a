internal import AMQP
internal import NIOConcurrencyHelpers
internal import SyRPCWire

/// The results that nobody will ask for here or elsewhere, over all connections.
///
/// A result may come twice: its server repeated it after a lost connection, or the acknowledgement of this client was
/// lost with one. And the result of a call that has ended without it is nobody's: its id never left this process.
/// Either is dropped.
final class FinishedResults: Sendable {
  /// Why a result is dropped.
  enum Reason: Sendable {
    /// Somebody here got it.
    case got
    /// It belongs to a call that has ended.
    case late
  }

  /// A request may wait for its server as long as it likes; then its result is in nobody's way for long.
  static let lateLifetime = Duration.seconds(600)

  private let gotten: NIOLockedValueBox<FadingMemory<Void>>
  private let abandoned: NIOLockedValueBox<FadingMemory<Void>>

  /// - Parameter messageTTL: after that no message that is on its way now can come.
  init(messageTTL: Duration) {
    gotten = NIOLockedValueBox(FadingMemory(lifetime: messageTTL))
    abandoned = NIOLockedValueBox(FadingMemory(lifetime: Self.lateLifetime))
  }

  /// Somebody got it.
  func add(_ key: ResultKey) { gotten.withLockedValue { $0.remember((), of: key, at: .now) } }

  /// The call that alone knows the id has ended without it.
  func abandon(_ resultID: String) {
    abandoned.withLockedValue { $0.remember((), of: ResultKey(resultID), at: .now) }
  }

  /// Why a result is to be dropped; nil if it is not.
  func reason(_ key: ResultKey) -> Reason? {
    let now = Moment.now
    if gotten.withLockedValue({ $0[key, now] != nil }) { return .got }
    return abandoned.withLockedValue { $0[key, now] != nil } ? .late : nil
  }
}
