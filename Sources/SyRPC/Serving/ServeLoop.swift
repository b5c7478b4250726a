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
  /// What handlers run on; nil for what all tasks do.
  let executor: (any TaskExecutor)?
  /// Why results cannot be put, and will not.
  private let refusal = Mailbox<any Error>()
  private let unconfirmed = UnconfirmedResults()

  private var context: LinkContext { results.context }

  /// Runs until it is stopped, and then until what was taken is done.
  ///
  /// - Throws: what will not pass by itself, after what was taken is done.
  func run() async throws {
    let places = HandlerPlaces<TakenRequest>(limit: Int(options.concurrency))
    let outcome = Mailbox<Result<Void, any Error>>()
    await withTaskGroup(of: Void.self) { group in
      group.addTask {
        outcome.set(await take(into: places))
        places.finish()
      }
      for await _ in places.demand {
        group.addTask(executorPreference: executor) {
          // One that is cancelled - all is given up, or its handler did that - begins nothing more.
          while !Task.isCancelled, let taken = await places.next() { await handle(taken.request, taken.reader) }
          places.leave()
        }
      }
    }
    await unconfirmed.finish()
    if let refusal = refusal.value { throw refusal }
    try outcome.value?.get()
  }

  /// Takes requests until it is stopped.
  private func take(into places: HandlerPlaces<TakenRequest>) async -> Result<Void, any Error> {
    var pauses = requests.pauses
    while !stop.isStopped {
      do {
        let reader = try await reader()
        let (tag, end) = try await reader.stream(prefetch: options.concurrency, into: inHand, places)
        stop.onStop { Task { await reader.stop(tag) } }
        for try await _ in end {}
      } catch {
        if stop.isStopped { break }
        if places.takeNews() { pauses.reset() }
        do { try await requests.pause(after: error, &pauses) } catch { return .failure(error) }
      }
    }
    return .success(())
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
        ) { try await answer(content, request, reader) }
      case .failure(let unreadable):
        try await results.putPatiently(unreadable)
        finish(request)
      }
    } catch {
      await giveBack(request, reader, error)
    }
  }

  private func finish(_ request: RequestInHand, _ soon: Soon? = nil) {
    inHand.finish(request, acknowledged: options.acknowledgement == .onReceipt, soon)
  }

  /// Has a request done, and puts what comes of it; returns when the handler has.
  private func answer(_ content: Request, _ request: RequestInHand, _ reader: RequestReader) async throws {
    guard let timeout = options.requestTimeout else {
      return try await put(answer(to: content, await outcome(of: content)), for: content.resultID, request, reader)
    }
    let outcome = Mailbox<Result<JSON, any Error>>()
    let work = Task(executorPreference: executor) { outcome.set(await self.outcome(of: content)) }
    await withTaskCancellationHandler {
      await waitFor(work, noLongerThan: timeout)
    } onCancel: {
      // All of this is given up.
      work.cancel()
    }
    // Looked at once: a handler that is told to end may return something, and is late all the same.
    let inTime = outcome.value
    if inTime == nil { work.cancel() }
    do { try await put(answer(to: content, inTime), for: content.resultID, request, reader) } catch {
      await work.value
      throw error
    }
    await work.value
  }

  /// Puts a result; if it can be sent at once, returns before it is confirmed, and the next request can be begun.
  private func put(_ data: JSON, for resultID: String, _ request: RequestInHand, _ reader: RequestReader) async throws {
    let body = try results.message(data, for: resultID)
    // No more than are done at a time, however they are acknowledged.
    if unconfirmed.begin(atMost: Int(options.concurrency)) {
      if results.post(body, for: resultID, confirmed: { settle(request, body, for: resultID, reader, $0, $1) }) {
        return
      }
      unconfirmed.end()
    }
    try await results.putPatiently(body, for: resultID)
    finish(request)
  }

  /// What becomes of a request whose result was sent.
  private func settle(
    _ request: RequestInHand, _ body: [UInt8], for resultID: String, _ reader: RequestReader,
    _ outcome: Result<Void, any Error>, _ soon: @escaping Soon
  ) {
    switch outcome {
    case .success:
      finish(request, soon)
      soon { unconfirmed.end() }
    case .failure(let error):
      unconfirmed.end {
        do {
          try await results.putPatiently(body, for: resultID, after: error)
          finish(request)
        } catch {
          await giveBack(request, reader, error)
        }
      }
    }
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
