internal import NIOConcurrencyHelpers

/// The results that were sent and are not confirmed yet, whose handlers' places are free again.
final class UnconfirmedResults: Sendable {
  private struct State {
    var count = 0
    var repetitions: [Int: Task<Void, Never>] = [:]
    var lastRepetition = 0
    var isGivenUp = false
    var whenDone: AsyncStream<Void>.Continuation?
  }

  private let state = NIOLockedValueBox(State())

  /// One is to be sent.
  ///
  /// - Parameter limit: how many there may be.
  /// - Returns: false if there are as many: it does not count.
  func begin(atMost limit: Int) -> Bool {
    state.withLockedValue { state in
      guard state.count < limit else { return false }
      state.count += 1
      return true
    }
  }

  /// One is confirmed, or was not sent.
  func end() { end { _ in } }

  private func end(_ change: (inout State) -> Void) {
    let done = state.withLockedValue { state in
      change(&state)
      state.count -= 1
      return state.count == 0 ? state.whenDone : nil
    }
    // Without the lock, which the task's cancellation asks for.
    done?.finish()
  }

  /// One was not confirmed: it is put otherwise, or given up, in a task of its own, since its handler's is over.
  func end(after work: @escaping @Sendable () async -> Void) {
    let givenUp = state.withLockedValue { state in
      state.lastRepetition += 1
      let number = state.lastRepetition
      let task = Task { [self] in
        await work()
        end { $0.repetitions[number] = nil }
      }
      state.repetitions[number] = task
      return state.isGivenUp ? task : nil
    }
    givenUp?.cancel()
  }

  /// Waits until there are none; if the task is cancelled, they are given up. To be called once.
  func finish() async {
    let (stream, sink) = AsyncStream<Void>.makeStream()
    let isDone = state.withLockedValue { state in
      state.whenDone = sink
      return state.count == 0
    }
    if isDone { sink.finish() }
    await withTaskCancellationHandler {
      for await _ in stream {}
    } onCancel: {
      let repetitions = state.withLockedValue { state in
        state.isGivenUp = true
        return state.repetitions.values.map(\.self)
      }
      for repetition in repetitions { repetition.cancel() }
    }
  }
}
