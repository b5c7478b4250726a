public import Foundation
internal import SyRPCWire

extension SyRPCConfiguration {
  /// A configuration from environment variables; what is not set, or empty, has its default.
  ///
  /// | variable | meaning |
  /// |---|---|
  /// | `SYRPC_APP_NAME` | the application's name; mandatory |
  /// | `SYRPC_URL` | the broker's URL, or several with white space between them |
  /// | `SYRPC_USER`, `SYRPC_PASSWORD` | in place of those in the URLs |
  /// | `SYRPC_TTL`, `SYRPC_MSG_TTL` | `amq_ttl` and `amq_msg_ttl`, in seconds |
  /// | `SYRPC_NUM_QUEUES` | `amq_num_queues` |
  /// | `SYRPC_AUTHENTICATION` | `plain` or `external` |
  /// | `SYRPC_CA_FILE`, `SYRPC_CERTIFICATE_FILE`, `SYRPC_KEY_FILE` | for `amqps`: PEM files of the authorities that are trusted, of the client's certificate and of its key |
  /// | `SYRPC_CONNECTION_NAME` | what the broker's list of connections shows |
  /// | `SYRPC_CONNECT_TIMEOUT`, `SYRPC_REPLY_TIMEOUT`, `SYRPC_PUBLISH_TIMEOUT` | in seconds, fractions allowed |
  /// | `SYRPC_RECONNECT_DELAY_MIN`, `SYRPC_RECONNECT_DELAY_MAX` | the shortest and the longest pause between attempts to connect, in seconds, fractions allowed |
  /// | `SYRPC_HEARTBEAT` | in whole seconds |
  /// | `SYRPC_WHEN_BLOCKED` | `wait` or `fail` |
  ///
  /// - Parameter environment: the variables; those of this process by default.
  /// - Throws: ``ConfigurationError`` that names the variable.
  public init(environment: [String: String] = ProcessInfo.processInfo.environment) throws(ConfigurationError) {
    let variables = Variables(environment)
    guard let appName = variables["SYRPC_APP_NAME"] else {
      throw ConfigurationError("SYRPC_APP_NAME", "is not set")
    }
    let settings: SyRPCSettings
    do {
      settings = try SyRPCSettings(
        appName: appName, ttl: try variables.seconds("SYRPC_TTL") ?? SyRPCSettings.defaultTTL,
        messageTTL: try variables.seconds("SYRPC_MSG_TTL") ?? SyRPCSettings.defaultMessageTTL,
        resultQueueCount: try variables.integer("SYRPC_NUM_QUEUES") ?? SyRPCSettings.defaultResultQueueCount)
    } catch let error as SettingsError {
      throw ConfigurationError(
        Self.variable(of: error.setting), "\(error.reason), but is \(error.value.debugDescription)")
    } catch let error as ConfigurationError {
      throw error
    } catch {
      throw ConfigurationError("SYRPC_APP_NAME", "\(error)")
    }
    self.init(settings: settings, brokers: try variables.brokers())
    if let name = variables["SYRPC_CONNECTION_NAME"] { connectionName = name }
    connectTimeout = try variables.time("SYRPC_CONNECT_TIMEOUT") ?? connectTimeout
    replyTimeout = try variables.time("SYRPC_REPLY_TIMEOUT") ?? replyTimeout
    publishTimeout = try variables.time("SYRPC_PUBLISH_TIMEOUT") ?? publishTimeout
    reconnectDelays = try variables.reconnectDelays(defaults: reconnectDelays)
    if let heartbeat = try variables.integer("SYRPC_HEARTBEAT") {
      guard (1...65535).contains(heartbeat) else {
        throw ConfigurationError("SYRPC_HEARTBEAT", "must be 1 to 65535, but is \"\(heartbeat)\"")
      }
      self.heartbeat = .seconds(heartbeat)
    }
    whenBlocked = try variables.choice("SYRPC_WHEN_BLOCKED") ?? whenBlocked
    authentication = try variables.choice("SYRPC_AUTHENTICATION") ?? authentication
    tls = try variables.tls()
  }

