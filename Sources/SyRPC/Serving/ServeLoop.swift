internal import AMQP
internal import Logging
internal import SyRPCWire
internal import Tracing

/// Takes requests and has them done, over any number of connections, until it is told to stop.
struct ServeLoop: Sendable {
  private static let pauseBeforeRequeue = Duration.seconds(1)

  let requests: Link<RequestReader>
  let results: ResultDelivery
  let options: ServeOptions
  let app: String
  let handler: RequestHandlers.Handler
  let stop: StopSignal

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
          let (tag, deliveries) = try await reader.stream(prefetch: options.concurrency)
          stop.onStop { Task { await reader.stop(tag) } }
          for try await delivered in deliveries {
            pauses.reset()
            // The broker knows how many are unacknowledged, not how many are being done.
            if busy == Int(options.concurrency) { await group.next() } else { busy += 1 }
            group.addTask { await handle(delivered, reader) }
          }
        } catch {
          if stop.isStopped { break }
          do { try await requests.pause(after: error, &pauses) } catch { return .failure(error) }
        }
      }
      return .success(())
    }
    try outcome.get()
  }

  /// Waits for a connection, until this is told to stop.
  private func reader() async throws -> RequestReader {
    let opening = Task { try await requests.user() }
    stop.onStop { opening.cancel() }
    return try await opening.value
  }

  // MARK: - One request

  private func handle(_ delivered: DeliveredRequest, _ reader: RequestReader) async {
    // What waited for its turn when the connection was lost comes again by the next one.
    guard options.acknowledgement == .onReceipt ? await reader.acknowledge(delivered) : await reader.isOpen else {
      return
    }
    context.tally.count(.requestsTaken)
    do {
      switch delivered.content {
      case .success(let request):
        if request.isRedelivered { context.tally.count(.redeliveredRequests) }
        try await Trace.span(
          "\(request.type) handle", .server, in: Trace.context(in: delivered.headers), resultID: request.resultID,
          app: app
        ) { try await answer(request) { await acknowledge(delivered, reader) } }
      case .failure(let unreadable):
        try await results.put(unreadable)
        await acknowledge(delivered, reader)
      }
    } catch {
      await giveBack(delivered, reader, error)
    }
  }

  private func acknowledge(_ delivered: DeliveredRequest, _ reader: RequestReader) async {
    if options.acknowledgement == .afterResult { await reader.acknowledge(delivered) }
  }

  /// Has a request done, and puts what comes of it; returns when the handler has.
  private func answer(_ request: Request, _ whenPut: () async -> Void) async throws {
    let outcome = Mailbox<Result<JSON, any Error>>()
    let work = Task {
      do { outcome.set(.success(try await context.tally.time(.handle) { try await handler(request) })) } catch {
        outcome.set(.failure(error))
      }
    }
    await withTaskCancellationHandler {
      if let timeout = options.requestTimeout { await waitFor(work, noLongerThan: timeout) } else { await work.value }
    } onCancel: {
      // All of this is given up.
      work.cancel()
    }

    let answer: JSON
    switch outcome.value {
    case .success(let data): answer = data
    case .failure(let error):
      context.tally.count(.handlerErrors)
      context.logger.info("a handler failed", metadata: ["type": "\(request.type)", "error": "\(error)"])
      answer = .exception("\(error)")
    case nil:
      work.cancel()
      context.tally.count(.handlerTimeouts)
      context.logger.warning("a handler is too slow", metadata: ["type": "\(request.type)"])
      answer = .exception("the request was not done within \(options.requestTimeout ?? .zero)")
    }
    do {
      try await results.putOrExplain(answer, for: request.resultID)
      await whenPut()
    } catch {
      await work.value
      throw error
    }
    await work.value
  }

  private func giveBack(_ delivered: DeliveredRequest, _ reader: RequestReader, _ error: any Error) async {
    guard options.acknowledgement == .afterResult else {
      context.logger.error("a result is lost: it could not be put", metadata: ["error": "\(error)"])
      return
    }
    context.logger.error(
      "a request goes back to its queue: its result could not be put", metadata: ["error": "\(error)"])
    // It comes again at once, and is done again: without a pause as often as the machine can while the cause lasts.
    try? await Task.sleep(for: Self.pauseBeforeRequeue)
    await reader.requeue(delivered)
  }
}
