internal import AMQP
internal import NIOConcurrencyHelpers

/// Which requests that came on a connection are not settled yet; settles them, from any thread.
///
/// What is to become of a request is decided and sent under one lock: an acknowledgement of one and all before it must not
/// overtake one of these that goes back. A send that fails ends the connection there: what that calls must settle nothing.
final class RequestSettlements: Sendable {
  private struct State {
    var unsettled = UnsettledDeliveries()
    /// To be acknowledged with the next ``flush()``.
    var gathered: [(tag: UInt64, lost: @Sendable () -> Void)] = []
  }

  private let state = NIOLockedValueBox(State())
  private let connection: AMQPConnection

  init(_ connection: AMQPConnection) { self.connection = connection }

  /// One has come; tags grow.
  func add(_ tag: UInt64) { state.withLockedValue { $0.unsettled.add(tag) } }

  /// Settles one by itself, on the connection's thread.
  ///
  /// - Throws: ``AMQPError`` if the connection is gone: then the request comes again.
  func settle(_ tag: UInt64, _ send: @Sendable (isolated AMQPConnection) throws -> Void) throws {
    try state.withLockedValue { state in
      state.unsettled.remove(tag)
      try connection.assumeIsolated(send)
    }
  }

  /// Acknowledges one, together with all that follow before the next ``flush()``.
  ///
  /// - Parameters:
  ///   - tag: its delivery's.
  ///   - lost: told if the connection is gone before: then the request comes again.
  /// - Returns: whether it is the first, so that somebody has to see to a ``flush()``.
  func gather(_ tag: UInt64, lost: @escaping @Sendable () -> Void) -> Bool {
    state.withLockedValue { state in
      state.gathered.append((tag, lost))
      return state.gathered.count == 1
    }
  }

  /// Acknowledges what was gathered.
  func flush() {
    state.withLockedValue { state in
      let gathered = state.gathered
      state.gathered.removeAll(keepingCapacity: true)
      for move in state.unsettled.settle(gathered.map(\.tag)) {
        let (tag, multiple) =
          switch move {
          case .one(let tag): (tag, false)
          case .upTo(let tag): (tag, true)
          }
        if connection.acknowledgeAtOnce(tag, multiple: multiple) { continue }
        // Its own thread has to, or the connection is gone.
        connection.submit { connection in
          do { try multiple ? connection.acknowledge(upTo: tag) : connection.acknowledge(tag) } catch {
            for one in gathered where one.tag == tag || multiple && one.tag < tag { one.lost() }
          }
        }
      }
    }
  }
}
