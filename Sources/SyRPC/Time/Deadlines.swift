internal import AMQP
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
    /// In nanoseconds, as ``DispatchTime`` counts them.
    let time: UInt64
    let number: Int

    static func < (left: Entry, right: Entry) -> Bool {
      left.time != right.time ? left.time < right.time : left.number < right.number
    }
  }

  /// Where an action is kept; another's, when that has been done or called off.
  private struct Slot {
    var action: Action?
    /// How many have been here.
    var uses = 0
  }

  private struct State {
    var slots: [Slot] = []
    var free: [Int] = []
    /// Also of those that were called off, until they come up or are too many.
    var entries = Heap<Entry>()

    /// The number is that of the slot, in its lower half, and which of its uses it is.
    mutating func add(_ action: @escaping Action) -> Int {
      if free.isEmpty {
        free.append(slots.count)
        slots.append(Slot())
      }
      let index = free.removeLast()
      slots[index].action = action
      return slots[index].uses << 32 | index
    }

    func isPending(_ number: Int) -> Bool { slots[number & 0xFFFF_FFFF].uses == number >> 32 }

    mutating func remove(_ number: Int) -> Action? {
      guard isPending(number) else { return nil }
      let index = number & 0xFFFF_FFFF
      defer {
        slots[index].action = nil
        slots[index].uses += 1
        free.append(index)
      }
      return slots[index].action
    }

    var count: Int { slots.count - free.count }

    /// Drops the entries of those that were called off.
    mutating func forgetOthers() { entries = Heap(entries.unordered.filter { isPending($0.number) }) }
  }

  private let state = NIOLockedValueBox(State())
  /// Dispatch's own objects may be used from anywhere; it does not say so on Linux.
  private nonisolated(unsafe) let timer: any DispatchSourceTimer

  private init() {
    timer = DispatchSource.makeTimerSource(queue: DispatchQueue(label: "syrpc.deadlines"))
    timer.setEventHandler { [unowned self] in fire() }
    timer.activate()
  }

  private static var now: UInt64 { DispatchTime.now().uptimeNanoseconds }

  /// Does something after a time; at once, on another thread, if that is zero or less.
  ///
  /// - Returns: what to call it off by.
  func after(_ duration: Duration, _ action: @escaping Action) -> Int {
    let (time, isOver) = Self.now.addingReportingOverflow(UInt64(max(0, duration.wholeNanoseconds)))
    return state.withLockedValue { state in
      let entry = Entry(time: isOver ? .max : time, number: state.add(action))
      let isFirst = state.entries.min.map { entry < $0 } ?? true
      state.entries.insert(entry)
      if isFirst { schedule(entry.time) }
      return entry.number
    }
  }

  /// Nothing happens if it has been done.
  func callOff(_ number: Int) {
    // Given back when the lock is.
    let action = state.withLockedValue { state -> Action? in
      if state.entries.count > 64 + 4 * state.count { state.forgetOthers() }
      return state.remove(number)
    }
    _ = action
  }

  private func schedule(_ time: UInt64) { timer.schedule(deadline: DispatchTime(uptimeNanoseconds: time)) }

  private func fire() {
    let due = state.withLockedValue { state -> [Action] in
      var due: [Action] = []
      let now = Self.now
      while let first = state.entries.min {
        // Those that were called off need no timer of their own.
        guard first.time <= now || !state.isPending(first.number) else {
          schedule(first.time)
          break
        }
        state.entries.removeMin()
        if let action = state.remove(first.number) { due.append(action) }
      }
      return due
    }
    for action in due { action() }
  }
}
