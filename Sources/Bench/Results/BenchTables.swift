internal import Foundation
internal import TextTable

/// What was measured, for people.
package struct BenchTables: Sendable {
  private let result: BenchResult

  package init(_ result: BenchResult) { self.result = result }

  private struct Ratio {
    let row: String
    let rate, client, server, p99: String
  }

  /// The library by raw C: the first tables.
  package var ratios: String {
    let ofLibrary = [Contender.swift, .swiftOnConnection]
    return ofLibrary.map(ratios).filter { !$0.isEmpty }.joined(separator: "\n")
  }

  private func ratios(of contender: Contender) -> String {
    let ratios = result.rows.compactMap { row -> Ratio? in
      guard let swift = result.measurement(row, contender), let c = result.measurement(row, .c) else { return nil }
      func ratio(_ figure: (Round) -> Double?) -> String {
        // Round by round: what was measured one after the other had the same machine.
        let ratios = zip(swift.rounds, c.rounds).compactMap { swift, c -> Double? in
          guard let over = figure(swift), let under = figure(c), under > 0 else { return nil }
          return over / under
        }
        return Summary(ratios)?.shown(2) ?? "-"
      }
      return Ratio(
        row: row.name, rate: ratio(\.rate), client: ratio(\.clientCPU), server: ratio(\.serverCPU), p99: ratio(\.p99))
    }
    let table = TextTable<Ratio> {
      [
        Column(title: "\(contender.rawValue) / c", value: $0.row), Column(title: "rate", value: $0.rate),
        Column(title: "p99", value: $0.p99), Column(title: "client CPU", value: $0.client),
        Column(title: "server CPU", value: $0.server),
      ]
    }
    return table.string(for: ratios) ?? ""
  }

  /// The figures of each contender: medians, with the least and the most of the rounds for the rate.
  package var figures: String {
    func milliseconds(_ summary: Summary?, _ digits: Int = 2) -> String { summary?.median.shown(digits) ?? "-" }
    func mebibytes(_ summary: Summary?) -> String { summary.map { ($0.median / 1_048_576).shown(0) } ?? "-" }
    let table = TextTable<Measurement> { measured in
      [
        Column(title: "row", value: measured.row.name),
        Column(title: "of", value: measured.contender.rawValue),
        Column(title: "/s", value: measured.summary(\.rate)?.shown(0) ?? "-"),
        Column(title: "p50 ms", value: milliseconds(measured.summary(\.p50))),
        Column(title: "p95", value: milliseconds(measured.summary(\.p95))),
        Column(title: "p99", value: milliseconds(measured.summary(\.p99))),
        Column(title: "max", value: milliseconds(measured.summary(\.max))),
        Column(title: "client CPU ms", value: milliseconds(measured.summary(\.clientCPU), 3)),
        Column(title: "server CPU ms", value: milliseconds(measured.summary(\.serverCPU), 3)),
        Column(
          title: "MiB",
          value: mebibytes(measured.summary { $0.clientPeakBytes.map(Double.init) }) + " "
            + mebibytes(measured.summary { $0.serverPeakBytes.map(Double.init) })),
        Column(
          title: "threads",
          value: "\(measured.rounds.compactMap(\.clientThreads).max().map(String.init) ?? "-") "
            + "\(measured.rounds.compactMap(\.serverThreads).max().map(String.init) ?? "-")"),
        Column(
          title: "system calls",
          value: measured.systemCalls.map { "\($0.client.shown(1)) \($0.server.shown(1))" } ?? "not measured"),
      ]
    }
    return table.string(for: result.measurements) ?? ""
  }

  private struct Change {
    let row, contender, rate, p99, cpu: String
  }

  /// What is better or worse than in an older result; marked where the rounds of both do not overlap.
  package func changes(since old: BenchResult) -> String {
    let changes = result.measurements.compactMap { new -> Change? in
      guard let old = old.measurement(new.row, new.contender) else { return nil }
      func change(_ figure: (Round) -> Double?, _ digits: Int) -> String {
        guard let before = old.summary(figure), let after = new.summary(figure) else { return "-" }
        let percent = before.median > 0 ? (after.median / before.median - 1) * 100 : 0
        return "\(before.shown(digits)) → \(after.shown(digits)) (\(percent > 0 ? "+" : "")\(percent.shown(0)) %"
          + "\(after.isApart(from: before) ? "" : ", within noise"))"
      }
      return Change(
        row: new.row.name, contender: new.contender.rawValue, rate: change(\.rate, 0), p99: change(\.p99, 2),
        cpu: change(\.clientCPU, 3))
    }
    let table = TextTable<Change> {
      [
        Column(title: "old → new", value: $0.row), Column(title: "of", value: $0.contender),
        Column(title: "/s", value: $0.rate), Column(title: "p99 ms", value: $0.p99),
        Column(title: "client CPU ms", value: $0.cpu),
      ]
    }
    return table.string(for: changes) ?? ""
  }
}

extension Summary {
  /// `0.42 (0.40-0.46)`.
  func shown(_ digits: Int) -> String {
    "\(median.shown(digits)) (\(least.shown(digits))-\(most.shown(digits)))"
  }
}

extension Double {
  /// With so many digits after the point.
  func shown(_ digits: Int) -> String {
    formatted(.number.precision(.fractionLength(digits)).grouping(.never).locale(.init(identifier: "en_US_POSIX")))
  }
}
