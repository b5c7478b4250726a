/// The answers to several basic.get that were sent at once: each a message, or that there is none.
final class GetAnswers {
  private var missing: Int
  private var deliveries: [Delivery] = []
  private var continuation: CheckedContinuation<[Delivery], any Error>?

  init(_ count: Int, _ continuation: CheckedContinuation<[Delivery], any Error>) {
    missing = count
    self.continuation = continuation
  }

  /// One more; whoever asked goes on with the last, or with the first failure.
  func add(_ answer: Result<BrokerFrame, AMQPError>) {
    missing -= 1
    switch answer {
    case .success(.message(let delivery)): deliveries.append(delivery)
    case .success: break
    case .failure(let error): finish(.failure(error))
    }
    if missing == 0 { finish(.success(deliveries)) }
  }

  private func finish(_ outcome: Result<[Delivery], any Error>) {
    continuation?.resume(with: outcome)
    continuation = nil
  }
}
