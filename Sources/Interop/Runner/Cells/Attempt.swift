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

extension PeerSession {
  /// Asks for several results, one after the other.
  nonisolated func results(_ ids: [String], timeout: Duration, grace: Duration = .seconds(30)) async -> [(
    resultID: String, attempt: Attempt<String>
  )] {
    var results: [(resultID: String, attempt: Attempt<String>)] = []
    for id in ids {
      results.append(
        (
          id,
          await Attempt("get_result") {
            try await inFullTime(timeout) { try await getResult(id, timeout: $0, grace: grace) }
          }
        ))
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
  mutating func note(_ got: [(resultID: String, attempt: Attempt<String>)], _ reader: inout TextReader) {
    for (id, attempt) in got {
      outcomes.append(attempt.outcome)
      waits.append(
        ResultWait(
          resultID: id, started: attempt.started, ended: attempt.ended,
          isVain: attempt.outcome.error?.kind == .timeout))
      if let payload = attempt.value { results.append((id, payload, reader.read(Array(payload.utf8)))) }
    }
  }
}
