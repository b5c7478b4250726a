internal import WireTap

extension Evidence {
  /// The peer, with its role, that gave up a connection on which the broker had not said anything yet; nil if none did.
  package var gaveUpConnecting: (role: Role, peer: String)? {
    for role in Role.allCases where roles[role].hasFailed {
      for conversation in roles[role].conversations where conversation.transcript.wasGivenUpUnanswered {
        return (role, roles[role].peer)
      }
    }
    return nil
  }
}

extension Transcript {
  /// Whether the broker's first frame is what the connection ended for the lack of. Faults do not count.
  fileprivate var wasGivenUpUnanswered: Bool {
    guard !entries.contains(where: { $0.direction == .fromBroker }), undecoded[.fromBroker] == nil else { return false }
    return switch ending {
    case .closedByPeer, .resetByPeer, .closedByTap, .stillOpen, .brokerUnreachable: true
    case .closedByBroker, .resetByBroker, .cutByFault, .stalledByFault, .refusedByFault, .notRecorded: false
    }
  }
}
