package import Logging
internal import NIOConcurrencyHelpers

/// Keeps what a logger is told.
package final class Complaints: Sendable {
  private struct State {
    var counts: [String: Int] = [:]
    var texts: [String] = []
  }

  private let state = NIOLockedValueBox(State())
  private let level: Logger.Level

  package init(_ level: Logger.Level = .warning) { self.level = level }

  package var logger: Logger {
    var logger = Logger(label: "test") { _ in Handler(complaints: self) }
    logger.logLevel = level
    return logger
  }

  /// How often a message came.
  package func count(_ message: String) -> Int { state.withLockedValue { $0.counts[message] ?? 0 } }
  /// All that came, metadata included.
  package var texts: [String] { state.withLockedValue { $0.texts } }

  private struct Handler: LogHandler {
    let complaints: Complaints
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.warning
    subscript(metadataKey key: String) -> Logger.MetadataValue? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }
    func log(event: LogEvent) {
      let all = metadata.merging(event.metadata ?? [:]) { $1 }
      complaints.state.withLockedValue {
        $0.counts["\(event.message)", default: 0] += 1
        $0.texts.append("\(event.message) \(all)")
      }
    }
  }
}
