internal import InteropJudge
internal import InteropSupport
internal import SyRPCWire

/// A report as annotations of GitHub Actions: a line for each cause, and for what is wrong with the run as such.
package enum GitHubReport {
  /// GitHub shows no more of a step, of each kind.
  private static let limit = 10

  package static func text(_ report: Report) -> String {
    let blame = BlameList(report).entries.map { entry in
      let found = entry.finding.map { finding in
        (finding.expected.map { "; expected \($0)" } ?? "") + "; observed \(finding.observed)"
      }
      return line(
        "error", title: entry.blame?.description ?? "nobody's frames explain it",
        "\(entry.cells.counted("cell"))\(found ?? ""); repeat: \(entry.example.repeatCommand)")
    }
    let troubles = RunSummary(report).troubles.map { line("warning", title: $0.title, $0.text) }
    let absent = report.peers.filter { $0.mode != .live }.map { peer in
      line("notice", title: "\(peer.name) is not live", "\(peer.mode.rawValue): \(peer.reason ?? "")")
    }
    let lines = cut(blame, "error", "causes") + cut(troubles, "warning", "problems") + cut(absent, "notice", "peers")
    return lines.map { $0 + "\n" }.joined()
  }

  private static func cut(_ lines: [String], _ kind: String, _ what: String) -> [String] {
    guard lines.count > limit else { return lines }
    return lines.prefix(limit - 1) + [line(kind, title: "and more", "\(lines.count - limit + 1) more \(what)")]
  }

  /// An annotation is a command to the runner: nothing in it may end it, or begin another one.
  private static func line(_ kind: String, title: String, _ message: String) -> String {
    let property = escaped(title).replacing(":", with: "%3A").replacing(",", with: "%2C")
    return "::\(kind) title=SyRPC%3A \(property)::\(escaped(message))"
  }

  private static func escaped(_ text: String) -> String { text.visible.replacing("%", with: "%25") }
}
