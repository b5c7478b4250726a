internal import Dispatch
internal import NIOConcurrencyHelpers

#if canImport(Darwin)
  internal import Darwin
#else
  internal import Glibc
#endif

/// Shuts a socket on which a send takes too long.
///
/// librabbitmq waits without limit for room in the socket's buffer (#519), and with it the connection's thread. A broker
/// whose memory or disk alarm is on reads no more from who has published, so this does happen.
final class SendWatchdog {
  private enum State { case waiting, fired, over }

  /// Shared with the queue on which the timer fires.
  private final class Fuse: Sendable {
    let state = NIOLockedValueBox(State.waiting)
  }

  private let fuse = Fuse()
  private let timer: any DispatchSourceTimer

  init(_ descriptor: Int32, after limit: Duration) {
    timer = DispatchSource.makeTimerSource(queue: .global())
    let (seconds, attoseconds) = limit.components
    timer.schedule(deadline: .now() + Double(seconds) + Double(attoseconds) / 1e18)
    timer.setEventHandler { [fuse] in
      // Under the lock the send is not over, so the descriptor is still the connection's.
      fuse.state.withLockedValue { state in
        guard state == .waiting else { return }
        state = .fired
        _ = shutdown(descriptor, Int32(SHUT_RDWR))
      }
    }
    timer.activate()
  }

  /// The send is over. Tells whether that was its end.
  func hasFired() -> Bool {
    timer.cancel()
    return fuse.state.withLockedValue { state in
      defer { state = .over }
      return state == .fired
    }
  }
}
