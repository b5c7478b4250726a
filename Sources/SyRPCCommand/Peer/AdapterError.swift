import SyRPC

/// An error as the peer protocol knows it.
struct AdapterError: Error {
  enum Kind: String {
    case unsupported, invalid, timeout, connection, failed
  }
  let kind: Kind
  let message: String

  init(_ kind: Kind, _ message: String) {
    self.kind = kind
    self.message = message
  }

  init(_ error: any Error) {
    switch error {
    case let error as AdapterError: self = error
    case let error as SyRPCError:
      let kind: Kind =
        switch error.code {
        case .timedOut: .timeout
        case .unreachable, .handshakeFailed, .connectionLost, .closedByBroker, .accessRefused: .connection
        default: .failed
        }
      self.init(kind, "\(error)")
    case let error as SettingsError: self.init(.invalid, "\(error)")
    default: self.init(.failed, "\(error)")
    }
  }
}
