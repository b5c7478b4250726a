internal import InteropJudge
internal import InteropModel
internal import InteropSupport
package import SyRPCWire

/// A comparison for programs. `interop/comparison.schema.json` is its schema.
package struct ComparisonJSON {
  private let comparison: ReportComparison

  package init(_ comparison: ReportComparison) { self.comparison = comparison }

  /// The version of the schema.
  package static let schema = 1

  /// UTF-8 that is ASCII, so that a terminal can show what peers sent, and no CI runner takes any of it for a command.
  ///
  /// - Throws: `EncodingError`, `JSONError`.
  package func text() throws -> [UInt8] {
    let text = String(decoding: try json().indented(), as: UTF8.self)
    var ascii: [UInt8] = []
    var hashes = 0
    for unit in text.utf16 {
      // `##[` is a command wherever it stands. Outside of a string there is no such thing.
      let isCommand = unit == UInt16(UInt8(ascii: "[")) && hashes >= 2
      hashes = unit == UInt16(UInt8(ascii: "#")) ? hashes + 1 : 0
      if let byte = UInt8(exactly: unit), byte < 0x7F, !isCommand {
        ascii.append(byte)
      } else {
        let digits = String(unit, radix: 16)
        ascii += "\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)".utf8
      }
    }
    return ascii
  }

  /// - Throws: `EncodingError`, `JSONError`.
  package func json() throws -> JSON {
    .object([
      "schema": .integer(Int64(Self.schema)), "worse": .bool(comparison.isWorse), "same": .bool(comparison.isSame),
      "before": run(comparison.old), "now": run(comparison.new),
      "newly_failing": .array(comparison.newlyFailing.map(group)),
      "new_problems": .array(
        comparison.newTroubles.map { ["kind": .string($0.title), "problem": .string($0.text)] }),
      "lost": names(comparison.lostCells), "new": names(comparison.newCells),
      "not_selected": .integer(Int64(comparison.unselected)),
      "newly_passing": .array(comparison.newlyPassing.map(group)), "new_notes": try JSON(encoding: comparison.newNotes),
      "messages": .array(comparison.messages.map(message)),
      "versions": .array(comparison.facts.map(fact)),
    ])
  }

  private func names(_ cells: [Report.Cell]) -> JSON { .array(cells.map { .string($0.name) }) }

  private func run(_ report: Report) -> JSON {
    var members: JSONObject = [
      "begun": .string(report.run.started), "cells": .integer(Int64(report.cells.count)),
      "as_expected": .bool(report.isAsExpected),
    ]
    members["shard"] = report.shard.map { .string($0.name) }
    return .object(members)
  }

  /// A member that would say nothing is absent.
  private func group(_ group: ReportComparison.CauseGroup) -> JSON {
    var members: JSONObject = ["cause": .string(group.cause)]
    if let finding = group.finding {
      members["peer"] = finding.peer.map(JSON.string)
      members["role"] = finding.role.map { .string($0.rawValue) }
      members["check"] = .string(finding.check)
      members["level"] = .string(finding.level.rawValue)
      members["verdict"] = .string(finding.verdict.rawValue)
      members["expected"] = finding.expected.map(JSON.string)
      members["observed"] = .string(finding.observed)
    }
    members["reason"] = group.cells[0].reason.map(JSON.string)
    members["repeat"] = .string(group.cells[0].repeatCommand)
    members["cells"] = names(group.cells)
    return .object(members)
  }

  private func message(_ change: MessageChange) -> JSON {
    let example = change.example
    var members: JSONObject = [
      "peer": .string(change.peer), "role": .string(change.role.rawValue), "kind": .string(change.kind.rawValue),
      "payloads": .integer(Int64(change.payloads)), "of": .integer(Int64(change.of)),
      "payload": .string(example.payload),
    ]
    members["putter"] = example.putter.map(JSON.string)
    members["offset"] = example.difference.map { .integer(Int64($0.offset)) }
    members["before"] = content(example.old)
    members["now"] = content(example.new)
    return .object(members)
  }

  private func content(_ content: Report.Message.Content) -> JSON {
    switch content {
    case .always(let body): .object(body.members)
    case .varying: ["varies": true]
    }
  }

  private func fact(_ change: FactChange) -> JSON {
    var members: JSONObject = ["what": .string(change.title)]
    members["before"] = change.old.map(JSON.string)
    members["now"] = change.new.map(JSON.string)
    return .object(members)
  }
}
