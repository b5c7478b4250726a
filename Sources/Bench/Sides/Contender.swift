internal import SyRPC

/// Who is measured.
package enum Contender: String, Codable, CaseIterable, Sendable {
  /// C on librabbitmq, with publisher confirms on both sides, as the library has them.
  case c
  /// C without confirms, as the other implementations publish.
  case cUnconfirmed = "c-unconfirmed"
  /// The library.
  case swift
  /// The library, with its tasks on the connections' threads, as C has them.
  case swiftOnConnection = "swift-on-connection"

  func client(_ configuration: SyRPCConfiguration) throws -> any LoadClient {
    switch self {
    case .swift, .swiftOnConnection: SwiftClient(configuration, isOnConnection: self == .swiftOnConnection)
    case .c, .cUnconfirmed: try CClient(configuration, confirms: self == .c)
    }
  }

  func server(_ configuration: SyRPCConfiguration) throws -> any LoadServer {
    switch self {
    case .swift, .swiftOnConnection: SwiftServer(configuration, isOnConnection: self == .swiftOnConnection)
    case .c, .cUnconfirmed: try CServer(configuration, confirms: self == .c)
    }
  }
}
