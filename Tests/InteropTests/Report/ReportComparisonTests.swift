import SyRPCWire
import Testing

@testable import InteropJudge
@testable import InteropModel
@testable import InteropReport
@testable import InteropSupport

/// What is different in a run from an earlier one.
@Suite struct ReportComparisonTests {
  private func lines(_ old: Report, _ new: Report, isFull: Bool = false) -> [String] {
    ComparisonText(ReportComparison(old, new), isFull: isFull).lines
  }

  private static func failing(_ check: String, _ payload: String = "hello") -> CellResult {
    Sample.cell(Sample.abc, payload, Sample.finding(check, .required, .server, "b", .fail, "17"))
  }
  private static let passing = Sample.cell(Sample.finding("hash.routing-key", .required, .server, "b", .pass))

  @Test func theSameRunIsTheSame() throws {
    for report in [try Sample.mixed(), try Sample.hostileReport()] {
      var later = report
      later.run.started = "2026-11-26T10:00:00Z"
      later.run.seconds = 1000
      let comparison = ReportComparison(report, later)
      #expect(comparison.isSame && !comparison.isWorse)
      let lines = lines(report, later)
      #expect(lines.count == 3 && lines.last == "no difference but times", "\(lines)")
    }
  }

  @Test func idsAndApplicationsAreEachRunsOwn() {
    func report(_ id: String, _ application: String) -> Report {
      let note = Sample.finding(
        "properties.correlation-id", .informational, .putter, "a", .note, "\(id) in \(application)")
      return Sample.report([Sample.cell(note)], problems: [])
    }
    let old = report("7c783c5d-ee7f-483a-ad32-85d4cd99ac0c", "interop-2ffscn-584")
    #expect(ReportComparison(old, report("5b7fa300-c37c-4c1a-a93d-6a28701ad22a", "interop-q0eylk-7")).isSame)
    let other = ReportComparison(old, report("x", "interop-q0eylk-7"))
    #expect(other.newNotes.count == 1 && !other.isSame && !other.isWorse)
  }

