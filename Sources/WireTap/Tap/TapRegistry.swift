internal import NIOCore
internal import Synchronization

/// The connections of a tap, open and closed.
final class TapRegistry: Sendable {
  private struct Link {
    let recording: Recording
    /// The accepted connection; closing it closes the broker's.
    let peer: any Channel
    /// Completes when both connections are closed.
    let closed: EventLoopFuture<Void>
  }

  private struct State {
    var links: [Link] = []
    var isClosing = false
  }

  private let state = Mutex(State())
  private let makeRecording: @Sendable (_ number: Int) -> Recording

  init(makeRecording: @escaping @Sendable (_ number: Int) -> Recording) {
    self.makeRecording = makeRecording
  }

  /// A recording for a connection that was accepted; nil once the tap closes.
  func add(peer: any Channel, closed: EventLoopFuture<Void>) -> Recording? {
    state.withLock { state in
      guard !state.isClosing else { return nil }
      let recording = makeRecording(state.links.count)
      state.links.append(Link(recording: recording, peer: peer, closed: closed))
      return recording
    }
  }

  /// Whether all connections are to be closed at once.
  var isClosing: Bool { state.withLock { $0.isClosing } }

  /// In the order in which the connections were accepted.
  var recordings: [Recording] { state.withLock { $0.links.map(\.recording) } }

  /// Closes all connections, and waits until they are.
  func closeAll() async {
    let links = state.withLock { state in
      state.isClosing = true
      return state.links
    }
    for link in links {
      // Only the first ending of a recording counts, so one that has ended keeps its own.
      link.recording.end(.closedByTap)
      link.peer.close(promise: nil)
    }
    for link in links {
      // The future never fails: to be closed is all it tells.
      try? await link.closed.get()
    }
  }
}
