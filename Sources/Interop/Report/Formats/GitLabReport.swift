internal import InteropJudge
internal import InteropModel
internal import InteropSupport
internal import SyRPCWire

/// A report as GitLab's code quality JSON (the format of Code Climate's issues that GitLab reads): an entry for each cause.
package enum GitLabReport {
  private struct Entry: Encodable {
    let description: String
    let check_name: String
    /// The same cause has the same one in every run.
    let fingerprint: String
    let severity: String
    let location: Location

    struct Location: Encodable {
      let path: String
      let lines: Lines
    }
    struct Lines: Encodable { let begin: Int }

    init(_ description: String, check: String, id: String, severity: String, path: String) {
      self.description = description
      check_name = check
      fingerprint = String(SipHash(key: Array(repeating: 0, count: 16)).hash(Array(id.utf8)), radix: 16)
      self.severity = severity
      location = Location(path: path, lines: Lines(begin: 1))
    }
  }

  /// - Parameters:
  ///   - report: what to show.
  ///   - path: the file that entries are shown at; by default the manifest of the peer that is to blame.
  /// - Returns: JSON, as UTF-8.
  /// - Throws: `EncodingError`, `JSONError`.
  package static func text(_ report: Report, path: String? = nil) throws -> [UInt8] {
    let blame = BlameList(report).entries.map { entry in
      let found = entry.finding.map { finding in
        (finding.expected.map { ", expected \($0)" } ?? "") + ", observed \(finding.observed)"
      }
      let peer = entry.blame.map { PeerName.base(of: $0.peer) }
      return Entry(
        "\(entry.who.visible) in \(entry.cells.counted("cell"))\((found ?? "").visible)",
        check: entry.blame?.check.visible ?? "unexplained", id: entry.blame?.description ?? "unexplained",
        severity: severity(entry.level), path: path ?? peer.map { "interop/peers/\($0.visible)/peer.json" } ?? "interop"
      )
    }
    let troubles = RunSummary(report).troubles.map { trouble in
      Entry(
        trouble.text, check: trouble.title, id: "\(trouble.title): \(trouble.text)", severity: "major",
        path: path ?? "fixtures/divergences.json")
    }
    return try JSON(encoding: blame + troubles).indented()
  }

  private static func severity(_ level: Level?) -> String {
    switch level {
    case .required, nil: "critical"
    case .recommended: "major"
    case .informational: "info"
    }
  }
}
