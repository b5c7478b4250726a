internal import AMQP

/// What happened to one of the connections of a client or a server.
public struct ConnectionStateChange: Sendable {
  /// What the connection is for.
  public enum Purpose: String, Sendable, CaseIterable {
    /// A client puts requests on it, a server takes them from it.
    case requests
    /// A client takes results from it, a server puts them on it.
    case results
  }

  /// Where it stands now. More may come: switch with a default.
  public enum State: Sendable {
    /// A broker is being connected to.
    case connecting(broker: String)
    /// It can be used. Also after `blocked`, when the broker takes messages again.
    case connected(broker: String)
    /// The broker takes no messages for now (connection.blocked), with its reason.
    case blocked(reason: String)
    /// It is lost, or could not be made. Another is made when there is something to do.
    case disconnected(SyRPCError)
    /// The client or server has been closed.
    case closed
  }

  /// Whose connection it is.
  public let purpose: Purpose
  /// What has become of it.
  public let state: State
}

/// Tells any number of listeners of the connections' states.
final class ConnectionMonitor: Sendable {
  private let broadcast = Broadcast<ConnectionStateChange>()

  func changes() -> AsyncStream<ConnectionStateChange> { broadcast.subscribe() }
  func tell(_ purpose: ConnectionStateChange.Purpose, _ state: ConnectionStateChange.State) {
    broadcast.send(ConnectionStateChange(purpose: purpose, state: state))
  }
  /// Ends every sequence.
  func finish() { broadcast.finish() }
}
