#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// A process that cannot be mistaken for a later one with the same id.
package struct ProcessIdentity: Hashable, Sendable, CustomStringConvertible {
  package let pid: Int32
  /// When the process started, in units of the system: only good for comparison on the same machine.
  package let startTime: UInt64

  package init(pid: Int32, startTime: UInt64) {
    self.pid = pid
    self.startTime = startTime
  }

  /// The process that has an id now; nil if there is none, or only one that waits to be reaped.
  package init?(of pid: Int32) {
    guard let startTime = Self.startTime(of: pid) else { return nil }
    self.init(pid: pid, startTime: startTime)
  }

  /// Reads what ``description`` wrote.
  package init?(_ text: some StringProtocol) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 2, let pid = Int32(parts[0]), pid > 1, let startTime = UInt64(parts[1]) else { return nil }
    self.init(pid: pid, startTime: startTime)
  }

  package var description: String { "\(pid).\(startTime)" }

  package var isAlive: Bool { ProcessIdentity(of: pid) == self }

  /// Kills the process group that this process leads, unless the process is gone; then its id may be a stranger's.
  package func killGroup() { signalGroup(SIGKILL) }

  /// Lets the process group stand still, or go on.
  package func pauseGroup(_ pause: Bool) { signalGroup(pause ? SIGSTOP : SIGCONT) }

  private func signalGroup(_ signal: Int32) {
    guard isAlive, getpgid(pid) == pid else { return }
    _ = kill(-pid, signal)
  }

  #if canImport(Darwin)
    private static func startTime(of pid: Int32) -> UInt64? {
      var info = proc_bsdinfo()
      let size = Int32(MemoryLayout<proc_bsdinfo>.size)
      guard proc_pidinfo(pid, PROC_PIDTBSDINFO, 0, &info, size) == size, info.pbi_status != UInt32(SZOMB) else {
        return nil
      }
      return info.pbi_start_tvsec * 1_000_000 + info.pbi_start_tvusec
    }

    /// The space in which process ids have a meaning: here, the machine.
    static let space: UInt64 = 0
  #else
    /// proc(5): the name, field 2, is in parentheses and may contain anything; the state is field 3, the start time, in
    /// clock ticks since boot, field 22.
    private static func startTime(of pid: Int32) -> UInt64? {
      guard let stat = SmallFile.read("/proc/\(pid)/stat"), let nameEnd = stat.lastIndex(of: ")") else { return nil }
      let fields = stat[nameEnd...].dropFirst().split(separator: " ")
      guard fields.count > 19, fields[0] != "Z", fields[0] != "X" else { return nil }
      return UInt64(fields[19])
    }

    /// The space in which process ids have a meaning: containers that share a temp folder have one each.
    static let space: UInt64 = {
      var info = stat()
      return stat("/proc/self/ns/pid", &info) == 0 ? UInt64(info.st_ino) : 0
    }()
  #endif
}
