internal import Foundation

/// Who listens on a TCP port of this machine.
package struct PortHolder: Hashable, Sendable, CustomStringConvertible {
  package let pid: Int32
  /// Its command line; empty if it does not tell.
  package let command: String

  package var description: String { command.isEmpty ? "process \(pid)" : "process \(pid), \(command)" }

  /// Finds out who listens on a port, at any address.
  ///
  /// - Returns: nil if nobody does, or the system does not tell: of others' processes only root may know, and macOS has
  ///   no /proc.
  package static func of(port: Int) -> PortHolder? {
    let sockets = Set(["tcp", "tcp6"].flatMap { listening(SmallFile.read("/proc/net/\($0)") ?? "", port) })
    guard !sockets.isEmpty else { return nil }
    let pids = ((try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []).compactMap(Int32.init)
    // A process that it is just starting has all that it has, until it becomes another program.
    let holders = pids.filter { holds($0, sockets) }.compactMap(ProcessIdentity.init(of:))
    guard let oldest = holders.min(by: { $0.startTime < $1.startTime }) else { return nil }
    let words = (SmallFile.read("/proc/\(oldest.pid)/cmdline") ?? "").split(separator: "\0")
    return PortHolder(pid: oldest.pid, command: words.joined(separator: " ").shortened(to: 120))
  }

  private static func holds(_ pid: Int32, _ sockets: Set<String>) -> Bool {
    let (files, folder) = (FileManager.default, "/proc/\(pid)/fd")
    return ((try? files.contentsOfDirectory(atPath: folder)) ?? []).contains { descriptor in
      (try? files.destinationOfSymbolicLink(atPath: folder / descriptor)).map(sockets.contains) == true
    }
  }

  /// The sockets in a table of proc(5) that listen on a port, as links in /proc name them. Of its fields the second is
  /// the local address with the port in hexadecimal, the fourth the state, of which 0A is listening, the tenth the inode.
  static func listening(_ table: String, _ port: Int) -> [String] {
    table.split(separator: "\n").compactMap { line in
      let fields = line.split(separator: " ")
      guard fields.count > 9, fields[3] == "0A", let digits = fields[1].split(separator: ":").last,
        Int(digits, radix: 16) == port
      else { return nil }
      return "socket:[\(fields[9])]"
    }
  }
}
