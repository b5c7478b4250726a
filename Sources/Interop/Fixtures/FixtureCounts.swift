package import InteropModel
package import InteropSupport
internal import SyRPCWire

/// `fixtures/counts.json`: how many of each kind of fixture there are, so that none goes unnoticed. A golden set of one line
/// is as well-formed as one of a hundred, and proves a hundredth.
///
/// A command that writes fixtures raises a number; only a hand lowers one, and shows it in the difference that is reviewed.
package struct FixtureCounts {
  /// By what is counted, and then by what it is of.
  private typealias Counts = [String: [String: Int]]

  private static let groups = ["golden requests", "golden results", "payloads", "transcripts", "vectors"]

  private let path: String
  private let listed: Counts
  private let actual: Counts

  /// Counts what a checkout has.
  ///
  /// - Throws: ``InteropError`` that names the fixture that cannot be read.
  package init(_ checkout: Checkout) throws(InteropError) {
    path = checkout.folder / "fixtures/counts.json"
    let golden = try GoldenMessages(folder: checkout.messages)
    var actual: Counts = ["payloads": ["index.json": try Corpus(folder: checkout.payloads).payloads.count]]
    for file in VectorVerification.files {
      let vectors = try Files.readJSON(checkout.vectors / file)["vectors"]?.arrayValue
      actual["vectors", default: [:]][file] = vectors?.count ?? 0
    }
    for file in try Files.list(checkout.transcripts) where file.hasSuffix(".jsonl") {
      actual["transcripts", default: [:]][String(file.prefix { $0 != "-" }), default: 0] += 1
    }
    for set in golden.sets { actual.merge(Self.counts(of: golden, set)) { $0.merging($1) { $1 } } }
    self.actual = actual
    listed = try Self.read(path)
  }

  private static func counts(of golden: GoldenMessages, _ set: String) -> Counts {
    func count(_ kind: GoldenMessages.Kind) -> [String: Int] {
      [set: golden.bodies.keys.count { $0.set == set && $0.kind == kind }]
    }
    return ["golden requests": count(.request), "golden results": count(.result)]
  }

  private static func read(_ path: String) throws(InteropError) -> Counts {
    let file = try StrictObject(of: path, try Files.read(path), keys: groups)
    var counts: Counts = [:]
    for group in groups {
      guard let members = try file.object(group, keys: nil) else { continue }
      for name in members.members.keys { counts[group, default: [:]][name] = try members.integer(name) }
    }
    return counts
  }

  /// Where there are more or fewer than the file says.
  var problems: [String] { different(isProblem: !=) }

  /// Where there are fewer: what is missing is not to be taken for what is wanted.
  ///
  /// - Throws: ``InteropError`` that says how many are missing of what, and what to do.
  package func checkNothingIsMissing() throws(InteropError) {
    try Self.refuse(different(isProblem: <))
  }

  private static func refuse(_ missing: [String]) throws(InteropError) {
    guard missing.isEmpty else {
      throw InteropError(
        (missing + ["nothing was written: bring back what is missing, or lower the numbers there first"])
          .joined(separator: "\n"))
    }
  }

  private func different(isProblem: (Int, Int) -> Bool) -> [String] { Self.different(actual, listed, path, isProblem) }

  private static func different(
    _ actual: Counts, _ listed: Counts, _ path: String, _ isProblem: (Int, Int) -> Bool
  ) -> [String] {
    Set(actual.keys).union(listed.keys).sorted().flatMap { group in
      let (there, wanted) = (actual[group] ?? [:], listed[group] ?? [:])
      return Set(there.keys).union(wanted.keys).sorted().compactMap { name in
        let (count, listed) = (there[name] ?? 0, wanted[name] ?? 0)
        return isProblem(count, listed) ? "\(group) of \(name): there are \(count), and by \(path) \(listed)" : nil
      }
    }
  }

  /// Refuses a set of golden messages that has fewer than the one that it is to replace.
  ///
  /// - Throws: ``InteropError`` that says how many are missing.
  func checkNothingIsMissing(in set: String, of golden: GoldenMessages) throws(InteropError) {
    let counts = Self.counts(of: golden, set)
    let wanted = counts.keys.reduce(into: Counts()) { $0[$1] = [set: listed[$1]?[set] ?? 0] }
    try Self.refuse(Self.different(counts, wanted, path, <))
  }

  /// Writes the numbers of what there is.
  ///
  /// - Throws: ``InteropError`` if something is missing.
  package func write() throws(InteropError) {
    try checkNothingIsMissing()
    let groups = actual.sorted { $0.key < $1.key }.map { group, counts in
      let members = counts.sorted { $0.key < $1.key }.map { ($0.key, JSON.integer(Int64($0.value))) }
      return "  \(JSON.string(group)): \(JSON.object(JSONObject(members)))"
    }
    try Files.write(Array("{\n\(groups.joined(separator: ",\n"))\n}\n".utf8), to: path)
  }
}
