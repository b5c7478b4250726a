internal import NIOCore
internal import NIOConcurrencyHelpers

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
    var farewells: [@Sendable () -> Void] = []
  }

  private let state = NIOLockedValueBox(State())
  /// What happens to the connections.
  let faults: TapFaults
  /// What changes the bytes of the connection with this number, if anything does.
  let editor: @Sendable (_ connection: Int) -> StreamEditor?
  private let makeRecording: @Sendable (_ number: Int) -> Recording

  init(
    faults: TapFaults, editor: @escaping @Sendable (_ connection: Int) -> StreamEditor?,
    makeRecording: @escaping @Sendable (_ number: Int) -> Recording
  ) {
    self.faults = faults
    self.editor = editor
    self.makeRecording = makeRecording
  }

  /// Does something when all connections are to be closed; now, if that is so already.
  func whenClosing(_ action: @escaping @Sendable () -> Void) {
    let isClosing = state.withLockedValue { state in
      if !state.isClosing { state.farewells.append(action) }
      return state.isClosing
    }
    if isClosing { action() }
  }

  /// A recording for a connection that was accepted; nil once the tap closes.
  func add(peer: any Channel, closed: EventLoopFuture<Void>) -> Recording? {
    state.withLockedValue { state in
      guard !state.isClosing else { return nil }
      let recording = makeRecording(state.links.count)
      state.links.append(Link(recording: recording, peer: peer, closed: closed))
      return recording
    }
  }

  /// Whether all connections are to be closed at once.
  var isClosing: Bool { state.withLockedValue { $0.isClosing } }

  /// In the order in which the connections were accepted.
  var recordings: [Recording] { state.withLockedValue { $0.links.map(\.recording) } }

  /// Closes all connections, and waits until they are.
  func closeAll() async {
    let (links, farewells) = state.withLockedValue { state in
      state.isClosing = true
      defer { state.farewells = [] }
      return (state.links, state.farewells)
    }
    for farewell in farewells { farewell() }
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
