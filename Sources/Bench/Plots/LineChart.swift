/// A picture of some lines in one frame, as SVG that needs nothing else.
package struct LineChart {
  let title: String
  /// What it shows, for who does not see it.
  let description: String
  let x, y: Axis
  let series: [Series]

  private static let width = 760.0
  private static let height = 440.0
  private static let frame = (left: 78.0, top: 48.0, right: 560.0, bottom: 376.0)

  /// The picture.
  package var svg: String {
    let text = SVGText.escaped
    var parts = [
      """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(Int(Self.width)) \(Int(Self.height))" \
      width="\(Int(Self.width))" height="\(Int(Self.height))" role="img" aria-labelledby="title desc">
      <title id="title">\(text(title))</title>
      <desc id="desc">\(text(description))</desc>
      <style>\(style)</style>
      <rect class="page" width="100%" height="100%"/>
      <text class="title" x="\(point(Self.frame.left))" y="26">\(text(title))</text>
      """
    ]
    parts += grid
    for (index, one) in series.enumerated() { parts.append(line(index, one)) }
    parts += legend
    parts.append("</svg>\n")
    return parts.joined(separator: "\n")
  }

  private func point(_ value: Double) -> String { SVGText.coordinate(value) }

  private var style: String {
    let light = series.indices.map { index -> String in
      let style = SeriesStyle(index)
      return ".s\(index){color:\(style.color)}.s\(index) path{stroke-dasharray:\(style.dash)}"
    }
    let dark = series.indices.map { ".s\($0){color:\(SeriesStyle($0).darkColor)}" }
    return """
      svg{color-scheme:light dark;color:#1b1b1b;font:13px system-ui,sans-serif}.page{fill:#fff}text{fill:currentColor}\
      .title{font-size:16px;font-weight:600}.grid{stroke:currentColor;stroke-opacity:.18}\
      .frame{stroke:currentColor;fill:none}.series path{fill:none;stroke:currentColor;stroke-width:2}\
      .series circle,.series polygon{fill:currentColor}.end{text-anchor:end}.middle{text-anchor:middle}\
      \(light.joined())@media(prefers-color-scheme:dark){svg{color:#e8e8e8}.page{fill:#16181c}\(dark.joined())}
      """
  }

  private func horizontal(_ value: Double) -> Double {
    Self.frame.left + x.position(value) * (Self.frame.right - Self.frame.left)
  }

  private func vertical(_ value: Double) -> Double {
    Self.frame.bottom - y.position(value) * (Self.frame.bottom - Self.frame.top)
  }

  private var grid: [String] {
    let frame = Self.frame
    var parts: [String] = []
    for tick in y.ticks {
      let place = vertical(tick.value)
      parts.append(
        "<line class=\"grid\" x1=\"\(point(frame.left))\" x2=\"\(point(frame.right))\" y1=\"\(point(place))\" "
          + "y2=\"\(point(place))\"/><text class=\"end\" x=\"\(point(frame.left - 8))\" y=\"\(point(place + 4))\">"
          + "\(SVGText.escaped(tick.label))</text>")
    }
    for tick in x.ticks {
      let place = horizontal(tick.value)
      parts.append(
        "<line class=\"grid\" x1=\"\(point(place))\" x2=\"\(point(place))\" y1=\"\(point(frame.top))\" "
          + "y2=\"\(point(frame.bottom))\"/><text class=\"middle\" x=\"\(point(place))\" "
          + "y=\"\(point(frame.bottom + 20))\">\(SVGText.escaped(tick.label))</text>")
    }
    let middle = (across: (frame.left + frame.right) / 2, down: (frame.top + frame.bottom) / 2)
    parts.append(
      """
      <rect class="frame" x="\(point(frame.left))" y="\(point(frame.top))" width="\(point(frame.right - frame.left))" \
      height="\(point(frame.bottom - frame.top))"/>
      <text class="middle" x="\(point(middle.across))" y="\(point(frame.bottom + 46))">\(SVGText.escaped(x.label))</text>
      <text class="middle" x="20" y="\(point(middle.down))" \
      transform="rotate(-90 20 \(point(middle.down)))">\(SVGText.escaped(y.label))</text>
      """)
    return parts
  }

  private func line(_ index: Int, _ series: Series) -> String {
    let places = series.points.map { (horizontal($0.x), vertical($0.y)) }
    let path = places.enumerated().map { "\($0 == 0 ? "M" : "L")\(point($1.0)) \(point($1.1))" }.joined()
    let style = SeriesStyle(index)
    let marks = places.map { style.mark($0.0, $0.1) }.joined()
    return "<g class=\"series s\(index)\"><path d=\"\(path)\"/>\(marks)</g>"
  }

  private var legend: [String] {
    series.enumerated().map { index, series in
      let (left, middle) = (Self.frame.right + 16, Self.frame.top + 10 + Double(index) * 24)
      let style = SeriesStyle(index)
      return "<g class=\"series s\(index)\"><path d=\"M\(point(left)) \(point(middle))H\(point(left + 30))\"/>"
        + style.mark(left + 15, middle) + "</g><text x=\"\(point(left + 38))\" y=\"\(point(middle + 4))\">"
        + "\(SVGText.escaped(series.name))</text>"
    }
  }
}
