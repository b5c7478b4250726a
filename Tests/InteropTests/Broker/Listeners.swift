import Foundation

/// The addresses at which processes listen with TCP, as /proc/net writes them, found through their open sockets.
func listeningAddresses(of pids: [Int32]) -> Set<String> {
  let files = FileManager.default
  let sockets = Set(
    pids.flatMap { pid in
      ((try? files.contentsOfDirectory(atPath: "/proc/\(pid)/fd")) ?? [])
        .compactMap { try? files.destinationOfSymbolicLink(atPath: "/proc/\(pid)/fd/\($0)") }
        .filter { $0.hasPrefix("socket:[") }.map { String($0.dropFirst(8).dropLast()) }
    })
  var addresses: Set<String> = []
  for table in ["tcp", "tcp6"] {
    let rows = files.contents(atPath: "/proc/net/\(table)").map { String(decoding: $0, as: UTF8.self) } ?? ""
    for row in rows.split(separator: "\n").dropFirst() {
      // proc_net_tcp: local address, remote address, state (0A listens), …, inode.
      let fields = row.split(separator: " ")
      if fields.count > 9, fields[3] == "0A", sockets.contains(String(fields[9])) {
        addresses.insert(String(fields[1]))
      }
    }
  }
  return addresses
}

/// Whether an address of ``listeningAddresses(of:)`` is 127.0.0.1 or ::1.
func isLoopback(_ address: String) -> Bool {
  address.hasPrefix("0100007F:") || address.hasPrefix("00000000000000000000000001000000:")
}
