internal import AMQP
internal import Logging
internal import SyRPCWire
internal import Tracing

/// Takes requests and has them done, over any number of connections, until it is told to stop.
struct ServeLoop: Sendable {
  let requests: Link<RequestReader>
  let results: ResultDelivery
  let options: ServeOptions
  let app: String
  let handler: RequestHandlers.Handler
  let stop: StopSignal
  let inHand: RequestsInHand
  /// Why results cannot be put, and will not.
  private let refusal = Mailbox<any Error>()

  private var context: LinkContext { results.context }

  /// Runs until it is stopped, and then until what was taken is done.
  ///
  /// - Throws: what will not pass by itself, after what was taken is done.
  func run() async throws {
    let outcome = await withTaskGroup(of: Void.self) { group -> Result<Void, any Error> in
      var busy = 0
      var pauses = requests.pauses
      while !stop.isStopped {
        do {
          let reader = try await reader()
          let (tag, deliveries) = try await reader.stream(prefetch: options.concurrency, into: inHand)
          stop.onStop { Task { await reader.stop(tag) } }
          for try await requests in deliveries {
            pauses.reset()
            for request in requests {
              // The broker knows how many are unacknowledged, not how many are being done.
              if busy == Int(options.concurrency) { await group.next() } else { busy += 1 }
              group.addTask { await handle(request, reader) }
            }
          }
        } catch {
          if stop.isStopped { break }
          do { try await requests.pause(after: error, &pauses) } catch { return .failure(error) }
        }
      }
      return .success(())
    }
    if let refusal = refusal.value { throw refusal }
    try outcome.get()
  }

  /// Waits for a connection, until this is told to stop.
  private func reader() async throws -> RequestReader {
    let opening = Task { try await requests.user() }
    stop.onStop { opening.cancel() }
    return try await opening.value
  }

  // MARK: - One request

  private func handle(_ request: RequestInHand, _ reader: RequestReader) async {
    guard refusal.value == nil else { return await inHand.giveBack(request) }
    let isOnReceipt = options.acknowledgement == .onReceipt
    // What waited for its turn when the connection was lost comes again by the next one.
    guard isOnReceipt ? await inHand.acknowledgeReceipt(request) : inHand.isToBeDone(request) else { return }
    context.tally.count(.requestsTaken)
    do {
      switch request.delivered.content {
      case .success(let content):
        if content.isRedelivered { context.tally.count(.redeliveredRequests) }
        try await Trace.span(
          "\(content.type) handle", .server, in: Trace.context(in: request.delivered.headers),
          resultID: content.resultID, app: app
        ) { try await answer(content) { inHand.finish(request, acknowledged: isOnReceipt) } }
      case .failure(let unreadable):
        try await results.putPatiently(unreadable)
        inHand.finish(request, acknowledged: isOnReceipt)
      }
    } catch {
      await giveBack(request, reader, error)
    }
  }

  /// Has a request done, and puts what comes of it; returns when the handler has.
  private func answer(_ request: Request, _ whenPut: () -> Void) async throws {
    guard let timeout = options.requestTimeout else {
      try await results.putPatiently(
        answer(to: request, await outcome(of: request)), for: request.resultID)
      return whenPut()
    }
    let outcome = Mailbox<Result<JSON, any Error>>()
    let work = Task { outcome.set(await self.outcome(of: request)) }
    await withTaskCancellationHandler {
      await waitFor(work, noLongerThan: timeout)
    } onCancel: {
      // All of this is given up.
      work.cancel()
    }
    // Looked at once: a handler that is told to end may return something, and is late all the same.
    let inTime = outcome.value
    if inTime == nil { work.cancel() }
    do {
      try await results.putPatiently(answer(to: request, inTime), for: request.resultID)
      whenPut()
    } catch {
      await work.value
      throw error
    }
    await work.value
  }

  private func outcome(of request: Request) async -> Result<JSON, any Error> {
    do {
      return .success(try await context.tally.time(.handle) { try await handler(request) })
    } catch {
      return .failure(error)
    }
  }

  /// What the caller gets; `outcome` is nil if the handler had its time.
  private func answer(to request: Request, _ outcome: Result<JSON, any Error>?) -> JSON {
    switch outcome {
    case .success(let data): return data
    case .failure(let error):
      context.tally.count(.handlerErrors)
      context.logger.info("a handler failed", metadata: ["type": "\(request.type)", "error": "\(error)"])
      return .exception("\(error)")
    case nil:
      context.tally.count(.handlerTimeouts)
      context.logger.warning("a handler is too slow", metadata: ["type": "\(request.type)"])
      return .exception("the request was not done within \(options.requestTimeout ?? .zero)")
    }
  }

  /// A result could not be put, and cannot be: serving ends, unless it has been given up already.
  private func giveBack(_ request: RequestInHand, _ reader: RequestReader, _ error: any Error) async {
    if !(error is CancellationError) {
      refusal.set(error)
      stop.stop()
      // Before the request goes back, lest it come again.
      await reader.stopStreams()
    }
    if options.acknowledgement == .onReceipt {
      context.logger.error("a result is lost: it could not be put", metadata: ["error": "\(error)"])
    } else {
      context.logger.error(
        "a request goes back to its queue: its result could not be put", metadata: ["error": "\(error)"])
    }
    await inHand.giveBack(request)
  }
}
