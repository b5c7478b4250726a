/// How a connection ended: by what happened first.
package enum Ending: Sendable, Hashable, CustomStringConvertible {
  /// The peer closed its side (FIN).
  case closedByPeer
  /// The broker closed its side (FIN).
  case closedByBroker
  /// The peer's side was torn down (RST).
  case resetByPeer
  /// The broker's side was torn down (RST).
  case resetByBroker
  /// The tap was stopped, and closed both sides.
  case closedByTap
  /// A fault of the tap's tore down both sides.
  case cutByFault
  /// A fault of the tap's let nothing more pass, and told nobody.
  case stalledByFault
  /// A fault of the tap's refused the connection.
  case refusedByFault
  /// Not yet: this is a snapshot.
  case stillOpen
  /// Nobody knows: the frames come from a record that does not tell.
  case notRecorded
  /// The tap could not connect to the broker, and closed the peer's side; with the reason.
  case brokerUnreachable(String)

  private static let fixed: [(ending: Ending, text: String)] = [
    (.closedByPeer, "closed by peer"), (.closedByBroker, "closed by broker"), (.resetByPeer, "reset by peer"),
    (.resetByBroker, "reset by broker"), (.closedByTap, "closed by tap"), (.stillOpen, "still open"),
    (.notRecorded, "not recorded"), (.cutByFault, "cut by fault"), (.stalledByFault, "stalled by fault"),
    (.refusedByFault, "refused by fault"),
  ]
  private static let unreachable = "broker unreachable: "

  /// The words a transcript has for it.
  package var description: String {
    if case .brokerUnreachable(let reason) = self { return Self.unreachable + reason }
    return Self.fixed.first { $0.ending == self }?.text ?? ""
  }

  /// The ending that these words of a transcript stand for.
  package init?(_ description: String) {
    // By scalars: as characters, a reason that starts with a combining mark would take the space before it along.
    let scalars = description.unicodeScalars
    if scalars.starts(with: Self.unreachable.unicodeScalars) {
      self = .brokerUnreachable(String(scalars.dropFirst(Self.unreachable.unicodeScalars.count)))
    } else if let ending = Self.fixed.first(where: { $0.text == description })?.ending {
      self = ending
    } else {
      return nil
    }
  }
}
