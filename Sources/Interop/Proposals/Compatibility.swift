/// What a schema registry would say of a change, in Confluent's words.
package enum Compatibility: String, Sendable, Codable {
  /// New readers read what old writers write: readers are upgraded first.
  case backward = "BACKWARD"
  /// Old readers read what new writers write: writers are upgraded first.
  case forward = "FORWARD"
  case full = "FULL"
  case none
  /// Nothing came so far that it could be told.
  case unknown

  init(backward: Bool?, forward: Bool?) {
    switch (backward, forward) {
    case (true?, true?): self = .full
    case (true?, _): self = .backward
    case (_, true?): self = .forward
    case (nil, nil): self = .unknown
    default: self = .none
    }
  }
}
