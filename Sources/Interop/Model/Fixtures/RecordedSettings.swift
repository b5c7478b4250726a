package import InteropSupport
package import SyRPCWire
package import WireTap

/// The settings that were in force when a connection was recorded, as the head of its transcript has them.
package struct RecordedSettings {
  package let appName: String
  /// Times in seconds; nil for the implementation's own default.
  package let ttl: Int?
  package let messageTTL: Int?
  package let resultQueueCount: Int?

  package var topology: Topology {
    get throws(InteropError) {
      do {
        return Topology(
          try SyRPCSettings(
            appName: appName, ttl: ttl.map { .seconds($0) } ?? SyRPCSettings.defaultTTL,
            messageTTL: messageTTL.map { .seconds($0) } ?? SyRPCSettings.defaultMessageTTL,
            resultQueueCount: resultQueueCount ?? SyRPCSettings.defaultResultQueueCount))
      } catch { throw InteropError("\(path): \(error)") }
    }
  }

  private let path: String

  /// - Parameters:
  ///   - head: of the transcript.
  ///   - path: its file.
  /// - Throws: ``InteropError`` that names the file, and the setting that is missing, of another type or unknown.
  package init(_ head: Transcript.Head, _ path: String) throws(InteropError) {
    let settings = try StrictObject(
      head.facts["settings"] ?? nil, "\(path), \"settings\" of its facts",
      keys: ["app_name", "amq_ttl", "amq_msg_ttl", "amq_num_queues"])
    self.path = path
    appName = try settings.needed("app_name", settings.text)
    ttl = try settings.integer("amq_ttl")
    messageTTL = try settings.integer("amq_msg_ttl")
    resultQueueCount = try settings.integer("amq_num_queues")
  }
}
