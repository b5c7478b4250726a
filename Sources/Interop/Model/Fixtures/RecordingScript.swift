package import InteropSupport
package import SyRPCWire

/// What a peer is made to do when its connections are recorded anew (`fixtures/transcripts/scenarios.json`).
package struct RecordingScript: Sendable {
  package let name: String
  /// The data of each call, as JSON text.
  package let calls: [String]
  /// Whether all requests are put before the first is answered; otherwise one call follows the other.
  package let isAtOnce: Bool
  /// Peers that it is not recorded of, each with the reason.
  package let exceptions: [String: String]

  private let appNamePattern: String
  private let ttl: Int?
  private let messageTTL: Int?
  private let resultQueueCount: Int?

  /// The type of every request.
  package static let requestType = "echo"
  private static let peerMark = "{peer}"
  private static let settingNames = ["amq_ttl", "amq_msg_ttl", "amq_num_queues"]

  /// Reads all scripts of a checkout.
  ///
  /// - Throws: ``InteropError`` that names the file, the scenario, and what it lacks.
  package static func read(_ checkout: Checkout) throws(InteropError) -> [RecordingScript] {
    let path = checkout.transcripts / "scenarios.json"
    let file = try StrictObject(of: path, try Files.read(path), keys: ["scenarios"])
    let keys = ["name", "about", "app_name", "settings", "at_once", "calls", "exceptions"]
    guard let entries = try file.objects("scenarios", "scenario", keys: keys), !entries.isEmpty else {
      throw InteropError("\(path): no array \"scenarios\" with entries")
    }
    var scripts: [RecordingScript] = []
    for entry in entries {
      let script = try RecordingScript(entry, path)
      guard !scripts.contains(where: { $0.name == script.name }) else {
        throw InteropError("\(path): \"\(script.name)\" stands twice")
      }
      scripts.append(script)
    }
    return scripts
  }

  private init(_ entry: StrictObject, _ path: String) throws(InteropError) {
    name = try entry.needed("name", entry.text)
    appNamePattern = try entry.needed("app_name", entry.text)
    guard appNamePattern.contains(Self.peerMark) else {
      throw InteropError("\(path): the app_name of \"\(name)\" is \"\(appNamePattern)\", without \(Self.peerMark)")
    }
    let settings = try entry.object("settings", keys: Self.settingNames)
    ttl = try settings?.integer("amq_ttl")
    messageTTL = try settings?.integer("amq_msg_ttl")
    resultQueueCount = try settings?.integer("amq_num_queues")
    isAtOnce = try entry.flag("at_once") ?? false
    calls = try entry.needed("calls", entry.texts)
    guard !calls.isEmpty else { throw InteropError("\(path): \"\(name)\" has no calls") }
    for call in calls {
      do { _ = try JSON(exactly: call.utf8) } catch {
        throw InteropError("\(path): \"\(name)\" has the call \(call.shortened()), which is not JSON: \(error)")
      }
    }
    var exceptions: [String: String] = [:]
    if let object = try entry.object("exceptions", keys: nil) {
      for peer in object.members.keys { exceptions[peer] = try object.needed(peer, object.text) }
    }
    self.exceptions = exceptions
  }

  /// The scenario of the cells in which it is recorded, which is the one in which it is played.
  package var scenario: Scenario {
    .recorded(name, ttl: ttl, messageTTL: messageTTL, resultQueueCount: resultQueueCount)
  }

  package func appName(of peer: String) -> String { appNamePattern.replacing(Self.peerMark, with: peer) }

  /// The settings as a transcript's facts have them.
  package func settings(of peer: String) -> JSON {
    var settings: JSONObject = ["app_name": .string(appName(of: peer))]
    for (name, value) in zip(["amq_num_queues", "amq_ttl", "amq_msg_ttl"], [resultQueueCount, ttl, messageTTL]) {
      settings[name] = value.map { .integer(Int64($0)) }
    }
    return .object(settings)
  }
}
