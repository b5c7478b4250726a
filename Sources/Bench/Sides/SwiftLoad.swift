internal import Logging
internal import NIOConcurrencyHelpers
internal import SyRPC
internal import SyRPCWire

/// The library as a program uses it: a task for each call.
struct SwiftClient: LoadClient {
  private let client: SyRPCClient
  private let executor: (any TaskExecutor)?

  init(_ configuration: SyRPCConfiguration, isOnConnection: Bool) {
    client = SyRPCClient(configuration, logger: .quiet)
    executor = isOnConnection ? client.executor : nil
  }

  func run(_ load: Load, record: @escaping @Sendable (UInt64) -> Void) async throws {
    let data = JSON.string(String(repeating: "x", count: load.body))
    let budget = Budget(load)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<load.outstanding {
        group.addTask(executorPreference: executor) { [client] in
          while budget.mayBegin() {
            let start = ContinuousClock.now
            switch load.kind {
            case .call: _ = try await client.call(type: "echo", data: data, timeout: .seconds(30))
            case .put: try await client.putRequest(type: "echo", data: data)
            }
            record((.now - start).nanoseconds)
          }
        }
      }
      try await group.waitForAll()
    }
  }

  func close() async { await client.close() }
}

/// The library's `serve`, with a handler that does nothing.
final class SwiftServer: LoadServer {
  private let server: SyRPCServer
  private let serving = NIOLockedValueBox<Task<Void, any Error>?>(nil)

  private let execution: ServeOptions.Execution

  init(_ configuration: SyRPCConfiguration, isOnConnection: Bool) {
    server = SyRPCServer(configuration, logger: .quiet)
    execution = isOnConnection ? .onConnection : .concurrent
  }

  private func options(_ concurrency: Int) -> ServeOptions {
    ServeOptions(concurrency: UInt16(concurrency), execution: execution)
  }

  func start(concurrency: Int) async throws {
    try await server.connect()
    let task = Task { [server, options = options(concurrency)] in
      try await server.serve(options: options) { $0.data }
    }
    serving.withLockedValue { $0 = task }
  }

  func stop() async throws {
    let task = serving.withLockedValue { $0 }
    task?.cancel()
    try await task?.value
  }

  func serve(count: Int, concurrency: Int) async throws {
    let done = NIOLockedValueBox(0)
    let (ends, end) = AsyncStream<Never>.makeStream()
    let task = Task { [server, options = options(concurrency)] in
      try await server.serve(options: options) { request in
        let number = done.withLockedValue { done in
          done += 1
          return done
        }
        if number == count { end.finish() }
        return request.data
      }
    }
    for await _ in ends {}
    // What is in hand is finished.
    task.cancel()
    try await task.value
  }

  func close() async { await server.close() }
}

/// How much is still to be begun.
private final class Budget: Sendable {
  private let end: ContinuousClock.Instant?
  private let left: NIOLockedValueBox<Int>

  init(_ load: Load) {
    end = load.count == 0 ? .now + .seconds(load.seconds) : nil
    left = NIOLockedValueBox(load.count)
  }

  func mayBegin() -> Bool {
    if let end { return .now < end }
    return left.withLockedValue { left in
      left -= 1
      return left >= 0
    }
  }
}

extension Logger {
  /// Logging is not what is measured.
  static var quiet: Logger { Logger(label: "syrpc.bench", factory: { _ in SwiftLogNoOpLogHandler() }) }
}

extension Duration {
  var nanoseconds: UInt64 {
    let (seconds, attoseconds) = components
    return UInt64(max(0, seconds)) * 1_000_000_000 + UInt64(max(0, attoseconds)) / 1_000_000_000
  }
}
