import AMQP
import Foundation
import SyRPCWire
import Testing

@Suite(.tags(.broker), .timeLimit(.minutes(3)), .enabled(if: Broker.isInstalled, "needs rabbitmq-server"))
struct ConnectionOpeningTests {
  @Test func wrongCredentialsAreRefused() async throws {
    var address = try await Broker.address
    address.password = "s3cret"
    let error = await amqpError { _ = try await connect(address) }
    #expect(error?.code == .authenticationFailed)
    #expect(error?.replyCode == 403)
    #expect(error?.description.contains("s3cret") == false)
  }

  @Test func aVirtualHostThatIsNotThere() async throws {
    var address = try await Broker.address
    address.virtualHost = "nowhere"
    let error = await amqpError { _ = try await connect(address) }
    #expect(error?.code == .unknownVirtualHost)
    #expect(error?.description.contains("nowhere") == true)
  }

  @Test(arguments: [1, 0, -1, 65536, .max]) func nobodyListens(_ port: Int) async {
    let error = await amqpError { _ = try await connect(BrokerAddress(host: "127.0.0.1", port: port)) }
    #expect(error?.code == .unreachable)
  }

  @Test func noSuchHost() async {
    let error = await amqpError { _ = try await connect(BrokerAddress(host: "host.invalid")) }
    #expect(error?.code == .unreachable)
  }

  @Test func whoNeverAnswersIsGivenUp() async throws {
    let broker = try await Broker.address
    let cable = try Cable(to: broker, held: [.toBroker, .toClient])
    defer { cable.stop() }
    let error = await amqpError {
      _ = try await connect(
        BrokerAddress(host: "127.0.0.1", port: cable.port), options { $0.handshakeTimeout = .milliseconds(300) })
    }
    #expect(error?.code == .handshakeFailed)
  }

  /// Connections that are dropped, closed, or never come about leave no thread and no descriptor behind.
  @Test func nothingLeaks() async throws {
    let address = try await Broker.address
    var wrong = address
    wrong.password = "wrong"
    func count() throws -> Int {
      try ["task", "fd"].map { try FileManager.default.contentsOfDirectory(atPath: "/proc/self/\($0)").count }.reduce(
        0, +)
    }
    let before = try count()
    for round in 0..<50 {
      // Dropped, also with a consumer whose closures outlive nothing.
      let dropped = try await connect(address)
      if round % 2 == 0 {
        let topology = try uniqueTopology()
        try await dropped.declare(topology.resultQueue(at: 0))
        _ = try await dropped.consume(topology.resultQueue(at: 0).name, prefetch: 0, receive: { _ in }, end: { _ in })
        try await dropped.deleteQueue(topology.resultQueue(at: 0).name)
      }
      let closed = try await connect(address)
      await closed.close()
      _ = await amqpError { _ = try await connect(BrokerAddress(host: "127.0.0.1", port: 1)) }
      if round % 10 == 0 { _ = await amqpError { _ = try await connect(wrong) } }
    }
    // Each of the 155 had a thread and three descriptors; other tests run meanwhile.
    while try count() > before + 150 { try await Task.sleep(for: .milliseconds(50)) }
  }
}
