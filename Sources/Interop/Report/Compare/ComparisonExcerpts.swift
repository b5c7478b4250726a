internal import InteropJudge
internal import InteropModel
internal import InteropSupport
internal import SyRPCWire

// Parts of a comparison as its texts show them: in lines, and around the place where two things differ.

extension MessageChange {
  /// The role in which the peer publishes them.
  var role: Role { kind == .request ? .putter : .server }

  /// Whose messages, and of how many payloads.
  var title: String {
    "\(peer.visible) as \(role.rawValue), \(kind.rawValue), \(payloads) of \(of.counted("payload"))"
  }

  /// The example: which message, and where in it.
  var place: String {
    let message = example.payload.visible + (example.putter.map { " put by \($0.visible)" } ?? "")
    return message + (example.difference.map { ", \($0.text)" } ?? "")
  }

  /// The example as it was and as it is, in a line each, with a mark below the place.
  ///
  /// - Parameter width: how long a line may be.
  /// - Returns: the lines.
  func excerpts(width: Int) -> [String] {
    let (label, now) = ("before  ", "now     ")
    let room = width - label.count
    let (old, new, mark) =
      example.difference.map { $0.excerpts(width: room) } ?? (example.old.shown, example.new.shown, "")
    let lines = [label + old, now + new]
    return mark.isEmpty ? lines : lines + [String(repeating: " ", count: label.count) + mark]
  }
}

extension Report.Message.Content {
  fileprivate var shown: String {
    switch self {
    case .always(let body): body.shown.visible
    case .varying: "not always the same"
    }
  }
}

extension Report.Finding {
  /// What was expected and observed, from shortly before the two differ.
  ///
  /// - Parameter width: how long each may be.
  /// - Returns: both; what was expected is nil if nobody said so.
  func excerpts(width: Int) -> (expected: String?, observed: String) {
    guard let expected else { return (nil, observed.visible) }
    let excerpts = ByteDifference(Array(expected.utf8), Array(observed.utf8)).excerpts(width: width)
    return (excerpts.old, excerpts.new)
  }
}

extension [Report.Cell] {
  /// How many of them are not as expected.
  var unexpected: Int { count { $0.verdict.isUnexpected || $0.verdict == .skipped } }
}
