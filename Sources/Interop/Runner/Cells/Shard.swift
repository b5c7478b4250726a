package import InteropJudge
internal import InteropModel
package import InteropSupport

/// One of several parts of a matrix, each of which is run by itself, as on another machine.
package struct Shard: Sendable, Hashable, CustomStringConvertible {
  /// From 1.
  package let number: Int
  package let count: Int

  /// Of `2/3`; nil if that is no shard.
  package init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
    guard parts.count == 2, let number = parts[0], let count = parts[1], number >= 1, number <= count else {
      return nil
    }
    self.number = number
    self.count = count
  }

  package var description: String { "\(number)/\(count)" }
}

extension RunPlan {
  /// The plan of one shard. All shards take alike: each has as many cells of a scenario as the others, or one more; and of a
  /// payload, and of a peer in a role, as far as that leaves a choice.
  ///
  /// - Throws: ``InteropError`` if it has no cell.
  package func of(_ shard: Shard) throws(InteropError) -> RunPlan {
    var dealer = Dealer(count: shard.count)
    // Those of one payload after the other: dealt among others, the last of a round would have no choice.
    func place(_ index: Int) -> (String, String, Int) { (cells[index].scenario.name, cells[index].payload, index) }
    let dealt = cells.indices.sorted { place($0) < place($1) }
    let own = dealt.filter { dealer.shard(of: cells[$0]) == shard.number - 1 }.sorted().map { cells[$0] }
    guard !own.isEmpty else {
      throw InteropError("shard \(shard) has no cell: there are \(cells.count) for \(shard.count) shards")
    }
    return RunPlan(own, of: self)
  }

  /// What tells the cells, and the checks that are made of them, from others.
  package func fingerprint(_ judge: Judge) -> String {
    let checks = judge.rules.map(\.id) + [judge.level.rawValue]
    let names = cells.map { "\($0.name) \($0.recording ?? "")" }
    return Fingerprint.of(Array((checks + names).joined(separator: "\n").utf8))
  }
}

/// Gives each cell to the shard that has least of its kind.
private struct Dealer {
  private var shards: [[Trait: Int]]

  /// What makes a cell take its time.
  private enum Trait: Hashable {
    case any
    case scenario(String)
    case payload(String, in: String)
    case peer(String, as: Role, in: String)
  }

  init(count: Int) { shards = Array(repeating: [:], count: count) }

  mutating func shard(of cell: Cell) -> Int {
    let scenario = cell.scenario.name
    let peers = Role.allCases.map { Trait.peer(cell.combination[$0], as: $0, in: scenario) }
    // The first in which they differ decides.
    let weights = [[.scenario(scenario)], [.payload(cell.payload, in: scenario)], peers, [Trait.any]]
    let loads = shards.map { had in weights.map { traits in traits.map { had[$0] ?? 0 }.reduce(0, +) } }
    let least = loads.indices.min { loads[$0].lexicographicallyPrecedes(loads[$1]) } ?? 0
    for trait in weights.joined() { shards[least][trait, default: 0] += 1 }
    return least
  }
}
