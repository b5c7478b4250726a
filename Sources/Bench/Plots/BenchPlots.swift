internal import InteropSupport

/// The charts of a result, each with the name of its file.
package struct BenchPlots {
  package let charts: [(file: String, chart: LineChart)]

  package init(_ result: BenchResult) {
    charts = Self.load(result) + (result.growth ?? []).map(\.kind).uniqued().flatMap { Self.growth($0, result) }
  }

  /// Rate and latency against the calls that are outstanding, of rows with the smallest body.
  private static func load(_ result: BenchResult) -> [(file: String, chart: LineChart)] {
    let body = result.rows.filter { $0.kind == .call }.map(\.body).min()
    let rows = result.rows.filter { $0.kind == .call && $0.body == body }
    guard rows.count > 1 else { return [] }
    func series(_ suffix: String, _ figure: (Round) -> Double?) -> [Series] {
      Contender.allCases.compactMap { contender in
        let points = rows.compactMap { row -> (x: Double, y: Double)? in
          guard let value = result.measurement(row, contender)?.summary(figure)?.median, value > 0 else { return nil }
          return (Double(row.outstanding), value)
        }.sorted { $0.x < $1.x }
        return points.isEmpty ? nil : Series(name: contender.rawValue + suffix, points: points)
      }
    }
    let load = "outstanding calls"
    return [
      chart("rate", "Rate against load", load, "calls a second", series("", \.rate)),
      chart("latency", "Latency against load", load, "milliseconds", series(" p50", \.p50) + series(" p99", \.p99)),
    ].compactMap { $0 }
  }

  /// A chart for each figure of a kind of growth.
  private static func growth(_ kind: GrowthKind, _ result: BenchResult) -> [(file: String, chart: LineChart)] {
    let curves = (result.growth ?? []).filter { $0.kind == kind }
    return GrowthFigure.allCases.compactMap { figure in
      let series = curves.compactMap { curve -> Series? in
        let points = curve.points.compactMap { point in point[figure].map { (x: Double(point.size), y: $0) } }
        return points.count > 1 ? Series(name: curve.contender.rawValue, points: points) : nil
      }
      return chart(
        "growth-\(kind.rawValue)-\(figure.rawValue)", "\(figure.title) against \(kind.title)", kind.title, figure.axis,
        series)
    }
  }

  private static func chart(
    _ name: String, _ title: String, _ x: String, _ y: String, _ series: [Series]
  ) -> (file: String, chart: LineChart)? {
    guard !series.isEmpty else { return nil }
    let points = series.flatMap(\.points)
    let sizes = Set(points.map(\.x)).sorted()
    let description =
      "\(title): "
      + series.map { one in
        "\(one.name): "
          + one.points.map { "\(SVGText.coordinate($0.x)): \(SVGText.coordinate($0.y))" }
          .joined(separator: ", ")
      }.joined(separator: "; ")
    // From 0 on, an axis is linear.
    return (
      "\(name).svg",
      LineChart(
        title: title, description: description,
        x: Axis(x, points.map(\.x), prefers: .logarithmic, marks: sizes.first == 0 ? [] : sizes),
        y: Axis(y, points.map(\.y), prefers: .logarithmic), series: series)
    )
  }
}
