internal import AMQP
public import Logging
public import SyRPCWire
internal import Tracing

/// Puts requests, and gets results - its own or those whose id it was told.
///
/// Safe to share between tasks. Connections are opened when first needed, and again when they were lost; requests and
/// results have one each, so that a broker that blocks publishers does not hold up those who wait.
public final class SyRPCClient: Sendable {
  private let topology: Topology
  private let requestBinding: Binding
  private let publishTimeout: Duration
  private let requests: Link<AMQPConnection>
  private let results: Link<ResultReader>
  private let context: LinkContext
  private let finished: FinishedResults
  private let calls = CallsInHand()
  private let closing = Closing()

  /// A client. Opens no connection yet.
  public init(_ configuration: SyRPCConfiguration, logger: Logger = Logger(label: "syrpc.client")) {
    let topology = Topology(configuration.settings)
    let context = LinkContext(
      logger: logger, tally: Tally(app: configuration.settings.appName, side: "client"), monitor: ConnectionMonitor())
    let finished = FinishedResults(messageTTL: configuration.settings.messageTTL)
    self.topology = topology
    requestBinding = topology.requestBinding
    self.context = context
    self.finished = finished
    publishTimeout = configuration.publishTimeout
    requests = Link(configuration, purpose: .requests, context) { connection in
      // Declared before the first publish: a request put before any server ever ran waits for one.
      try await connection.declareRequests(topology)
      return connection
    }
    results = Link(configuration, purpose: .results, context) { connection in
      try await connection.declare(topology.resultExchange)
      return ResultReader(connection, topology, context, finished)
    }
  }

  /// Puts a request, and waits until the broker has confirmed it.
  ///
  /// If the connection is lost before that, the request is put again on the next one: it is put at least once.
  ///
  /// - Parameters:
  ///   - type: the service, method or function asked for; white space around it is dropped.
  ///   - data: the argument.
  ///   - resultID: the id of the result; a new lower-case UUIDv4 by default, as the references make them. One of
  ///     your own must be new: for as long as messages live, a result whose id was got before counts as its repetition.
  /// - Returns: the id under which any process can get the result.
  /// - Throws: ``SyRPCError``. With `unencodable` and `messageTooLarge` nothing was put. If it could not be put within
  ///   ``SyRPCConfiguration/publishTimeout``, the reason of the last attempt - `unreachable`, `connectionLost` … - or
  ///   `timedOut`; it may or may not have been put then. `CancellationError` likewise.
  @discardableResult
  public func putRequest(
    type: String, data: JSON, resultID: String = newResultID()
  ) async throws -> String {
    try await publicErrors {
      let body = try RequestMessage(resultID: resultID, type: type, data: data).encoded()
      let (requests, topology, requestBinding) = (requests, topology, requestBinding)
      try await calls.run {
        try await context.tally.time(.put) {
          try await Trace.span("\(type) put", .producer, resultID: resultID, app: topology.settings.appName) {
            let headers = Trace.headers
            try await withTimeout(
              publishTimeout, { requests.timedOut("the request \(resultID) could not be put within \(publishTimeout)") }
            ) {
              try await requests.perform { connection in
                try await publishing {
                  try await connection.publish(body, to: requestBinding, headers)
                } repair: {
                  try await connection.declareRequests(topology)
                }
              }
            }
          }
        }
        context.tally.count(.requestsPut)
      }
      return resultID
    }
  }

  /// Waits for a result, whoever put the request; also over lost connections.
  ///
  /// Results of others that come by are given back to their queue.
  ///
  /// - Parameters:
  ///   - resultID: the id that putting the request gave.
  ///   - timeout: how long to wait; nil for as long as it takes. Zero to look once, also behind other results: for as long as
  ///     connecting and looking take, with no wait for a result that is not there.
  /// - Returns: the server's answer. A server of this library whose handler failed answers `{"exception": "…"}`.
  /// - Throws: ``SyRPCError``: `timedOut` when the time has run out, with the reason if there is no connection;
  ///   `unreadableResult` if the result cannot be held; at once what will not pass by itself, such as
  ///   `authenticationFailed` and `preconditionFailed`. And `CancellationError`.
  public func getResult(_ resultID: String, timeout: Duration? = nil) async throws -> JSON {
    let results = self.results
    return try await publicErrors {
      try await context.tally.time(.get) {
        try await Trace.span("result get", .consumer, resultID: resultID, app: topology.settings.appName) {
          if timeout == .zero { return try await look(resultID) }
          return try await withTimeout(
            timeout, { results.waitedInVain("no result for \(resultID) within \(timeout ?? .zero)") }
          ) { try await results.perform { try await $0.result(resultID) } }
        }
      }
    }
  }

