public import ServiceLifecycle

/// A server that runs in a service group of swift-service-lifecycle.
///
/// On graceful shutdown it takes no more requests, finishes those in hand, and closes its connections.
public struct SyRPCService: Service {
  private let server: SyRPCServer
  private let options: ServeOptions
  private let handlers: RequestHandlers
  private let closingTimeout: Duration

  /// A service.
  ///
  /// - Parameters:
  ///   - server: serves nothing else, and is closed in the end.
  ///   - handlers: what it does.
  ///   - options: how it does it.
  ///   - closingTimeout: how long the requests in hand may take after the shutdown has begun. Then their handlers are
  ///     cancelled, and ``run()`` ends whether they return or not.
  public init(
    _ server: SyRPCServer, _ handlers: RequestHandlers, options: ServeOptions = ServeOptions(),
    closingTimeout: Duration = .seconds(30)
  ) {
    self.server = server
    self.options = options
    self.handlers = handlers
    self.closingTimeout = closingTimeout
  }

  /// Serves until graceful shutdown or cancellation, and then for no longer than the requests in hand may take.
  ///
  /// - Throws: as ``SyRPCServer/serve(_:options:)``.
  public func run() async throws {
    let close = { @Sendable [server, closingTimeout] in await server.close(within: closingTimeout) }
    let outcome: Result<Void, any Error>
    do {
      outcome = .success(
        try await withTaskCancellationHandler {
          try await withGracefulShutdownHandler {
            try await server.serve(handlers, options: options)
          } onGracefulShutdown: {
            Task { await close() }
          }
        } onCancel: {
          Task { await close() }
        })
    } catch { outcome = .failure(error) }
    await close()
    try outcome.get()
  }
}
