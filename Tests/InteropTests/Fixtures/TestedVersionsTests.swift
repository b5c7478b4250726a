import SyRPCWire
import Testing

@testable import InteropFixtures
@testable import InteropModel
@testable import InteropReport
@testable import InteropSupport

@Suite struct TestedVersionsTests {
  /// A report as `report.json` has it, as far as versions go.
  private func report(
    broker: String = "4.0.5", runtime: String = "CPython 3.13.5", started: String = "2026-11-25T10:00:00Z",
    schema: Int = Report.schema, endedEarly: String = "null"
  ) -> String {
    """
    {"schema": \(schema), "run": {"syrpc": "0.1.0", "librabbitmq": "0.15.0", "jansson": "2.14",
     "started": "\(started)", "system": "Debian 13", "broker": {"product": "RabbitMQ", "version": "\(broker)"}},
     "peers": [{"name": "swift", "runtime": "Swift 6.3"}, {"name": "python", "runtime": "\(runtime)"},
               {"name": "node", "mode": "missing"}],
     "totals": {"pass": 3, "known": 2, "fail": 0}, "as_expected": true, "ended_early": \(endedEarly)}
    """
  }

  private func withCopy(_ body: (Checkout) throws -> Void) async throws {
    let checkout = try checkout()
    try await withTemporaryFolder { folder in
      for path in ["fixtures/payloads/index.json", "README.rst"] {
        try Files.write(try Files.read(checkout.folder / path), to: folder / path)
      }
      try body(Checkout(folder: folder))
    }
  }

  private func tested(_ reports: String..., in copy: Checkout) throws -> TestedVersions {
    var tested = try TestedVersions(copy)
    for report in reports {
      try Files.write(Array(report.utf8), to: copy.folder / "report.json")
      try tested.add(report: copy.folder / "report.json")
    }
    return tested
  }

  @Test func aRunIsPutOnRecordAndShown() async throws {
    try await withCopy { copy in
      try tested(report(), report(broker: "3.10.8"), in: copy).write(copy)
      let again = try TestedVersions(copy)
      #expect(again.count == 2)
      #expect(try again.table.problem(copy) == nil)
      let readme = String(decoding: try Files.read(copy.readme), as: UTF8.self)
      #expect(
        readme.contains(
          """
             * - 2026-11-25
               - RabbitMQ 4.0.5
               - Debian 13, librabbitmq 0.15.0, jansson 2.14
               - python: CPython 3.13.5; swift: Swift 6.3
               - all as expected: 2 known, 3 pass

          """))
    }
  }

  @Test func aRunTakesThePlaceOfOneWithTheSameVersions() async throws {
    try await withCopy { copy in
      let once = try tested(report(), in: copy)
      #expect(try tested(report(), report(started: "2027-01-01T10:00:00Z"), in: copy).count == once.count)
      #expect(try tested(report(), report(runtime: "CPython 3.12.1"), in: copy).count == 2)
    }
  }

  @Test func whatIsNoReportOfAWholeRunIsRefused() async throws {
    try await withCopy { copy in
      func message(_ report: String) -> String {
        (#expect(throws: InteropError.self) { try tested(report, in: copy) })?.message ?? ""
      }
      #expect(message(report(schema: 1)).hasSuffix("report.json is no report of schema \(Report.schema)"))
      #expect(message(report(endedEarly: "\"interrupted\"")).hasSuffix("did not come to its end: interrupted"))
      let shard = report().replacing("\"totals\"", with: "\"shard\": {\"number\": 1}, \"totals\"")
      #expect(message(shard).contains("is the report of a shard"))
      #expect(message(report().replacing("\"jansson\"", with: "\"jansso\"")).contains("a version is missing"))
      try Files.write(Array(#"{"runs": [{"date": "2026-11-25"}]}"#.utf8), to: copy.tested)
      #expect(
        (#expect(throws: InteropError.self) { try TestedVersions(copy) })?.message.contains("run 1 is not one") == true)
    }
  }
}
