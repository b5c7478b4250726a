import Tracing

/// Sends a `traceparent` (W3C Trace Context) along, as a program's tracer would.
struct TraceParent: Instrument {
  private enum Key: ServiceContextKey { typealias Value = String }

  static func context(_ traceParent: String) -> ServiceContext {
    var context = ServiceContext.topLevel
    context[Key.self] = traceParent
    return context
  }

  func inject<Carrier, Inject: Injector>(
    _ context: ServiceContext, into carrier: inout Carrier, using injector: Inject
  ) where Inject.Carrier == Carrier {
    if let traceParent = context[Key.self] { injector.inject(traceParent, forKey: "traceparent", into: &carrier) }
  }

  func extract<Carrier, Extract: Extractor>(
    _ carrier: Carrier, into context: inout ServiceContext, using extractor: Extract
  ) where Extract.Carrier == Carrier {
    context[Key.self] = extractor.extract(key: "traceparent", from: carrier)
  }
}
