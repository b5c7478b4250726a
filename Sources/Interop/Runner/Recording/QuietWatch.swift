internal import Synchronization
internal import WireTap

/// Tells when nothing has gone over a tap for a while: a program may have more to send when its call has returned, and
/// whether that comes before or after the next call must not be chance.
final class QuietWatch: Sendable {
  private let last = Mutex(ContinuousClock.now)

  /// For how long nothing comes where nothing more will: longer than the 40 ms for which Nagle's algorithm and delayed
  /// acknowledgements can hold back what was sent.
  private static let pause = Duration.milliseconds(150)
  private static let patience = Duration.seconds(3)

  @Sendable func note(_ connection: Int, _ entry: Transcript.Entry) { last.withLock { $0 = .now } }

  /// Waits until it is quiet, or for some seconds.
  func wait() async {
    let deadline = ContinuousClock.now + Self.patience
    last.withLock { $0 = .now }
    while ContinuousClock.now < deadline {
      let quiet = last.withLock { $0 } + Self.pause
      if quiet <= .now { return }
      try? await Task.sleep(until: min(quiet, deadline), clock: .continuous)
    }
  }
}
