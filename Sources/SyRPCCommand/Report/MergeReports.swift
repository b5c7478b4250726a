import ArgumentParser
import Foundation
import InteropModel
import InteropReport
import InteropSupport

struct MergeReports: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge", abstract: "Join the reports of all shards of a run into that of the run.",
    usage: "syrpc report merge [<options>] <files> ...",
    discussion: """
      The shards are those of syrpc interop --shard, and all of them, each once. They have to have run the same cells and \
      checks, on the same broker, with the same peers, versions, contract and divergences: exit code 2 names the files \
      that do not fit, and what does not. With --output, what was kept of cells is copied beside the report.

      Examples:
        syrpc report merge shard-*/report.json --output whole/report.json
        syrpc report show whole/report.json
      """)

  @Argument(help: ArgumentHelp("The report.json of each shard.", valueName: "files")) var files: [String]
  @OptionGroup var output: ReportOutput

  func run() throws {
    let parts = try files.map { (file: $0, report: try Report.read($0)) }
    let report = try ReportMerge(parts).report
    try output.write(try report.json().indented(levels: 2))
    guard let file = output.output else { return }
    let folder = Self.folder(of: file)
    for part in parts {
      for cell in part.report.cells {
        try KeptCell.copy(cell, from: Self.folder(of: part.file), to: folder)
      }
    }
  }

  private static func folder(of file: String) -> String { URL(filePath: file).deletingLastPathComponent().path }
}
