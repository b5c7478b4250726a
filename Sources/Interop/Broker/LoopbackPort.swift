#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// A free TCP port of 127.0.0.1, kept from others for as long as this lives.
///
/// It is bound, with SO_REUSEADDR, but not listened on. On Linux a server that sets SO_REUSEADDR as well, as Erlang's
/// do, may then bind and listen, while nobody else is given the port (socket(7)). Elsewhere it would keep the server
/// out, too, so there the port is only a good guess.
final class LoopbackPort: Sendable {
  let number: UInt16
  private let held: Int32?

  /// - Throws: ``BrokerError`` with the code `portTaken` if the system has no port left.
  init() throws {
    let (number, descriptor) = try Self.reserve()
    self.number = number
    #if os(Linux)
      held = descriptor
    #else
      close(descriptor)
      held = nil
    #endif
  }

  deinit {
    if let held { close(held) }
  }

  private static func reserve() throws -> (number: UInt16, descriptor: Int32) {
    #if canImport(Glibc)
      let stream = Int32(SOCK_STREAM.rawValue)
    #else
      let stream = SOCK_STREAM
    #endif
    let descriptor = socket(AF_INET, stream, 0)
    guard descriptor >= 0, fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0 else { throw failure("socket") }
    var yes: Int32 = 1
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(INADDR_LOOPBACK).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size)) == 0
          && bind(descriptor, generic, length) == 0 && getsockname(descriptor, generic, &length) == 0
      }
    }
    guard bound else {
      let error = failure("bind")
      close(descriptor)
      throw error
    }
    return (UInt16(bigEndian: address.sin_port), descriptor)
  }

  private static func failure(_ call: String) -> BrokerError {
    BrokerError(code: .portTaken, message: "no free port on 127.0.0.1: \(call): \(String(cString: strerror(errno)))")
  }
}
