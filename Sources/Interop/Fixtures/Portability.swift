internal import InteropJudge
package import InteropModel
package import InteropSupport
internal import SyRPCWire

/// What is safe to send between all implementations: the corpus says so of each payload, the list of divergences says
/// where the others are lost, and every run holds both against what happens.
struct Portability {
  struct Entry {
    let payload: Payload
    /// The implementations with which it does not get through, in alphabetical order; and the pairs, `node to python`,
    /// of which neither would be an obstacle alone.
    let obstacles: [String]
  }

  let entries: [Entry]

  /// Those between which a payload has to get through.
  private static let implementations = ["node", "php", "python", "swift"]

  init(_ corpus: Corpus, _ divergences: [Divergence]) {
    entries = corpus.payloads.map { payload in
      let about = divergences.filter { entry in
        entry.isAbout(payload: payload.name) && Self.implementations.contains(entry.peer)
          // What comes of another's change is that other's.
          && entry.meets([payload.value.exactDescription], payload: payload.name)
      }
      let alone = about.filter { $0.culprit == nil }.map(\.peer).uniqued().sorted()
      // What comes of another's change is that other's.
      let pairs = about.compactMap { entry in
        entry.culprit.flatMap { alone.contains($0) || alone.contains(entry.peer) ? nil : "\($0) to \(entry.peer)" }
      }
      return Entry(payload: payload, obstacles: alone + pairs.uniqued().sorted())
    }
  }

  /// Payloads of which the corpus says something else than the list of divergences.
  var problems: [String] {
    entries.filter { $0.payload.isPortable != $0.obstacles.isEmpty }.map { entry in
      let name = "payload \(entry.payload.name)"
      return entry.obstacles.isEmpty
        ? "\(name) is not \"portable\", but no divergence says where it is lost"
        : "\(name) is \"portable\", but by the list of divergences it is lost with \(entry.obstacles.joined(separator: ", "))"
    }
  }

  // MARK: - The README's table

  var table: ReadmeTable {
    let rows = entries.map { entry in
      [
        entry.payload.name, entry.payload.title.cut(to: 62),
        entry.obstacles.isEmpty ? "safe" : "not with \(entry.obstacles.joined(separator: ", "))",
      ]
    }
    return ReadmeTable(
      command: "syrpc fixtures rebuild", text: ReadmeTable.simple([["payload", "data", "between all"]] + rows))
  }
}

extension Payload {
  /// What it is, without the explanation.
  fileprivate var title: String {
    String(about.prefix { !":.;".contains($0) })
  }
}

extension String {
  /// At most so many characters, whole words.
  fileprivate func cut(to limit: Int) -> String {
    guard count > limit else { return self }
    var words = split(separator: " ")
    while words.joined(separator: " ").count > limit - 2 { words.removeLast() }
    return words.joined(separator: " ") + " …"
  }
}

extension Divergence {
  /// The one implementation that has to be there too, as putter or server.
  fileprivate var culprit: String? {
    [company.putter, company.server].first { $0.count == 1 && $0[0].pattern != "*" && $0[0].pattern != peer }
      .map { $0[0].pattern }
  }

  /// Whether a payload is named as one that does not get through, or not as it was.
  fileprivate func isAbout(payload name: String) -> Bool {
    let isAboutData =
      check.hasPrefix("payload.") || ["outcome.put", "outcome.serve", "outcome.get"].contains(check)
    return isAboutData && payloads.contains { $0.pattern != "*" && $0.matches(name) }
  }
}

/// The README's table of payloads.
package enum PortabilityTable {
  /// Writes it anew.
  ///
  /// - Throws: ``InteropError``.
  package static func rebuild(_ checkout: Checkout) throws(InteropError) {
    try Portability(try Corpus(folder: checkout.payloads), try Divergence.read(checkout.divergences)).table.write(
      checkout)
  }
}
