public import SyRPCWire

/// A request that a server took.
public struct Request: Hashable, Sendable {
  /// The id that its result goes to.
  public let resultID: String
  /// The service, method or function that is asked for.
  public let type: String
  /// The argument.
  public let data: JSON
  /// Whether it was delivered before, to this server or another, which may have done all of it or nothing.
  public let isRedelivered: Bool

  init(_ message: RequestMessage, isRedelivered: Bool) {
    resultID = message.resultID
    type = message.type
    data = message.data
    self.isRedelivered = isRedelivered
  }

  /// A request, to try a handler with.
  public init(type: String, data: JSON, resultID: String, isRedelivered: Bool = false) {
    self.init(RequestMessage(resultID: resultID, type: type, data: data), isRedelivered: isRedelivered)
  }
}
