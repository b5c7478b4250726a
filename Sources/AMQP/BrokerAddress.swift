internal import Foundation

/// Where a broker is, and as whom to speak to it.
public struct BrokerAddress: Hashable, Sendable {
  /// A host name, or an IPv4 or IPv6 address without brackets.
  public var host: String
  /// 5672 as a rule, 5671 with TLS.
  public var port: Int
  /// Whether the connection is encrypted (`amqps`).
  public var usesTLS: Bool
  /// The virtual host, `/` by default.
  public var virtualHost: String
  /// Who logs in; with EXTERNAL authentication the certificate says so instead.
  public var user: String
  /// Never part of a description, an error or a log.
  public var password: String

  /// The address of a broker; what is left out has the defaults of RabbitMQ and of the SyRPC references.
  public init(
    host: String = "localhost", port: Int? = nil, usesTLS: Bool = false, virtualHost: String = "/",
    user: String = "guest", password: String = "guest"
  ) {
    self.host = host
    self.port = port ?? (usesTLS ? 5671 : 5672)
    self.usesTLS = usesTLS
    self.virtualHost = virtualHost
    self.user = user
    self.password = password
  }

  /// The address that an `amqp://user:password@host:port/virtual-host` URL names, or an `amqps` one, by RabbitMQ's URI
  /// specification.
  ///
  /// Parts are percent-decoded one by one, so `%2f` in the path is a slash in the virtual host's name. Without a path
  /// the virtual host is `/`; with an empty one (`amqp://host/`) it is the one whose name is empty.
  ///
  /// - Throws: ``BrokerAddressError``. It repeats no more of the URL than is certain not to be of the password.
  public init(url: String) throws(BrokerAddressError) {
    let cut = try BrokerURLParts(url)
    // Not repaired where it is wrong, which is the default.
    guard let parts = URLComponents(string: url, encodingInvalidCharacters: false) else {
      throw BrokerAddressError("it is not a URL")
    }
    guard let host = parts.host, !host.isEmpty else { throw BrokerAddressError("it names no host") }
    self.init(host: host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host, usesTLS: cut.usesTLS)
    if let port = parts.port { self.port = port }
    if let user = parts.percentEncodedUser { self.user = try Self.decoded(user, "user name") }
    if let password = parts.percentEncodedPassword { self.password = try Self.decoded(password, "password") }
    let path = parts.percentEncodedPath
    if !path.isEmpty {
      let name = path.dropFirst()
      guard !name.contains("/") else {
        throw BrokerAddressError("its path has more than one part; a slash in a virtual host is written %2f")
      }
      virtualHost = try Self.decoded(String(name), "virtual host")
    }
    // librabbitmq takes C strings: what follows would be cut off.
    guard [self.host, self.user, self.password, virtualHost].allSatisfy({ !$0.utf8.contains(0) }) else {
      throw BrokerAddressError("a part of it contains U+0000")
    }
  }

  private static func decoded(_ text: String, _ part: String) throws(BrokerAddressError) -> String {
    guard let decoded = text.removingPercentEncoding else {
      throw BrokerAddressError("its \(part) is not percent-encoded UTF-8")
    }
    return decoded
  }
}

extension BrokerAddress: CustomStringConvertible {
  /// The address without the password.
  public var description: String { "\(user)@\(place) virtual host \(virtualHost)" }

  /// Host and port, as they are written in a URL, with what differs from plain AMQP.
  package var place: String { "\(hostAndPort)\(usesTLS ? " (TLS)" : "")" }

  var hostAndPort: String { "\(host.contains(":") ? "[\(host)]" : host):\(port)" }
}

extension BrokerAddress: CustomReflectable {
  /// Without the password, so that no dump shows it.
  public var customMirror: Mirror {
    Mirror(self, children: ["host": host, "port": port, "usesTLS": usesTLS, "virtualHost": virtualHost, "user": user])
  }
}

/// Why a URL does not name a broker.
public struct BrokerAddressError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What is wrong with it. Never a password.
  public let reason: String
  init(_ reason: String) { self.reason = reason }
  /// What is wrong with the URL, without a password.
  public var description: String { "the broker's URL cannot be used: \(reason)" }
}
