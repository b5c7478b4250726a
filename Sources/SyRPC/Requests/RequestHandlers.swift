public import SyRPCWire

/// What a server does, by type of request.
///
///     let handlers = RequestHandlers()
///       .on("echo") { $0.data }
///       .on("sum") { (numbers: [Int]) in numbers.reduce(0, +) }
///     try await server.serve(handlers)
///
/// A type that has no handler is answered with `{"exception": "…"}`, unless ``otherwise(_:)`` says what to do with it.
public struct RequestHandlers: Sendable {
  /// Does one request. What it throws is answered as `{"exception": "…"}`.
  public typealias Handler = @Sendable (Request) async throws -> JSON

  private var byType: [String: Handler] = [:]
  private var unknown: Handler = { throw UnknownRequestType(type: $0.type) }

  /// No handlers.
  public init() {}

  /// These handlers and one more; it replaces one for the same type. White space around the type is dropped.
  public func on(_ type: String, _ handler: @escaping Handler) -> RequestHandlers {
    var handlers = self
    handlers.byType[RequestMessage(resultID: "", type: type, data: nil).type] = handler
    return handlers
  }

  /// These handlers, and one for all types that have none.
  public func otherwise(_ handler: @escaping Handler) -> RequestHandlers {
    var handlers = self
    handlers.unknown = handler
    return handlers
  }

  /// Does a request with the handler of its type.
  public func handle(_ request: Request) async throws -> JSON {
    try await (byType[request.type] ?? unknown)(request)
  }
}

/// No handler is there for a type of request.
public struct UnknownRequestType: Error, Hashable, Sendable, CustomStringConvertible {
  /// The type that was asked for.
  public let type: String
  /// It in words, as the caller gets them.
  public var description: String { "unknown request type \"\(type)\"" }
}
