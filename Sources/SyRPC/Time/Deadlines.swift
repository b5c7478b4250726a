internal import Dispatch
internal import HeapModule
internal import NIOConcurrencyHelpers

/// What is to be done when a time has come, unless it is called off before; one timer for all of it.
///
/// `Task.sleep` would do, but a sleep that is cancelled keeps its memory until its time is over: a kilobyte for each
/// call, for as long as its timeout.
final class Deadlines: Sendable {
  typealias Action = @Sendable () -> Void

  static let shared = Deadlines()

  private struct Entry: Comparable {
    let time: DispatchTime
    let number: Int

    static func < (left: Entry, right: Entry) -> Bool { (left.time, left.number) < (right.time, right.number) }
  }

  private struct State {
    var actions: [Int: Action] = [:]
    /// Also of those that were called off, until they come up or are too many.
    var entries = Heap<Entry>()
    var last = 0
  }

  private let state = NIOLockedValueBox(State())
  /// Dispatch's own objects may be used from anywhere; it does not say so on Linux.
  private nonisolated(unsafe) let timer: any DispatchSourceTimer

  private init() {
    timer = DispatchSource.makeTimerSource(queue: DispatchQueue(label: "syrpc.deadlines"))
    timer.setEventHandler { [unowned self] in fire() }
    timer.activate()
  }

  /// Does something after a time; at once, on another thread, if that is zero or less.
  ///
  /// - Returns: what to call it off by.
  func after(_ duration: Duration, _ action: @escaping Action) -> Int {
    let time = DispatchTime.now() + max(0, duration / .seconds(1))
    return state.withLockedValue { state in
      state.last += 1
      let entry = Entry(time: time, number: state.last)
      state.actions[entry.number] = action
      state.entries.insert(entry)
      if state.entries.min == entry { timer.schedule(deadline: time) }
      return entry.number
    }
  }

  /// Nothing happens if it has been done.
  func callOff(_ number: Int) {
    state.withLockedValue { state in
      state.actions[number] = nil
      guard state.entries.count > 64 + 4 * state.actions.count else { return }
      let alive = state.entries.unordered.filter { state.actions[$0.number] != nil }
      state.entries = Heap(alive)
    }
  }

  private func fire() {
    let due = state.withLockedValue { state -> [Action] in
      var due: [Action] = []
      while let first = state.entries.min {
        // Those that were called off need no timer of their own.
        guard first.time <= .now() || state.actions[first.number] == nil else {
          timer.schedule(deadline: first.time)
          break
        }
        state.entries.removeMin()
        if let action = state.actions.removeValue(forKey: first.number) { due.append(action) }
      }
      return due
    }
    for action in due { action() }
  }
}
