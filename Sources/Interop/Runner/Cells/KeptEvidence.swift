/// Of which cells logs and transcripts are kept, each in a folder.
package enum KeptEvidence: String, CaseIterable, Sendable {
  case all
  /// Of those that are not as expected.
  case failing
  case none
}
