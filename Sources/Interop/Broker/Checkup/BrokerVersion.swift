internal import AMQP

/// What a version of RabbitMQ means for SyRPC.
struct BrokerVersion {
  private let identity: BrokerIdentity
  /// Major, minor and patch; empty for what is not RabbitMQ.
  private let numbers: [Int]

  init(_ identity: BrokerIdentity?) {
    self.identity = identity ?? BrokerIdentity(product: "", version: "")
    numbers =
      self.identity.product == "RabbitMQ" ? self.identity.version.split(separator: ".").compactMap { Int($0) } : []
  }

  private func isAtLeast(_ numbers: Int...) -> Bool { !self.numbers.lexicographicallyPrecedes(numbers) }

  var finding: BrokerCheckup.Finding {
    guard !numbers.isEmpty else {
      return .init("version", "\(identity)", "not RabbitMQ, as far as it says: SyRPC is tried on RabbitMQ only")
    }
    let meaning =
      if isAtLeast(4, 3) {
        "transient queues that are not exclusive are refused; SyRPC's are durable"
      } else if isAtLeast(4, 1) {
        "clients that ask for frames under 8192 bytes are refused: the Node reference cannot connect"
      } else if isAtLeast(4) {
        "queues are replicated as quorum queues only; messages of up to 16 MiB"
      } else if isAtLeast(3, 10) {
        "SyRPC runs on it; RabbitMQ itself no longer supports 3.x"
      } else {
        "long out of support; quorum queues have no message ttl there, so that SyRPC needs classic ones"
      }
    return .init("version", "\(identity)", meaning)
  }

  /// It cannot be asked for over AMQP.
  var consumerTimeout: BrokerCheckup.Finding {
    let found =
      numbers.isEmpty || isAtLeast(3, 8, 17)
      ? "cannot be seen over AMQP; 30 minutes unless it was set (consumer_timeout)" : "none before RabbitMQ 3.8.17"
    return .init(
      "consumer timeout", found,
      "a request whose handler takes longer is delivered again; acknowledge on receipt, or set it longer than handlers take"
    )
  }
}
