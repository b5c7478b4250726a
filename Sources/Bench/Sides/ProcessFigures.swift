internal import InteropSupport

#if canImport(Darwin)
  internal import Darwin
#else
  internal import Glibc
#endif

/// What /proc says of a process.
struct ProcessFigures: Hashable, Sendable {
  let pid, group: Int32
  /// Its own, and that of the children it has waited for.
  let processorSeconds: Double
  let threads: Int
  let peakBytes: Int

  /// Nil if there is none, or no /proc.
  init?(pid: Int32) {
    guard let stat = SmallFile.read("/proc/\(pid)/stat") else { return nil }
    self.init(
      pid: pid, stat: stat, status: SmallFile.read("/proc/\(pid)/status") ?? "",
      ticksPerSecond: Double(sysconf(Int32(_SC_CLK_TCK))))
  }

  /// Of the two files' texts (proc(5)).
  init?(pid: Int32, stat: String, status: String, ticksPerSecond: Double) {
    // The name, field 2, is in parentheses and may contain anything.
    guard let nameEnd = stat.lastIndex(of: ")") else { return nil }
    let fields = stat[nameEnd...].dropFirst().split(whereSeparator: \.isWhitespace)
    guard fields.count > 17, let group = Int32(fields[2]), let threads = Int(fields[17]) else { return nil }
    let ticks = fields[11...14].compactMap { Double($0) }
    guard ticks.count == 4 else { return nil }
    self.pid = pid
    self.group = group
    self.threads = threads
    processorSeconds = ticks.reduce(0, +) / ticksPerSecond
    let peak = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    peakBytes = peak?.split(whereSeparator: \.isWhitespace).compactMap { Int($0) }.first.map { $0 * 1024 } ?? 0
  }
}
