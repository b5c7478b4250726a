#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif
internal import NIOCore
internal import NIOPosix

/// Why a tap could not start.
package struct TapError: Error, Hashable, Sendable, CustomStringConvertible {
  package struct Code: Hashable, Sendable {
    private enum Name { case addressInUse, cannotListen }
    private let name: Name

    /// Something listens there already.
    package static let addressInUse = Code(name: .addressInUse)
    /// Anything else: a foreign address, a privileged port, an unknown name.
    package static let cannotListen = Code(name: .cannotListen)
  }

  package let code: Code
  /// What happened, with the address and the port.
  package let message: String
  package var description: String { message }

  init(cannotListenOn endpoint: Endpoint, _ error: any Error) {
    let isInUse = (error as? IOError)?.errnoCode == EADDRINUSE
    code = isInUse ? .addressInUse : .cannotListen
    message = "cannot listen on \(endpoint): \(reason(of: error))"
  }
}

/// An error of the network in the words of the operating system, without the call that it came from.
func reason(of error: any Error) -> String {
  switch error {
  case let error as IOError: String(cString: strerror(error.errnoCode))
  case let error as NIOConnectionError:
    // One error for each address that a name stands for; or the name stands for none.
    if let first = error.connectionErrors.first {
      reason(of: first.error)
    } else {
      (error.dnsAError ?? error.dnsAAAAError).map { "\($0)" } ?? "no address"
    }
  default: "\(error)"
  }
}

/// Acknowledges what has been read at once. The kernel forgets that it was told so, and must be told each time.
func acknowledgeNow(_ channel: any Channel) {
  #if os(Linux)
    let option = ChannelOptions.Types.SocketOption(level: .tcp, name: .init(rawValue: TCP_QUICKACK))
    // It fails if the socket is closed already.
    channel.setOption(option, value: 1).whenFailure { _ in }
  #endif
}

/// Lets the coming `close` of a channel send RST instead of FIN.
func resetOnClose(_ channel: any Channel) {
  // It fails if the socket is closed already: nothing is left to be reset then.
  (channel as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0)).whenFailure { _ in }
}
