internal import AMQP
public import SyRPCWire
internal import Tracing

/// Requests whose results are waited for at once.
extension SyRPCClient {
  /// Puts a request and waits for its result.
  ///
  /// A result that comes after the call has failed is dropped: nobody else knows its id.
  ///
  /// - Parameters:
  ///   - type: the service, method or function asked for.
  ///   - data: the argument.
  ///   - timeout: how long to wait for the result, once the request is put; nil for as long as it takes.
  /// - Returns: the server's answer.
  /// - Throws: as ``putRequest(type:data:resultID:)`` and ``getResult(_:timeout:)``.
  public func call(type: String, data: JSON, timeout: Duration? = nil) async throws -> JSON {
    try await answer(type: type, data: data, timeout: timeout).data
  }

  /// Puts a request under an id that nobody else is told, and waits for its result.
  ///
  /// Few functions wait within each other here: what they hold is what each of many calls that wait costs.
  func answer(type: String, data: JSON, timeout: Duration?) async throws -> (resultID: String, data: JSON) {
    let (start, resultID) = (Moment.now, ResultID.new())
    do {
      let progress: Progress
      if let call = try publicErrors({ try begin(type, data, resultID, timeout) }) {
        let outcome = await call.progress.outcome()
        if case .result(.success) = outcome {} else { await call.reader.forget(call.waiter, resultID) }
        progress = try publicErrors { try end(call, outcome, timeout) }
      } else {
        progress = .nothing
      }
      let answer: JSON
      switch progress {
      case .answered(let data): answer = data
      case .put(let timeout): answer = try await getResult(resultID, timeout: timeout)
      case .nothing:
        try await putRequest(type: type, data: data, resultID: resultID)
        answer = try await getResult(resultID, timeout: timeout)
      }
      context.tally.record(.call, since: start)
      return (resultID, answer)
    } catch {
      finished.abandon(resultID)
      throw error
    }
  }

  /// A call at its first attempt.
  private struct Attempt {
    let progress: ImmediateCall
    let resultID: String
    let reader: ResultReader
    let waiter: ResultDesk.Waiter
    let start: Moment
    let spans: Spans?
  }

  /// A class, since hardly anybody traces: calls that wait are to have no room for it.
  private final class Spans: Sendable {
    let put, get: any Span

    init(put: any Span, get: any Span) {
      self.put = put
      self.get = get
    }
  }

  /// How far it came.
  private enum Progress {
    case answered(JSON)
    /// The request is put; so much is left of the time for its result.
    case put(timeout: Duration?)
    /// The request is to be put, perhaps again.
    case nothing
  }

  /// Begins a call on the connections that there are: one journey to the server and back, with no other answer of the
  /// broker's in between.
  ///
  /// - Returns: nil if there are none.
  private func begin(_ type: String, _ data: JSON, _ resultID: String, _ timeout: Duration?) throws -> Attempt? {
    guard timeout != .zero, let connection = requests.current, let reader = results.current else { return nil }
    let body = try RequestMessage(resultID: resultID, type: type, data: data).encoded()
    try Task.checkCancellation()
    try calls.begin()
    let app = topology.settings.appName
    let spans =
      Trace.isOn
      ? Spans(
        put: Trace.begin("\(type) put", .producer, resultID: resultID, app: app),
        get: Trace.begin("result get", .consumer, resultID: resultID, app: app)
      ) : nil
    let (start, tally, calls) = (Moment.now, context.tally, calls)
    let call = ImmediateCall(at: start, publishTimeout: publishTimeout, timeout: timeout) {
      spans?.put.end()
      tally.record(.put, since: start)
      tally.count(.requestsPut)
      calls.end()
    }
    let (headers, destination) = (spans.map { Trace.headers(in: $0.put.context) } ?? [:], requestDestination)
    // The one before the other: the result is never a foreign one here.
    let waiter = reader.expect(resultID) {
      call.received($0)
    } isWaiting: {
      // Unless it fails, the result tells as much.
      connection.putAtOnce(body, to: destination, headers, isAwaited: false) { call.confirmed($0) }
    }
    return Attempt(
      progress: call, resultID: resultID, reader: reader, waiter: waiter, start: start, spans: spans)
  }

  /// - Throws: what will not pass by itself; `timedOut`; `CancellationError`.
  private func end(_ attempt: Attempt, _ outcome: ImmediateCall.Outcome, _ timeout: Duration?) throws -> Progress {
    let (answer, putAt) = attempt.progress.finish()
    attempt.spans?.get.end()
    if putAt == nil {
      attempt.spans?.put.end()
      calls.end()
    }
    // Also one that came when it was almost too late: it is gone from its queue.
    if let answer {
      context.tally.record(.get, since: attempt.start)
      return .answered(answer)
    }
    switch outcome {
    case .result(let result): return .answered(try result.get())
    case .notPut(let error):
      guard requests.isToBeRepeated(error) else { throw error }
      return .nothing
    case .lost:
      let passed = Moment.now - (putAt ?? attempt.start)
      return .put(timeout: timeout.map { max(.milliseconds(1), $0 - passed) })
    case .timedOut where putAt == nil:
      throw requests.timedOut("the request \(attempt.resultID) could not be put within \(publishTimeout)")
    case .timedOut:
      throw results.waitedInVain("no result for \(attempt.resultID) within \(timeout ?? .zero)")
    case .cancelled: throw CancellationError()
    }
  }
}
