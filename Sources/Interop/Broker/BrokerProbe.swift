package import AMQP
internal import Logging

extension PrivateBroker {
  /// Starts a node that is ready when it completes an AMQP handshake.
  ///
  /// - Throws: as ``start(_:in:settings:within:isReady:)``.
  package static func start() async throws -> PrivateBroker {
    try await start(isReady: completesHandshake)
  }

  /// Whether a broker lets the user guest in; an open port alone proves nothing.
  package static func completesHandshake(_ host: String, _ port: UInt16) async -> Bool {
    await completesHandshake(BrokerAddress(host: host, port: Int(port)))
  }

  /// The same for the user and the virtual host that an address names.
  static func completesHandshake(_ address: BrokerAddress) async -> Bool {
    var options = ConnectionOptions(name: "SyRPC interop, probe")
    options.connectTimeout = .seconds(2)
    options.handshakeTimeout = .seconds(5)
    guard let connection = try? await AMQPConnection.open(address, options, logger: Logger(label: "syrpc.interop"))
    else { return false }
    await connection.close()
    return true
  }

  /// Where it is, and as whom to speak to it.
  package var address: BrokerAddress { BrokerAddress(host: host, port: Int(port), user: user, password: password) }

  /// Where another virtual host and another user are.
  package var elsewhere: BrokerAddress {
    let (virtualHost, user, password) = PrivateNode.elsewhere
    return BrokerAddress(host: host, port: Int(port), virtualHost: virtualHost, user: user, password: password)
  }

  /// The name of a second virtual host, which is empty.
  package var replayVirtualHost: String { PrivateNode.replayVirtualHost }
}
