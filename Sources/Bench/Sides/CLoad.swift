internal import CBench
internal import Dispatch
internal import SyRPC
internal import SyRPCWire

#if canImport(Darwin)
  internal import Darwin
#else
  internal import Glibc
#endif

/// The calls by C; see `CBench.h`. Each is made on a thread of its own.
final class CClient: LoadClient {
  private nonisolated(unsafe) let client: OpaquePointer

  init(_ configuration: SyRPCConfiguration, confirms: Bool) throws {
    client = try withSettings(configuration, confirms) { settings in
      try failing { syrpc_bench_client_open(settings, $0) }
    }
  }

  func run(_ load: Load, record: @escaping @Sendable (UInt64) -> Void) async throws {
    let recorder = Recorder(record)
    try await onThread { [self] in
      var cLoad = syrpc_bench_load(
        outstanding: Int32(load.outstanding), seconds: load.seconds, count: load.count, body: load.body,
        record: { context, nanoseconds in
          guard let context else { return }
          Unmanaged<Recorder>.fromOpaque(context).takeUnretainedValue().record(nanoseconds)
        }, context: Unmanaged.passUnretained(recorder).toOpaque())
      defer { extendLifetime(recorder) }
      try failing { error in
        let status =
          load.kind == .call ? syrpc_bench_call(client, &cLoad, error) : syrpc_bench_put(client, &cLoad, error)
        return status == 0 ? () : nil
      }
    }
  }

  func close() async { syrpc_bench_client_close(client) }

  private final class Recorder: Sendable {
    let record: @Sendable (UInt64) -> Void
    init(_ record: @escaping @Sendable (UInt64) -> Void) { self.record = record }
  }
}

/// The server by C.
final class CServer: LoadServer {
  private nonisolated(unsafe) let server: OpaquePointer
  /// What is written to the second can be read from the first, which ends the serving.
  private let stopping: (read: Int32, write: Int32)
  private let (ends, end) = AsyncStream<Result<Void, any Error>>.makeStream()

  init(_ configuration: SyRPCConfiguration, confirms: Bool) throws {
    var descriptors: [Int32] = [-1, -1]
    guard pipe(&descriptors) == 0 else { throw BenchError("no pipe: errno \(errno)") }
    stopping = (descriptors[0], descriptors[1])
    server = try withSettings(configuration, confirms) { settings in
      try failing { syrpc_bench_server_open(settings, $0) }
    }
  }

  func start(concurrency: Int) async throws {
    Task { [self] in
      do { end.yield(.success(try await serve(count: 0, concurrency: concurrency))) } catch {
        end.yield(.failure(error))
      }
    }
  }

  func stop() async throws {
    var byte: UInt8 = 0
    _ = write(stopping.write, &byte, 1)
    for await result in ends {
      _ = read(stopping.read, &byte, 1)
      return try result.get()
    }
  }

  func serve(count: Int, concurrency: Int) async throws {
    try await onThread { [self] in
      try failing { error in
        syrpc_bench_serve(server, UInt16(concurrency), count, stopping.read, error) == 0 ? () : nil
      }
    }
  }

  func close() async { syrpc_bench_server_close(server) }
}

private func onThread(_ body: @escaping @Sendable () throws -> Void) async throws {
  try await withCheckedThrowingContinuation { continuation in
    DispatchQueue(label: "syrpc.bench.c").async { continuation.resume(with: Result(catching: body)) }
  }
}

/// - Throws: ``BenchError`` with the reason that C gives, if `body` gives nil.
private func failing<Value>(_ body: (UnsafeMutablePointer<CChar>?) -> Value?) throws -> Value {
  var error = [CChar](repeating: 0, count: Int(SYRPC_BENCH_ERROR_SIZE))
  if let value = error.withUnsafeMutableBufferPointer({ body($0.baseAddress) }) { return value }
  throw BenchError(error.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" })
}

private func withSettings<Value>(
  _ configuration: SyRPCConfiguration, _ confirms: Bool,
  _ body: (UnsafePointer<syrpc_bench_settings>) throws -> Value
) throws -> Value {
  let broker = configuration.brokers[0]
  return try broker.host.withCString { host in
    try broker.virtualHost.withCString { virtualHost in
      try broker.user.withCString { user in
        try broker.password.withCString { password in
          try configuration.settings.appName.withCString { app in
            var settings = syrpc_bench_settings(
              host: host, virtual_host: virtualHost, user: user, password: password, port: Int32(broker.port),
              app_name: app, num_queues: Int32(configuration.settings.resultQueueCount), confirms: confirms ? 1 : 0)
            return try body(&settings)
          }
        }
      }
    }
  }
}
