internal import SyRPCWire
internal import WireTap

/// The settings that were in force when a connection was recorded, as the head of its transcript has them.
struct RecordedSettings {
  let appName: String
  /// Times in seconds; nil for the implementation's own default.
  let ttl: Int?
  let messageTTL: Int?
  let resultQueueCount: Int?

  /// - Parameters:
  ///   - head: of the transcript.
  ///   - path: its file.
  /// - Throws: ``InteropError`` that names the file, and the setting that is missing, of another type or unknown.
  init(_ head: Transcript.Head, _ path: String) throws(InteropError) {
    let settings = try StrictObject(
      head.facts["settings"] ?? nil, "\(path), \"settings\" of its facts",
      keys: ["app_name", "amq_ttl", "amq_msg_ttl", "amq_num_queues"])
    appName = try settings.needed("app_name", settings.text)
    ttl = try settings.integer("amq_ttl")
    messageTTL = try settings.integer("amq_msg_ttl")
    resultQueueCount = try settings.integer("amq_num_queues")
  }
}
