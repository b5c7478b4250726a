internal import NIOConcurrencyHelpers
internal import SyRPCWire

/// Who waits for results from now on, noted by any thread: the reader takes note before it looks at what has come.
///
/// That is enough where the queue is consumed already, and whoever waits need not wake the reader's thread.
final class ResultInbox: Sendable {
  /// Someone who waits.
  struct Entry: Sendable {
    let waiter: ResultDesk.Waiter
    let key: ResultKey
    let index: Int
    let receive: @Sendable (Result<JSON, any Error>) -> Void
  }

  fileprivate struct State {
    /// The queues that are consumed.
    var open: Set<Int> = []
    var entries: [Entry] = []
    var lastWaiter = 0
  }

  private let state = NIOLockedValueBox(State())

  /// A number for someone who waits.
  func number() -> ResultDesk.Waiter {
    state.withLockedValue { state in
      state.lastWaiter += 1
      return state.lastWaiter
    }
  }

  /// Someone waits from now on.
  ///
  /// - Returns: false if the queue is not consumed: nothing was noted.
  func add(_ entry: Entry) -> Bool {
    state.withLockedValue { state in
      guard state.open.contains(entry.index) else { return false }
      state.entries.append(entry)
      return true
    }
  }

  /// A queue is consumed.
  func open(_ index: Int) { state.withLockedValue { _ = $0.open.insert(index) } }

  /// A queue is consumed no longer.
  ///
  /// - Returns: whoever was noted meanwhile, for any queue.
  func close(_ index: Int) -> [Entry] {
    state.withLockedValue { state in
      state.open.remove(index)
      return state.takeAll()
    }
  }

  /// All who were noted.
  func takeAll() -> [Entry] { state.withLockedValue { $0.takeAll() } }
}

extension ResultInbox.State {
  fileprivate mutating func takeAll() -> [ResultInbox.Entry] {
    guard !entries.isEmpty else { return [] }
    defer { entries.removeAll(keepingCapacity: true) }
    return entries
  }
}
