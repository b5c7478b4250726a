import Foundation
import SyRPCWire
import Testing

@testable import InteropJudge
@testable import InteropModel
@testable import InteropReport
@testable import InteropSupport

extension Sample {
  /// Something of everything: what fails and what passes anew, a problem, cells that come and go, a note, bytes and versions.
  /// Each has a text that a peer sent.
  static func comparison(_ text: String = "text") -> ReportComparison {
    func mark(_ verdict: Verdict, _ check: String = "hash.routing-key") -> Finding {
      finding(check, .required, .server, "b\(text)", verdict, "\(text)17")
    }
    func report(_ cells: [CellResult], _ version: String, problems: [String] = []) -> Report {
      let peer = RunReport.Peer(
        name: "b\(text)", about: text, mode: .live,
        identity: PeerIdentity(implementation: "\(text)\(version)", runtime: text, libraries: [:]), reason: text)
      return Sample.report(cells, peers: [peer], problems: problems)
    }
    let combination = Combination(putter: "a", server: "b\(text)", getter: "c")
    let old = report(
      [
        cell(combination, "worse", mark(.pass)), cell(combination, "better", mark(.fail)),
        cell(combination, "lost\(text)", mark(.pass)),
        published("a", "b\(text)", "sent\(text)", "same", "{\"x\":1,\"data\":\"\(text)\"}"),
      ], "1")
    let new = report(
      [
        cell(combination, "worse", mark(.fail)),
        cell(
          combination, "better", mark(.pass),
          finding("properties.priority", .informational, .server, "b\(text)", .note, text)),
        cell(combination, "new\(text)", mark(.fail, "json.keys")),
        published("a", "b\(text)", "sent\(text)", "same", "{\"x\":1, \"data\":\"\(text)\"}"),
      ], "2", problems: ["\(text) is stale"])
    return ReportComparison(old, new)
  }
}

/// What is different, for a pull request.
@Suite struct ComparisonMarkdownTests {
  private func text(_ comparison: ReportComparison) -> String { ComparisonMarkdown(comparison).text }

  @Test func whatGotWorseComesFirst() {
    let text = text(Sample.comparison())
    #expect(text.hasPrefix("## ❌ SyRPC interoperability since the earlier run: something got worse\n"))
    let titles = text.split(separator: "\n").filter { $0.hasPrefix("### ") || $0.hasPrefix("<details>") }
    #expect(
      titles == [
        "### Runs", "### Newly failing", "### New problems of the run", "### Cells of one run only",
        "### Changed bytes of messages, with the result id masked", "### New notes", "### Changed versions",
        "<details><summary>Newly passing</summary>",
      ])
    for row in [
      "| now | 4 | not as expected | <code>2026&#45;11&#45;25T10&#58;00&#58;00Z</code> |".replacing("&#45;", with: "-"),
      "| 1 | <code>btext as server, hash&#46;routing-key &#40;required&#41;</code> | <code>y</code> "
        + "| <code>text17</code> | <code>interop&#47;run",
      "- **list of divergences**: <code>text is stale</code>",
      "| lost | 1 | 0 | <code>a-btext-c&#47;echo&#47;losttext</code> |",
      "| new | 1 | 1 | <code>a-btext-c&#47;echo&#47;newtext</code> |",
      "| 1 | <code>btext as server, properties&#46;priority</code> | <code>text</code> |",
      "| <code>btext&#58; implementation</code> | <code>text1</code> | <code>text2</code> |",
      "| 1 | <code>btext as server, hash&#46;routing-key &#40;required&#41;</code> "
        + "| <code>a-btext-c&#47;echo&#47;better</code> |",
    ] {
      #expect(text.contains("\n\(row)"), "\(row) in \(text)")
    }
  }

  @Test func theByteThatDiffersIsMarked() {
    #expect(
      text(Sample.comparison()).contains(
        """
        <code>btext as server, result, 1 of 1 payload</code>: <code>senttext put by a, byte 7&#58; 22 became 20</code>

        <pre>
        before  &#123;&#34;x&#34;&#58;1,&#34;data&#34;&#58;&#34;text&#34;&#125;
        now     &#123;&#34;x&#34;&#58;1, &#34;data&#34;&#58;&#34;text&#34;&#125;
                       &#94;
        </pre>

        """))
  }

  @Test func whereNothingDiffersThereIsNoMore() {
    let report = Sample.report([.pass])
    let text = text(ReportComparison(report, report))
    #expect(text.hasPrefix("## ✅ SyRPC interoperability since the earlier run: no difference but times\n\n### Runs\n"))
    #expect(text.split(separator: "\n").count == 6, "\(text)")
  }

  @Test func whyACellWasNotRunIsSaid() {
    let text = text(ReportComparison(Sample.report([.pass]), Sample.report([.skipped])))
    #expect(text.contains("| 1 | <code>not run</code> |  | <code>given up</code> |"), "\(text)")
  }

  @Test(arguments: [Sample.hostile, "\u{10FFFF}\u{202E}", "日本語", "|", "a"])
  func itStaysBelowWhatACommentHolds(_ unit: String) throws {
    let long = String(String.UnicodeScalarView(String(repeating: unit, count: 400).unicodeScalars.prefix(400)))
    func report(_ verdict: Verdict, _ end: String) -> Report {
      let cells = (0..<40).flatMap { number -> [CellResult] in
        let combination = Combination(putter: "p\(number)", server: "s\(number)\(long)", getter: "g")
        let other: Verdict = verdict == .fail ? .pass : .fail
        var cell = Sample.cell(
          combination, long, Sample.finding("hash.routing-key", .required, .server, "s\(number)\(long)", verdict, long),
          Sample.finding("json.keys", .required, .server, "s\(number)\(long)", other, long),
          Sample.finding("properties.priority", .informational, .putter, "p\(number)", .note, "\(end)\(long)"))
        cell.messages = [.request: .text(long + end), .result: .text(end + long)]
        return [cell, Sample.cell(combination, "\(long)\(end)")]
      }
      let peers = (0..<30).map { number in
        RunReport.Peer(
          name: "\(number)\(long)", about: long, mode: .live,
          identity: PeerIdentity(implementation: "\(long)\(end)", runtime: end + long, libraries: [:]), reason: long)
      }
      var report = Sample.report(
        cells, peers: peers, problems: (0..<60).map { "\($0) \(long)\(end)" }, endedEarly: end + long)
      report.run.started = long
      return report
    }
    let text = text(ReportComparison(report(.pass, "1"), report(.fail, "2")))
    #expect(text.utf8.count < 64 << 10, "\(text.utf8.count)")
    let parts = text.components(separatedBy: "\n### ")
    #expect(parts.count == 8 && text.contains("<summary>Newly passing</summary>"))
    // Something of each is there, and that there is more of it.
    for part in parts.dropFirst(2) where !part.hasPrefix("Cells") {
      #expect(part.contains("<code>") && part.contains("… and "), "\(part)")
    }
  }
}

