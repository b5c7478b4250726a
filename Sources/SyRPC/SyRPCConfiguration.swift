public import AMQP
public import SyRPCWire

/// What a client or a server needs to know.
public struct SyRPCConfiguration: Sendable {
  /// What to do with a request or a result while the broker takes no messages (connection.blocked), which it does when it
  /// is short of memory or disk.
  public enum WhenBlocked: String, Hashable, Sendable, CaseIterable {
    /// Put it when the broker takes messages again, if that is within ``SyRPCConfiguration/publishTimeout``.
    case wait
    /// Fail at once, with `blocked`.
    case fail
  }

  /// What all sides of the application agree on.
  public var settings: SyRPCSettings
  /// Where the broker is; several for the nodes of a cluster. They are tried in this order, round and round, and after
  /// a loss beginning with the one after the one that was lost.
  public var brokers: [BrokerAddress]
  /// How this client or server proves who it is.
  public var authentication = Authentication.plain
  /// For brokers whose address is `amqps`.
  public var tls = TLSOptions()
  /// What the broker's list of connections shows.
  public var connectionName = "SyRPC for Swift"
  /// How long a TCP connection may take, with TLS's handshake; and again as long AMQP's handshake.
  public var connectTimeout: Duration = .seconds(10)
  /// How long the broker may take to answer, or be silent while the confirmation of a message is outstanding. After that
  /// the connection counts as lost. A large message on a slow line may take longer, as long as it moves, or 16 KiB a second
  /// have time to pass.
  public var replyTimeout: Duration = .seconds(10)
  /// How long it may take to put a request or a result, with all that may be needed: connecting, waiting for a broker
  /// that blocks publishers, repeating. ``SyRPCServer/serve(options:_:)`` keeps a result for as long as it takes.
  public var publishTimeout: Duration = .seconds(30)
  /// The pauses between attempts to connect, doubled from the shortest to the longest, and spread.
  public var reconnectDelays: ClosedRange<Duration> = .milliseconds(100)...(.seconds(10))
  /// The heartbeat asked for, in whole seconds, 1 to 65535: without one a dead broker is not noticed. A connection on
  /// which nothing comes for twice this time counts as lost.
  public var heartbeat: Duration = .seconds(30)
  /// What becomes of puts while the broker blocks publishers.
  public var whenBlocked = WhenBlocked.wait

  /// A configuration for one broker.
  public init(settings: SyRPCSettings, broker: BrokerAddress = BrokerAddress()) {
    self.init(settings: settings, brokers: [broker])
  }

  /// A configuration for several brokers of a cluster.
  public init(settings: SyRPCSettings, brokers: [BrokerAddress]) {
    precondition(!brokers.isEmpty, "without a broker there is nowhere to connect to")
    self.settings = settings
    self.brokers = brokers
  }

  /// A configuration with default settings, and brokers given by their URLs.
  ///
  /// - Parameters:
  ///   - appName: the application's name.
  ///   - urls: `amqp://user:password@host:port/virtual-host`, or `amqps://…`.
  /// - Throws: ``SettingsError`` or ``BrokerAddressError``.
  public init(appName: String, urls: String...) throws {
    self.init(
      settings: try SyRPCSettings(appName: appName),
      brokers: try (urls.isEmpty ? ["amqp://localhost"] : urls).map { try BrokerAddress(url: $0) })
  }

  var connectionOptions: ConnectionOptions {
    var options = ConnectionOptions(name: connectionName)
    options.connectTimeout = connectTimeout
    options.handshakeTimeout = connectTimeout
    options.replyTimeout = replyTimeout
    options.heartbeat = Int(min(max(1, heartbeat.components.seconds), 65535))
    options.whenBlocked = whenBlocked == .wait ? .wait : .fail
    options.authentication = authentication
    options.tls = tls
    return options
  }
}
