internal import InteropJudge
package import InteropModel
internal import InteropReport
package import InteropSupport
internal import SyRPCWire

/// `fixtures/tested.json`: with which versions of broker, libraries and runtimes the matrix was run, when, and what came of
/// it. README.rst shows it as a table.
package struct TestedVersions {
  private var runs: [Run] = []

  /// One run.
  struct Run: Hashable {
    /// The day on which it began: `2026-11-25`.
    let date: String
    let broker: String
    let system: String
    let librabbitmq: String
    let jansson: String
    /// The runtimes of the peers that were live, by their names.
    let runtimes: [String: String]
    /// The verdicts of the live cells, and how many have each.
    let cells: [String: Int64]
    let isAsExpected: Bool
  }

  /// Those that a checkout has on record; none if it has no record.
  ///
  /// - Throws: ``InteropError`` that names the file and what is wrong in it.
  package init(_ checkout: Checkout) throws(InteropError) {
    guard Files.exists(checkout.tested) else { return }
    let file = try StrictObject(of: checkout.tested, try Files.read(checkout.tested), keys: ["runs"])
    guard let entries = try file.objects("runs", "run", keys: Self.keys) else {
      throw InteropError("\(checkout.tested): there is no \"runs\"")
    }
    for (number, entry) in entries.enumerated() {
      guard let run = Run(recorded: .object(entry.members)) else {
        throw InteropError("\(checkout.tested): run \(number + 1) is not one that \(Self.command) writes")
      }
      runs.append(run)
    }
  }

  /// How many runs there are.
  package var count: Int { runs.count }

  /// Adds a run by its report. It takes the place of one with the same versions.
  ///
  /// - Parameter path: the file `report.json`.
  /// - Throws: ``InteropError`` that names it if it is no report of a run that came to its end.
  package mutating func add(report path: String) throws(InteropError) {
    let report = try Files.readJSON(path)
    guard report["schema"]?.integerValue == Int64(Report.schema) else {
      throw InteropError("\(path) is no report of schema \(Report.schema)")
    }
    if let reason = report["ended_early"]?.stringValue {
      throw InteropError("\(path): the run did not come to its end: \(reason)")
    }
    guard report["shard"] == nil else {
      throw InteropError("\(path) is the report of a shard: syrpc report merge joins it with the others")
    }
    guard let run = Run(report: report) else { throw InteropError("\(path): a version is missing in its \"run\"") }
    runs.removeAll { $0.hasVersions(of: run) }
    runs.append(run)
    runs.sort { ($0.broker, $0.system, $0.runtimesShown) < ($1.broker, $1.system, $1.runtimesShown) }
  }

  /// Writes the record and the README's table.
  ///
  /// - Throws: ``InteropError``.
  package func write(_ checkout: Checkout) throws(InteropError) {
    let json: JSON = ["runs": .array(runs.map(\.json))]
    do { try Files.write(try json.indented(levels: 2), to: checkout.tested) } catch let error as JSONError {
      throw InteropError("\(checkout.tested): \(error)")
    } catch let error as InteropError {
      throw error
    } catch { throw InteropError("\(checkout.tested): \(error)") }
    try table.write(checkout)
  }

  private static let command = "syrpc fixtures tested"

  private static let keys = [
    "date", "broker", "system", "librabbitmq", "jansson", "runtimes", "cells", "as_expected",
  ]

  var table: ReadmeTable {
    let rows = [["begun", "broker", "built on", "runtimes", "result"]] + runs.map(\.cellsOfTable)
    let lines = rows.map { row in
      row.enumerated().map { "   \($0 == 0 ? "* -" : "  -") \($1)\n" }.joined()
    }
    return ReadmeTable(command: Self.command, text: ".. list-table::\n   :header-rows: 1\n\n\(lines.joined())")
  }
}

extension TestedVersions.Run {
  fileprivate init?(recorded entry: JSON) {
    func text(_ key: String) -> String? { entry[key]?.stringValue }
    guard let date = text("date"), let broker = text("broker"), let system = text("system"),
      let librabbitmq = text("librabbitmq"), let jansson = text("jansson"),
      let runtimes = entry["runtimes"]?.objectValue, let cells = entry["cells"]?.objectValue,
      let isAsExpected = entry["as_expected"]?.boolValue,
      runtimes.allSatisfy({ $0.value.stringValue != nil }),
      cells.allSatisfy({ Verdict(rawValue: $0.key) != nil && $0.value.integerValue != nil })
    else { return nil }
    self.init(
      date: date, broker: broker, system: system, librabbitmq: librabbitmq, jansson: jansson,
      runtimes: Dictionary(runtimes.map { ($0.key, $0.value.stringValue ?? "") }) { first, _ in first },
      cells: Dictionary(cells.map { ($0.key, $0.value.integerValue ?? 0) }) { first, _ in first },
      isAsExpected: isAsExpected)
  }

  fileprivate init?(report: JSON) {
    func text(_ key: String) -> String? { report["run"]?[key]?.stringValue }
    guard let date = text("started")?.prefix(10), let system = text("system"), let librabbitmq = text("librabbitmq"),
      let jansson = text("jansson"), let product = report["run"]?["broker"]?["product"]?.stringValue,
      let version = report["run"]?["broker"]?["version"]?.stringValue,
      let isAsExpected = report["as_expected"]?.boolValue,
      let peers = report["peers"]?.arrayValue, let totals = report["totals"]?.objectValue
    else { return nil }
    self.init(
      date: String(date), broker: "\(product) \(version)", system: system, librabbitmq: librabbitmq, jansson: jansson,
      runtimes: Dictionary(
        peers.compactMap { peer in
          guard let name = peer["name"]?.stringValue, let runtime = peer["runtime"]?.stringValue else { return nil }
          return (name, runtime)
        }
      ) { first, _ in first },
      cells: Dictionary(totals.map { ($0.key, $0.value.integerValue ?? 0) }.filter { $0.1 > 0 }) { first, _ in first },
      isAsExpected: isAsExpected)
  }

  fileprivate func hasVersions(of other: Self) -> Bool {
    (broker, system, librabbitmq, jansson) == (other.broker, other.system, other.librabbitmq, other.jansson)
      && runtimes == other.runtimes
  }

  fileprivate var json: JSON {
    func object<Value>(_ members: [String: Value], _ value: (Value) -> JSON) -> JSON {
      .object(JSONObject(members.sorted { $0.key < $1.key }.map { ($0.key, value($0.value)) }))
    }
    return [
      "date": .string(date), "broker": .string(broker), "system": .string(system), "librabbitmq": .string(librabbitmq),
      "jansson": .string(jansson), "runtimes": object(runtimes, JSON.string), "cells": object(cells, JSON.integer),
      "as_expected": .bool(isAsExpected),
    ]
  }

  fileprivate var runtimesShown: String {
    runtimes.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: "; ")
  }

  fileprivate var cellsOfTable: [String] {
    let counts = cells.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
    return [
      date, broker, "\(system), librabbitmq \(librabbitmq), jansson \(jansson)", runtimesShown,
      "\(isAsExpected ? "all as expected" : "**not as expected**"): \(counts)",
    ]
  }
}
