internal import AMQP
public import Logging
public import SyRPCWire
internal import NIOConcurrencyHelpers
internal import Tracing

/// Takes requests and puts results: one at a time by hand, or with handlers.
///
/// Safe to share between tasks. Connections are opened when first needed, and again when they were lost; requests and
/// results have one each.
public final class SyRPCServer: Sendable {
  private let requests: Link<RequestReader>
  private let results: ResultDelivery
  private let app: String
  private let inHand = RequestsInHand()
  private let calls = CallsInHand()
  private let closing = Closing()
  private let requestsThread = ConnectionExecutor()
  private let serving = NIOLockedValueBox<[ObjectIdentifier: Serving]>([:])

  /// What tells a call of ``serve(options:_:)`` to end.
  private struct Serving {
    /// After what it has in hand.
    let stop = StopSignal()
    /// At once.
    let giveUp = StopSignal()
  }

  private var context: LinkContext { results.context }

  /// A server. Opens no connection yet.
  public init(_ configuration: SyRPCConfiguration, logger: Logger = Logger(label: "syrpc.server")) {
    app = configuration.settings.appName
    let topology = Topology(configuration.settings)
    let context = LinkContext(
      logger: logger, tally: Tally(app: app, side: "server"), monitor: ConnectionMonitor())
    let link = Link(configuration, purpose: .results, context) { connection in
      try await connection.declare(topology.resultExchange)
      return ResultWriter(connection, topology)
    }
    results = ResultDelivery(link: link, context: context, publishTimeout: configuration.publishTimeout)
    requests = Link(configuration, purpose: .requests, context) { [requestsThread] connection in
      try await connection.declareRequests(topology)
      requestsThread.use(connection)
      return RequestReader(connection, topology)
    }
  }

  /// Waits for a request and acknowledges it, before any work is done: as in the reference implementations, a request is
  /// lost if the server then fails. ``serve(options:_:)`` does better.
  ///
  /// - Parameter timeout: how long to wait; nil for as long as it takes.
  /// - Returns: the request; its result goes to ``putResult(_:data:)``.
  /// - Throws: ``SyRPCError``: `timedOut` when the time has run out, with the reason if there is no connection;
  ///   `unreadableRequest` if what came is no request or cannot be held, after whoever waits for it has been answered:
  ///   just go on; at once what will not pass by itself. And `CancellationError`.
  public func getRequest(timeout: Duration? = nil) async throws -> Request {
    let requests = self.requests
    return try await publicErrors {
      let delivered = try await withTimeout(
        timeout, { requests.waitedInVain("no request within \(timeout ?? .zero)") }
      ) { try await requests.perform { try await $0.next() } }
      context.tally.count(.requestsTaken)
      switch delivered.content {
      case .success(let request):
        if request.isRedelivered { context.tally.count(.redeliveredRequests) }
        return request
      case .failure(let unreadable):
        try await results.put(unreadable)
        throw SyRPCError(unreadable)
      }
    }
  }

  /// Puts a result, and waits until the broker has confirmed it.
  ///
  /// If the connection is lost before that, it is put again on the next one.
  ///
  /// - Parameters:
  ///   - resultID: the id of the request.
  ///   - data: the answer.
  /// - Throws: ``SyRPCError``. With `unencodable` and `messageTooLarge` nothing was put. If it could not be put within
  ///   ``SyRPCConfiguration/publishTimeout``, the reason of the last attempt, or `timedOut`; it may or may not have been
  ///   put then. `CancellationError` likewise.
  public func putResult(_ resultID: String, data: JSON) async throws {
    try await publicErrors {
      try await calls.run {
        try await Trace.span("result put", .producer, resultID: resultID, app: app) {
          try await results.put(data, for: resultID)
        }
      }
    }
  }

