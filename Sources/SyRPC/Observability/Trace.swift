internal import Tracing

/// Carries a trace's context in the headers of messages, for swift-distributed-tracing.
///
/// The other implementations neither read nor write headers. Without a tracer there are none, and the property is absent.
enum Trace {
  private struct Carrier: Injector, Extractor {
    func inject(_ value: String, forKey key: String, into headers: inout [String: String]) { headers[key] = value }
    func extract(key: String, from headers: [String: String]) -> String? { headers[key] }
  }

  /// Whether anybody traces.
  static var isOn: Bool { type(of: InstrumentationSystem.instrument) != NoOpInstrument.self }

  /// The headers that carry the current context.
  static var headers: [String: String] { isOn ? ServiceContext.current.map { headers(in: $0) } ?? [:] : [:] }

  /// The headers that carry a context.
  static func headers(in context: ServiceContext) -> [String: String] {
    var headers: [String: String] = [:]
    InstrumentationSystem.instrument.inject(context, into: &headers, using: Carrier())
    return headers
  }

  /// The context that came with a message.
  static func context(in headers: [String: String]) -> ServiceContext {
    var context = ServiceContext.topLevel
    InstrumentationSystem.instrument.extract(headers, into: &context, using: Carrier())
    return context
  }

  /// Runs an operation in a span; OpenTelemetry's semantic conventions for messaging give the attributes' names.
  static func span<Value>(
    _ name: @autoclosure () -> String, _ kind: SpanKind, in context: @autoclosure () -> ServiceContext? = nil,
    resultID: String? = nil, app: String, isolation: isolated (any Actor)? = #isolation,
    _ body: () async throws -> Value
  ) async throws -> Value {
    guard isOn else { return try await body() }
    return try await withSpan(
      name(), context: context() ?? .current ?? .topLevel, ofKind: kind
    ) { span in
      describe(span, resultID, app)
      return try await body()
    }
  }

  /// Begins a span that ends elsewhere.
  static func begin(_ name: String, _ kind: SpanKind, resultID: String, app: String) -> any Span {
    let span = startSpan(name, context: .current ?? .topLevel, ofKind: kind)
    describe(span, resultID, app)
    return span
  }

  private static func describe(_ span: any Span, _ resultID: String?, _ app: String) {
    guard span.isRecording else { return }
    span.attributes["messaging.system"] = "rabbitmq"
    span.attributes["syrpc.app"] = app
    if let resultID { span.attributes["messaging.message.conversation_id"] = resultID }
  }
}
