package import InteropModel
package import InteropSupport
internal import SyRPCWire

/// Moves a proposal into the contract, with what follows from it offline: vectors of hash and names, and a line of the changelog.
///
/// Golden messages are recorded, not made: the model's anew by the new contract, and those of others when they keep to it.
package struct ProposalAcceptance {
  private let checkout: Checkout
  private let proposal: Proposal
  /// The golden set that is recorded anew.
  private let golden: String
  /// What each file that was written held before; nil for one that was not there.
  private var before: [(path: String, bytes: [UInt8]?)] = []
  /// What was not done, and has to be.
  package private(set) var notes: [String] = []
  /// The files that were written or removed.
  package var changed: [String] { before.map(\.path) }

  package init(_ proposal: Proposal, into checkout: Checkout, recording golden: String) {
    self.proposal = proposal
    self.golden = golden
    self.checkout = checkout
  }

  /// Writes the files.
  ///
  /// - Throws: ``InteropError``; `JSONError`. What was written until then stays: see ``undo()``.
  package mutating func write() throws {
    try write(try Files.read(checkout.contract), to: checkout.contract(version: proposal.base.version))
    try write(Array(proposal.contract.source.laidOut.utf8), to: checkout.contract)
    for (file, value) in [("naming.json", naming), ("hash.json", hash)] {
      try rewrite(checkout.vectors / file, value)
    }
    try forgetCounts(in: checkout.folder / "fixtures/counts.json")
    try note(in: checkout.folder / "CHANGELOG.rst")
    if proposal.path.hasPrefix(checkout.proposals + "/") { try remove(proposal.path) }
    try carryOver()
  }

  /// Lets the other proposals extend the new version, where they still change something of it.
  private mutating func carryOver() throws(InteropError) {
    guard Files.exists(checkout.proposals) else { return }
    for file in try Files.list(checkout.proposals).sorted() where file.hasSuffix(".json") {
      let path = checkout.proposals / file
      let bytes = try Files.read(path)
      // What cannot be read is no affair of this one.
      guard path != proposal.path, (try? Proposal(bytes, of: path, base: proposal.base)) != nil else { continue }
      let text = String(decoding: bytes, as: UTF8.self)
      let carried = Array(text.withNextVersions.utf8)
      do {
        _ = try Proposal(carried, of: path, base: proposal.contract)
      } catch {
        notes.append("does not hold any more, and has to be changed or removed: \(error.message)")
        continue
      }
      try write(carried, to: path)
    }
    let manual = checkout.proposals / "README.rst"
    if Files.exists(manual), String(decoding: try Files.read(manual), as: UTF8.self).contains(proposal.name) {
      notes.append("\(manual) still speaks of \(proposal.name)")
    }
  }

  /// Brings back what was there.
  ///
  /// - Throws: ``InteropError``.
  package func undo() throws(InteropError) {
    for (path, bytes) in before.reversed() {
      if let bytes { try Files.write(bytes, to: path) } else { try Files.remove(path) }
    }
  }

  private mutating func write(_ bytes: [UInt8], to path: String) throws(InteropError) {
    before.append((path, Files.exists(path) ? try Files.read(path) : nil))
    try Files.write(bytes, to: path)
  }

  private mutating func remove(_ path: String) throws(InteropError) {
    before.append((path, try Files.read(path)))
    try Files.remove(path)
  }

  /// A vector of `naming.json` by the new contract.
  private func naming(_ vector: JSONObject) -> JSONObject {
    var vector = vector
    let topology = ExpectedTopology(
      proposal.contract, appName: vector["app_name"]?.stringValue ?? "",
      resultQueueCount: vector["num_queues"]?.integerValue.map { Int($0) })
    let binding = topology.resultBinding(at: topology.resultQueueIndex(for: vector["result_id"]?.stringValue ?? ""))
    vector["request_exchange"] = .string(topology.requestExchange)
    vector["request_queue"] = .string(topology.requestQueue)
    vector["request_routing_key"] = .string(topology.requestBinding.routingKey)
    vector["result_exchange"] = .string(binding.exchange)
    vector["result_queue"] = .string(binding.queue)
    vector["result_routing_key"] = .string(binding.routingKey)
    return vector
  }

  /// A vector of `hash.json` by the new contract.
  private func hash(_ vector: JSONObject) -> JSONObject {
    var vector = vector
    let id = vector["result_id"]?.stringValue ?? ""
    let hash = proposal.contract.hash
    let value = hash.value(of: id)
    let digits = String(value, radix: 16)
    vector["hash"] = .string(String(repeating: "0", count: 16 - digits.count) + digits)
    vector["low32"] = .integer(Int64(value & 0xFFFF_FFFF))
    vector["index"] = .object(
      JSONObject(
        (vector["index"]?.objectValue ?? [:]).map { count, _ in
          (key: count, value: .integer(Int64(hash.index(of: id, among: Int(count) ?? 1))))
        }))
    return vector
  }

  /// Writes the vectors that differ by the new contract, in their lines; all else stays byte for byte.
  private mutating func rewrite(_ path: String, _ change: (JSONObject) -> JSONObject) throws {
    let bytes = try Files.read(path)
    var isChanged = false
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false).map {
      line in
      let text = String(line).trimmed
      let isLast = !text.hasSuffix(",")
      guard text.hasPrefix("{\""),
        let vector = (try? JSON(parsing: Array((isLast ? text : String(text.dropLast())).utf8)))?.objectValue
      else { return String(line) }
      let changed = change(vector)
      guard changed != vector else { return String(line) }
      isChanged = true
      return line.prefix { $0 == " " } + JSON.object(changed).spaced.inASCII + (isLast ? "" : ",")
    }
    if isChanged { try write(Array(lines.joined(separator: "\n").utf8), to: path) }
  }

  /// The set may have fewer messages than before: those of other putters, and what the new contract cannot carry.
  private mutating func forgetCounts(in path: String) throws {
    var counts = try Files.readJSON(path).objectValue ?? [:]
    for group in ["golden requests", "golden results"] {
      guard var sets = counts[group]?.objectValue else { continue }
      sets[golden] = nil
      counts[group] = .object(sets)
    }
    try write(Array(JSON.object(counts).laidOut.utf8), to: path)
  }

  /// Adds a line to the newest version of the changelog.
  private mutating func note(in path: String) throws(InteropError) {
    guard Files.exists(path) else { return }
    var lines = String(decoding: try Files.read(path), as: UTF8.self).split(
      separator: "\n", omittingEmptySubsequences: false
    ).map(String.init)
    guard let place = lines.firstIndex(where: { $0.hasPrefix("- ") }) else {
      throw InteropError("\(path) has no list to which a change could be added")
    }
    let text =
      "- **The wire contract is version \(proposal.contract.version)**, ``\(proposal.name)``: \(proposal.reason)"
    lines.insert(contentsOf: text.wrapped(to: 120, indent: 2), at: place)
    try write(Array(lines.joined(separator: "\n").utf8), to: path)
  }
}

extension String {
  /// The text of a proposal for the next version: all that stands in it else stays byte for byte.
  fileprivate var withNextVersions: String {
    replacing(#/("(?:extends|reads|writes)"\s*:\s*)(\d+|\[[^\]]*\])/#) { match in
      match.output.1
        + match.output.2.replacing(#/\d+/#) { number in
          Int(number.output).map { String($0 + 1) } ?? String(number.output)
        }
    }
  }

  /// With escapes for what is not ASCII.
  fileprivate var inASCII: String {
    utf16.map { unit in
      unit < 0x80
        ? String(UnicodeScalar(UInt8(unit))) : "\\u" + String(String(0x10000 + Int(unit), radix: 16).dropFirst())
    }.joined()
  }
}
