import Foundation
import SyRPCWire
import Testing

@testable import InteropJudge
@testable import InteropModel
@testable import InteropReport
@testable import InteropSupport

/// The formats of a report, by what readers make of them; `ReportReaderTests` has the readers of others.
@Suite struct ReportFormatTests {
  @Test func junitTellsWhoIsToBlame() throws {
    let text = try JUnitReport.text(try Sample.mixed())
    for part in [
      #"<testsuites name="syrpc interop" tests="#,
      #"<testsuite name="a-b-c" tests="2" failures="1" errors="0" skipped="1" time="2.500" timestamp="2026-11-25T10:00:00">"#,
      #"<property name="putter" value="a: a 1.0 on A 2"/>"#, #"<property name="server" value="b, replay"/>"#,
      #"<testcase classname="a-b-c.echo" name="known" time="1.250"><skipped message="known: payload.result, b as "#
        + #"server: it has no &lt;integers&gt;"></skipped></testcase>"#,
      #"name="fails" time="1.250"><failure message="b as server, hash.routing-key (required): expected y, observed 17" "#
        + #"type="hash.routing-key">"#,
      #"<error message="nobody&#39;s frames explain it: a problem of the harness" type="undecided">"#,
      #"<error message="not run: 3 cells in a row" type="undecided">"#,
      #"<testsuite name="quality: b" tests="1" failures="0" errors="0" skipped="1""#,
      #"<skipped message="known: held 0 of 1: transient">"#,
      #"<testsuite name="quality: a" tests="1" failures="1""#,
      #"<testcase classname="swift-b-swift.echo" name="noted" time="1.250"></testcase>"#,
    ] {
      #expect(text.contains(part), "\(part) in \(text)")
    }
  }

  /// Without the check of the cause, all that is left of a cell is who was affected.
  @Test func whoIsAffectedIsSkippedWithTheCause() throws {
    let blame = Blame(peer: "b", role: .server, check: "hash.routing-key")
    let report = Sample.report([
      Sample.cell(Sample.finding("outcome.get", .required, .getter, "c", .affected, because: blame))
    ])
    let (junit, tap) = (try JUnitReport.text(report), TAPReport.text(report))
    let skipped = #"<skipped message="affected by b as server, hash.routing-key">"#
    #expect(junit.contains(skipped))
    #expect(tap.contains("ok 1 - a-b-c.echo hello # SKIP affected by b as server, hash.routing-key"))
  }

  @Test func tapCountsAndTellsWhatIsToFail() throws {
    let lines = TAPReport.text(try Sample.mixed()).split(separator: "\n").map(String.init)
    #expect(lines[0] == "TAP version 14")
    let points = lines.filter { $0.hasPrefix("ok ") || $0.hasPrefix("not ok ") }
    #expect(lines[1] == "1..\(points.count)")
    #expect(points[1] == "not ok 2 - a-b-c.echo known # TODO known: payload.result, b as server: it has no <integers>")
    let failure = try #require(lines.firstIndex { $0 == "not ok 3 - swift-b-swift.echo fails" })
    #expect(lines[failure + 1] == "  ---")
    let message = #"  message: "b as server, hash.routing-key (required): expected y, observed 17""#
    #expect(lines[failure + 2] == message)
  }

