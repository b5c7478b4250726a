internal import InteropSupport
internal import TextTable

/// Growth curves, for people.
package struct GrowthTable: Sendable {
  private let curves: [GrowthCurve]

  package init(_ curves: [GrowthCurve]) { self.curves = curves }

  private struct Line {
    let size: String
    let contender: String
    let cells: [String]
  }

  /// A table for each kind, and below it what ended early.
  package var text: String { curves.map(\.kind).uniqued().map(table).joined(separator: "\n\n") }

  private func table(_ kind: GrowthKind) -> String {
    let curves = curves.filter { $0.kind == kind }
    let figures = GrowthFigure.allCases.filter { figure in
      curves.contains { $0.points.contains { $0[figure] != nil } }
    }
    let lines = curves.flatMap { curve in
      curve.points.enumerated().map { index, point in
        Line(
          size: "\(point.size)", contender: curve.contender.rawValue,
          cells: figures.map { figure in
            guard let value = point[figure] else { return "-" }
            let step = index > 0 ? GrowthStep(from: curve.points[index - 1], to: point, figure) : nil
            return value.shown(value < 10 ? 3 : 0) + (step.map { " (\($0.shown))" } ?? "")
          })
      }
    }
    let table = TextTable<Line> { line in
      [Column(title: kind.title, value: line.size), Column(title: "of", value: line.contender)]
        + zip(figures, line.cells).map { Column(title: "\($0.rawValue) [\($0.unit)]", value: $1) }
    }
    let ended = curves.compactMap { curve in
      curve.ended.map { "\(curve.contender.rawValue) ended early: \($0)" }
    }
    return ([table.string(for: lines) ?? ""] + ended).joined(separator: "\n")
  }
}
