internal import InteropModel
package import InteropSupport
package import SyRPCWire

/// `fixtures/coverage.json`: in which scenarios each check is judged, of each peer in each role. What was judged there and is
/// no longer makes a run fail: a check that is skipped everywhere is green and proves nothing.
///
/// A scenario counts if the check was judged in one of its cells at least, in each run that was recorded.
package struct CoverageFloor: Sendable, Equatable {
  /// How often, in the run on record that has most cells of the peer; and the scenarios.
  package struct Entry: Sendable, Equatable {
    package var judged: Int
    package var skipped: Int
    package var scenarios: [String]
  }

  /// By the peers' names.
  package private(set) var entries: [Coverage.Key: [String: Entry]] = [:]

  package init() {}

  /// Reads the file; nothing if there is none.
  ///
  /// - Throws: ``InteropError`` that names the file and the key.
  package init(_ path: String) throws(InteropError) {
    guard Files.exists(path) else { return }
    let file = try StrictObject(of: path, try Files.read(path), keys: ["about", "judged"])
    let checks = try file.needed("judged") { key throws(InteropError) in try file.object(key, keys: nil) }
    for check in checks.members.keys {
      guard let roles = try checks.object(check, keys: Role.allCases.map(\.rawValue)) else { continue }
      for role in Role.allCases {
        guard let peers = try roles.object(role.rawValue, keys: nil) else { continue }
        for peer in peers.members.keys {
          guard let entry = try peers.object(peer, keys: ["judged", "skipped", "scenarios"]) else { continue }
          entries[Coverage.Key(check: check, role: role), default: [:]][peer] = Entry(
            judged: try entry.needed("judged", entry.integer), skipped: try entry.needed("skipped", entry.integer),
            scenarios: try entry.needed("scenarios", entry.texts))
        }
      }
    }
  }

  /// The peers that it speaks of.
  package var peers: [String] { Set(entries.values.flatMap(\.keys)).sorted() }

  /// What was judged, and was not in this run, a sentence each. What the run has no cell of is not missed.
  ///
  /// - Parameters:
  ///   - coverage: what the run has judged.
  ///   - checks: the checks that it made.
  /// - Returns: the sentences.
  package func missing(in coverage: Coverage, checks: [String]) -> [String] {
    entries.keys.sorted().filter { checks.contains($0.check) }.flatMap { key in
      (entries[key] ?? [:]).sorted { $0.key < $1.key }.compactMap { peer, entry -> String? in
        let counts = coverage.counts[key]?[peer] ?? [:]
        let missing = entry.scenarios.filter { counts[$0].map { $0.judged == 0 } ?? false }
        guard !missing.isEmpty else { return nil }
        let cells = missing.reduce(0) { $0 + (counts[$1]?.skipped ?? 0) }
        return
          "\(key.check) of \(peer) as \(key.role.rawValue) is no longer judged in \(missing.joined(separator: ", ")): "
          + "it was skipped in all \(cells.counted("cell"))"
      }
    }
  }

  /// Adds a run: a scenario stays if it was judged in this one too, and what the run has no cell of stays as it is.
  package mutating func record(_ coverage: Coverage) {
    for (key, peers) in coverage.counts {
      for (peer, counts) in peers {
        let total = coverage.total(key, of: peer)
        let judged = counts.filter { $0.value.judged > 0 }.map(\.key)
        let before = entries[key]?[peer]
        let scenarios = before.map { before in
          Set(before.scenarios).filter { counts[$0] == nil || judged.contains($0) }
            .union(judged.filter { Self.isNew($0, of: peer, key.role, in: entries) })
        }
        let isLarger = before.map { $0.judged + $0.skipped <= total.judged + total.skipped } ?? true
        entries[key, default: [:]][peer] = Entry(
          judged: isLarger ? total.judged : before?.judged ?? 0,
          skipped: isLarger ? total.skipped : before?.skipped ?? 0, scenarios: (scenarios ?? Set(judged)).sorted())
      }
    }
  }

  /// Whether no run with this scenario was recorded of a peer in a role.
  private static func isNew(
    _ scenario: String, of peer: String, _ role: Role, in entries: [Coverage.Key: [String: Entry]]
  ) -> Bool {
    !entries.contains { $0.key.role == role && $0.value[peer]?.scenarios.contains(scenario) == true }
  }

  /// The file.
  package var json: JSON {
    let checks = Dictionary(grouping: entries.keys, by: \.check)
    let members = checks.sorted { $0.key < $1.key }.map { check, keys in
      (check, JSON.object(JSONObject(keys.sorted().map { ($0.role.rawValue, json($0)) })))
    }
    return ["about": .string(Self.about), "judged": .object(JSONObject(members))]
  }

  private func json(_ key: Coverage.Key) -> JSON {
    .object(
      JSONObject(
        (entries[key] ?? [:]).sorted { $0.key < $1.key }.map { peer, entry in
          (
            peer,
            [
              "judged": .integer(Int64(entry.judged)), "skipped": .integer(Int64(entry.skipped)),
              "scenarios": .array(entry.scenarios.map(JSON.string)),
            ] as JSON
          )
        }))
  }

  private static let about =
    "Of each check, role and peer: in how many cells of the largest run it was judged, in how many it had nothing to judge, and in "
    + "which scenarios it was judged in each run that was recorded. syrpc interop --update-coverage writes it."
}