/// What is different, for programs.
@Suite struct ComparisonJSONTests {
  private func json(_ comparison: ReportComparison) throws -> JSON {
    try JSON(parsing: try ComparisonJSON(comparison).text())
  }

  @Test func itHasAllOfIt() throws {
    let json = try json(Sample.comparison())
    #expect(json["schema"] == 1 && json["worse"] == true && json["same"] == false && json["not_selected"] == 0)
    #expect(json["before"] == ["begun": "2026-11-25T10:00:00Z", "cells": 4, "as_expected": false])
    var failing = try #require(json["newly_failing"]?.arrayValue?.first?.objectValue)
    #expect(failing["repeat"]?.stringValue?.hasPrefix("interop/run ") == true)
    failing["repeat"] = nil
    #expect(
      .object(failing) == [
        "cause": "btext as server, hash.routing-key (required)", "peer": "btext", "role": "server",
        "check": "hash.routing-key", "level": "required", "verdict": "fail", "expected": "y", "observed": "text17",
        "cells": ["a-btext-c/echo/worse"],
      ])
    #expect(json["newly_passing"]?.arrayValue?.first?["cells"] == ["a-btext-c/echo/better"])
    #expect(json["new_problems"] == [["kind": "list of divergences", "problem": "text is stale"]])
    #expect(json["lost"] == ["a-btext-c/echo/losttext"] && json["new"] == ["a-btext-c/echo/newtext"])
    #expect(
      json["new_notes"] == [
        ["peer": "btext", "role": "server", "check": "properties.priority", "observed": "text", "cells": 1]
      ])
    #expect(
      json["messages"] == [
        [
          "peer": "btext", "role": "server", "kind": "result", "payloads": 1, "of": 1, "payload": "senttext",
          "putter": "a", "offset": 7, "before": ["body": #"{"x":1,"data":"text"}"#],
          "now": ["body": #"{"x":1, "data":"text"}"#],
        ]
      ])
    #expect(json["versions"] == [["what": "btext: implementation", "before": "text1", "now": "text2"]])
  }

  @Test func whyACellWasNotRunIsSaid() throws {
    let group = try json(ReportComparison(Sample.report([.pass]), Sample.report([.skipped])))["newly_failing"]?
      .arrayValue?.first
    #expect(group?["cause"] == "not run" && group?["reason"] == "given up" && group?["check"] == nil)
  }

  /// It is printed, on terminals and in the logs of CI runners.
  @Test func whatPeersSentIsExactAndHarmless() throws {
    let hostile = Sample.hostile + "##[error]###[error]\u{9B}\u{7F}é\u{1F600}"
    let text = String(decoding: try ComparisonJSON(Sample.comparison(hostile)).text(), as: UTF8.self)
    #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || (0x20..<0x7F).contains($0.value) })
    #expect(!text.contains("##["))
    for line in text.split(separator: "\n") { #expect(!String(line).trimmed.hasPrefix("::"), "\(line)") }
    let failing = try JSON(parsing: Array(text.utf8))["newly_failing"]?.arrayValue?.first
    #expect(failing?["observed"]?.stringValue == "\(hostile)17")
  }
}
