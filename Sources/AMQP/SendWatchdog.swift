internal import Dispatch
internal import NIOConcurrencyHelpers

#if canImport(Darwin)
  internal import Darwin
#else
  internal import Glibc
#endif

/// Shuts a socket on which a send gets nowhere.
///
/// librabbitmq waits without limit for room in the socket's buffer (#519), and with it the connection's thread. A broker
/// whose memory or disk alarm is on reads no more from who has published, so this does happen.
final class SendWatchdog {
  private enum State {
    /// With the progress since the first look; nil before that.
    case waiting(SendProgress?)
    case fired, over
  }

  /// Shared with the queue on which the timer fires.
  private final class Fuse: Sendable {
    let state = NIOLockedValueBox(State.waiting(nil))
  }

  /// Often enough to see what moves: a socket that a send fills again and again is not always equally full.
  private static let looksPerLimit = 16
  private let fuse = Fuse()
  private let timer: any DispatchSourceTimer

  init(_ descriptor: Int32, after limit: Duration) {
    timer = DispatchSource.makeTimerSource(queue: .global())
    let pause = limit / Self.looksPerLimit / .seconds(1)
    let start = Moment.now
    timer.schedule(deadline: .now() + pause, repeating: pause)
    timer.setEventHandler { [fuse] in
      // Under the lock the send is not over, so the descriptor is still the connection's.
      fuse.state.withLockedValue { state in
        guard case .waiting(var progress) = state else { return }
        let now = Moment.now
        if progress?.look(at: now) == nil { progress = SendProgress(descriptor, at: now) }
        state = .waiting(progress)
        guard now - (progress?.lastMoved ?? start) >= limit else { return }
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
      return if case .fired = state { true } else { false }
    }
  }
}
