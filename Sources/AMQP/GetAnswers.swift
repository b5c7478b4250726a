/// The answers to several basic.get that were sent at once: each a message, or that there is none.
final class GetAnswers {
  private var missing: Int
  private var count = 0
  private let receive: (Delivery) -> Void
  private var continuation: CheckedContinuation<Int, any Error>?

  init(_ count: Int, _ receive: @escaping (Delivery) -> Void, _ continuation: CheckedContinuation<Int, any Error>) {
    missing = count
    self.receive = receive
    self.continuation = continuation
  }

  /// One more; whoever asked goes on with the last, or with the first failure.
  func add(_ answer: Result<BrokerFrame, AMQPError>) {
    missing -= 1
    switch answer {
    case .success(.message(let delivery)):
      count += 1
      receive(delivery)
    case .success: break
    case .failure(let error): finish(.failure(error))
    }
    if missing == 0 { finish(.success(count)) }
  }

  private func finish(_ outcome: Result<Int, any Error>) {
    continuation?.resume(with: outcome)
    continuation = nil
  }
}
