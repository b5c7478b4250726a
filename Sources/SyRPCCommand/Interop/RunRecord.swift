import Foundation
import InteropJudge
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
  private var problems: [String] = []

  func note(_ endpoint: BrokerEndpoint) { broker = endpoint }
  func note(left: [String]) { self.left = left }
  func note(leftOut cells: Int, reason: String) {
    leftOut.append(Report.Run.LeftOut(cells: cells, reason: reason))
  }
  func note(planned: Int) { self.planned = planned }
  func note(peers: [RunReport.Peer]) { self.peers = peers }

  /// - Parameters:
  ///   - results: in the plan's order.
  ///   - problems: what is wrong with the list of divergences.
  func note(_ results: [CellResult], problems: [String]) {
    self.results = results
    self.problems = problems
  }

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
    // What was not seen may be in what was not run.
    return Report(
      RunReport(
        run: facts, peers: peers, cells: results, problems: endedEarly == nil ? problems : [], endedEarly: endedEarly))
  }
}
