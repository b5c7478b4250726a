public import AMQP
public import SyRPCWire

/// What a client or a server needs to know.
public struct SyRPCConfiguration: Sendable {
  /// What all sides of the application agree on.
  public var settings: SyRPCSettings
  /// Where the broker is.
  public var broker: BrokerAddress
  /// What the broker's list of connections shows.
  public var connectionName = "SyRPC for Swift"
  /// How long a TCP connection may take.
  public var connectTimeout: Duration = .seconds(10)
  /// How long the broker may take to answer, or to confirm a message.
  public var replyTimeout: Duration = .seconds(30)
  /// The heartbeat asked for, in whole seconds, 1 to 65535: without one a dead broker is not noticed.
  public var heartbeat: Duration = .seconds(30)

  /// A configuration.
  public init(settings: SyRPCSettings, broker: BrokerAddress = BrokerAddress()) {
    self.settings = settings
    self.broker = broker
  }

  /// A configuration with default settings, and a broker given by its URL.
  ///
  /// - Parameters:
  ///   - appName: the application's name.
  ///   - url: `amqp://user:password@host:port/virtual-host`.
  /// - Throws: ``SettingsError`` or ``BrokerAddressError``.
  public init(appName: String, url: String = "amqp://localhost") throws {
    self.init(settings: try SyRPCSettings(appName: appName), broker: try BrokerAddress(url: url))
  }

  var connectionOptions: ConnectionOptions {
    var options = ConnectionOptions(name: connectionName)
    options.connectTimeout = connectTimeout
    options.handshakeTimeout = connectTimeout
    options.replyTimeout = replyTimeout
    options.heartbeat = Int(min(max(1, heartbeat.components.seconds), 65535))
    return options
  }
}
