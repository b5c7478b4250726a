package import WireTap

extension [Role: TapFaults] {
  /// The same for each role.
  package static func all(_ faults: TapFaults) -> Self { [.putter: faults, .server: faults, .getter: faults] }

  /// How much longer one operation of a peer can take with these faults than without.
  ///
  /// - Parameter text: the payload that is sent, as JSON.
  /// - Returns: the time, at most.
  package func slowdown(payload text: String) -> Duration {
    // One role waits for what others do. Connecting and declaring take some dozen answers; \u escapes, of which each
    // stands for a byte or more, make six of one.
    values.reduce(.zero) { $0 + $1.slowdown(roundTrips: 40, bytes: 16_384 + 6 * text.utf8.count) }
  }
}
