internal import InteropJudge
internal import InteropModel
internal import InteropSupport
internal import SyRPCWire

/// A report in Markdown, for a pull request or a CI job's summary: what is wrong and who is to blame comes first.
package struct MarkdownReport {
  private let report: Report

  package init(_ report: Report) { self.report = report }

  /// Comments of GitHub have 65,536 characters at most.
  package static let limit = 60 << 10

  /// At most ``limit`` bytes: each part has its share, and what does not fit is counted.
  package var text: String {
    let parts = [
      head, blame.part("Not as expected, and who is to blame", share: 24 << 10),
      troubles.part("Problems of the run", share: 5 << 10), matrix.part("Matrix", share: 12 << 10),
      quality.part("Quality: recommended checks that held", share: 6 << 10), peers.part("Peers", share: 4 << 10),
      divergences.part("Known divergences seen", share: 6 << 10, isFolded: true),
    ]
    return parts.filter { !$0.isEmpty }.joined(separator: "\n")
  }

  private var head: String {
    let summary = RunSummary(report)
    let mark = report.isAsExpected ? "✅" : "❌"
    let broker = report.run.broker.map { "on \($0.product) \($0.version), " } ?? ""
    let lines = summary.totals + ["\(broker)begun \(report.run.started), \(Int(report.run.seconds)) s"]
    return "## \(mark) SyRPC interoperability: \(summary.headline)\n\n"
      + lines.map { "\(MarkdownText.plain($0))  \n" }.joined()
  }

  private var blame: MarkdownTable {
    MarkdownTable(
      head: ["cells", "peer", "role", "check", "expected", "observed", "repeat"],
      BlameList(report).entries.map { entry in
        [
          "\(entry.cells)", entry.blame.map { MarkdownText.code($0.peer) } ?? "nobody: a problem of the harness",
          entry.blame?.role.rawValue ?? "",
          entry.blame.map { "\(MarkdownText.code($0.check)) (\(entry.level?.rawValue ?? ""))" } ?? "",
          MarkdownText.code(entry.finding?.expected ?? ""), MarkdownText.code(entry.finding?.observed ?? ""),
          MarkdownText.code(entry.example.repeatCommand, limit: 400),
        ]
      })
  }

  private var troubles: MarkdownTable {
    MarkdownTable(RunSummary(report).troubles.map { ["**\($0.title)**:", MarkdownText.code($0.text, limit: 400)] })
  }

  private var matrix: MarkdownTable {
    let table = MatrixTable(report)
    return MarkdownTable(
      head: ["putter", "server", "getter"] + table.groups.map(\.rawValue),
      table.rows.map { row in
        [row.peers.putter, row.peers.server, row.peers.getter].map { MarkdownText.code($0) }
          + table.groups.map { group in
            guard let counts = row.counts[group] else { return "" }
            return counts.sorted.map { "\(Self.mark($0.verdict)) \($0.count) \($0.verdict.rawValue)" }
              .joined(separator: ", ")
          }
      })
  }

  private static func mark(_ verdict: Verdict) -> String {
    switch verdict {
    case .pass, .note: "✅"
    case .known: "🔶"
    case .skipped: "⏭️"
    case .affected: "↪️"
    case .fail, .unexpectedPass: "❌"
    }
  }

  /// So many peers have columns of their own.
  private static let columns = 8

  private var quality: MarkdownTable {
    let table = QualityTable(report)
    guard table.peers.count <= Self.columns else {
      return MarkdownTable(
        head: ["peer", "check", "held"],
        table.rows.filter { $0.held < $0.judged }.sorted { $0.failed > $1.failed }.map { row in
          [
            MarkdownText.code(row.peer), MarkdownText.code(row.check),
            "\(row.failed > 0 ? "❌" : "🔶") \(row.held) of \(row.judged)",
          ]
        })
    }
    return MarkdownTable(
      head: ["check"] + table.peers.map { MarkdownText.code($0) },
      table.checks.map { check in
        [MarkdownText.code(check)]
          + table.peers.map { peer in
            guard let row = table[check, peer] else { return "" }
            let mark = row.failed > 0 ? "❌ " : row.known > 0 ? "🔶 " : ""
            return row.held == row.judged ? "\(row.held)" : "\(mark)\(row.held) of \(row.judged)"
          }
      })
  }

  private var peers: MarkdownTable {
    MarkdownTable(
      head: ["peer", "mode", "implementation", "runtime", "checkout"],
      report.peers.map { peer in
        [
          MarkdownText.code(peer.name), peer.mode.rawValue,
          MarkdownText.code(peer.implementation ?? peer.reason ?? ""), MarkdownText.code(peer.runtime ?? ""),
          MarkdownText.code(peer.checkout?.shown ?? ""),
        ]
      })
  }

  private var divergences: MarkdownTable {
    MarkdownTable(
      head: ["cells", "what", "reason"],
      RunSummary(report).divergences.map { seen in
        [
          "\(seen.count)", MarkdownText.code(seen.divergence.about),
          MarkdownText.code(seen.divergence.reason, limit: 400),
        ]
      })
  }
}
