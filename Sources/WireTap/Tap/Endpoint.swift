internal import NIOCore
internal import NIOPosix

/// A host, by name or address, and a port.
package struct Endpoint: Hashable, Sendable, CustomStringConvertible {
  /// A name, or an IPv4 or IPv6 address without brackets.
  package let host: String
  package let port: Int

  init(host: String, port: Int) {
    self.host = host
    self.port = port
  }

  /// As it is written on a command line: `host:port`, an IPv6 address in brackets.
  ///
  /// - Throws: ``EndpointError``.
  package init(parsing text: String) throws(EndpointError) {
    guard !text.hasSuffix("]"), let colon = text.lastIndex(of: ":") else {
      throw EndpointError(text, "it has no port; 0 stands for any free one")
    }
    let (host, port) = (text[..<colon], text[text.index(after: colon)...])
    guard let number = Int(port), (0...65535).contains(number), port.allSatisfy(\.isNumber) else {
      throw EndpointError(text, "its port is not a number from 0 to 65535")
    }
    if host.hasPrefix("["), host.hasSuffix("]"), host.contains(":") {
      self.init(host: String(host.dropFirst().dropLast()), port: number)
    } else if host.contains(where: "[]".contains) {
      throw EndpointError(text, "only an IPv6 address is in brackets, as in [::1]:5673")
    } else if host.contains(":") {
      throw EndpointError(text, "an IPv6 address is in brackets, as in [::1]:5673")
    } else if host.isEmpty {
      throw EndpointError(text, "it names no host; 0.0.0.0 and [::] stand for all addresses of this machine")
    } else {
      self.init(host: String(host), port: number)
    }
  }

  package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

  /// Connects there. Nobody is asked what an address stands for: that takes a thread for each connection.
  func connect(_ bootstrap: ClientBootstrap) -> EventLoopFuture<any Channel> {
    if let address = try? SocketAddress(ipAddress: host, port: port) { return bootstrap.connect(to: address) }
    return bootstrap.connect(host: host, port: port)
  }
}

/// Why a text is not `host:port`.
package struct EndpointError: Error, Hashable, Sendable, CustomStringConvertible {
  package let description: String

  fileprivate init(_ text: String, _ reason: String) { description = "\(text) is not host:port: \(reason)" }
}
