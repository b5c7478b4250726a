internal import AMQP
internal import Logging
internal import SyRPCWire

/// Puts results, for as long as it is worth while.
struct ResultDelivery: Sendable {
  let link: Link<ResultWriter>
  let context: LinkContext
  let publishTimeout: Duration

  /// Puts a result, and waits until the broker has confirmed it.
  ///
  /// - Throws: ``JSONError``, ``SyRPCError``, ``AMQPError``, `CancellationError`.
  func put(_ data: JSON, for resultID: String) async throws {
    try await put(try ResultMessage(resultID: resultID, data: data).encoded(), for: resultID)
  }

  private func put(_ body: [UInt8], for resultID: String) async throws {
    let headers = Trace.headers
    try await context.tally.time(.put) {
      if try await putAtOnce(body, resultID, headers) { return }
      try await withTimeout(
        publishTimeout, { link.timedOut("the result \(resultID) could not be put within \(publishTimeout)") }
      ) { try await link.perform { try await $0.put(body, for: resultID, headers) } }
    }
    context.tally.count(.resultsPut)
  }

  private enum Outcome: Sendable {
    case confirmed(Result<Void, any Error>)
    case timedOut, cancelled
  }

  /// Puts a result on the connection that there is, into a queue that is declared.
  ///
  /// - Returns: false if it is to be put otherwise, perhaps again.
  private func putAtOnce(_ body: [UInt8], _ resultID: String, _ headers: [String: String])
    async throws -> Bool
  {
    guard let writer = link.current else { return false }
    try Task.checkCancellation()
    let first = FirstOutcome<Outcome>()
    first.limit(to: publishTimeout, .timedOut)
    writer.putAtOnce(body, for: resultID, headers) { first.decide(.confirmed($0)) }
    switch await first.value(ifCancelled: .cancelled) {
    case .confirmed(.success): return true
    case .confirmed(.failure(let error)):
      guard link.isToBeRepeated(error) else { throw error }
      return false
    case .timedOut:
      throw link.timedOut("the result \(resultID) could not be put within \(publishTimeout)")
    case .cancelled: throw CancellationError()
    }
  }

  /// Sends a result on the connection that there is, into a queue that is declared, and does not wait.
  ///
  /// - Parameters:
  ///   - body: the message.
  ///   - resultID: the id of the request.
  ///   - confirmed: told on the connection's executor what has become of it; and how to do something when all has been told
  ///     that has arrived.
  /// - Returns: false if that cannot be done: nothing was sent, and `confirmed` is not told.
  func post(
    _ body: [UInt8], for resultID: String,
    confirmed: @escaping @Sendable (_ outcome: Result<Void, any Error>, _ soon: @escaping Soon) -> Void
  ) -> Bool {
    // What is given up is not answered. A span is to end when its message is confirmed.
    guard !Task.isCancelled, !Trace.isOn, let writer = link.current else { return false }
    let (tally, start) = (context.tally, Moment.now)
    return writer.post(body, for: resultID) { outcome, soon in
      if case .success = outcome {
        tally.record(.put, since: start)
        tally.count(.resultsPut)
      }
      confirmed(outcome, soon)
    }
  }

  /// Answers a request of which nothing but its id can be read; whoever sent it would wait in vain.
  func put(_ unreadable: UnreadableRequest) async throws {
    context.tally.count(.unreadableRequests)
    context.logger.warning("dropped an unreadable request", metadata: ["error": "\(unreadable.reason)"])
    if let resultID = unreadable.resultID { try await put(.exception("\(SyRPCError(unreadable))"), for: resultID) }
  }

  /// The message with a result; with the reason in its place, if it cannot be a message.
  func message(_ data: JSON, for resultID: String) throws -> [UInt8] {
    do { return try ResultMessage(resultID: resultID, data: data).encoded() } catch {
      return try ResultMessage(resultID: resultID, data: .exception("\(SyRPCError(error))")).encoded()
    }
  }

  /// Puts a result, or the reason in its place, however long that takes: what computed it is not to be repeated.
  ///
  /// - Parameters:
  ///   - body: the message.
  ///   - resultID: the id of the request.
  ///   - failure: what has become of it at the first attempt, if there was one.
  /// - Throws: ``AMQPError`` that will not pass by itself; ``SyRPCError`` with `closed`; `CancellationError`.
  func putPatiently(_ body: [UInt8], for resultID: String, after failure: (any Error)? = nil) async throws {
    var failure = failure
    try await patiently {
      defer { failure = nil }
      try await putOrExplain(body, for: resultID, after: failure)
    }
  }

  /// As ``put(_:)``, however long that takes.
  func putPatiently(_ unreadable: UnreadableRequest) async throws {
    try await patiently { try await put(unreadable) }
  }

  private func patiently(_ put: () async throws -> Void) async throws {
    while true {
      do { return try await put() } catch  where mayPass(error) {
        context.tally.count(.repetitions)
        context.logger.warning("a result cannot be put yet, and is kept", metadata: ["error": "\(error)"])
      }
      try await Task.sleep(for: Self.pause)
    }
  }

  private static let pause = Duration.seconds(1)

  /// Whether a put may succeed later, though it failed or has had its time.
  private func mayPass(_ error: any Error) -> Bool {
    switch error {
    case let error as AMQPError: error.isTransient || error.code == .blocked || error.code == .unroutable
    // Its time was over, whatever the trouble was.
    case let error as SyRPCError: error.code != .closed
    default: false
    }
  }

  /// Puts a result, or, if it is too large a message, the reason in its place.
  private func putOrExplain(_ body: [UInt8], for resultID: String, after failure: (any Error)?) async throws {
    do {
      if let failure, !link.isToBeRepeated(failure) { throw failure }
      try await put(body, for: resultID)
    } catch let error as AMQPError where error.code == .messageTooLarge {
      try await put(.exception("the result cannot be sent: \(error)"), for: resultID)
    }
  }
}

extension JSON {
  /// How an error travels as a result: the one convention that a reference (Node) knows.
  static func exception(_ message: String) -> JSON { ["exception": .string(message)] }
}
