internal import SyRPCWire

/// The last line of a run, which is what most people read of it.
package enum LastLine {
  /// Whether the run is one of continuous integration, by its environment.
  package static func isCI(_ environment: [String: String]) -> Bool {
    environment["CI"].map { !["", "0", "false"].contains($0.lowercased()) } ?? false
  }

  /// - Parameters:
  ///   - report: what the run came to.
  ///   - isCI: whether nobody sits there and reads the table of peers. A run that replayed what it was set up to try says
  ///     so then.
  /// - Returns: the verdict, and what it does not rest on.
  package static func text(_ report: Report, isCI: Bool) -> String {
    let verdict = report.isAsExpected ? "all as expected" : "NOT as expected"
    let absent = [(RunReport.Peer.Mode.replay, "replayed"), (.missing, "missing")].compactMap { mode, word in
      let names = report.peers.filter { $0.mode == mode }.map(\.name)
      return names.isEmpty ? nil : "\(names.map(\.visible).joined(separator: ", ")) \(word)"
    }
    guard isCI, !absent.isEmpty else { return verdict }
    return "\(verdict), but not live: \(absent.joined(separator: "; ")); --require all makes that an error"
  }
}
