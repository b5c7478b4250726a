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

  /// On which threads handlers run.
  public enum Execution: Hashable, Sendable {
    /// On those of all tasks.
    case concurrent
    /// On the thread that reads requests, which then need not wake another: for handlers that pass on what comes. While one
    /// computes, no other runs, and its time limit is seen late; and one that blocks for longer than the heartbeats' time
    /// loses the connection. While there is no connection, handlers run as with ``concurrent``.
    case onConnection
  }

  /// How many requests are done at a time, 1 to 65535.
  public var concurrency: UInt16
  /// When a request is acknowledged.
  public var acknowledgement: Acknowledgement
  /// How long a handler may take. After that it is cancelled, and the caller gets `{"exception": "…"}`; the handler's
  /// place is free when it returns. Nil for as long as it takes.
  public var requestTimeout: Duration?
  /// On which threads handlers run.
  public var execution: Execution

  /// Options for a server that may do a request twice rather than not at all.
  public init(
    concurrency: UInt16 = 16, acknowledgement: Acknowledgement = .afterResult, requestTimeout: Duration? = nil,
    execution: Execution = .concurrent
  ) {
    self.concurrency = concurrency
    self.acknowledgement = acknowledgement
    self.requestTimeout = requestTimeout
    self.execution = execution
  }
}
