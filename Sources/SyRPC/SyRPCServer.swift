internal import AMQP
public import Logging
public import SyRPCWire

/// Takes requests and puts results: one at a time by hand, or with a handler.
///
/// Safe to share between tasks. Connections are opened when first needed; requests and results have one each.
public final class SyRPCServer: Sendable {
  private static let pauseBeforeRequeue = Duration.seconds(1)

  private let requests: Link<RequestReader>
  private let results: Link<ResultWriter>
  private let logger: Logger

  /// A server. Opens no connection yet.
  public init(_ configuration: SyRPCConfiguration, logger: Logger = Logger(label: "syrpc.server")) {
    let topology = Topology(configuration.settings)
    let results = Link(configuration, purpose: "results", logger: logger) { connection in
      try await connection.declare(topology.resultExchange)
      return ResultWriter(connection, topology)
    }
    self.results = results
    self.logger = logger
    requests = Link(configuration, purpose: "requests", logger: logger) { connection in
      try await connection.declare(topology.requestExchange)
      try await connection.declare(topology.requestQueue)
      try await connection.bind(topology.requestBinding)
      return RequestReader(connection, topology)
    }
  }

  /// Waits for a request and acknowledges it, before any work is done: as in the reference implementations, a request is
  /// lost if the server then fails. ``serve(concurrency:_:)`` does better.
  ///
  /// - Parameter timeout: how long to wait; nil for as long as it takes.
  /// - Returns: the request; its result goes to ``putResult(_:data:)``.
  /// - Throws: ``SyRPCError``: `timedOut` when the time has run out; `unreadableRequest` if what came is no request or
  ///   cannot be held, after whoever waits for it has been answered: just go on. And `CancellationError`.
  public func getRequest(timeout: Duration? = nil) async throws -> RequestMessage {
    let requests = self.requests
    return try await publicErrors {
      do {
        return try await withTimeout(timeout, { SyRPCError(.timedOut, "no request within \(timeout ?? .zero)") }) {
          try await requests.user().next()
        }
      } catch let unreadable as UnreadableRequest {
        try await answer(unreadable)
        throw SyRPCError(unreadable)
      }
    }
  }

  /// Puts a result, and waits until the broker has confirmed it.
  ///
  /// - Parameters:
  ///   - resultID: the id of the request.
  ///   - data: the answer.
  /// - Throws: ``SyRPCError``; with `unencodable` nothing was sent. `CancellationError`.
  public func putResult(_ resultID: String, data: JSON) async throws {
    try await publicErrors { try await Self.put(data, for: resultID, results) }
  }

  /// Answers requests until the task is cancelled; then takes no more, finishes those it has, and returns.
  ///
  /// A request is acknowledged when its result is confirmed: if the server dies in between, another does it again. A
  /// handler's error is answered as `{"exception": "…"}`, the one convention that a reference (Node) knows.
  ///
  /// - Parameters:
  ///   - concurrency: how many requests are done at a time, 1 to 65535.
  ///   - handler: does one request; its tasks are not cancelled with the server's.
  /// - Throws: ``SyRPCError`` when the connection fails, after the requests in hand are done.
  public func serve(
    concurrency: UInt16 = 16, _ handler: @escaping @Sendable (RequestMessage) async throws -> JSON
  ) async throws {
    precondition(concurrency > 0, "with a concurrency of 0 nothing would be served")
    try await publicErrors {
      let reader: RequestReader
      do { reader = try await requests.user() } catch is CancellationError { return }
      let (tag, requests) = try await reader.stream(prefetch: concurrency)
      // Not a child task: those in hand go on when the server is told to stop.
      let work = Task { [self] in
        // Nor does a failing connection cancel them: the error waits until they are done.
        let outcome = await withDiscardingTaskGroup { group -> Result<Void, any Error> in
          do {
            for try await delivered in requests {
              group.addTask { await self.handle(delivered, reader, handler) }
            }
            return .success(())
          } catch { return .failure(error) }
        }
        try outcome.get()
      }
      try await withTaskCancellationHandler {
        try await work.value
      } onCancel: {
        Task { await reader.stop(tag) }
      }
    }
  }

  private func handle(
    _ delivered: DeliveredRequest, _ reader: RequestReader,
    _ handler: @Sendable (RequestMessage) async throws -> JSON
  ) async {
    do {
      switch delivered.content {
      case .success(let request): try await answer(request, handler)
      case .failure(let unreadable): try await answer(unreadable)
      }
      try await reader.acknowledge(delivered)
    } catch {
      logger.error(
        "a request goes back to its queue: its result could not be put", metadata: ["error": "\(error)"])
      // It comes again at once, and is done again: without a pause as often as the machine can while the cause lasts.
      try? await Task.sleep(for: Self.pauseBeforeRequeue)
      await reader.requeue(delivered)
    }
  }

  private func answer(
    _ request: RequestMessage, _ handler: @Sendable (RequestMessage) async throws -> JSON
  ) async throws {
    let answer: JSON
    do { answer = try await handler(request) } catch { answer = .exception("\(error)") }
    do {
      try await Self.put(answer, for: request.resultID, results)
    } catch let error as JSONError {
      try await Self.put(.exception("\(SyRPCError(error))"), for: request.resultID, results)
    }
  }

  /// Whoever sent it would wait in vain.
  private func answer(_ unreadable: UnreadableRequest) async throws {
    logger.warning("dropped an unreadable request", metadata: ["error": "\(unreadable.reason)"])
    if let resultID = unreadable.resultID {
      try await Self.put(.exception("\(SyRPCError(unreadable))"), for: resultID, results)
    }
  }

  private static func put(_ data: JSON, for resultID: String, _ results: Link<ResultWriter>) async throws {
    let body = try ResultMessage(resultID: resultID, data: data).encoded()
    try await results.user().put(body, for: resultID)
  }

  /// Opens both connections and declares what a server declares, ahead of the first use.
  ///
  /// - Throws: ``SyRPCError``.
  public func connect() async throws {
    try await publicErrors {
      _ = try await requests.user()
      _ = try await results.user()
    }
  }

  /// Ends every wait with `closed`, and closes the connections in an orderly way. The server is of no use afterwards.
  public func close() async {
    await requests.close { await $0.close() }
    await results.close()
  }
}

extension JSON {
  /// How an error travels as a result.
  static func exception(_ message: String) -> JSON { ["exception": .string(message)] }
}
