/// Why there is no private broker.
package struct BrokerError: Error, Hashable, Sendable, CustomStringConvertible {
  package enum Code: Hashable, Sendable {
    /// RabbitMQ is not installed, or not where it was said to be.
    case notInstalled
    /// Its files cannot be where they would have to be.
    case unusableFolder
    /// The node ended by itself.
    case ended
    /// The same, because a port was taken by somebody else.
    case portTaken
    /// The node runs, but does not speak AMQP.
    case notReady
  }

  package let code: Code
  /// What happened, with the end of the node's log; several lines, fit for a terminal.
  package let message: String

  package var description: String { message }
}
