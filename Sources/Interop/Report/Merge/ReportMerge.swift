internal import InteropJudge
internal import InteropModel
package import InteropSupport
internal import SyRPCWire

/// Joins the reports of the shards of a run into that of the run.
package struct ReportMerge {
  /// The whole run. It names no shard.
  package let report: Report

  /// - Parameter parts: the reports, each with the name of its file.
  /// - Throws: ``InteropError`` that names the files that are missing, come twice or do not fit together, and what does not fit.
  package init(_ parts: [(file: String, report: Report)]) throws(InteropError) {
    let shards = try ShardSet(parts)
    var builder = ReportBuilder()
    for (part, place) in shards.cells { builder.add(part.report.cells[place], of: part.report) }
    for part in shards.parts {
      for check in part.report.checks { builder.add(check) }
      for message in part.report.messages { builder.add(message) }
    }
    let reports = shards.parts.map(\.report)
    let early = shards.parts.compactMap { part in part.report.endedEarly.map { "\(part.shard.name): \($0)" } }
    let run = Self.run(reports.map(\.run), cells: shards.total)
    report = builder.report(
      run, peers: reports.first { !$0.peers.isEmpty }?.peers ?? [],
      problems: early.isEmpty ? Self.problems(shards.parts.map(\.shard), isWhole: run.isWhole) : [],
      endedEarly: early.isEmpty ? nil : early.joined(separator: "; "))
  }

  /// What is wrong with the list of divergences, by what all shards have seen.
  private static func problems(_ shards: [Report.Shard], isWhole: Bool) -> [String] {
    var sum = shards.first?.tallies ?? []
    for other in shards.dropFirst() {
      for (place, tally) in zip(sum.indices, other.tallies) { sum[place].merge(tally) }
    }
    return sum.compactMap { $0.problem(isWhole: isWhole) }
  }

  /// The run as such: begun with the first of its parts, as long as all of them.
  private static func run(_ parts: [Report.Run], cells: Int?) -> Report.Run {
    var run = parts[0]
    run.broker = parts.compactMap(\.broker).first
    run.fixtures = parts.compactMap(\.fixtures).first
    run.started = parts.map(\.started).min() ?? run.started
    run.seconds = (parts.map(\.seconds).reduce(0, +) * 10).rounded() / 10
    run.parallel = parts.map(\.parallel).max() ?? run.parallel
    run.system = parts.map(\.system).uniqued().joined(separator: "; ")
    run.isWhole = parts.allSatisfy(\.isWhole)
    run.cells = cells
    // Each was told of all cells.
    run.leftOut = parts.map(\.leftOut).first { !$0.isEmpty } ?? []
    run.connectionMilliseconds = parts.compactMap(\.connectionMilliseconds).max()
    run.leftOnBroker = parts.flatMap(\.leftOnBroker)
    return run
  }
}
