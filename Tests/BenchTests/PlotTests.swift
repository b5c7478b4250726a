import Foundation
import Testing

@testable import Bench

#if canImport(FoundationXML)
  import FoundationXML
#endif

@Suite struct PlotTests {
  private static func chart(_ name: String = "swift") -> LineChart {
    LineChart(
      title: "Rate \(name)", description: "all of \(name)",
      x: Axis("outstanding calls", [1, 8, 64], prefers: .logarithmic, marks: [1, 8, 64]),
      y: Axis("calls a second", [100, 5000], prefers: .logarithmic),
      series: [
        Series(name: name, points: [(1, 100), (8, 900), (64, 5000)]),
        Series(name: "c", points: [(1, 200), (64, 4000)]),
      ])
  }

  /// The texts of a picture by the names of their elements. Throws what the parser complains of.
  private static func texts(_ svg: String) throws -> [String: [String]] {
    let reader = Reader()
    let parser = XMLParser(data: Data(svg.utf8))
    parser.delegate = reader
    if !parser.parse() { throw parser.parserError ?? BenchError("not well-formed") }
    return reader.texts
  }

  private final class Reader: NSObject, XMLParserDelegate {
    var texts: [String: [String]] = [:]
    private var open: [String] = []
    private var text = ""

    func parser(
      _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
      attributes: [String: String]
    ) {
      open.append(name)
      text = ""
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }

    func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
      texts[name, default: []].append(text)
      text = ""
      open.removeLast()
    }
  }

  @Test func aChartIsWellFormedAndSaysWhatItShows() throws {
    let texts = try Self.texts(Self.chart().svg)
    #expect(texts["title"] == ["Rate swift"])
    #expect(texts["desc"] == ["all of swift"])
    let shown = texts["text"] ?? []
    for label in ["outstanding calls", "calls a second", "swift", "c", "1", "8", "64"] {
      #expect(shown.contains(label))
    }
    #expect(texts["circle"]?.count == 4, "three points and the legend")
  }

  @Test(arguments: ["<script>&amp;\"'", "a\u{301}<\u{301}", "]]>", "bell\u{7}"])
  func whatLooksLikeMarkupIsText(_ name: String) throws {
    let texts = try Self.texts(Self.chart(name).svg)
    let shown = name.replacingOccurrences(of: "\u{7}", with: "\u{FFFD}")
    #expect(texts["text"]?.contains(shown) == true)
    #expect(texts["script"] == nil)
  }

  @Test func aLogarithmicAxisHasEqualWaysForEqualFactors() {
    let axis = Axis("calls", [1, 10, 1000], prefers: .logarithmic)
    #expect(axis.scale == .logarithmic)
    #expect(abs(axis.position(1)) < 1e-9)
    #expect(abs(axis.position(10) - 1 / 3) < 1e-9)
    #expect(abs(axis.position(1000) - 1) < 1e-9)
  }

  @Test func nothingHasNoLogarithm() {
    let axis = Axis("foreign", [0, 20, 20_000], prefers: .logarithmic)
    #expect(axis.scale == .linear)
    #expect(axis.position(0) == 0)
    #expect(axis.ticks.map(\.label) == ["0", "5000", "10k", "15k", "20k"])
  }

  @Test(arguments: [[3.0, 4], [5, 5], [0, 0], [0.002, 0.9], [1, 20_000]])
  func allValuesAreWithinTheAxis(_ values: [Double]) {
    for scale in [Axis.Scale.linear, .logarithmic] {
      let axis = Axis("any", values, prefers: scale)
      for value in values { #expect((-1e-9...1 + 1e-9).contains(axis.position(value))) }
      #expect(axis.ticks.count >= 2)
      #expect(Set(axis.ticks.map(\.label)).count == axis.ticks.count)
    }
  }

  @Test func neighboursDifferInShapeAndColour() {
    for index in 0..<5 {
      let (one, next) = (SeriesStyle(index), SeriesStyle(index + 1))
      #expect(one.color != next.color && one.darkColor != next.darkColor)
      #expect(one.mark(0, 0) != next.mark(0, 0))
    }
  }
}
