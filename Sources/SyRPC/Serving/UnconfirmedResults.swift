internal import NIOConcurrencyHelpers

/// The results that were sent and are not confirmed yet, whose handlers' places are free again.
final class UnconfirmedResults: Sendable {
  fileprivate struct State {
    var count = 0
    var repetitions: [Int: Task<Void, Never>] = [:]
    var lastRepetition = 0
    var isGivenUp = false
    var whenDone: AsyncStream<Void>.Continuation?
  }

  private let state = NIOLockedValueBox(State())

  /// One is sent.
  func begin() { state.withLockedValue { $0.count += 1 } }

  /// One is confirmed.
  func end() { state.withLockedValue { $0.end() } }

  /// One was not confirmed: it is put otherwise, or given up, in a task of its own, since its handler's is over.
  func end(after work: @escaping @Sendable () async -> Void) {
    state.withLockedValue { state in
      state.lastRepetition += 1
      let number = state.lastRepetition
      let task = Task { [self] in
        await work()
        self.state.withLockedValue { state in
          state.repetitions[number] = nil
          state.end()
        }
      }
      state.repetitions[number] = task
      if state.isGivenUp { task.cancel() }
    }
  }

  /// Waits until there are none; if the task is cancelled, they are given up. To be called once.
  func finish() async {
    let (stream, sink) = AsyncStream<Void>.makeStream()
    state.withLockedValue { state in
      if state.count == 0 { sink.finish() } else { state.whenDone = sink }
    }
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

extension UnconfirmedResults.State {
  fileprivate mutating func end() {
    count -= 1
    if count == 0 { whenDone?.finish() }
  }
}
