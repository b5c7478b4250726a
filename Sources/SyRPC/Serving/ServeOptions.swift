/// How ``SyRPCServer/serve(options:_:)`` works.
public struct ServeOptions: Hashable, Sendable {
  /// When a request is taken out of its queue for good.
  public enum Acknowledgement: Hashable, Sendable {
    /// When its result is confirmed: it is done at least once, whatever happens to the server.
    case afterResult
    /// When its handler begins, as the other implementations do: it is lost if the server is then. It is done
    /// twice only if the acknowledgement itself is lost with the connection.
    case onReceipt
  }

  /// How many requests are done at a time, 1 to 65535.
  public var concurrency: UInt16
  /// When a request is acknowledged.
  public var acknowledgement: Acknowledgement
  /// How long a handler may take. After that it is cancelled, and the caller gets `{"exception": "…"}`; the handler's
  /// place is free when it returns. Nil for as long as it takes.
  public var requestTimeout: Duration?

  /// Options for a server that may do a request twice rather than not at all.
  public init(
    concurrency: UInt16 = 16, acknowledgement: Acknowledgement = .afterResult, requestTimeout: Duration? = nil
  ) {
    self.concurrency = concurrency
    self.acknowledgement = acknowledgement
    self.requestTimeout = requestTimeout
  }
}
