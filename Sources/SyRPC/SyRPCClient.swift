internal import AMQP
public import Logging
public import SyRPCWire
internal import Tracing

/// Puts requests, and gets results - its own or those whose id it was told.
///
/// Safe to share between tasks. Connections are opened when first needed, and again when they were lost; requests and
/// results have one each, so that a broker that blocks publishers does not hold up those who wait.
public final class SyRPCClient: Sendable {
  let topology: Topology
  let requestDestination: Destination
  let publishTimeout: Duration
  let requests: Link<AMQPConnection>
  let results: Link<ResultReader>
  let context: LinkContext
  let finished: FinishedResults
  let calls = CallsInHand()
  private let closing = Closing()
  private let resultsThread = ConnectionExecutor()

  /// Runs tasks on the thread that reads results, while there is a connection; else where other tasks run.
  ///
  /// A task that waits for a result usually goes on on another thread, which has to be woken for it. One that prefers this
  /// executor goes on where the result has come, and the requests that many such tasks put go out together:
  ///
  /// ```swift
  /// try await withTaskExecutorPreference(client.executor) {
  ///   try await client.call(type: "echo", data: "hello")
  /// }
  /// ```
  ///
  /// It is for tasks that pass on what comes. While one computes, no other gets its result, or its timeout; and one that blocks for longer
  /// than the heartbeats' time loses the connection.
  public var executor: any TaskExecutor { resultsThread }

  /// A client. Opens no connection yet.
  public init(_ configuration: SyRPCConfiguration, logger: Logger = Logger(label: "syrpc.client")) {
    let topology = Topology(configuration.settings)
    let context = LinkContext(
      logger: logger, tally: Tally(app: configuration.settings.appName, side: "client"), monitor: ConnectionMonitor())
    let finished = FinishedResults(messageTTL: configuration.settings.messageTTL)
    self.topology = topology
    requestDestination = Destination(topology.requestBinding)
    self.context = context
    self.finished = finished
    publishTimeout = configuration.publishTimeout
    let resultsThread = resultsThread
    requests = Link(configuration, purpose: .requests, context) { connection in
      // Declared before the first publish: a request put before any server ever ran waits for one.
      try await connection.declareRequests(topology)
      return connection
    }
    results = Link(configuration, purpose: .results, context) { connection in
      try await connection.declare(topology.resultExchange)
      resultsThread.use(connection)
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
      let (requests, topology, destination) = (requests, topology, requestDestination)
      try await calls.run {
        try await context.tally.time(.put) {
          try await Trace.span("\(type) put", .producer, resultID: resultID, app: topology.settings.appName) {
            let headers = Trace.headers
            try await withTimeout(
              publishTimeout, { requests.timedOut("the request \(resultID) could not be put within \(publishTimeout)") }
            ) {
              try await requests.perform { connection in
                try await publishing {
                  try await connection.publish(body, to: destination, headers: headers)
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
