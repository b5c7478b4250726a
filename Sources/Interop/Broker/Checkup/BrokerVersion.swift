internal import AMQP
package import InteropSupport

extension BrokerIdentity {
  /// The version of RabbitMQ; nil if it is another broker, or does not say.
  package var rabbitMQ: Version? { product == "RabbitMQ" ? Version(version) : nil }
}

/// What a version of RabbitMQ means for SyRPC.
struct BrokerVersion {
  private let identity: BrokerIdentity
  private let version: Version?

  init(_ identity: BrokerIdentity?) {
    self.identity = identity ?? BrokerIdentity(product: "", version: "")
    version = self.identity.rabbitMQ
  }

  /// What came with a version, the newest first.
  private static let meanings: [(since: String, meaning: String)] = [
    (">=4.3", "transient queues that are not exclusive are refused; SyRPC's are durable"),
    (">=4.1", "clients that ask for frames under 8192 bytes are refused: the Node reference cannot connect"),
    (">=4.0", "queues are replicated as quorum queues only; messages of up to 16 MiB"),
    (">=3.10", "SyRPC runs on it; RabbitMQ itself no longer supports 3.x"),
    (">=0", "long out of support; quorum queues have no message ttl there, so that SyRPC needs classic ones"),
  ]

  private func isIn(_ range: String) -> Bool {
    version.flatMap { version in VersionRange(range).map { $0.contains(version) } } ?? false
  }

  var finding: BrokerCheckup.Finding {
    let meaning = Self.meanings.first { isIn($0.since) }?.meaning
    return .init(
      "version", "\(identity)", meaning ?? "not RabbitMQ, as far as it says: SyRPC is tried on RabbitMQ only")
  }

  /// It cannot be asked for over AMQP.
  var consumerTimeout: BrokerCheckup.Finding {
    let found =
      isIn("<3.8.17")
      ? "none before RabbitMQ 3.8.17" : "cannot be seen over AMQP; 30 minutes unless it was set (consumer_timeout)"
    return .init(
      "consumer timeout", found,
      "a request whose handler takes longer is delivered again; acknowledge on receipt, or set it longer than handlers take"
    )
  }
}
