internal import InteropSupport
internal import SyRPCWire

/// A side in its process, as who measures sees it.
struct SideProcess: Sendable {
  private let process: LineProcess
  var pid: Int32 { process.pid }

  init(_ command: LineProcess.Command) async throws { process = try await LineProcess.start(command) }

  /// Has it do something.
  ///
  /// - Throws: ``BenchError`` with its reason if it could not; `LineProcessError`; `CancellationError`.
  @discardableResult
  func perform(_ order: Order) async throws -> Report {
    try await process.send(String(decoding: try JSON(encoding: order).encoded(), as: UTF8.self))
    let report: Report = try JSON(parsing: try await process.receive(within: .seconds(300)).utf8).decoded()
    if let error = report.error { throw BenchError("\(process.name): \(error)") }
    return report
  }

  func end() async { await process.terminate(grace: .seconds(5)) }
}
