internal import Foundation
internal import InteropSupport

#if canImport(Darwin)
  internal import Darwin
#else
  internal import Glibc
#endif

/// What a process has of the machine.
package struct Usage: Codable, Hashable, Sendable {
  /// In user and kernel mode, since the process began.
  package var processorSeconds: Double
  /// The most memory that was resident since the last measurement; where the system cannot forget, since the process began.
  package var peakBytes: Int
  package var threads: Int

  /// This process's.
  package static func now() -> Usage {
    var usage = rusage()
    #if canImport(Darwin)
      getrusage(RUSAGE_SELF, &usage)
      let peak = Int(usage.ru_maxrss)
    #else
      // glibc gives it a type of its own.
      getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
      let peak = peakOfStatus ?? Int(usage.ru_maxrss) * 1024
    #endif
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
    let threads = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").count
    return Usage(
      processorSeconds: seconds(usage.ru_utime) + seconds(usage.ru_stime), peakBytes: peak, threads: threads ?? 0)
  }

  /// `VmHWM` of /proc/self/status, which is then set back (proc(5), clear_refs).
  private static var peakOfStatus: Int? {
    defer { try? "5".write(toFile: "/proc/self/clear_refs", atomically: false, encoding: .utf8) }
    let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    let line = status?.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    return line?.split(separator: " ").compactMap { Int($0.trimmingCharacters(in: .whitespaces)) }.first.map {
      $0 * 1024
    }
  }

  /// Of all processes of a group, seen from without; nil where the system does not say.
  static func ofGroup(_ group: Int32) -> Usage? {
    of { $0.group == group }
  }

  /// Of all processes whose command line has a text in it; nil if there are none.
  static func ofProcesses(with text: String) -> Usage? {
    of { SmallFile.read("/proc/\($0.pid)/cmdline")?.contains(text) == true }
  }

  private static func of(_ isMeant: (ProcessFigures) -> Bool) -> Usage? {
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: "/proc") else { return nil }
    let figures = names.compactMap { Int32($0) }.compactMap(ProcessFigures.init).filter(isMeant)
    guard !figures.isEmpty else { return nil }
    return Usage(
      processorSeconds: figures.reduce(0) { $0 + $1.processorSeconds },
      peakBytes: figures.reduce(0) { $0 + $1.peakBytes }, threads: figures.reduce(0) { $0 + $1.threads })
  }
}
