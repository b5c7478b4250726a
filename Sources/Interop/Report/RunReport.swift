package import InteropJudge
package import InteropModel
package import SyRPCWire

/// A run, as `report.json` has it (`interop/README.rst` documents the schema).
package struct RunReport: Sendable {
  package struct Peer: Sendable {
    package enum Mode: String, Sendable { case live, replay, missing }
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

  package let run: JSONObject
  package let peers: [Peer]
  package let cells: [CellResult]
  /// What is wrong with the list of divergences.
  package let problems: [String]
  /// Why it ended before all cells had been run; nil if it did not.
  package let endedEarly: String?

  package init(
    run: JSONObject, peers: [Peer], cells: [CellResult], problems: [String], endedEarly: String? = nil
  ) {
    self.run = run
    self.peers = peers
    self.cells = cells
    self.problems = problems
    self.endedEarly = endedEarly
  }

  /// How many cells came to each verdict by their required checks. What a recording plays is not live, and counted apart.
  package func totals(replayed: Bool) -> [(verdict: Verdict, count: Int)] {
    [Verdict.pass, .known, .unexpectedPass, .affected, .fail, .skipped].map { verdict in
      (verdict, cells.count { $0.conformance == verdict && ($0.cell.recording != nil) == replayed })
    }
  }

  /// Whether everything was as expected: nothing failed, nothing was given up, nothing was left, and the list of
  /// divergences is right.
  package var isAsExpected: Bool {
    endedEarly == nil && !cells.isEmpty && problems.isEmpty
      && cells.allSatisfy { !$0.verdict.isUnexpected && $0.verdict != .skipped }
  }
}

extension RunReport {
  /// The version of the schema.
  package static let schema = 4

  /// The whole report.
  package var json: JSON {
    func counts(replayed: Bool) -> JSON {
      .object(JSONObject(totals(replayed: replayed).map { ($0.verdict.rawValue, .integer(Int64($0.count))) }))
    }
    return [
      "schema": .integer(Int64(Self.schema)), "run": .object(run), "peers": .array(peers.map(\.json)),
      "totals": counts(replayed: false), "replayed": counts(replayed: true),
      "as_expected": .bool(isAsExpected), "ended_early": endedEarly.map(JSON.string) ?? nil,
      "divergence_problems": .array(problems.map(JSON.string)),
      "quality": .array(QualityTable(cells).rows.map(\.json)), "blame": .array(BlameList(cells).entries.map(\.json)),
      "notes": .array(NoteList(cells).notes.map(\.json)), "cells": .array(cells.map(\.json)),
    ]
  }
}

extension RunReport.Peer {
  fileprivate var json: JSON {
    var peer: JSONObject = [
      "name": .string(name), "about": .string(about), "mode": .string(mode.rawValue),
      "reason": reason.map(JSON.string) ?? nil,
    ]
    if let identity {
      peer["implementation"] = .string(identity.implementation)
      peer["runtime"] = .string(identity.runtime)
      peer["settings"] = .object(identity.settings)
      peer["libraries"] = .object(identity.libraries)
      peer["bridged"] = .array(identity.bridged.map(JSON.string))
      peer["location"] = identity.location.map(JSON.string) ?? nil
      peer["reference"] = .bool(identity.isReference)
    }
    if let reference {
      peer["checkout"] = [
        "path": .string(reference.path), "commit": reference.commit.map(JSON.string) ?? nil,
        "modified": .bool(reference.isModified),
      ]
    }
    return .object(peer)
  }
}

extension CellResult {
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
