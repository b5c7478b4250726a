internal import AMQP
internal import SyRPCWire

/// What a call of this library can fail with, besides `CancellationError`.
public struct SyRPCError: Error, Sendable, CustomStringConvertible {
  /// The kinds of failure. More may come: switch with a default.
  public struct Code: Hashable, Sendable, CustomStringConvertible {
    enum Name: String, Hashable, Sendable {
      case timedOut, closed, unreachable, handshakeFailed, untrusted, authenticationFailed, unknownVirtualHost,
        accessRefused, notFound, preconditionFailed, messageTooLarge, connectionLost, closedByBroker, blocked,
        unroutable, notConfirmed, unencodable, unreadableResult, unreadableRequest, handlerFailed, resources
    }
    let name: Name

    /// Nothing came within the time that the caller gave, or the broker did not answer in its time.
    public static let timedOut = Code(name: .timedOut)
    /// The client or server has been closed.
    public static let closed = Code(name: .closed)
    /// No TCP connection to the broker.
    public static let unreachable = Code(name: .unreachable)
    /// There is a TCP connection, but no AMQP 0-9-1 broker answers on it.
    public static let handshakeFailed = Code(name: .handshakeFailed)
    /// TLS: the broker's certificate is not trusted or is for another host, or a file of ours cannot be used.
    public static let untrusted = Code(name: .untrusted)
    /// Wrong credentials (403 while logging in), or ``Authentication`` by a mechanism that the broker does not offer.
    public static let authenticationFailed = Code(name: .authenticationFailed)
    /// The broker has no virtual host of that name (530).
    public static let unknownVirtualHost = Code(name: .unknownVirtualHost)
    /// A permission that the user does not have (403, or 530 for the virtual host).
    public static let accessRefused = Code(name: .accessRefused)
    /// No such queue or exchange, though it was just declared, or its node is down (404).
    public static let notFound = Code(name: .notFound)
    /// A queue or exchange of that name exists with other properties (406): the settings differ from another side's.
    public static let preconditionFailed = Code(name: .preconditionFailed)
    /// The message is larger than the broker allows (406; `max_message_size`). Nothing was put.
    public static let messageTooLarge = Code(name: .messageTooLarge)
    /// The connection broke. What was being published may or may not have arrived.
    public static let connectionLost = Code(name: .connectionLost)
    /// The broker closed the connection for another reason.
    public static let closedByBroker = Code(name: .closedByBroker)
    /// The broker takes no messages for now, since it is short of memory or disk (connection.blocked). What was being
    /// published may arrive when it takes them again.
    public static let blocked = Code(name: .blocked)
    /// The message reached no queue, though the queue was declared again.
    public static let unroutable = Code(name: .unroutable)
    /// The broker refused the message.
    public static let notConfirmed = Code(name: .notConfirmed)
    /// The payload cannot be written as JSON.
    public static let unencodable = Code(name: .unencodable)
    /// The result came, but cannot be held, for instance an integer beyond 64 bits, or is no value of the type that was
    /// asked for. It is gone from the queue.
    public static let unreadableResult = Code(name: .unreadableResult)
    /// A request came, but it is malformed or cannot be held. It is gone from the queue.
    public static let unreadableRequest = Code(name: .unreadableRequest)
    /// The server answered a typed call with `{"exception": …}`: its handler failed. The message is the server's.
    public static let handlerFailed = Code(name: .handlerFailed)
    /// The system has no thread, descriptor or memory left.
    public static let resources = Code(name: .resources)

    /// The code's own name.
    public var description: String { name.rawValue }
  }

  /// What kind of failure it is.
  public let code: Code
  /// What happened, in words; where the broker gave a reason, in its words.
  public let message: String
  /// The broker's reply code, if it gave one (AMQP 0-9-1, 1.2).
  public let brokerReplyCode: Int?

  init(_ code: Code, _ message: String, brokerReplyCode: Int? = nil) {
    self.code = code
    self.message = message
    self.brokerReplyCode = brokerReplyCode
  }

  init(_ error: AMQPError) {
    let code: Code =
      switch error.code {
      case .resources: .resources
      case .unreachable: .unreachable
      case .handshakeFailed: .handshakeFailed
      case .untrusted: .untrusted
      case .authenticationFailed: .authenticationFailed
      case .unknownVirtualHost: .unknownVirtualHost
      case .accessRefused: .accessRefused
      case .notFound: .notFound
      case .preconditionFailed: .preconditionFailed
      case .messageTooLarge: .messageTooLarge
      case .blocked: .blocked
      case .closedByBroker, .resourceLocked: .closedByBroker
      case .connectionLost: .connectionLost
      case .timedOut: .timedOut
      case .unroutable: .unroutable
      case .notConfirmed: .notConfirmed
      case .closed: .closed
      }
    self.init(code, error.message, brokerReplyCode: error.replyCode)
  }

  static let hasBeenClosed = SyRPCError(.closed, "this client or server has been closed")

  init(_ unreadable: UnreadableRequest) {
    self.init(.unreadableRequest, "the request cannot be read: \(unreadable.reason)")
  }

  init(_ error: JSONError) { self.init(.unencodable, "the payload cannot be sent: \(error)") }

  /// The code, the message and the broker's reply code; nothing secret.
  public var description: String {
    "\(code): \(message)\(brokerReplyCode.map { " (\($0))" } ?? "")"
  }
}

/// Runs `operation`, with errors of the layers below turned into this library's own.
func publicErrors<Value>(
  isolation: isolated (any Actor)? = #isolation, _ operation: () async throws -> Value
) async throws -> Value {
  do { return try await operation() } catch { throw publicError(error) }
}

func publicErrors<Value>(_ operation: () throws -> Value) throws -> Value {
  do { return try operation() } catch { throw publicError(error) }
}

private func publicError(_ error: any Error) -> any Error {
  switch error {
  case let error as AMQPError: SyRPCError(error)
  case let error as JSONError: SyRPCError(error)
  default: error
  }
}
