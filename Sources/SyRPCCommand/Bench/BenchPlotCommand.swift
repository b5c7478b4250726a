import ArgumentParser
import Bench
import InteropSupport
import SyRPCWire

/// Draws what was measured before.
struct BenchPlotCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plot", abstract: "Draw charts, as SVG, of a file that bench --json wrote.",
    discussion: "Example: syrpc bench plot new.json plots")

  @Argument(help: "What bench --json wrote.") var file: String
  @Argument(help: "The folder to write to; it is made if there is none.") var folder: String

  func run() throws { try Self.write(BenchResult(try Files.readJSON(file)), to: folder) }

  /// - Throws: `InteropError`; `BenchError` if there is nothing to draw.
  static func write(_ result: BenchResult, to folder: String) throws {
    let charts = BenchPlots(result).charts
    guard !charts.isEmpty else { throw BenchError("nothing to draw: a chart takes two rows of calls, or growth") }
    try Files.createFolder(folder)
    for (file, chart) in charts {
      try Files.write(Array(chart.svg.utf8), to: folder / file)
      print(folder / file)
    }
  }
}
