import InteropJudge
import InteropModel
import InteropRunner
import InteropSupport
import SyRPCWire

/// What whoever adds a peer writes: its `peer.json`, and entries of `fixtures/divergences.json`.
struct ManifestTarget: FuzzTarget {
  let name = "manifests"
  let seeds: [[UInt8]]
  let words: [[UInt8]]

  private static let keys = [
    "name", "about", "default", "interpreter", "program", "variable", "alternatives", "reference", "missing", "needs",
    "command", "environment", "note", "interpreters", "version", "parts", "arguments",
  ]

  init() {
    let manifests =
      Corpus.fixtures("interop/peers", "peer.json") + Corpus.fixtures("interop/peers", "peer.json.example")
    let divergences = Corpus.fixtures("fixtures", "divergences.json").flatMap { text -> [[UInt8]] in
      let entries = (try? JSON(parsing: text))?["divergences"]?.arrayValue ?? []
      return entries.compactMap { try? JSON.object(["divergences": [$0]]).encoded() }
    }
    // There are many divergences, and few manifests.
    seeds = Array(repeatElement(manifests, count: 1 + divergences.count / 10).joined()) + divergences.prefix(40)
    words =
      JSONTokens.words(of: seeds) + ["{peer}", "{cache}", "{program}", "{version}", "\u{338}"].map { Array($0.utf8) }
  }

  static func pieces(_ input: [UInt8]) -> [Range<Int>] { JSONTokens.ranges(input) }

  func generate(size: Int, _ random: inout Seeded) -> [UInt8] {
    func member() -> (name: String, value: [UInt8]) {
      let key = random.pick(Self.keys)
      return (key, value(of: key, &random))
    }
    func alternative() -> [UInt8] {
      object([("command", value(of: "command", &random))] + (0..<random.below(3 * size)).map { _ in member() })
    }
    let alternatives = (0...random.below(3)).map { _ in alternative() }
    let name = random.once(in: 4) ? random.pick(words) : Array(#""p""#.utf8)
    return object(
      [("name", name), ("alternatives", JSONTokens.array(alternatives))]
        + (0..<random.below(4)).map { _ in random.once(in: 4) ? ("reference", alternative()) : member() })
  }

  /// A value for a key, mostly of its type.
  private func value(of key: String, _ random: inout Seeded) -> [UInt8] {
    if random.once(in: 12) { return JSONTokens.text(depth: 3, words, &random) }
    func text() -> [UInt8] {
      random.pick(
        ["\"\"", "\"a b\"", "\"{peer}/x\"", "\"{program}\"", "\"{executable}\"", "\"\u{E9}\"", "\"e\u{301}\""].map {
          Array($0.utf8)
        })
    }
    func strings() -> [UInt8] { JSONTokens.array((0...random.below(3)).map { _ in text() }) }
    switch key {
    case "default", "interpreter": return Array((random.once(in: 2) ? "true" : "false").utf8)
    case "program": return object([("variable", text()), ("default", text()), ("arguments", strings())])
    case "command", "version", "arguments": return strings()
    case "parts": return random.pick(["1", "2", "0", "-1", "9223372036854775807"].map { Array($0.utf8) })
    case "interpreters":
      let alternative = object([("command", strings()), ("needs", text())])
      return object(
        [("version", strings()), ("parts", value(of: "parts", &random))]
          + (random.once(in: 2) ? [("alternatives", JSONTokens.array([alternative]))] : []))
    case "environment":
      return JSONTokens.object(
        (0..<random.below(4)).map { _ in
          random.once(in: 3) ? (Array("\"A*\"".utf8), Array("null".utf8)) : (text(), text())
        })
    default: return text()
    }
  }

  private func object(_ members: [(name: String, value: [UInt8])]) -> [UInt8] {
    JSONTokens.object(members.map { (Array("\"\($0.name)\"".utf8), $0.value) })
  }

  func check(_ input: [UInt8]) throws(Violation) -> Bool {
    let isDivergence = try checkDivergences(input)
    return try checkManifest(input) || isDivergence
  }

  private func checkManifest(_ input: [UInt8]) throws(Violation) -> Bool {
    let isRead = try checkManifest(input, on: nil)
    guard let version = Version("1.2.3") else { return isRead }
    let named = (name: "p@1", interpreter: NamedInterpreter(path: "/nowhere/program", version: version))
    return try checkManifest(input, on: named) || isRead
  }

  private func checkManifest(
    _ input: [UInt8], on named: (name: String, interpreter: NamedInterpreter)?
  ) throws(Violation) -> Bool {
    let places = PeerManifest.Places(
      cache: "/nowhere/cache", executable: "/nowhere/syrpc", environment: ["P": "a  b", "AB": ""])
    let read = Result { () throws(InteropError) in
      try PeerManifest(bytes: input, folder: "/nowhere/p", places: places, on: named)
    }
    switch read {
    case .success(let manifest):
      try demand(!manifest.name.isEmpty, "a peer without a name")
      let forbidden = named == nil ? "-/* ?@" : "-/* ?"
      try demand(
        !manifest.name.unicodeScalars.contains { forbidden.unicodeScalars.contains($0) }, "named \(manifest.name)")
      let availability = try demanding("it cannot be looked for") { try manifest.availability(reference: nil) }
      if case .live(let command) = availability { try demand(!command.executable.isEmpty, "a command of no name") }
      return true
    case .failure(let error):
      try demand(error.message.hasPrefix("/nowhere/p/peer.json"), "the file is not named: \(error.message)")
      return false
    }
  }

  private func checkDivergences(_ input: [UInt8]) throws(Violation) -> Bool {
    switch Result(catching: { () throws(InteropError) in try Divergence.read(input, of: "list") }) {
    case .success(let divergences):
      for divergence in divergences {
        try demand(divergence.most > 0 && !divergence.payloads.isEmpty, "it excuses nothing: \(divergence.summary)")
        try demand(!divergence.reason.isEmpty && !divergence.summary.isEmpty, "it says nothing")
      }
      return !divergences.isEmpty
    case .failure(let error):
      try demand(error.message.hasPrefix("list"), "the file is not named: \(error.message)")
      return false
    }
  }
}