  private static func variable(of setting: String) -> String {
    switch setting {
    case "amq_ttl": "SYRPC_TTL"
    case "amq_msg_ttl": "SYRPC_MSG_TTL"
    case "amq_num_queues": "SYRPC_NUM_QUEUES"
    default: "SYRPC_APP_NAME"
    }
  }
}

/// An environment variable that is missing or cannot be used.
public struct ConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Its name.
  public let variable: String
  /// What is wrong with it. Never a password.
  public let reason: String

  init(_ variable: String, _ reason: String) {
    self.variable = variable
    self.reason = reason
  }

  /// The variable and what is wrong with it.
  public var description: String { "the environment variable \(variable) \(reason)" }
}

/// Reads variables by what they have to be.
private struct Variables {
  private let environment: [String: String]

  init(_ environment: [String: String]) { self.environment = environment }

  subscript(name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }

  func integer(_ name: String) throws(ConfigurationError) -> Int? {
    guard let text = self[name] else { return nil }
    guard let number = Int(text) else {
      throw ConfigurationError(name, "must be a whole number, but is \"\(text)\"")
    }
    return number
  }

  /// Any whole number of seconds.
  func seconds(_ name: String) throws(ConfigurationError) -> Duration? { try integer(name).map { .seconds($0) } }

  /// A time above zero.
  func time(_ name: String) throws(ConfigurationError) -> Duration? {
    guard let text = self[name] else { return nil }
    guard let seconds = Double(text), seconds > 0, seconds < 1e9 else {
      throw ConfigurationError(name, "must be a number of seconds above 0, but is \"\(text)\"")
    }
    return .milliseconds(Int64((seconds * 1000).rounded(.up)))
  }

  func reconnectDelays(defaults: ClosedRange<Duration>) throws(ConfigurationError) -> ClosedRange<Duration> {
    let shortest = try time("SYRPC_RECONNECT_DELAY_MIN") ?? defaults.lowerBound
    let longest = try time("SYRPC_RECONNECT_DELAY_MAX") ?? defaults.upperBound
    guard shortest <= longest else {
      throw ConfigurationError(
        "SYRPC_RECONNECT_DELAY_MIN", "is \(shortest), above SYRPC_RECONNECT_DELAY_MAX, which is \(longest)")
    }
    return shortest...longest
  }

  func choice<Choice: RawRepresentable & CaseIterable>(
    _ name: String
  ) throws(ConfigurationError) -> Choice? where Choice.RawValue == String {
    guard let text = self[name] else { return nil }
    guard let choice = Choice(rawValue: text) else {
      let known = Choice.allCases.map(\.rawValue).joined(separator: " or ")
      throw ConfigurationError(name, "must be \(known), but is \"\(text)\"")
    }
    return choice
  }

  func brokers() throws(ConfigurationError) -> [BrokerAddress] {
    var brokers: [BrokerAddress] = []
    for url in (self["SYRPC_URL"] ?? "amqp://localhost").split(whereSeparator: \.isWhitespace) {
      do { brokers.append(try BrokerAddress(url: String(url))) } catch {
        // The error never repeats the URL, which may contain a password.
        throw ConfigurationError("SYRPC_URL", "does not name a broker: \(error.reason)")
      }
    }
    guard !brokers.isEmpty else { throw ConfigurationError("SYRPC_URL", "names no broker") }
    for index in brokers.indices {
      if let user = self["SYRPC_USER"] { brokers[index].user = user }
      if let password = self["SYRPC_PASSWORD"] { brokers[index].password = password }
    }
    return brokers
  }

  func tls() throws(ConfigurationError) -> TLSOptions {
    var options = TLSOptions(certificateAuthorityFile: self["SYRPC_CA_FILE"])
    switch (self["SYRPC_CERTIFICATE_FILE"], self["SYRPC_KEY_FILE"]) {
    case (nil, nil): break
    case (let certificate?, let key?):
      options.clientCertificate = .init(certificateFile: certificate, keyFile: key)
    case (nil, _): throw ConfigurationError("SYRPC_CERTIFICATE_FILE", "is not set, but SYRPC_KEY_FILE is")
    case (_, nil): throw ConfigurationError("SYRPC_KEY_FILE", "is not set, but SYRPC_CERTIFICATE_FILE is")
    }
    return options
  }
}
