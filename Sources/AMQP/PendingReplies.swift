/// The methods that were sent and not yet answered.
struct PendingReplies {
  typealias Receiver = (Result<BrokerFrame, AMQPError>) -> Void

  private struct Pending {
    let answer: UInt32
    let deadline: Moment
    let receive: Receiver
  }

  private var pending: [Pending] = []

  var isEmpty: Bool { pending.isEmpty }

  /// Notes a question. Its deadline is not before that of the one before.
  mutating func expect(_ method: UInt32, by deadline: Moment, _ receive: @escaping Receiver) {
    // The number of an answer is its question's plus one, for all methods that are used here (AMQP 0-9-1, 1.4).
    pending.append(Pending(answer: method + 1, deadline: deadline, receive: receive))
  }

  /// Who waits for this answer longest.
  mutating func take(answer: UInt32) -> Receiver? {
    pending.firstIndex { $0.answer == answer }.map { pending.remove(at: $0).receive }
  }

  /// Everybody, in the order of the questions.
  mutating func takeAll() -> [Receiver] {
    defer { pending.removeAll() }
    return pending.map(\.receive)
  }

  /// The time by which the oldest question must be answered.
  var nextDeadline: Moment? { pending.first?.deadline }
}
