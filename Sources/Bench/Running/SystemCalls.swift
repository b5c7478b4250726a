internal import InteropSupport

/// System calls for one call of each side, as strace counts them; what is traced is slower, and so gathers more.
package struct SystemCalls: Codable, Hashable, Sendable {
  package var client: Double
  package var server: Double

  /// Counts while `body` makes calls, of which it gives the number; nil where nothing can be traced.
  static func count(client: Int32, server: Int32, _ body: () async throws -> Int) async throws -> SystemCalls? {
    guard let tracers = try await trace([client, server]) else { return nil }
    let calls: Int
    do { calls = try await body() } catch {
      for tracer in tracers { _ = await tracer.total() }
      throw error
    }
    var totals: [Int] = []
    for tracer in tracers { if let total = await tracer.total() { totals.append(total) } }
    guard totals.count == 2, calls > 0 else { return nil }
    return SystemCalls(client: Double(totals[0]) / Double(calls), server: Double(totals[1]) / Double(calls))
  }

  private static func trace(_ processes: [Int32]) async throws -> [Tracer]? {
    var tracers: [Tracer] = []
    for process in processes {
      guard let tracer = try? await Tracer(process) else {
        for tracer in tracers { _ = await tracer.total() }
        return nil
      }
      tracers.append(tracer)
    }
    // It says nothing on its standard output when it has attached to all threads.
    try await Task.sleep(for: .milliseconds(500))
    return tracers
  }

  /// An strace that is attached to a process.
  private struct Tracer {
    private let process: LineProcess

    init(_ pid: Int32) async throws {
      // The summary goes where its errors go; the shell sends it on, and itself goes when its input ends.
      process = try await LineProcess.start(
        .init(
          name: "strace", executable: "sh",
          arguments: ["-c", "strace -f -c -p \(pid) 2>&1 & read -r _; kill -INT $!; wait $!"]))
    }

    /// Detaches, and gives how many calls there were.
    func total() async -> Int? {
      try? await process.send("")
      var total: Int?
      // `100.00    0.012345           3      4567        89 total`
      while let line = try? await process.receive(within: .seconds(10)) {
        let words = line.split(separator: " ")
        if words.last == "total", words.count >= 5 { total = Int(words[3]) }
      }
      await process.terminate()
      return total
    }
  }
}
