internal import InteropSupport
internal import SyRPCWire

/// Part of a report in Markdown: rows under a head; without a head a list; or blocks of several lines.
struct MarkdownTable {
  private let head: [String]
  private let rows: [String]

  init(head: [String] = [], _ rows: [[String]]) {
    self.head = head.isEmpty ? [] : [Self.row(head), Self.row(head.map { _ in "---" })]
    self.rows = rows.map { head.isEmpty ? "- \($0.joined(separator: " "))" : Self.row($0) }
  }

  init(blocks: [String]) {
    head = []
    rows = blocks
  }

  private static func row(_ cells: [String]) -> String { "| \(cells.joined(separator: " | ")) |" }

  /// The rows under a title, as many as there is room for; the rest is counted.
  ///
  /// - Parameters:
  ///   - title: Markdown.
  ///   - share: how many bytes it may take.
  ///   - isFolded: whether a reader has to unfold it.
  /// - Returns: the text; nothing if there are no rows.
  func part(_ title: String, share: Int, isFolded: Bool = false) -> String {
    guard !rows.isEmpty else { return "" }
    var lines = isFolded ? ["<details><summary>\(title)</summary>", ""] : ["### \(title)", ""]
    lines += head
    var room = share - lines.map { $0.utf8.count + 1 }.reduce(0, +) - 200
    var shown = 0
    for row in rows {
      room -= row.utf8.count + 1
      guard room > 0 else { break }
      lines.append(row)
      shown += 1
    }
    if shown < rows.count { lines += ["", "… and \(rows.count - shown) more"] }
    if isFolded { lines += ["", "</details>"] }
    return lines.joined(separator: "\n") + "\n"
  }
}
