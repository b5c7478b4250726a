internal import InteropSupport
internal import TextTable

/// A table whose last column has what the others leave of a terminal's width, in as many lines as it takes.
package enum FittedTable {
  private static let width = 80
  /// How narrow the last column may get.
  private static let least = 24

  /// - Parameters:
  ///   - titles: of the columns; empty for none.
  ///   - rows: as many texts each, in one line each.
  /// - Returns: the table, without blanks at the ends of its lines.
  package static func text(_ titles: [String], _ rows: [[String]]) -> String {
    // A blank is behind each column.
    let others = titles.indices.dropLast().map { column in ([titles] + rows).map { $0[column].count }.max() ?? 0 }
    let room = max(least, width - others.map { $0 + 1 }.reduce(0, +))
    let table = TextTable<[String]> { row in zip(titles, row).map { Column(title: $0, value: $1) } }
    let text = table.string(for: rows.flatMap { row in lines(of: row, room: room) }) ?? ""
    // The table fills its last column with blanks.
    return text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      String(line.reversed().drop { $0 == " " }.reversed())
    }.joined(separator: "\n")
  }

  /// A row, and others below it for what of its last column does not fit.
  private static func lines(of row: [String], room: Int) -> [[String]] {
    (row.last ?? "").wrapped(to: room).enumerated().map { number, part in
      (number == 0 ? row.dropLast() : row.dropLast().map { _ in "" }) + [part]
    }
  }
}
