internal import Foundation
internal import InteropJudge
internal import InteropSupport
internal import Mustache
internal import SyRPCWire

/// A report as one HTML file that needs nothing else: no network, no other file.
package struct HTMLReport {
  private let report: Report
  /// Where the report's file is, for what was kept of cells.
  private let folder: String?

  /// - Parameters:
  ///   - report: what to show.
  ///   - folder: where its file is; nil to show nothing of what was kept.
  package init(_ report: Report, beside folder: String?) {
    self.report = report
    self.folder = folder
  }

  /// The file.
  ///
  /// - Throws: `EncodingError`, `JSONError`.
  package func text() throws -> String {
    let data = try data()
    return try Markup.template(Self.part(PackageResources.page_mustache)).render(Page(report, data: data))
  }

  /// The report, and what was kept of its cells, as JSON in which no text steers anything: for a script in the page.
  private func data() throws -> String {
    let evidence = PageEvidence(report, beside: folder).json
    // What comparing and joining take, nobody sees here.
    var shown = report
    shown.messages = []
    shown.shard?.tallies = []
    let json: JSON = ["report": try shown.json().visible, "evidence": evidence]
    // The end of the element, or a comment, would begin with it.
    return String(decoding: try json.encoded(), as: UTF8.self).replacing("<", with: "\\u003c")
  }

  private static func part(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  /// What the template is given.
  private struct Page {
    let headline: String
    let mark: String
    let tone: String
    let totals: [String]
    let facts: [String]
    let hasBlame: Bool
    let blame: [Blamed]
    let moreBlame: Int?
    let hasTroubles: Bool
    let troubles: [RunSummary.Trouble]
    let peers: [Peer]
    let hasDivergences: Bool
    let divergences: [Divergence]
    let hasNotes: Bool
    let notes: [String]
    let data: String
    /// What scripts and styles of the page are known by. A peer would have to know all of the page, times included.
    let nonce: String
    let style = HTMLReport.part(PackageResources.report_css)
    let script = HTMLReport.part(PackageResources.report_js)

    /// So many causes are on the page; the filters find the cells of all.
    private static let limit = 200

    init(_ report: Report, data: String) {
      let summary = RunSummary(report)
      headline = summary.headline
      (mark, tone) = report.isAsExpected ? ("✓", "good") : ("✕", "bad")
      totals = summary.totals
      facts = summary.facts
      let entries = BlameList(report).entries
      blame = entries.prefix(Self.limit).map { Blamed($0, in: report) }
      hasBlame = !blame.isEmpty
      moreBlame = entries.count > Self.limit ? entries.count - Self.limit : nil
      troubles = summary.troubles
      hasTroubles = !troubles.isEmpty
      peers = report.peers.map(Peer.init)
      divergences = summary.divergences.map {
        Divergence(count: $0.count, about: $0.divergence.about.visible, reason: $0.divergence.reason.visible)
      }
      hasDivergences = !divergences.isEmpty
      notes = NoteList(report).groups.map { group in
        let others = group.others > 0 ? " and \(group.others) others" : ""
        return
          "\(group.cells)× \(group.blame.description.visible): \(group.shown.joined(separator: "; ").visible)\(others)"
      }
      hasNotes = !notes.isEmpty
      self.data = data
      let key = Array(report.run.started.utf8.prefix(8)) + Array("\(report.run.seconds)".utf8)
      let bytes = Array(data.utf8)
      nonce = [0, 1].map { round -> String in
        String(SipHash(key: Array((key + Array(repeating: round, count: 16)).prefix(16))).hash(bytes), radix: 36)
      }.joined()
    }
  }

  private struct Divergence {
    let count: Int
    let about: String
    let reason: String
  }

  private struct Peer {
    let name: String
    let mode: String
    let implementation: String
    let runtime: String
    let note: String

    init(_ peer: Report.Peer) {
      name = peer.name.visible
      mode = peer.mode.rawValue
      implementation = peer.implementation?.visible ?? ""
      runtime = peer.runtime?.visible ?? ""
      note =
        [peer.reason, peer.checkout.map { "local checkout \($0.shown)" }].compactMap(\.self)
        .joined(separator: "; ").visible
    }
  }

  /// A cause.
  private struct Blamed {
    let who: String
    let cells: String
    let meaning: String?
    let expected: String?
    let observed: String?
    let expectedMarked: String
    let observedMarked: String
    let cellName: String
    let cellLink: String
    let filterLink: String?
    let `repeat`: String

    init(_ entry: BlameList.Entry, in report: Report) {
      who = entry.who
      cells = entry.cells.counted("cell")
      meaning = report.checks.first { $0.check == entry.blame?.check }?.meaning.visible
      expected = entry.finding?.expected?.visible
      observed = entry.finding?.observed.visible
      expectedMarked = Self.marked(expected ?? "", against: observed ?? "")
      observedMarked = Self.marked(observed ?? "", against: expected ?? "")
      cellName = entry.example.name.visible
      cellLink = Self.link(["cell": cellName])
      filterLink = entry.blame.map { Self.link(["peer": $0.peer.visible, "check": $0.check.visible]) }
      `repeat` = entry.example.repeatCommand.visible
    }

    /// The page's address is its state: see report.js.
    private static func link(_ parameters: KeyValuePairs<String, String>) -> String {
      let plain = CharacterSet(charactersIn: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/")
      return "#"
        + parameters.map { "\($0.key)=\($0.value.addingPercentEncoding(withAllowedCharacters: plain) ?? "")" }
        .joined(separator: "&amp;")
    }

    /// The text as markup, with what differs from the other marked: all but what both begin and end with.
    private static func marked(_ text: String, against other: String) -> String {
      let (mine, its) = (Array(text.unicodeScalars), Array(other.unicodeScalars))
      let start = zip(mine, its).prefix { $0 == $1 }.count
      let end = zip(mine.dropFirst(start).reversed(), its.dropFirst(start).reversed()).prefix { $0 == $1 }.count
      func markup(_ scalars: some Sequence<Unicode.Scalar>) -> String {
        String(String.UnicodeScalarView(scalars)).escapedForMarkup
      }
      let middle = mine[start..<(mine.count - end)]
      return markup(mine[..<start]) + (middle.isEmpty ? "" : "<mark>\(markup(middle))</mark>")
        + markup(mine[(mine.count - end)...])
    }
  }
}

extension JSON {
  /// The value with all its texts, keys too, for people's eyes.
  fileprivate var visible: JSON {
    switch self {
    case .string(let text): .string(text.visible)
    case .array(let elements): .array(elements.map(\.visible))
    case .object(let members): .object(JSONObject(members.map { ($0.key.visible, $0.value.visible) }))
    default: self
    }
  }
}
