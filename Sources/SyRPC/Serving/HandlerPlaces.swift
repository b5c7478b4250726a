internal import DequeModule
internal import NIOConcurrencyHelpers

/// Hands requests over to the tasks that handle them: one in each place, which waits for the next when it is done.
///
/// The thread that has got requests wakes those tasks itself, and nothing has to be begun for a request. Tasks are asked for
/// when there are more requests than wait for any, up to a limit, and stay.
final class HandlerPlaces<Request: Sendable>: Sendable {
  private struct State {
    var requests = Deque<Request>()
    /// Those that wait; the one that has done something last comes first.
    var free: [CheckedContinuation<Request?, Never>] = []
    var count = 0
    var hasNews = false
    var isOver = false
  }

  private let state = NIOLockedValueBox(State())
  private let limit: Int
  /// An element for each task that is to be begun, and to call ``next()`` until there is nothing; ends with ``finish()``.
  let demand: AsyncStream<Void>
  private let demanding: AsyncStream<Void>.Continuation

  /// - Parameter limit: how many places there are.
  init(limit: Int) {
    self.limit = limit
    (demand, demanding) = AsyncStream<Void>.makeStream()
  }

  /// Requests have come.
  func add(_ requests: [Request]) {
    let (woken, demanded) = state.withLockedValue { state in
      var woken: [(CheckedContinuation<Request?, Never>, Request)] = []
      var demanded = 0
      state.hasNews = true
      for request in requests {
        if let next = state.free.popLast() {
          woken.append((next, request))
          continue
        }
        state.requests.append(request)
        guard state.count < limit else { continue }
        state.count += 1
        demanded += 1
      }
      return (woken, demanded)
    }
    for (continuation, request) in woken { continuation.resume(returning: request) }
    for _ in 0..<demanded { demanding.yield() }
  }

  /// Whether requests have come since this was asked last.
  func takeNews() -> Bool {
    state.withLockedValue { state in
      defer { state.hasNews = false }
      return state.hasNews
    }
  }

  /// Whether anybody waits for a request.
  var isAwaited: Bool { state.withLockedValue { !$0.free.isEmpty } }

  /// Waits for a request.
  ///
  /// - Returns: nil if there will be none.
  func next() async -> Request? {
    // Not an unsafe continuation: with one, an optimized program ends here with signal 11 (Swift 6.3).
    await withCheckedContinuation { continuation in
      let next = state.withLockedValue { state -> Request?? in
        if let request = state.requests.popFirst() { return request }
        if state.isOver { return .some(nil) }
        state.free.append(continuation)
        return nil
      }
      if let next { continuation.resume(returning: next) }
    }
  }

  /// A task that was asked for ends. Another takes its place if it is needed.
  func leave() {
    let isNeeded = state.withLockedValue { state in
      if state.requests.isEmpty { state.count -= 1 }
      return !state.requests.isEmpty
    }
    if isNeeded { demanding.yield() }
  }

  /// No more will come. What has come is still handed over.
  func finish() {
    let free = state.withLockedValue { state in
      state.isOver = true
      defer { state.free = [] }
      return state.free
    }
    for continuation in free { continuation.resume(returning: nil) }
    demanding.finish()
  }
}
