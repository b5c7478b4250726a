/// What one line of a chart shows.
struct Series {
  let name: String
  /// In the order in which they are joined.
  let points: [(x: Double, y: Double)]
}

/// A line's looks: colours that colour-blind people can tell apart (Okabe and Ito), and a shape and a dash besides, so that it
/// does not depend on colours.
struct SeriesStyle {
  let color: String
  /// On a dark page, where that one would be too dark; the same otherwise.
  let darkColor: String
  let dash: String
  private let shape: Int

  private static let colors = [
    ("#0072b2", "#56b4e9"), ("#d55e00", "#e69f00"), ("#007f5f", "#00c797"), ("#a8487c", "#e0a0c4"),
    ("#7a5200", "#f0e442"), ("#444444", "#cccccc"),
  ]
  private static let dashes = ["none", "7 3", "2 3", "9 3 2 3"]
  private static let shapeCount = 5

  init(_ index: Int) {
    (color, darkColor) = Self.colors[index % Self.colors.count]
    dash = Self.dashes[index % Self.dashes.count]
    shape = index % Self.shapeCount
  }

  /// The mark of a point: circle, square, triangle, diamond, or triangle on its head.
  func mark(_ x: Double, _ y: Double) -> String {
    func corners(_ offsets: [(Double, Double)]) -> String {
      let points = offsets.map { "\(SVGText.coordinate(x + $0.0)),\(SVGText.coordinate(y + $0.1))" }
      return "<polygon points=\"\(points.joined(separator: " "))\"/>"
    }
    switch shape {
    case 0: return "<circle cx=\"\(SVGText.coordinate(x))\" cy=\"\(SVGText.coordinate(y))\" r=\"4\"/>"
    case 1: return corners([(-3.6, -3.6), (3.6, -3.6), (3.6, 3.6), (-3.6, 3.6)])
    case 2: return corners([(0, -5), (4.6, 3.4), (-4.6, 3.4)])
    case 3: return corners([(0, -5.4), (5.4, 0), (0, 5.4), (-5.4, 0)])
    default: return corners([(0, 5), (4.6, -3.4), (-4.6, -3.4)])
    }
  }
}
