internal import NIOCore
internal import NIOPosix

/// A host, by name or address, and a port.
struct Endpoint: Sendable, CustomStringConvertible {
  let host: String
  let port: Int

  var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

  /// Connects there. Nobody is asked what an address stands for: that takes a thread for each connection.
  func connect(_ bootstrap: ClientBootstrap) -> EventLoopFuture<any Channel> {
    if let address = try? SocketAddress(ipAddress: host, port: port) { return bootstrap.connect(to: address) }
    return bootstrap.connect(host: host, port: port)
  }
}
