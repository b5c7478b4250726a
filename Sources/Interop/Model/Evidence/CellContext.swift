package import SyRPCWire

/// What a cell was run among: the processes that made it had made others before, and so had its application.
package struct CellContext: Sendable {
  /// The name of its application, and so the start of the names of its exchanges and queues.
  package let appName: String
  /// How many cells each process had made before; nil for a role that a recording played, or that did not start.
  package let ages: PerRole<Int?>

  package init(appName: String, ages: PerRole<Int?>) {
    self.appName = appName
    self.ages = ages
  }

  package init(_ evidence: Evidence) {
    self.init(appName: evidence.topology.appName, ages: evidence.roles.map(\.age))
  }

  /// In a line for people.
  package var line: String {
    let processes = Role.allCases.compactMap { role in ages[role].map { "\(role.rawValue) \($0)" } }
    let shown =
      processes.isEmpty ? "" : "; cells that its processes had made before: \(processes.joined(separator: ", "))"
    return "app name \(appName)\(shown)"
  }

  /// Its members of a cell's object in the report.
  package var members: JSONObject {
    [
      "app_name": .string(appName),
      "cells_before": .object(
        JSONObject(Role.allCases.map { ($0.rawValue, ages[$0].map { .integer(Int64($0)) } ?? .null) })),
    ]
  }
}
