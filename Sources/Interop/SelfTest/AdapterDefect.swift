internal import InteropRunner

/// What an adapter does wrong, and at which operation of the peer protocol.
///
/// A defective adapter is a live one behind a program that relays its lines: `syrpc defective-peer`.
package struct AdapterDefect: Sendable {
  package enum Kind: String, CaseIterable, Sendable {
    /// It answers with an error.
    case fail
    /// It ends without an answer.
    case exit
    /// It never answers, and does not end when its input does.
    case hang
    /// It says at once that its time is over.
    case giveUp = "give-up"
    /// It begins with what it is asked for when the others have given up.
    case dawdle
    /// It stops reading, and never answers.
    case closeInput = "close-input"
    case answerTwice = "answer-twice"
    /// It answers with the id of another question.
    case answerOutOfTurn = "answer-out-of-turn"
    /// It answers with a line that is no JSON.
    case answerText = "answer-text"
    /// It answers with an object that has nothing in it.
    case answerNothing = "answer-nothing"
    /// It writes line after line without being asked, and does not stop.
    case flood
    /// It writes 64 MiB to its log, then works.
    case floodErrors = "flood-errors"
    /// It answers in one line of 80 MiB.
    case answerAtLength = "answer-at-length"
    /// The payload that it names is another.
    case changePayload = "change-payload"
    /// The payload that it names is the same in quotes.
    case quotePayload = "quote-payload"
    case changeType = "change-type"
    case changeID = "change-id"
    /// It says that it is another version.
    case changeVersion = "change-version"
    /// It says that its libraries are other versions.
    case changeLibraries = "change-libraries"
  }

  package let kind: Kind
  /// The operation, such as `get_result`.
  package let operation: String

  package init(_ kind: Kind, at operation: String) {
    self.kind = kind
    self.operation = operation
  }
}

extension PeerCommand {
  /// The same adapter with a defect.
  ///
  /// - Parameters:
  ///   - defect: what it does wrong.
  ///   - executable: the program `syrpc`.
  /// - Returns: how the program that relays its lines is started.
  func with(_ defect: AdapterDefect, executable: String) -> PeerCommand {
    PeerCommand(
      executable: executable,
      arguments: ["defective-peer", "--defect", defect.kind.rawValue, "--at", defect.operation, "--", self.executable]
        + arguments,
      environment: environment, folder: folder, note: note, reference: reference)
  }
}
