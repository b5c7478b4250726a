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

  @Test func theVirtualHostWithTheEmptyName() async throws {
    var address = try await Broker.address
    address.virtualHost = ""
    let error = await amqpError { _ = try await connect(address) }
    #expect(error?.code == .unknownVirtualHost)
    #expect(error?.description.contains(":\(address.port)/%2F") == true, "\(error as Any)")
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
}
