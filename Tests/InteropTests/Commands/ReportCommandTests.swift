import Foundation
import SyRPCWire
import Testing

@testable import InteropJudge
@testable import InteropModel
@testable import InteropReport
@testable import InteropSupport

/// `syrpc report`, offline.
@Suite(.timeLimit(.minutes(10)), .enabled(if: Program.path != nil, "needs syrpc")) struct ReportCommandTests {
  private func withReport(_ report: Report, _ body: (String) async throws -> Void) async throws {
    try await withTemporaryFolder { folder in
      try Files.write(try report.json().indented(levels: 2), to: folder / "report.json")
      try await body(folder)
    }
  }

  @Test(arguments: ["junit", "tap", "markdown", "github", "gitlab", "show"])
  func eachFormatIsMadeOfTheReportAlone(_ format: String) async throws {
    let report = try Sample.hostileReport()
    try await withReport(report) { folder in
      let result = try await script("\"$syrpc\" report \(format) '\(folder)/report.json'", ["CI": "true"])
      #expect(result.ending == .exited(0) && !result.lines.isEmpty, "\(result.text)")
      for line in result.lines where format != "github" { #expect(!line.trimmed.hasPrefix("::"), "\(line)") }
      for scalar in result.text.unicodeScalars where scalar != "\n" {
        #expect(scalar.value >= 0x20 && scalar.value != 0x7F && scalar.value != 0x202E, "U+\(scalar.value)")
      }
      guard format != "show" else { return }
      let file = try await script("\"$syrpc\" report \(format) --output '\(folder)/it' '\(folder)/report.json'")
      #expect(file.lines == [])
      #expect(String(decoding: try Files.read(folder / "it"), as: UTF8.self).trimmed == result.text.trimmed)
    }
  }

  @Test func theSummaryOfAJobIsAppendedTo() async throws {
    try await withReport(try Sample.mixed()) { folder in
      try Files.write(Array("before\n".utf8), to: folder / "summary")
      let result = try await script(
        "\"$syrpc\" report markdown '\(folder)/report.json'", ["GITHUB_STEP_SUMMARY": folder / "summary"])
      let summary = String(decoding: try Files.read(folder / "summary"), as: UTF8.self)
      #expect(summary.hasPrefix("before\n## ") && summary.contains(result.text))
    }
  }

  @Test func cellsAreShownByTheirNames() async throws {
    try await withReport(try Sample.mixed()) { folder in
      let result = try await script("\"$syrpc\" report show --cell '*/fails' '\(folder)/report.json'")
      #expect(result.lines.first == "FAIL  swift-b-swift/echo/fails" && result.lines.contains("        observed: 17"))
      let none = try await script("\"$syrpc\" report show --cell nothing '\(folder)/report.json'")
      #expect(none.ending == .exited(2) && none.text.contains("--cell nothing matches no cell"))
    }
  }

  @Test func onlyWhatGotWorseFails() async throws {
    try await withTemporaryFolder { folder in
      for (name, report) in [("good", Sample.report([.pass])), ("bad", Sample.report([.fail]))] {
        try Files.write(try report.json().indented(levels: 2), to: folder / name)
      }
      for (options, status) in [
        ("good bad", 0), ("--fail-on regression good bad", 1), ("--fail-on regression bad bad", 0),
        ("--fail-on regression bad good", 0), ("--all good bad", 0), ("good nothing", 2), ("--fail-on x good bad", 2),
      ] as [(String, Int32)] {
        let result = try await script("cd '\(folder)' && exec \"$syrpc\" report compare \(options)")
        #expect(result.ending == .exited(status), "\(options): \(result.text)")
      }
    }
  }

  @Test(arguments: [
    ("", "before "), ("--format text", "before "), ("--format markdown", "## ❌ "), ("--format json", "{"),
  ]) func aComparisonHasFormats(_ options: String, _ start: String) async throws {
    try await withTemporaryFolder { folder in
      let comparison = Sample.comparison(Sample.hostile)
      for (name, report) in [("old", comparison.old), ("new", comparison.new)] {
        try Files.write(try report.json().indented(levels: 2), to: folder / name)
      }
      let command = "cd '\(folder)' && exec \"$syrpc\" report compare \(options)"
      let result = try await script("\(command) old new")
      #expect(result.ending == .exited(0) && result.text.hasPrefix(start), "\(result.text)")
      let file = try await script("\(command) --output it --fail-on regression old new")
      #expect(file.ending == .exited(1) && file.lines == [])
      #expect(String(decoding: try Files.read(folder / "it"), as: UTF8.self).trimmed == result.text.trimmed)
      let all = try await script("\(command) --all old new")
      #expect(all.ending == .exited(options.contains("markdown") || options.contains("json") ? 2 : 0))
    }
  }

  @Test func shardsAreJoinedWithWhatWasKeptOfThem() async throws {
    try await withTemporaryFolder { folder in
      for number in 1...2 {
        var shard = Report.Shard(number: number, count: 2)
        (shard.cells, shard.plan, shard.places) = (2, "plan", [number - 1])
        var cell = Sample.cell(
          Sample.abc, "p\(number)", Sample.finding("hash.routing-key", .required, .server, "b", .fail))
        cell.folder = "cells/a-b-c/echo/p\(number)"
        let report = Sample.report([cell], shard: shard)
        try Files.write(try report.json().indented(levels: 2), to: folder / "\(number)/report.json")
        try Files.write(Array("log \(number)".utf8), to: folder / "\(number)/cells/a-b-c/echo/p\(number)/server.log")
      }
      let result = try await script(
        "cd '\(folder)' && \"$syrpc\" report merge --output all/report.json [12]/report.json && "
          + "exec \"$syrpc\" report show --cell '*' all/report.json")
      #expect(result.ending == .exited(0))
      for line in ["FAIL  a-b-c/echo/p1", "        log 1", "FAIL  a-b-c/echo/p2", "        log 2"] {
        #expect(result.lines.contains(line), "\(line) in \(result.text)")
      }
      let shown = try await script("cd '\(folder)' && exec \"$syrpc\" report merge [12]/report.json")
      #expect(shown.text.trimmed == String(decoding: try Files.read(folder / "all/report.json"), as: UTF8.self).trimmed)
      let one = try await script("cd '\(folder)' && exec \"$syrpc\" report merge 1/report.json")
      #expect(one.ending == .exited(2) && one.text.hasSuffix("of the 2 shards of the run, these are missing: 2"))
    }
  }

  @Test func whatIsNoReportIsRefused() async throws {
    try await withTemporaryFolder { folder in
      try Files.write(Array("{\"schema\": 4}".utf8), to: folder / "report.json")
      let result = try await script("\"$syrpc\" report junit '\(folder)/report.json'")
      #expect(result.ending == .exited(2) && result.text.hasSuffix("report.json is no report of schema 6"))
    }
  }

  @Test func errorsCannotSteerTheTerminal() async throws {
    let result = try await script("\"$syrpc\" report show \"$(printf 'x\\033[2J\\n::error::y')\"")
    #expect(result.ending == .exited(2))
    #expect(!result.text.contains("\u{1B}") && !result.lines.contains { $0.trimmed.hasPrefix("::") }, "\(result.lines)")
  }
}