  @Test func whatFailsAnewIsWorse() {
    let (old, new) = (Sample.report([Self.passing]), Sample.report([Self.failing("hash.routing-key")]))
    let worse = ReportComparison(old, new)
    #expect(worse.isWorse && worse.newlyPassing.isEmpty)
    #expect(worse.newlyFailing.map(\.cause) == ["b as server, hash.routing-key (required)"])
    #expect(
      lines(old, new).dropFirst(2) == [
        "newly failing:", "  1 cell: b as server, hash.routing-key (required)", "      a-b-c/echo/hello",
        "      expected: y", "      observed: 17", "something got worse",
      ])
    let better = ReportComparison(new, old)
    #expect(!better.isWorse && better.newlyFailing.isEmpty && better.newlyPassing.count == 1)
    #expect(!ReportComparison(new, new).isWorse, "it was as bad before")
  }

  @Test func anotherReasonIsWorse() {
    let comparison = ReportComparison(
      Sample.report([Self.failing("hash.routing-key")]), Sample.report([Self.failing("json.keys")]))
    #expect(comparison.newlyFailing.map(\.cause) == ["b as server, json.keys (required)"])
    #expect(comparison.newlyPassing.map(\.cause) == ["b as server, hash.routing-key (required)"])
  }

  @Test(arguments: [
    Sample.report([.skipped]), Sample.report([.unexpectedPass]), Sample.report([.affected]),
    Sample.report([.pass], problems: ["stale"]), Sample.report([.pass], endedEarly: "it was interrupted"),
  ]) func whateverMakesARunRedIsWorse(_ new: Report) {
    let old = Sample.report([.pass])
    #expect(ReportComparison(old, new).isWorse && !ReportComparison(new, old).isWorse)
    #expect(!ReportComparison(new, new).isWorse)
  }

  @Test func whatIsKnownIsNoWorse() {
    #expect(!ReportComparison(Sample.report([.pass]), Sample.report([.known])).isWorse)
  }

  @Test func cellsComeAndGo() {
    let (old, new) = (Sample.report([.pass, .pass]), Sample.report([.pass]))
    #expect(ReportComparison(old, new).lostCells.map(\.name) == ["a-b-c/echo/p1"])
    #expect(lines(old, new).contains("lost: 1 cell, a-b-c/echo/p1 first") && ReportComparison(old, new).isWorse)
    #expect(lines(new, old).contains("new: 1 cell, a-b-c/echo/p1 first") && !ReportComparison(new, old).isWorse)
    // Nobody misses what a selection leaves out.
    var selected = new
    selected.run.isWhole = false
    #expect(lines(old, selected).contains("not selected: 1 cell") && !ReportComparison(old, selected).isWorse)
    var part = new
    part.shard = Report.Shard(number: 1, count: 2)
    #expect(!ReportComparison(old, part).isWorse)
  }

  @Test func aByteIsSeenThoughBothPass() {
    let long = String(repeating: "long ", count: 30)
    func report(_ comma: String) -> Report {
      Sample.report(
        ["short", long].flatMap { text in
          ["a", "d"].map { putter in
            Sample.published(
              putter, "b", text.prefix(5) == "long " ? "long" : text, "same", "{\"x\":1\(comma)\"data\":\"\(text)\"}")
          }
        })
    }
    let comparison = ReportComparison(report(","), report(", "))
    #expect(!comparison.isWorse && !comparison.isSame && comparison.messages.count == 1)
    #expect(
      lines(report(","), report(", ")).dropFirst(2) == [
        "changed bytes, with the result id masked:",
        "  b as server, result, 2 of 2 payloads", "      short put by a, byte 7: 22 became 20",
        #"      before  {"x":1,"data":"short"}"#, #"      now     {"x":1, "data":"short"}"#,
        "                     ^", "nothing got worse",
      ])
  }

  @Test func whatVariesIsNoDifferenceAsLongAsItDoes() {
    func report(_ first: String, _ second: String) -> Report {
      var other = Sample.published("a", "b", "x", "same", second)
      other.messages[.request] = nil
      return Sample.report([Sample.published("a", "b", "x", "same", first), other])
    }
    #expect(report("1", "2").messages.map(\.content) == [.always(.text("same")), .varying])
    #expect(ReportComparison(report("1", "2"), report("3", "4")).isSame)
    #expect(lines(report("1", "1"), report("1", "2")).contains("      now     not always the same"))
  }

  @Test func otherVersionsAreNamed() throws {
    let old = try Sample.mixed()
    var new = old
    new.run.broker = .init(product: "RabbitMQ", version: "4.0.5", isPrivate: true, address: "x:1", virtualHost: "/")
    new.peers[0].implementation = "a 1.1"
    new.peers[0].libraries = ["x": "2"]
    new.peers[1].mode = .missing
    let shown = lines(old, new, isFull: true)
    for line in [
      "  a: implementation: a 1.0 became a 1.1", "  a: x: 1 became 2", "  b: mode: replay became missing",
      "  broker: not there became RabbitMQ 4.0.5",
    ] {
      #expect(shown.contains(line), "\(line) in \(shown)")
    }
  }

  @Test func itStaysShortHoweverMuchDiffers() throws {
    let long = String(repeating: Sample.hostile, count: 5)
    let cells = (0..<100).map { number in
      var cell = Sample.cell(
        Combination(putter: "p\(number)", server: long, getter: "g"), "\(number)",
        Sample.finding("hash.routing-key", .required, .putter, "p\(number)", .fail, long),
        Sample.finding("properties.priority", .informational, .putter, "p\(number)", .note, long))
      cell.messages = [.request: .text(long + "x"), .result: .text(long)]
      return cell
    }
    let old = Sample.report(
      cells.map { cell in
        var old = CellResult(
          cell: cell.cell, findings: [Sample.finding("hash.routing-key", .required, .putter, "p", .pass)])
        old.messages = [.request: .text(long + "y"), .result: .text("x" + long)]
        return old
      })
    let shown = lines(old, Sample.report(cells, problems: [long]))
    #expect(shown.count < 45 && shown.allSatisfy { $0.count <= 80 }, "\(shown.count)")
    for line in shown + lines(old, Sample.report(cells, problems: [long]), isFull: true) {
      #expect(line.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F && $0.value != 0x202E }, "\(line)")
    }
  }
}

@Suite struct ByteDifferenceTests {
  private func difference(_ old: String, _ new: String) -> ByteDifference { .init(Array(old.utf8), Array(new.utf8)) }

  @Test(arguments: [
    ("abc", "abd", "byte 2: 63 became 64"), ("ab", "abcd", "byte 2: 2 more"),
    ("abcd", "ab", "byte 2: the last 2 are gone"),
    ("é", "e\u{301}", "byte 0: c3 became 65"), ("\n", "\t", "byte 0: 0a became 09"),
  ]) func whereAndHow(_ old: String, _ new: String, _ text: String) {
    #expect(difference(old, new).text == text)
  }

  @Test func theExcerptIsAroundIt() {
    let start = String(repeating: "é", count: 40)
    let (old, new, mark) = difference("\(start)x\(start)", "\(start)y\(start)").excerpts(width: 20)
    #expect(old == "…éééééééééééééé" + "xéééé".prefix(4) + "…" && old.count == 20)
    #expect(new.replacing("y", with: "x") == old && mark == String(repeating: " ", count: 15) + "^")
  }
}
