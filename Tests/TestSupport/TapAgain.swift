package import AMQP
package import WireTap

extension Tap {
  /// A tap on the port of one that has been stopped. Somebody else's connection may have that port for a moment, which is
  /// waited for; the time limit of the test bounds it.
  package static func startAgain(port: Int, before broker: BrokerAddress, role: String) async throws -> Tap {
    while true {
      do { return try await start(port: port, brokerHost: broker.host, brokerPort: broker.port, role: role) } catch {
        try await Task.sleep(for: .milliseconds(50))
      }
    }
  }
}