  @Test func gitHubShowsCausesAndProblems() throws {
    let lines = GitHubReport.text(try Sample.mixed()).split(separator: "\n")
    #expect(
      lines.contains {
        $0.hasPrefix(
          "::error title=SyRPC%3A b as server%2C hash.routing-key::1 cell; expected y; observed 17; repeat: ")
      })
    #expect(
      lines.contains("::warning title=SyRPC%3A skipped::1 cell, swift-b-swift/echo/skipped first: 3 cells in a row"))
    #expect(lines.contains("::notice title=SyRPC%3A b is not live::replay: not here"))
    let many = Sample.report(
      (0..<50).map { number in
        Sample.cell(Sample.finding("hash.routing-key", .required, .server, "b\(number)", .fail))
      })
    let errors = GitHubReport.text(many).split(separator: "\n")
    #expect(errors.count == 10 && errors[9] == "::error title=SyRPC%3A and more::41 more causes")
  }

  @Test func gitLabHasWhatItsReaderNeeds() throws {
    let report = try Sample.mixed()
    let entries = try #require(try JSON(parsing: try GitLabReport.text(report)).arrayValue)
    let severities: Set<JSON> = ["info", "minor", "major", "critical", "blocker"]
    for entry in entries {
      #expect(entry.objectValue?.keys == ["description", "check_name", "fingerprint", "severity", "location"])
      #expect(entry["severity"].map(severities.contains) == true)
      #expect(entry["location"]?["lines"]?["begin"] == 1 && entry["location"]?["path"]?.stringValue != nil)
    }
    #expect(Set(entries.map { $0["fingerprint"] }).count == entries.count)
    #expect(
      entries.contains {
        $0["description"] == "b as server, hash.routing-key (required) in 1 cell, expected y, observed 17"
      })
    #expect(entries.contains { $0["location"]?["path"] == "interop/peers/b/peer.json" })
    // The same cause is the same issue in the next run, in however many cells.
    let again = try JSON(parsing: try GitLabReport.text(report, path: "lib/syrpc.js"))
    #expect(again.arrayValue?.map { $0["fingerprint"] } == entries.map { $0["fingerprint"] })
    #expect(again.arrayValue?.allSatisfy { $0["location"]?["path"] == "lib/syrpc.js" } == true)
  }

  @Test func markdownBeginsWithWhatIsWrong() throws {
    let text = MarkdownReport(try Sample.mixed()).text
    #expect(text.hasPrefix("## ❌ SyRPC interoperability: not as expected\n"))
    #expect(
      text.contains(
        "| 1 | <code>b</code> | server | <code>hash&#46;routing-key</code> (required) | <code>y</code> | <code>17</code> |"
      ))
    let places = ["who is to blame", "### Problems", "### Matrix", "### Quality", "### Peers"].map {
      text.range(of: $0)?.lowerBound
    }
    #expect(!places.contains(nil) && places.compactMap(\.self).sorted() == places.compactMap(\.self))
    #expect(MarkdownReport(Sample.report([.pass])).text.hasPrefix("## ✅ SyRPC interoperability: all as expected\n"))
  }

  @Test func markdownStaysBelowWhatACommentHolds() throws {
    let long = String(repeating: Sample.hostile, count: 20)
    let cells = (0..<150).map { number in
      Sample.cell(
        Combination(putter: "p\(number)", server: "s\(number)\(long)", getter: "g"), long,
        Sample.finding("hash.routing-key", .required, .server, "s\(number)\(long)", .fail, long),
        Sample.finding("publish.mandatory", .recommended, .putter, "p\(number)", .fail, long))
    }
    let peers = (0..<60).map { RunReport.Peer(name: "\($0)\(long)", about: long, mode: .missing, reason: long) }
    let problems = (0..<60).map { "\($0) \(long)" }
    let text = MarkdownReport(Sample.report(cells, peers: peers, problems: problems, endedEarly: long)).text
    #expect(text.utf8.count < 64 << 10, "\(text.utf8.count)")
    for part in ["… and ", "### Matrix", "### Quality", "### Peers", "### Problems"] { #expect(text.contains(part)) }
  }
}

/// Nothing that a peer sends is more than text, wherever it is shown.
@Suite struct HostileReportTests {
  private var report: Report { get throws { try Sample.hostileReport() } }

