import Foundation
import Instrumentation
import Metrics
import MetricsTestKit
import SyRPC
import Synchronization
import TestSupport
import Testing
import Tracing

@Suite(.tags(.broker), .timeLimit(.minutes(4)), .enabled(if: Broker.isInstalled, "needs rabbitmq-server"))
struct ObservabilityTests {
  @Test func changesOfStateAreTold() async throws {
    try await withApplication { app in
      let client = app.client()
      let changes = client.connectionStateChanges
      let told = Task {
        var told: [String] = []
        for await change in changes {
          switch change.state {
          case .connecting: told.append("\(change.purpose) connecting")
          case .connected: told.append("\(change.purpose) connected")
          case .disconnected: told.append("\(change.purpose) disconnected")
          case .closed: told.append("\(change.purpose) closed")
          default: told.append("other")
          }
        }
        return told
      }
      try await client.connect(for: [.requests])
      await client.close()
      // It ends with the client.
      #expect(
        await told.value == [
          "requests connecting", "requests connected", "requests closed", "results closed",
        ])
      // Whoever comes late is told nothing, and does not wait.
      for await _ in client.connectionStateChanges { Issue.record("a closed client changes no more") }
    }
  }

  @Test func whatHappensIsCountedAndTimed() async throws {
    let metrics = MetricsSystem.recorded
    try await withApplication { app in
      let (client, server) = (app.client(), app.server())
      let serving = Task {
        try await server.serve { request in
          if request.data == 2 { throw CancellationError() }
          return request.data
        }
      }
      for number in 1...3 {
        _ = try await client.call(type: "t", data: .integer(Int64(number)), timeout: .seconds(60))
      }
      serving.cancel()
      try await serving.value
      await client.close()
      await server.close()
      func counted(_ event: String, _ side: String) throws -> Int64 {
        let dimensions = [("app", app.topology.settings.appName), ("side", side)]
        return try metrics.expectCounter("syrpc_\(event)_total", dimensions).totalValue
      }
      #expect(try counted("requests_put", "client") == 3)
      #expect(try counted("results_got", "client") == 3)
      #expect(try counted("connections", "client") == 2)
      #expect(try counted("rejects", "client") == 0)
      #expect(try counted("requests_taken", "server") == 3)
      #expect(try counted("results_put", "server") == 3)
      #expect(try counted("handler_errors", "server") == 1)
      let calls = try metrics.expectTimer(
        "syrpc_call_duration_seconds", [("app", app.topology.settings.appName), ("side", "client")])
      #expect(calls.values.count == 3)
      // And the same without any back end.
      #expect(client.statistics.requestsPut == 3)
      #expect(server.statistics.handlerErrors == 1)
    }
  }

  @Test func theContextOfATraceTravelsInTheHeaders() async throws {
    InstrumentationSystem.bootstrapOnce
    try await withApplication { app in
      let (client, server) = (app.client(), app.server())
      let serving = Task {
        try await server.serve { _ in .string(ServiceContext.current?.traceParent ?? "no context") }
      }
      var context = ServiceContext.topLevel
      context.traceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
      let answer = try await ServiceContext.withValue(context) {
        try await client.call(type: "t", data: 1, timeout: .seconds(60))
      }
      #expect(answer == "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
      // Without one there is nothing to carry.
      #expect(try await client.call(type: "t", data: 1, timeout: .seconds(60)) == "no context")
      serving.cancel()
      try await serving.value
      await client.close()
      await server.close()
    }
  }
}

private enum TraceParentKey: ServiceContextKey { typealias Value = String }

extension ServiceContext {
  fileprivate var traceParent: String? {
    get { self[TraceParentKey.self] }
    set { self[TraceParentKey.self] = newValue }
  }
}

extension MetricsSystem {
  /// The system takes one factory a process.
  fileprivate static let recorded: TestMetrics = {
    let metrics = TestMetrics()
    bootstrap(metrics)
    return metrics
  }()
}

extension InstrumentationSystem {
  /// The system takes one instrument a process.
  fileprivate static let bootstrapOnce: Void = bootstrap(TraceParentInstrument())
}

private struct TraceParentInstrument: Instrument {
  func inject<Carrier, Inject: Injector>(
    _ context: ServiceContext, into carrier: inout Carrier, using injector: Inject
  ) where Inject.Carrier == Carrier {
    if let traceParent = context.traceParent { injector.inject(traceParent, forKey: "traceparent", into: &carrier) }
  }

  func extract<Carrier, Extract: Extractor>(
    _ carrier: Carrier, into context: inout ServiceContext, using extractor: Extract
  ) where Extract.Carrier == Carrier {
    context.traceParent = extractor.extract(key: "traceparent", from: carrier)
  }
}
