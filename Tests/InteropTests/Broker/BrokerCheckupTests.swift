import AMQP
import SyRPCWire
import Testing

@testable import InteropBroker
@testable import InteropSupport

/// What `syrpc doctor --broker` says of brokers of different kinds.
@Suite(.timeLimit(.minutes(10))) struct BrokerCheckupTests {
  private func findings(_ address: BrokerAddress, app: String = "syrpc") async throws -> [String: BrokerCheckup.Finding]
  {
    let findings = try await BrokerCheckup(address, appName: app).findings()
    return Dictionary(findings.map { ($0.subject, $0) }) { first, _ in first }
  }

  @Test func aBrokerIsLookedAt() async throws {
    let megabyte = 1 << 20
    let broker = try await PrivateBroker.start(
      settings: "max_message_size = \(megabyte)", isReady: PrivateBroker.completesHandshake)
    do {
      try await looks(at: broker, megabyte)
      await broker.stop()
    } catch {
      await broker.stop()
      throw error
    }
  }

  private func looks(at broker: PrivateBroker, _ limit: Int) async throws {
    // As it is.
    let plain = try await findings(broker.address)
    #expect(plain.values.allSatisfy { !$0.isProblem })
    let identity = try await PrivateBroker.identity(of: broker.address)
    #expect(identity.product == "RabbitMQ")
    #expect(plain["version"]?.found == identity.description)
    #expect(plain["default queue type"]?.found == "classic")
    #expect(plain["delivery limit"] == nil)
    #expect(plain["frame size"]?.found == "131072 bytes")
    #expect(plain["message size"]?.found.contains("\(limit)") == true, "\(plain["message size"]?.found ?? "")")
    #expect(plain["permissions"]?.found == "configure, write and read")

    // Where queues are quorum queues, with a limit of 20.
    var quorum = broker.address
    quorum.virtualHost = PrivateNode.quorumVirtualHost
    let replicated = try await findings(quorum)
    #expect(replicated["default queue type"]?.found == "quorum")
    #expect(replicated["delivery limit"]?.found == "a message is dropped at its return number 21")

    // As users who may not do all.
    try await broker.addUser("reader", password: "reader", configure: "^$")
    try await broker.addUser(
      "shop", password: "shop", configure: "^shop_", write: "^shop_|^amq.default$", read: "^shop_")
    var reader = broker.address
    (reader.user, reader.password) = ("reader", "reader")
    let refused = try await findings(reader)
    #expect(refused["permissions"]?.isProblem == true)
    #expect(refused["permissions"]?.found.hasPrefix("cannot configure exchanges: ") == true)
    #expect(refused["default queue type"] == nil, "nothing can be found out without permissions")
    var shop = broker.address
    (shop.user, shop.password) = ("shop", "shop")
    #expect(try await findings(shop)["permissions"]?.isProblem == true)
    #expect(try await findings(shop, app: "shop")["permissions"]?.isProblem == false)

    // Nothing of it stays: the topology was deleted, and so were the probes.
    for virtualHost in ["/", PrivateNode.quorumVirtualHost] {
      try await broker.control("list_queues", "-p", virtualHost, "name")
      #expect(SmallFile.read(broker.node.controlLog, last: 4096)?.contains("_doctor_") != true, "\(virtualHost)")
    }
  }

  @Test(arguments: [
    ("3.8.35", "no message ttl"), ("3.10.8", "no longer supports"), ("4.0.5", "16 MiB"), ("4.1.0", "8192"),
    ("4.3.1", "transient"),
  ])
  func versionsAreToldApart(_ version: String, _ meaning: String) {
    let found = BrokerVersion(BrokerIdentity(product: "RabbitMQ", version: version))
    #expect(found.finding.meaning.contains(meaning))
    #expect(found.consumerTimeout.found.contains("30 minutes"))
  }

  @Test func olderBrokersHaveNoConsumerTimeout() {
    let old = BrokerVersion(BrokerIdentity(product: "RabbitMQ", version: "3.8.16"))
    #expect(old.consumerTimeout.found == "none before RabbitMQ 3.8.17")
    let other = BrokerVersion(BrokerIdentity(product: "LavinMQ", version: "1.0"))
    #expect(other.finding.meaning.contains("not RabbitMQ"))
  }
}
