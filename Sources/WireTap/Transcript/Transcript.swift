package import SyRPCWire

/// The AMQP frames of one connection, both directions in the order in which they arrived at the tap.
package struct Transcript: Sendable, Hashable {
  /// Whose connection it was, and to what.
  package var head: Head
  /// Every complete frame; `entries[n].number` is `n`.
  package var entries: [Entry]
  /// How the connection ended.
  package var ending: Ending
  /// What arrived after the last complete frame of a direction.
  package var undecoded: [Direction: Undecoded]

  package init(head: Head, entries: [Entry], ending: Ending, undecoded: [Direction: Undecoded] = [:]) {
    self.head = head
    self.entries = entries
    self.ending = ending
    self.undecoded = undecoded
  }

  package struct Head: Sendable, Hashable {
    /// The connection's number at its tap, from 0 in the order of arrival.
    package var connection: Int
    /// What the process did in the call: `putter`, `server`, `getter` …
    package var role: String
    /// The implementation: `python`, `node` …
    package var peer: String
    /// The broker as `host:port`; empty if nobody knows.
    package var broker: String
    /// When the connection was accepted, as ISO 8601 in UTC with milliseconds; nil if nobody knows.
    package var started: String?
    /// Whatever else is worth knowing: versions, settings, scenario.
    package var facts: JSONObject

    package init(
      connection: Int, role: String, peer: String, broker: String, started: String? = nil, facts: JSONObject = [:]
    ) {
      self.connection = connection
      self.role = role
      self.peer = peer
      self.broker = broker
      self.started = started
      self.facts = facts
    }
  }

  /// One frame on its way.
  package struct Entry: Sendable, Hashable {
    /// The frame's place in the transcript, from 0, over both directions.
    package let number: Int
    /// When its last byte arrived, in milliseconds since the connection was accepted, to the microsecond.
    package let milliseconds: Double
    package let direction: Direction
    package let frame: Frame

    package init(number: Int, milliseconds: Double, direction: Direction, frame: Frame) {
      self.number = number
      self.milliseconds = milliseconds
      self.direction = direction
      self.frame = frame
    }
  }

  package enum Direction: String, Sendable, Hashable, CaseIterable {
    case toBroker = "to-broker"
    case fromBroker = "from-broker"

    package var opposite: Direction { self == .toBroker ? .fromBroker : .toBroker }
  }

  /// Bytes of a direction that are in no entry.
  package struct Undecoded: Sendable, Hashable {
    /// How many.
    package var bytes: Int
    /// Why: the rest of the frame never came, or the stream broke AMQP.
    package var reason: String

    package init(bytes: Int, reason: String) {
      self.bytes = bytes
      self.reason = reason
    }
  }
}

extension Transcript {
  /// The entries with a method of this name, e.g. `queue.declare`, in order.
  package func methods(named name: String, _ direction: Direction? = nil) -> [Entry] {
    entries.filter { $0.frame.method?.name == name && (direction == nil || $0.direction == direction) }
  }
}
