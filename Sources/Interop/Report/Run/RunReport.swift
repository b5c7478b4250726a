package import InteropJudge
package import InteropModel
package import SyRPCWire

/// What came of a run, cell by cell: what ``Report`` is made from.
package struct RunReport: Sendable {
  package struct Peer: Sendable {
    package enum Mode: String, Sendable, Hashable, Codable { case live, replay, missing }
    package let name: String
    package let about: String
    package let mode: Mode
    package let identity: PeerIdentity?
    /// Which alternative of its manifest ran, or why it could not.
    package let reason: String?
    /// The local checkout that was tested in place of the release; nil for the release.
    package let reference: LocalReference?
    /// Why it cannot be used, though it is here; nil if it can.
    package let failure: PeerError?
    /// The proposal that it claims to keep to; nil for the contract in force.
    package var contract: String?

    package init(
      name: String, about: String, mode: Mode, identity: PeerIdentity? = nil, reason: String?,
      reference: LocalReference? = nil, failure: PeerError? = nil
    ) {
      self.name = name
      self.about = about
      self.mode = mode
      self.identity = identity
      self.reason = reason
      self.reference = reference
      self.failure = failure
    }
  }

  package let run: Report.Run
  package let peers: [Peer]
  package let cells: [CellResult]
  /// What is wrong with the list of divergences.
  package let problems: [String]
  /// What was judged in the runs on record, and is no longer.
  package let unjudged: [String]
  /// Why it ended before all cells had been run; nil if it did not.
  package let endedEarly: String?
  /// Which part of a run it is; nil for a whole one.
  package let shard: Report.Shard?

  package init(
    run: Report.Run, peers: [Peer], cells: [CellResult], problems: [String], unjudged: [String] = [],
    endedEarly: String? = nil, shard: Report.Shard? = nil
  ) {
    self.run = run
    self.peers = peers
    self.cells = cells
    self.problems = problems
    self.unjudged = unjudged
    self.endedEarly = endedEarly
    self.shard = shard
  }
}

extension CellResult {
  /// The cell with every check, for its folder.
  package var json: JSON {
    var members: JSONObject = [
      "putter": .string(cell.combination.putter), "server": .string(cell.combination.server),
      "getter": .string(cell.combination.getter), "scenario": .string(cell.scenario.name),
      "payload": .string(cell.payload), "mode": .string(cell.recording == nil ? "live" : "replay"),
      "recording": cell.recording.map(JSON.string) ?? nil, "verdict": .string(verdict.rawValue),
      "conformance": .string(conformance.rawValue), "blame": .array(blame.map(\.json)),
      "unexplained": .bool(isUnexplained),
      "reason": skipReason.map(JSON.string) ?? nil, "folder": folder.map(JSON.string) ?? nil,
      "milliseconds": .integer(Int64(milliseconds)),
      "repeat": .string(repeatCommand), "app_name": nil, "cells_before": nil,
    ]
    for (key, value) in context?.members ?? [:] { members[key] = value }
    members["checks"] = .array(findings.map(\.json))
    return .object(members)
  }
}

extension Finding {
  fileprivate var json: JSON {
    var members: JSONObject = [
      "check": .string(check), "level": .string(level.rawValue), "role": role.map { .string($0.rawValue) } ?? nil,
      "peer": peer.map(JSON.string) ?? nil, "verdict": .string(verdict.rawValue),
      "expected": expected.map(JSON.string) ?? nil, "observed": .string(observed),
    ]
    switch explanation {
    case .itself, .nobody: break
    case .follows(let cause), .affected(let cause): members["because"] = cause.json
    }
    if let divergence { members["divergence"] = .string(divergence.reason) }
    return .object(members)
  }
}

extension Blame {
  package var json: JSON { ["peer": .string(peer), "role": .string(role.rawValue), "check": .string(check)] }
}
