package import InteropJudge
package import InteropModel
package import InteropSupport
internal import SyRPCWire

/// What the whole matrix judges, on record and as a table in `interop/README.rst`.
package enum CoverageTable {
  /// Adds a run to the record, and writes the table and the checksums.
  ///
  /// - Throws: ``InteropError``.
  package static func record(_ coverage: Coverage, in checkout: Checkout) throws(InteropError) {
    var floor = try CoverageFloor(checkout.coverage)
    floor.record(coverage)
    do { try Files.write(try floor.json.indented(levels: 4), to: checkout.coverage) } catch let error as InteropError {
      throw error
    } catch { throw InteropError("\(checkout.coverage): \(error)") }
    try table(floor).write(checkout)
    try FixtureChecksums(checkout).write()
  }

  /// The table: a line for each check and role, a column for each peer, in it how often it was judged and skipped.
  static func table(_ floor: CoverageFloor) -> ReadmeTable {
    let peers = floor.peers
    let rows = floor.entries.keys.sorted().map { key in
      ["``\(key.check)``", key.role.rawValue]
        + peers.map { peer in
          guard let entry = floor.entries[key]?[peer] else { return "-" }
          return entry.skipped == 0 ? "\(entry.judged)" : "\(entry.judged) / \(entry.skipped)"
        }
    }
    return ReadmeTable(
      command: "syrpc interop --update-coverage", text: ReadmeTable.simple([["check", "role"] + peers] + rows),
      file: "interop/README.rst")
  }

  /// What is on record of checks, scenarios or peers that do not exist, a line each.
  static func problems(_ floor: CoverageFloor, _ checkout: Checkout) throws(InteropError) -> [String] {
    let (checks, scenarios) = (Judge.checkIDs, Scenario.all.map(\.name))
    let peers = try PeerName.all(in: checkout.peers)
    var problems: [String] = []
    func look(_ name: String, _ what: String, among names: [String]) {
      guard !names.contains(name) else { return }
      problems.append(
        "\(checkout.coverage) speaks of a \(what) \"\(name)\", which does not exist; \(Spelling.hint(name, among: names))"
      )
    }
    for name in Set(floor.entries.keys.map(\.check)).sorted() { look(name, "check", among: checks) }
    for name in floor.peers { look(name, "peer", among: peers) }
    for name in Set(floor.entries.values.flatMap { $0.values.flatMap(\.scenarios) }).sorted() {
      look(name, "scenario", among: scenarios)
    }
    return problems
  }
}
