internal import Foundation
internal import InteropSupport
internal import SyRPCWire

extension Evidence {
  /// What was seen, but for the transcripts: they have files of their own.
  ///
  /// - Parameter broker: RabbitMQ's version; nil if nobody knows it.
  /// - Returns: an object that ``init(_:_:_:transcripts:)`` reads.
  func json(broker: Version?) -> JSON {
    var members: JSONObject = [
      "putter": .string(cell.combination.putter), "server": .string(cell.combination.server),
      "getter": .string(cell.combination.getter), "scenario": .string(cell.scenario.name),
      "payload": .string(cell.payload),
    ]
    members.add("recording", cell.recording.map(JSON.string))
    members.add("broker", broker.map { .string($0.description) })
    members["app_name"] = .string(topology.appName)
    members.add("virtual_host", virtualHost.map(JSON.string))
    members["calls"] = .array(calls.map { .string($0.text) })
    members["roles"] = .object(JSONObject(Role.allCases.map { ($0.rawValue, roles[$0].json($0)) }))
    if !claims.isEmpty {
      members["claims"] = .object(
        JSONObject(claims.sorted { $0.key < $1.key }.map { ($0.key.rawValue, $0.value.contract.source) }))
    }
    members.add(
      "leftovers",
      leftovers.map { leftovers in
        .array(
          leftovers.map { left in
            [
              "queue": .string(left.queue), "messages": .integer(Int64(left.messages)),
              "consumers": .integer(Int64(left.consumers)),
            ]
          })
      })
    members.add("broker_problem", brokerProblem.map(JSON.string))
    return .object(members)
  }
}

extension RoleEvidence {
  fileprivate func json(_ role: Role) -> JSON {
    var members: JSONObject = [:]
    // A recording says who it is itself.
    if let replay {
      members["recording"] = .string(replay.recorded.name)
      members.add(
        "mismatch",
        replay.mismatch.map { ["expected": .string($0.expected), "observed": .string($0.observed)] })
    } else {
      members.add("hello", identity?.hello)
    }
    members.add("cells_before", age.map { .integer(Int64($0)) })
    members["answers"] = .array(
      outcomes.map { outcome in
        var answer: JSONObject = ["operation": .string(outcome.operation)]
        if let error = outcome.error {
          answer["error"] = .string(error.kind.rawValue)
          answer["message"] = .string(error.message)
        }
        return .object(answer)
      })
    if !resultIDs.isEmpty { members["result_ids"] = .array(resultIDs.map(JSON.string)) }
    if !putEnds.isEmpty {
      members["put_at"] = .object(
        JSONObject(putEnds.sorted { $0.value < $1.value }.map { ($0.key, .seconds($0.value)) }))
    }
    if askedToServe > 0 { members["asked_to_serve"] = .integer(Int64(askedToServe)) }
    if !seen.isEmpty {
      members["served"] = .array(
        seen.map {
          [
            "type": .string($0.request.type), "result_id": .string($0.request.resultID),
            "data": .string($0.request.payload),
          ]
        })
    }
    if !askedFor.isEmpty { members["asked_for"] = .array(askedFor.map(JSON.string)) }
    if !results.isEmpty {
      members["got"] = .array(results.map { ["result_id": .string($0.resultID), "data": .string($0.payload)] })
    }
    if !waits.isEmpty {
      members["waits"] = .array(
        waits.map {
          [
            "result_id": .string($0.resultID), "from": .seconds($0.started), "due": .seconds($0.due),
            "until": .seconds($0.ended), "in_vain": .bool($0.isVain),
          ]
        })
    }
    members.add("told_to_close_at", toldToClose.map(JSON.seconds))
    members.add("is_kept", isKept.map(JSON.bool))
    members["transcripts"] = .array(conversations.map { .string(Self.fileName(of: $0.transcript, role)) })
    return .object(members)
  }
}

extension JSONObject {
  fileprivate mutating func add(_ key: String, _ value: JSON?) { if let value { self[key] = value } }
}

extension JSON {
  /// A moment as seconds since 1970, in UTC.
  fileprivate static func seconds(_ date: Date) -> JSON { .real(date.timeIntervalSince1970) }
}
