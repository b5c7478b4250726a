import SyRPCWire
import WireTap

@testable import InteropJudge
@testable import InteropModel
@testable import InteropSupport

/// Evidence made of recorded transcripts, as if the recorded client had been putter and getter of a collision cell.
///
/// The connections were recorded while open, so `connection.close` says so, and the reference's known divergences show.
struct RecordedEvidence {
  var client: Transcript
  var server: Transcript
  /// What the peers are called.
  var peers = Combination(putter: "python", server: "python", getter: "python")
  /// What they say that they are.
  var implementation = "syrpc 1.0"
  /// What they say that they run on; nothing of one that does not say who it is.
  var runtimes: [Role: String] = [:]
  /// What they are held to.
  var contract: Contract
  /// What was to be put in each call; what was put, by default.
  var payload: JSON?

  init() throws {
    func read(_ name: String) throws -> Transcript {
      try Transcript(jsonLines: try Files.read(try checkout().transcripts / "python-collision-\(name).jsonl"))
    }
    contract = try Contract(try checkout().contract)
    client = try read("client-1")
    server = try read("server-0")
  }

  func evidence() throws -> Evidence {
    let scenario = Scenario.collision
    let topology = ExpectedTopology(contract, appName: "golden_python_one", resultQueueCount: 1)
    let ids = Conversation(client).published.compactMap(\.resultID)
    let data = Conversation(client).published.compactMap(\.data)
    let identities = runtimes.mapValues { PeerIdentity(implementation: implementation, runtime: $0, libraries: [:]) }
    var putter = RoleEvidence(peer: peers.putter, identity: identities[.putter])
    putter.outcomes = ids.map { _ in ("put_request", nil) }
    putter.resultIDs = ids
    // A putter's connection would not have consumed.
    putter.conversations = [Conversation(client)]
    var server = RoleEvidence(peer: peers.server, identity: identities[.server])
    server.outcomes = [("serve", nil)]
    server.askedToServe = 2
    server.conversations = [Conversation(self.server)]
    var getter = RoleEvidence(peer: peers.getter, identity: identities[.getter])
    getter.outcomes = ids.map { _ in ("get_result", nil) }
    getter.askedFor = ids.reversed()
    getter.conversations = [Conversation(client)]
    let cell = Cell(combination: peers, scenario: scenario, payload: "recorded")
    var evidence = Evidence(
      cell: cell, topology: topology,
      calls: data.map { Evidence.Call(text: (payload ?? $0).description, value: payload ?? $0) },
      roles: PerRole(putter: putter, server: server, getter: getter))
    evidence.leftovers = []
    return evidence
  }

  /// What a check says of a role.
  func finding(_ check: String, _ role: Role) throws -> Finding? {
    Judge(divergences: [], golden: GoldenMessages()).judge(try evidence()).findings.first {
      $0.check == check && $0.role == role
    }
  }
}

extension Transcript {
  /// The transcript with the bytes of some frames changed.
  func changing(
    _ name: String, _ direction: Direction = .toBroker, where isMeant: (Entry) -> Bool = { _ in true },
    _ change: (inout [UInt8]) -> Void
  ) -> Transcript {
    var changed = self
    changed.entries = entries.map { entry in
      guard entry.direction == direction, entry.frame.name == name, isMeant(entry) else { return entry }
      var raw = entry.frame.raw
      change(&raw)
      return Entry(
        number: entry.number, milliseconds: entry.milliseconds, direction: direction, frame: Frame(raw: raw))
    }
    return changed
  }

  /// The transcript with the frames of a method left out, or doubled.
  func repeating(_ name: String, times: Int, where isMeant: (Entry) -> Bool = { _ in true }) -> Transcript {
    var changed = self
    changed.entries = entries.flatMap { entry in
      entry.direction == .toBroker && entry.frame.name == name && isMeant(entry)
        ? Array(repeating: entry, count: times) : [entry]
    }
    return changed
  }
}

extension Frame {
  /// The method's name, `header` or `body`.
  var name: String {
    switch kind {
    case .method(let method): method.name
    case .header: "header"
    case .body: "body"
    default: ""
    }
  }

  var fields: JSONObject { method?.fields ?? [:] }
}

extension [UInt8] {
  /// Replaces text by text of the same length.
  mutating func replace(_ text: String, _ other: String) {
    let (text, other) = (Array(text.utf8), Array(other.utf8))
    precondition(text.count == other.count)
    for range in ranges(of: text).reversed() { replaceSubrange(range, with: other) }
  }
}