  /// Answers requests until the task is cancelled or the server is closed; then takes no more, finishes those it has,
  /// and returns. Goes on over lost connections and deleted queues.
  ///
  /// A handler's error is answered as `{"exception": "…"}`, the one convention that a reference (Node) knows. A result
  /// that cannot be put for now is kept, and put when it can be; the handler is not called again for it, nor for a request
  /// that the broker delivers again meanwhile. If a result can never be put, its request goes back to its queue, and
  /// serving ends.
  ///
  /// - Parameters:
  ///   - options: concurrency, acknowledgement and time limit.
  ///   - handler: does one request. Its task is cancelled when its time is up, ``ServeOptions/requestTimeout``, or that of
  ///     ``close(within:)``; not with the task that serves.
  /// - Throws: ``SyRPCError`` when the broker says what will not pass by itself - `authenticationFailed`,
  ///   `preconditionFailed` … - after the requests in hand are done; `closed` if the server has been closed before, or
  ///   if handlers did not return before the time of ``close(within:)`` was up.
  public func serve(
    options: ServeOptions = ServeOptions(), _ handler: @escaping RequestHandlers.Handler
  ) async throws {
    precondition(options.concurrency > 0, "with a concurrency of 0 nothing would be served")
    let signals = Serving()
    let loop = ServeLoop(
      requests: requests, results: results, options: options, app: app, handler: handler, stop: signals.stop,
      inHand: inHand, executor: options.execution == .onConnection ? requestsThread : nil)
    try await publicErrors {
      try await calls.run {
        let key = ObjectIdentifier(signals.stop)
        serving.withLockedValue { $0[key] = signals }
        defer { _ = serving.withLockedValue { $0.removeValue(forKey: key) } }
        // Not a child task: those in hand go on when the server is told to stop.
        let work = Task { try await loop.run() }
        try await withTaskCancellationHandler {
          try await end(of: work, or: signals.giveUp)
        } onCancel: {
          signals.stop.stop()
        }
      }
    }
  }

  /// Waits until the work is done; or until it is given up, whatever its handlers do then.
  private func end(of work: Task<Void, any Error>, or giveUp: StopSignal) async throws {
    let (ends, sink) = AsyncStream<Result<Void, any Error>>.makeStream(bufferingPolicy: .bufferingOldest(1))
    Task { sink.yield(await work.result) }
    giveUp.onStop {
      work.cancel()
      sink.yield(.failure(SyRPCError(.closed, "the server was closed before its handlers had done what was in hand")))
    }
    // In a task of its own, since a cancelled one cannot wait.
    try await Task { for await end in ends { return try end.get() } }.value
  }

  /// Answers requests by their type: as ``serve(options:_:)``.
  public func serve(_ handlers: RequestHandlers, options: ServeOptions = ServeOptions()) async throws {
    try await serve(options: options) { try await handlers.handle($0) }
  }

  /// Opens both connections and declares what a server declares, ahead of the first use. Tries each broker once.
  ///
  /// - Throws: ``SyRPCError``.
  public func connect() async throws {
    try await publicErrors {
      _ = try await requests.user(patiently: false)
      _ = try await results.link.user(patiently: false)
    }
  }

  /// What happens to the connections from now on. Any number of tasks may listen; it ends when the server is closed. A
  /// listener that falls behind misses the oldest changes.
  public var connectionStateChanges: some AsyncSequence<ConnectionStateChange, Never> & Sendable {
    context.monitor.changes()
  }

  /// How often something happened so far.
  public var statistics: Statistics { context.tally.statistics }

  /// Takes no more requests, finishes those in hand, ends every wait with `closed`, and closes the connections in an
  /// orderly way. The server is of no use afterwards.
  ///
  /// The task's own cancellation does not cut it short.
  ///
  /// - Parameter timeout: after that the rest is given up: handlers are cancelled, and what is not acknowledged goes back
  ///   to its queue.
  public func close(within timeout: Duration = .seconds(10)) async {
    let deadline = Moment.now + timeout
    await closing.run(within: timeout) { [self] in
      for signals in serving.withLockedValue({ Array($0.values) }) { signals.stop.stop() }
      await calls.finish(within: timeout)
      for signals in serving.withLockedValue({ Array($0.values) }) { signals.giveUp.stop() }
      await requests.close(within: deadline - .now) { await $0.close() }
      await results.link.close(within: deadline - .now)
      context.monitor.finish()
    }
  }
}
