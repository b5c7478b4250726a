internal import InteropJudge
package import InteropModel
internal import InteropRunner
internal import InteropSupport
internal import SyRPCWire
internal import WireTap

/// Checks every fixture, offline.
package struct FixtureVerification {
  /// What was checked, a line each.
  package private(set) var counts: [String] = []
  /// What is not as it must be, a line each.
  package private(set) var problems: [String] = []

  package init(_ checkout: Checkout) {
    check { problems throws(InteropError) in
      problems += try FixtureChecksums(checkout).problems()
      return "checksums"
    }
    check { problems throws(InteropError) in
      problems += try FixtureCounts(checkout).problems.map { "\($0); syrpc fixtures rebuild raises it" }
      return "counts"
    }
    check { problems throws(InteropError) in
      let vectors = try VectorVerification(checkout)
      problems += vectors.problems
      return "\(vectors.count) vectors of hash and naming"
    }
    check { problems throws(InteropError) in
      let corpus = try Corpus(folder: checkout.payloads)
      let portability = Portability(corpus, try Divergence.read(checkout.divergences))
      problems += portability.problems
      if let problem = try portability.table.problem(checkout) { problems.append(problem) }
      for name in try Files.list(checkout.payloads) where !corpus.files.contains(name) {
        problems.append("\(checkout.payloads / name) is the \"file\" of no entry of index.json")
      }
      return "\(corpus.payloads.count) payloads, \(corpus.payloads.count(where: \.isPortable)) of them portable"
    }
    check { problems throws(InteropError) in
      let golden = try GoldenMessages(folder: checkout.messages)
      let corpus = try Corpus(folder: checkout.payloads)
      // What was recorded before the contract changed has the old names.
      let names = FieldNames([try Contract(checkout.contract)])
      for (key, body) in golden.bodies { problems += Self.problems(key, body, corpus, names, sets: golden.sets) }
      return "\(golden.bodies.count) golden messages"
    }
    check { problems throws(InteropError) in
      let divergences = try Divergence.read(checkout.divergences)
      problems += try DivergenceNames(checkout).problems(in: divergences)
      return "\(divergences.count) divergences"
    }
    check { problems throws(InteropError) in
      // What they are run with matters only where they run.
      let places = PeerManifest.Places(cache: "", executable: "")
      return "\(try PeerCatalog(folder: checkout.peers, places: places, references: [:]).entries.count) peers"
    }
    check { problems throws(InteropError) in
      let scripts = try RecordingScript.read(checkout)
      let peers = try Files.list(checkout.peers)
      for script in scripts {
        for peer in script.exceptions.keys.sorted() where !peers.contains(peer) {
          problems.append(
            "\(checkout.transcripts)/scenarios.json: \"\(script.name)\" excepts \(peer), and there is no such peer; "
              + Spelling.hint(peer, among: peers))
        }
      }
      return "\(scripts.count) scenarios of recordings"
    }
    check { problems throws(InteropError) in
      let tested = try TestedVersions(checkout)
      if let problem = try tested.table.problem(checkout) { problems.append(problem) }
      return "\(tested.count.counted("run")) with versions of broker, libraries and runtimes"
    }
    check { problems throws(InteropError) in
      let floor = try CoverageFloor(checkout.coverage)
      problems += try CoverageTable.problems(floor, checkout)
      if let problem = try CoverageTable.table(floor).problem(checkout) { problems.append(problem) }
      return "\(floor.entries.count) checks of a role that are on record as judged"
    }
    check { problems throws(InteropError) in
      let recorded = RecordedMessages(checkout)
      let transcripts = try recorded.transcripts()
      let frames = transcripts.map(\.transcript.entries.count).reduce(0, +)
      guard !transcripts.isEmpty else { throw InteropError("\(checkout.transcripts) has no transcript") }
      let folder = checkout.messages / "recorded"
      let files = try recorded.files(from: transcripts)
      for (name, text) in files where try Files.read(folder / name) != text {
        problems.append("\(folder / name) is not what its transcripts hold")
      }
      for name in try Files.list(folder) where !files.contains(where: { $0.name == name }) {
        problems.append("\(folder / name) has no transcript")
      }
      var count = 0
      for (name, transcript) in transcripts {
        for message in try recorded.messages(in: transcript, name) {
          count += 1
          if let problem = Self.problem(message) { problems.append("\(name): \(message.line): \(problem)") }
        }
      }
      return "\(frames) frames of \(transcripts.count) transcripts, \(count) recorded messages"
    }
  }

  private mutating func check(_ body: (inout [String]) throws(InteropError) -> String) {
    do { counts.append(try body(&problems)) } catch { problems.append(error.message) }
  }

  /// A recorded message must be one that this library reads, writes to the same value, and routes to the same queue.
  private static func problem(_ message: RecordedMessages.Message) -> String? {
    do {
      let value = try JSON(parsing: message.body, options: .rejectDuplicateKeys)
      switch message.kind {
      case .request:
        let request = try RequestMessage(decoding: message.body)
        guard try JSON(parsing: try request.encoded()) == value else { return "written anew it has another value" }
        guard message.exchange == message.topology.requestExchange.name else {
          return "it is not in the request exchange"
        }
      case .result:
        let result = try ResultMessage(decoding: message.body)
        guard try JSON(parsing: try result.encoded()) == value else { return "written anew it has another value" }
        let index = message.topology.resultQueueIndex(for: result.resultID)
        guard message.routingKey == String(index) else { return "its id hashes to \(index), not to its routing key" }
      }
      return nil
    } catch { return "\(error)" }
  }

  private static func problems(
    _ key: GoldenMessages.Key, _ body: GoldenMessages.Body, _ corpus: Corpus, _ names: FieldNames,
    sets: [String]
  ) -> [String] {
    let name = "golden \(key.kind.rawValue) \(key.payload) of \(key.set)"
    guard let payload = corpus[key.payload] else {
      return ["\(name): there is no such payload; \(Spelling.hint(key.payload, among: corpus.payloads.map(\.name)))"]
    }
    if let putter = key.from {
      guard key.kind == .result else {
        return ["\(name): it is \"from\" \(putter), but only a result can depend on that"]
      }
      guard sets.contains(putter) else {
        return ["\(name): it is \"from\" \(putter), and there is no such set; \(Spelling.hint(putter, among: sets))"]
      }
    }
    guard case .text(let text) = body else { return [] }
    guard let value = try? JSON(exactly: text.utf8) else { return ["\(name): it is not JSON"] }
    func member(_ keys: [String]) -> JSON? { keys.lazy.compactMap { value[$0] }.first }
    guard member(names.resultID + FieldNames.standard.resultID)?.stringValue == GoldenMessages.mask else {
      return ["\(name): its result id is not masked"]
    }
    return member(names.data + FieldNames.standard.data) == payload.value
      ? [] : ["\(name): its data is not the payload"]
  }
}
