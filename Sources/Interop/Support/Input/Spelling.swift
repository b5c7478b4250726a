/// Names that somebody wrote and nobody knows.
package enum Spelling {
  /// Longer names are not compared: what is compared may be hostile.
  private static let longest = 100

  /// The known name that differs least, counted in characters inserted and removed; nil if all differ too much.
  static func nearest(to name: String, among known: some Sequence<String>) -> String? {
    guard name.utf8.count <= longest else { return nil }
    let distances = known.map { (name: $0, distance: name.difference(from: $0).count) }
    guard let best = distances.min(by: { $0.distance < $1.distance }) else { return nil }
    return best.distance <= max(2, name.count / 2) ? best.name : nil
  }

  /// What to say of such a name: the nearest that is known, or all of them.
  package static func hint(_ name: String, among known: some Collection<String>) -> String {
    if let nearest = nearest(to: name, among: known) { return "did you mean \"\(nearest)\"?" }
    return known.isEmpty ? "there is none" : "known: \(known.joined(separator: ", "))"
  }
}

extension String {
  /// Its beginning, for messages. By scalars, since a character of a hostile text has no end.
  package var excerpt: String { String(unicodeScalars.prefix(200)) }
}
