internal import InteropJudge
internal import InteropModel
package import SyRPCWire

extension ProposalVerdict {
  /// The version of the schema of `proposal.json`, which `interop/proposal.schema.json` describes.
  package static let schema = 1

  /// What `proposal.json` has.
  package var json: JSON {
    var members: JSONObject = [
      "schema": .integer(Int64(Self.schema)),
      "proposal": [
        "name": .string(proposal.name), "path": .string(proposal.path), "reason": .string(proposal.reason),
        "extends": .integer(Int64(proposal.base.version)), "version": .integer(Int64(proposal.contract.version)),
      ],
      "order": order.map { .string($0.rawValue) } ?? nil,
      "expected": proposal.expects.map { .string($0.rawValue) } ?? nil,
      "as_expected": .bool(isAsExpected), "plan": .array(plan.map(JSON.string)),
    ]
    members["absent"] = .array(absent.map { ["peer": .string($0.peer), "reason": .string($0.reason)] })
    members["direct"] = direct?.json
    members["phases"] = .array(phased.map(\.json))
    return .object(members)
  }
}

extension StepResult {
  package var json: JSON {
    var members: JSONObject = [
      "from": before.json, "to": after.json, "order": order.map { .string($0.rawValue) } ?? nil,
      "requests": .string(requests.rawValue), "results": .string(results.rawValue),
      "topology": .string(topology.rawValue),
    ]
    members["roles_in_order"] = (order == nil ? table.orderOfRoles : nil).map {
      .array($0.map { .string($0.rawValue) })
    }
    members["disregarded"] = .integer(Int64(disregarded))
    members["failing"] = .array(
      failing.map { ["peer": .string($0.peer), "left_out": .bool($0.isLeftOut)] })
    members["mixtures"] = .array(
      Mixture.all.map { mixture in
        let cells = counting.filter { $0.mixture == mixture }
        return [
          "putter": .string(name(mixture.putter)), "server": .string(name(mixture.server)),
          "getter": .string(name(mixture.getter)), "truth": .string(table[mixture].rawValue),
          "works": .array(cells.filter { $0.truth == .works }.map { .string($0.cell.name) }),
          "fails": .array(cells.filter { $0.truth == .fails }.map(\.json)),
          "unknown": .array(cells.filter { $0.truth == .unknown }.map(\.json)),
        ]
      })
    members["losses"] = .array(
      losses.map { loss in
        [
          "kind": .string(loss.kind.rawValue), "text": .string(loss.text),
          "peers": .array(loss.peers.map(JSON.string)), "cells": .array(loss.cells.map(JSON.string)),
        ]
      })
    return .object(members)
  }

  private func name(_ isNew: Bool) -> String { isNew ? after.name : before.name }
}

extension Stage {
  fileprivate var json: JSON {
    ["name": .string(name), "about": .string(about), "peers": .array(peers.map(JSON.string))]
  }
}

extension MixedCell {
  fileprivate var json: JSON {
    var members: JSONObject = ["cell": .string(cell.name), "reason": .string(reason)]
    if let passages {
      members["request"] = .string(passages.request.rawValue)
      members["result"] = .string(passages.result.rawValue)
    }
    members["folder"] = result.folder.map(JSON.string)
    return .object(members)
  }
}
