internal import InteropReport
internal import InteropSupport
package import SyRPCWire

extension FixtureComparison {
  private static let width = 120
  /// How many places of a change are shown byte by byte.
  private static let most = 2

  /// For people: every change as a sentence, and below them the bytes.
  ///
  /// - Parameter isFull: whether all places of a change are shown, and not the first ones.
  /// - Returns: the lines.
  package func lines(isFull: Bool = false) -> [String] {
    guard !isSame else { return notes + ["no difference"] }
    var lines: [String] = []
    for source in FixtureChange.Source.allCases {
      let own = groups.filter { $0.source == source }
      guard !own.isEmpty else { continue }
      lines.append("\(source.rawValue):")
      for group in own { lines += ("  " + group.sentence.visible).wrapped(to: Self.width, indent: 2) }
    }
    lines += notes
    lines += ["", "byte by byte:"]
    for group in groups {
      lines.append("  \(group.place): \(group.what)".visible)
      let shown = isFull ? group.occurrences[...] : group.occurrences.prefix(Self.most)
      for occurrence in shown { lines += occurrence.lines(width: Self.width) }
      let rest = group.occurrences.count - shown.count
      if rest > 0 { lines.append("    … and \(rest.counted("place")) more: --all") }
    }
    return lines
  }

  /// For programs.
  package var json: JSON {
    [
      "differs": .bool(!isSame), "notes": .array(notes.map(JSON.string)),
      "changes": .array(
        groups.map { group in
          var change: JSONObject = [
            "source": .string(group.source.rawValue), "place": .string(group.place), "change": .string(group.what),
            "sentence": .string(group.sentence), "count": .integer(Int64(group.occurrences.count)),
          ]
          if group.isUniform {
            change["old"] = group.old.map(JSON.string)
            change["new"] = group.new.map(JSON.string)
          }
          change["places"] = .array(group.occurrences.map(\.json))
          return .object(change)
        }),
    ]
  }
}

extension FixtureChangeGroup {
  /// `python3: result: field `trace` is new - 80 places`.
  var sentence: String {
    let first = isUniform ? "" : "first "
    let values =
      switch (old, new) {
      case (let old?, let new?): "\(what.contains(" ") ? ":" : "") \(first)\(old) → \(new)"
      case (nil, let new?): ": \(first)\(new)"
      case (let old?, nil): ": \(first)was \(old)"
      case (nil, nil): ""
      }
    return "\(place): \(what)\(values)" + (occurrences.count == 1 ? "" : " (\(occurrences.count) places)")
  }
}

extension FixtureChange.Occurrence {
  private var difference: ByteDifference { ByteDifference(old, new, behind: skipped) }

  fileprivate func lines(width: Int) -> [String] {
    let difference = self.difference
    let excerpts = isText ? difference.excerpts(width: width - 14) : Self.hexadecimal(difference)
    return [
      "    \(path.visible), \(difference.text)", "      before  \(excerpts.old)", "      now     \(excerpts.new)",
    ] + (excerpts.mark.isEmpty ? [] : ["              \(excerpts.mark)"])
  }

  /// How many bytes are shown before the place, and in all.
  private static let (context, length) = (8, 32)

  private static func hexadecimal(_ difference: ByteDifference) -> (old: String, new: String, mark: String) {
    let start = max(0, difference.offset - context)
    func shown(_ bytes: [UInt8]) -> String {
      let digits = bytes.dropFirst(start).prefix(length).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
      return ((start > 0 ? ["…"] : []) + digits + (bytes.count > start + length ? ["…"] : [])).joined(separator: " ")
    }
    let lead = 3 * (difference.offset - start) + (start > 0 ? 2 : 0)
    return (shown(difference.old), shown(difference.new), String(repeating: " ", count: lead) + "^")
  }

  fileprivate var json: JSON {
    let difference = self.difference
    let excerpts = isText ? difference.excerpts(width: 100) : Self.hexadecimal(difference)
    return [
      "path": .string(path), "offset": .integer(Int64(difference.offset)), "old": .string(excerpts.old),
      "new": .string(excerpts.new),
    ]
  }
}