  /// Looks for a result once; once more, if the connection turns out to be lost.
  private func look(_ resultID: String) async throws -> JSON {
    var isRepeated = false
    while true {
      do {
        if let result = try await results.user(patiently: false).look(resultID) { return result }
        throw SyRPCError(.timedOut, "no result for \(resultID) is there")
      } catch let error as AMQPError where error.isTransient {
        guard isRepeated else {
          isRepeated = true
          continue
        }
        throw SyRPCError(.timedOut, "no result for \(resultID) could be looked for: \(error)")
      }
    }
  }

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
  func answer(type: String, data: JSON, timeout: Duration?) async throws -> (
    resultID: String, data: JSON
  ) {
    try await context.tally.time(.call) {
      let resultID = ResultID.new()
      do {
        switch try await publicErrors({ try await callAtOnce(type, data, resultID, timeout) }) {
        case .answered(let answer): return (resultID, answer)
        case .put(let timeout): return (resultID, try await getResult(resultID, timeout: timeout))
        case .nothing:
          try await putRequest(type: type, data: data, resultID: resultID)
          return (resultID, try await getResult(resultID, timeout: timeout))
        }
      } catch {
        finished.abandon(resultID)
        throw error
      }
    }
  }

  /// How far a call came at the first attempt.
  private enum Attempt {
    case answered(JSON)
    /// The request is put; so much is left of the time for its result.
    case put(timeout: Duration?)
    /// The request is to be put, perhaps again.
    case nothing
  }

  /// Calls on the connections that there are: one journey to the server and back, with no other answer of the broker's in
  /// between.
  private func callAtOnce(
    _ type: String, _ data: JSON, _ resultID: String, _ timeout: Duration?
  ) async throws -> Attempt {
    guard timeout != .zero, let connection = requests.current, let reader = results.current else {
      return .nothing
    }
    let message = RequestMessage(resultID: resultID, type: type, data: data)
    let body = try message.encoded()
    try Task.checkCancellation()
    try calls.begin()
    let app = topology.settings.appName
    let spans =
      Trace.isOn
      ? (
        put: Trace.begin("\(type) put", .producer, resultID: resultID, app: app),
        get: Trace.begin("result get", .consumer, resultID: resultID, app: app)
      ) : nil
    let (start, tally, calls) = (Moment.now, context.tally, calls)
    let call = ImmediateCall(publishTimeout: publishTimeout, timeout: timeout) {
      spans?.put.end()
      tally.record(.put, since: start)
      tally.count(.requestsPut)
      calls.end()
    }
    let (headers, binding) = (spans.map { Trace.headers(in: $0.put.context) } ?? [:], requestBinding)
    // The one before the other: the result is never a foreign one here.
    let waiter = reader.expect(resultID) {
      call.received($0)
    } isWaiting: {
      connection.putAtOnce(body, to: binding, headers) { call.confirmed($0) }
    }
    let outcome = await call.outcome()
    if case .result(.success) = outcome {} else { await reader.forget(waiter, resultID) }
    let (answer, putAt) = call.finish()
    spans?.get.end()
    if putAt == nil {
      spans?.put.end()
      calls.end()
    }
    // Also one that came when it was almost too late: it is gone from its queue.
    if let answer {
      tally.record(.get, since: start)
      return .answered(answer)
    }
    switch outcome {
    case .result(let result): return .answered(try result.get())
    case .notPut(let error):
      guard requests.isToBeRepeated(error) else { throw error }
      return .nothing
    case .lost:
      let passed = Moment.now - (putAt ?? start)
      return .put(timeout: timeout.map { max(.milliseconds(1), $0 - passed) })
    case .timedOut where putAt == nil:
      throw requests.timedOut("the request \(resultID) could not be put within \(publishTimeout)")
    case .timedOut:
      throw results.waitedInVain("no result for \(resultID) within \(timeout ?? .zero)")
    case .cancelled: throw CancellationError()
    }
  }

  /// Connects and declares what a client declares, ahead of the first use. Tries each broker once.
  ///
  /// - Parameter purposes: what this process is going to do; each has a connection.
  /// - Throws: ``SyRPCError``.
  public func connect(
    for purposes: Set<ConnectionStateChange.Purpose> = Set(ConnectionStateChange.Purpose.allCases)
  ) async throws {
    try await publicErrors {
      if purposes.contains(.requests) { _ = try await requests.user(patiently: false) }
      if purposes.contains(.results) { _ = try await results.user(patiently: false) }
    }
  }

  /// What happens to the connections from now on. Any number of tasks may listen; it ends when the client is closed. A
  /// listener that falls behind misses the oldest changes.
  public var connectionStateChanges: some AsyncSequence<ConnectionStateChange, Never> & Sendable {
    context.monitor.changes()
  }

  /// How often something happened so far.
  public var statistics: Statistics { context.tally.statistics }

  /// Takes no more requests, waits until those in hand are put, ends every wait for a result with `closed`, and closes
  /// the connections in an orderly way. The client is of no use afterwards.
  ///
  /// The task's own cancellation does not cut it short.
  ///
  /// - Parameter timeout: after that the rest is given up: requests in hand fail with `closed`.
  public func close(within timeout: Duration = .seconds(10)) async {
    let deadline = Moment.now + timeout
    await closing.run(within: timeout) { [self] in
      await calls.finish(within: timeout)
      await requests.close(within: deadline - .now)
      await results.close(within: deadline - .now) { await $0.close() }
      context.monitor.finish()
    }
  }
}
