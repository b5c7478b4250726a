import Foundation
import Testing

#if os(Linux)
  /// What this process has of the machine at a moment.
  struct Usage: CustomStringConvertible {
    let threads: Int
    let descriptors: Int
    let residentMiB: Int
    let processorSeconds: Double

    static func now() throws -> Usage {
      func count(_ folder: String) throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/self/\(folder)").count
      }
      let pages = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")[1]
      // After the name in parentheses come state (the third field) …; utime and stime are the 14th and 15th (proc(5)).
      let fields = try String(contentsOfFile: "/proc/self/stat", encoding: .utf8).split(separator: ")").last?
        .split(separator: " ")
      let ticks = try #require(fields.map { [$0[11], $0[12]].compactMap { Double($0) }.reduce(0, +) })
      return Usage(
        threads: try count("task"), descriptors: try count("fd"),
        residentMiB: (Int(pages) ?? 0) * sysconf(Int32(_SC_PAGESIZE)) / 1_048_576,
        processorSeconds: ticks / Double(sysconf(Int32(_SC_CLK_TCK))))
    }

    /// Waits until there are hardly more threads and descriptors than before: what ends does so on threads of its own.
    /// Broker and tests share the process's pools, which grow by a few.
    static func expectNoMore(than before: Usage, sourceLocation: SourceLocation = #_sourceLocation) async throws {
      let deadline = ContinuousClock.now + .seconds(20)
      var after = try now()
      while after.threads > before.threads + 4 || after.descriptors > before.descriptors + 4, .now < deadline {
        try await Task.sleep(for: .milliseconds(50))
        after = try now()
      }
      #expect(after.threads <= before.threads + 4, sourceLocation: sourceLocation)
      #expect(after.descriptors <= before.descriptors + 4, sourceLocation: sourceLocation)
    }

    var description: String { "\(threads) threads, \(descriptors) descriptors, \(residentMiB) MiB" }
  }
#endif
