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
    let body = try ResultMessage(resultID: resultID, data: data).encoded()
    let headers = Trace.headers
    try await context.tally.time(.put) {
      try await withTimeout(
        publishTimeout, { link.timedOut("the result \(resultID) could not be put within \(publishTimeout)") }
      ) { try await link.perform { try await $0.put(body, for: resultID, headers) } }
    }
    context.tally.count(.resultsPut)
  }

  /// Answers a request of which nothing but its id can be read; whoever sent it would wait in vain.
  func put(_ unreadable: UnreadableRequest) async throws {
    context.tally.count(.unreadableRequests)
    context.logger.warning("dropped an unreadable request", metadata: ["error": "\(unreadable.reason)"])
    if let resultID = unreadable.resultID { try await put(.exception("\(SyRPCError(unreadable))"), for: resultID) }
  }

  /// Puts a result, or, if it cannot be a message, the reason in its place.
  func putOrExplain(_ data: JSON, for resultID: String) async throws {
    do { try await put(data, for: resultID) } catch let error as JSONError {
      try await put(.exception("\(SyRPCError(error))"), for: resultID)
    } catch let error as AMQPError where error.code == .messageTooLarge {
      try await put(.exception("the result cannot be sent: \(error)"), for: resultID)
    }
  }
}

extension JSON {
  /// How an error travels as a result: the one convention that a reference (Node) knows.
  static func exception(_ message: String) -> JSON { ["exception": .string(message)] }
}
