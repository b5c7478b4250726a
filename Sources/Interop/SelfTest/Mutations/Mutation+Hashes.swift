internal import InteropModel
internal import SyRPCWire
internal import WireTap

/// Results that go to, and are looked for in, the queue of another index.
extension Mutation {
  static let hashes: [Mutation] = defects.flatMap { defect -> [Mutation] in
    [
      hash(defect.label, .server, fails: "hash.routing-key", defect.index),
      hash(defect.label, .server, fails: "hash.declared-queue", defect.index),
      hash(defect.label, .getter, fails: "hash.declared-queue", defect.index),
      hash(defect.label, .getter, fails: "hash.consumed-queue", defect.index),
    ]
  }

  private typealias Index = @Sendable (_ resultID: String, ExpectedTopology) -> Int

  private static let defects: [(label: String, index: Index)] = [
    ("key", { id, topology in index(SipHash(key: Array("edaeYa6eesh3ahSh".utf8)), id, topology) { $0 } }),
    (
      "key-reversed",
      { id, topology in
        index(SipHash(key: Array(topology.contract.hashKey.reversed())), id, topology) { $0 }
      }
    ),
    ("mask-32-bits", { id, topology in masked(id, topology, 0xFFFF_FFFF) }),
    ("mask-16-bits", { id, topology in masked(id, topology, 0x7FFF) }),
    (
      "modulus",
      { id, topology in
        let hash = SipHash(key: topology.contract.hashKey).hash(Array(id.utf8)) & topology.contract.hashMask
        return Int(hash) % max(1, topology.resultQueueCount - 1)
      }
    ),
    ("byte-order", { id, topology in index(SipHash(key: topology.contract.hashKey), id, topology, \.byteSwapped) }),
    (
      "upper-half",
      { id, topology in index(SipHash(key: topology.contract.hashKey), id, topology) { $0 >> 32 } }
    ),
    ("id-upper-case", { id, topology in topology.resultQueueIndex(for: id.uppercased()) }),
  ]

  private static func index(
    _ hash: SipHash, _ id: String, _ topology: ExpectedTopology, _ change: (UInt64) -> UInt64
  ) -> Int {
    Int(change(hash.hash(Array(id.utf8))) & topology.contract.hashMask) % topology.resultQueueCount
  }

  private static func masked(_ id: String, _ topology: ExpectedTopology, _ mask: UInt64) -> Int {
    Int(SipHash(key: topology.contract.hashKey).hash(Array(id.utf8)) & mask) % topology.resultQueueCount
  }

  /// As a program that computes another index: in every name, wherever it is used.
  private static func hash(_ label: String, _ role: Role, fails check: String, _ index: @escaping Index) -> Mutation {
    // With 7 queues, since a mask that leaves the lowest bits makes no difference to 64.
    var mutation = Mutation(
      label, role, fails: check, in: .settings,
      .wire { plot in
        let topology = plot.topology
        /// What stands for an index: that of the id that has it.
        @Sendable func other(_ right: Int) -> Int {
          plot.resultIDs.last { topology.resultQueueIndex(for: $0) == right }.map { index($0, topology) } ?? right
        }
        return [
          .putter: plot.editor {
            { unit, _ in
              if unit.name == "basic.publish", let id = unit.resultID { plot.note(resultID: id) }
              return .pass(unit)
            }
          },
          role: plot.editor {
            { unit, from in
              guard from == .toBroker else { return .pass(unit) }
              var unit = unit
              if let right = topology.resultQueueIndex(ofQueue: unit.text("queue")) {
                unit.fields["queue"] = .string(topology.resultQueue(at: other(right)))
              }
              if let right = Int(unit.text("routing-key")) {
                unit.fields["routing-key"] = .string(String(other(right)))
              }
              return .pass(unit)
            }
          },
        ]
      })
    mutation.draws = 20
    return mutation
  }
}
