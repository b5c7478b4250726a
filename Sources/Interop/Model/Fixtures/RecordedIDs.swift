package import WireTap

/// The result ids of recordings: fixed ones, in the order of the calls, so that nothing in a recording is chance.
package enum RecordedIDs {
  /// The id of a call.
  ///
  /// - Parameters:
  ///   - call: counted from 1.
  ///   - variant: which of the call's ids.
  /// - Returns: a version 4 UUID, in lower case with hyphens.
  package static func id(_ call: Int, variant: Int = 0) -> String {
    "00000000-0000-4000-8000-" + hex(call) + hex(variant)
  }

  /// What the ids of one call have in common, whichever of them it is.
  package static func call(of id: String) -> Substring { id.dropLast(hex(0).count) }

  private static func hex(_ number: Int) -> String {
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: max(0, 6 - digits.count)) + digits
  }

  /// For each result id in a transcript, in the order in which they come, the first of the call's ids that belongs into the
  /// same result queue. A transcript that has these ids already keeps them.
  ///
  /// - Parameters:
  ///   - transcript: one side of some calls.
  ///   - index: the number of an id's result queue.
  /// - Returns: the new ids by the old ones.
  package static func replacements(
    in transcript: Transcript, index: (String) -> Int
  ) -> [String: String] {
    let conversation = Conversation(transcript)
    let messages = (conversation.published + conversation.delivered).sorted { $0.entry < $1.entry }
    var replacements: [String: String] = [:]
    for id in messages.compactMap(\.resultID) where replacements[id] == nil {
      let (call, wanted) = (replacements.count + 1, index(id))
      replacements[id] = (0..<0xFF_FFFF).lazy.map { Self.id(call, variant: $0) }.first { index($0) == wanted }
    }
    return replacements
  }
}