  /// No line is more than it was meant to be.
  private func check(_ text: String, _ format: String) {
    for scalar in text.unicodeScalars where scalar != "\n" {
      #expect(scalar.value >= 0x20 && !(0x7F..<0xA0).contains(scalar.value), "\(format): U+\(scalar.value)")
      #expect(![0x2028, 0x2029, 0x202E].contains(scalar.value), "\(format): U+\(scalar.value)")
    }
    #expect(!text.contains("##["), "\(format)")
  }

  private func checkCommands(_ text: String, _ format: String) {
    for line in text.unicodeScalars.split(separator: "\n") {
      #expect(!String(line).trimmed.hasPrefix("::"), "\(format): \(String(line))")
    }
  }

  @Test func onTheTerminal() throws {
    let report = try report
    let summary = RunSummary(report)
    let texts =
      [MatrixTable(report).text, QualityTable(report).text, LastLine.text(report, isCI: true)]
      + BlameList(report).lines + NoteList(report).lines + summary.divergenceLines + summary.totals
      + summary.troubles.map(\.text) + report.cells.flatMap(summary.lines)
    for text in texts {
      check(text, "terminal")
      checkCommands(text, "terminal")
    }
    let shown = #"\u{1B}[2J\r\n::add-mask"#
    #expect(texts.contains { $0.contains(shown) }, "it is shown")
  }

  @Test func inMarkdown() throws {
    for text in [MarkdownReport(try report).text, ComparisonMarkdown(Sample.comparison(Sample.hostile)).text] {
      check(text, "Markdown")
      checkCommands(text, "Markdown")
      for part in ["<script", "[x](", "@everyone", " #1", "`", "]]>", "\\"] { #expect(!text.contains(part), "\(part)") }
      #expect(text.contains("&#60;script&#62;alert&#40;1&#41;"))
      // The columns of a table are those of its head.
      for table in text.components(separatedBy: "\n\n") where table.hasPrefix("| ") {
        #expect(Set(table.split(separator: "\n").map { $0.count { $0 == "|" } }).count == 1, "\(table)")
      }
    }
  }

  @Test func inJUnit() throws {
    let text = try JUnitReport.text(try report)
    check(text, "JUnit")
    checkCommands(text, "JUnit")
    #expect(!text.contains("<script"))
    // A quote that a combining mark follows ends an attribute.
    let ending = "\"\u{301}"
    #expect(!text.contains(ending))
  }

  @Test func inAnnotations() throws {
    let text = GitHubReport.text(try report)
    check(text, "annotations")
    for line in text.split(separator: "\n") {
      #expect(
        ["::error title=SyRPC%3A ", "::warning title=SyRPC%3A ", "::notice title=SyRPC%3A "].contains {
          line.hasPrefix($0)
        })
      // What ends the properties is ours, and there is one of it.
      let properties = try #require(line.dropFirst(2).firstRange(of: "::").map { line[..<$0.lowerBound] })
      #expect(!properties.dropFirst(2).contains(":") && !properties.contains(","), "\(line)")
    }
  }

  @Test func inCodeQuality() throws {
    let json = try JSON(parsing: try GitLabReport.text(try report))
    for entry in json.arrayValue ?? [] {
      check(entry["description"]?.stringValue ?? "", "GitLab")
      check(entry["location"]?["path"]?.stringValue ?? "", "GitLab")
    }
  }

  @Test func inTAP() throws {
    let text = TAPReport.text(try report)
    check(text, "TAP")
    checkCommands(text, "TAP")
    for line in text.split(separator: "\n") where line.hasPrefix("ok") || line.hasPrefix("not ok") {
      #expect(line.replacing(" # TODO ", with: "").replacing(" # SKIP ", with: "").ranges(of: " #").isEmpty, "\(line)")
    }
  }

  @Test func aMarkAfterAQuoteEscapesNothing() {
    let (text, escaped) = ("\"\u{301}<\u{338}'\u{300}&\u{301}", "&quot;\u{301}&lt;\u{338}&#39;\u{300}&amp;\u{301}")
    #expect(text.escapedForMarkup == escaped)
  }
}
