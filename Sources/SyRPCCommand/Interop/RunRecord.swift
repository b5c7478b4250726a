import Foundation
import InteropJudge
import InteropModel
import InteropReport
import InteropRunner

/// What is known of a run so far, so that a report can be written however it ends.
actor RunRecord {
  private var broker: BrokerEndpoint?
  private var leftOut: [Report.Run.LeftOut] = []
  /// How many cells are to be run; nil as long as nobody knows.
  private var planned: Int?
  /// What of the run is still on a broker that is somebody else's, each with the reason; nil if nothing is.
  private(set) var left: [String]?
  private var peers: [RunReport.Peer] = []
  private var results: [CellResult] = []
  private var tallies: [DivergenceTally] = []
  /// What is on record as judged, and was not.
  private var unjudged: [String] = []
  /// Which part of a run it is; nil for a whole one.
  private var shard: Report.Shard?
  /// The place of each cell among those of all shards.
  private var places: [Cell: Int] = [:]

  func note(_ endpoint: BrokerEndpoint) { broker = endpoint }
  func note(left: [String]) { self.left = left }
  func note(leftOut cells: Int, reason: String) {
    leftOut.append(Report.Run.LeftOut(cells: cells, reason: reason))
  }
  func note(planned: Int) { self.planned = planned }
  func note(peers: [RunReport.Peer]) { self.peers = peers }

  func note(shard: Shard) { self.shard = Report.Shard(number: shard.number, count: shard.count) }

  /// - Parameters:
  ///   - cells: those of all shards.
  ///   - plan: what tells them, and the checks, from others.
  func note(all cells: [Cell], plan: String) {
    places = Dictionary(cells.enumerated().map { ($1, $0) }) { first, _ in first }
    shard?.cells = cells.count
    shard?.plan = plan
  }

  /// - Parameters:
  ///   - results: in the plan's order.
  ///   - tallies: what was seen of the listed divergences.
  func note(_ results: [CellResult], _ tallies: [DivergenceTally]) {
    self.results = results
    self.tallies = tallies
  }

  func note(unjudged: [String]) { self.unjudged = unjudged }

  /// - Parameters:
  ///   - facts: what else is known of the run.
  ///   - endedEarly: why not all cells were run; nil if they were.
  /// - Returns: the report.
  func report(_ facts: Report.Run, endedEarly: String?) -> Report {
    var facts = facts
    facts.broker = broker?.reported
    facts.connectionMilliseconds = broker?.acceptance.map { Int($0 / .milliseconds(1)) }
    facts.cells = planned
    facts.leftOut = leftOut
    facts.leftOnBroker = left ?? []
    var shard = shard
    shard?.places = results.compactMap { places[$0.cell] }
    shard?.tallies = tallies
    return Report(
      RunReport(
        run: facts, peers: peers, cells: results, problems: endedEarly == nil ? problems(facts.isWhole) : [],
        unjudged: endedEarly == nil ? unjudged : [], endedEarly: endedEarly, shard: shard))
  }

  /// What is wrong with the list of divergences. What was not seen may be in what was not run.
  private func problems(_ isWhole: Bool) -> [String] {
    tallies.compactMap { shard == nil ? $0.problem(isWhole: isWhole) : $0.excess }
  }
}
