internal import Foundation

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
}
