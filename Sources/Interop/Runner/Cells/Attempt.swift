internal import Foundation
internal import InteropModel

/// What came of one operation.
struct Attempt<Value: Sendable>: Sendable {
  let operation: String
  let result: Result<Value, PeerError>
  let started: Date
  let ended: Date

  init(_ operation: String, _ body: () async throws -> Value) async {
    self.operation = operation
    started = .now
    do { result = .success(try await body()) } catch {
      result = .failure(error as? PeerError ?? PeerError(.broken, "\(error)"))
    }
    ended = .now
  }

  var value: Value? { try? result.get() }
  var outcome: (operation: String, error: PeerError?) {
    if case .failure(let error) = result { (operation, error) } else { (operation, nil) }
  }
}

/// Waits for something, and takes it for a failure of the peer's own if it says too early that its time is over.
func inFullTime<Value>(_ timeout: Duration, _ wait: (Duration) async throws -> Value) async throws -> Value {
  let started = ContinuousClock.now
  do { return try await wait(timeout) } catch let error as PeerError where error.kind == .timeout {
    let waited = started.duration(to: .now)
    // Timers may be a little early.
    guard waited < timeout * 0.9 else { throw error }
    throw PeerError(.failed, "told to wait for \(timeout), it gave up after \(waited): \(error.message)")
  }
}

/// What came of asking for one result.
struct ResultAttempt: Sendable {
  let resultID: String
  /// How long the peer was to wait for it.
  let timeout: Duration
  let attempt: Attempt<String>

  var wait: ResultWait {
    ResultWait(
      resultID: resultID, started: attempt.started, due: attempt.started.addingTimeInterval(timeout / .seconds(1)),
      ended: attempt.ended, isVain: attempt.outcome.error?.kind == .timeout)
  }
}

extension PeerSession {
  /// Asks for several results, one after the other.
  nonisolated func results(_ ids: [String], timeout: Duration, grace: Duration = .seconds(30)) async -> [ResultAttempt]
  {
    var results: [ResultAttempt] = []
    for id in ids {
      let attempt = await Attempt("get_result") {
        try await inFullTime(timeout) { try await getResult(id, timeout: $0, grace: grace) }
      }
      results.append(ResultAttempt(resultID: id, timeout: timeout, attempt: attempt))
    }
    return results
  }
}

extension RoleEvidence {
  /// What a server answered.
  mutating func note(_ served: Attempt<[SeenRequest]>, of count: Int = 1, _ reader: inout TextReader) {
    outcomes.append(served.outcome)
    askedToServe += count
    for request in served.value ?? [] { seen.append((request, reader.read(Array(request.payload.utf8)))) }
  }

  /// What a getter answered.
  mutating func note(_ got: [ResultAttempt], _ reader: inout TextReader) {
    for one in got {
      outcomes.append(one.attempt.outcome)
      waits.append(one.wait)
      if let payload = one.attempt.value {
        results.append((one.resultID, payload, reader.read(Array(payload.utf8))))
      }
    }
  }
}
