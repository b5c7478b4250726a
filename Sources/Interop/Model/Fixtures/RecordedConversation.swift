package import InteropSupport
internal import SyRPCWire
package import WireTap

/// A connection of an implementation, as it was recorded once (`fixtures/transcripts`): what stands in for the
/// implementation where it cannot be installed.
package struct RecordedConversation: Sendable {
  /// Which part of a call the connection did.
  package enum Side: String, Sendable, CaseIterable {
    /// Put the requests and got the results.
    case client
    case server

    /// The roles that it plays.
    package var roles: [Role] { self == .client ? [.putter, .getter] : [.server] }

    /// The number of its connection, as transcripts have it: a server is there first.
    package var connection: Int { self == .server ? 0 : 1 }

    /// Who plays what where a peer has this side: another implementation is always on the other one.
    package func combination(of peer: String) -> Combination {
      let partner = RecordedConversation.partner
      return self == .client
        ? Combination(putter: peer, server: partner, getter: peer)
        : Combination(putter: partner, server: peer, getter: partner)
    }
  }

  /// Its file's name.
  package let name: String
  package let transcript: Transcript
  package let side: Side
  /// The scenario that was recorded, with the settings that were in force.
  package let scenario: Scenario
  package let appName: String

  /// Whether it was cut before everything delivered had been settled.
  package let isCut: Bool

  package var peer: String { transcript.head.peer }
  /// Who plays what when it is replayed: the Swift implementation is always on the other side.
  package var combination: Combination { side.combination(of: peer) }
  /// The roles that the recording plays.
  package var roles: [Role] { side.roles }

  /// What the other side must be: the one that can be told which result ids to use.
  package static let partner = "swift"
  /// The name of the payload of a cell that replays: the recording has its own.
  package static let payload = "recorded"

  /// Reads a transcript.
  ///
  /// - Parameters:
  ///   - folder: `fixtures/transcripts`.
  ///   - name: the file's name.
  /// - Throws: ``InteropError`` that names the file, and what its head lacks.
  package init(folder: String, name: String) throws(InteropError) {
    let path = folder / name
    do { transcript = try Transcript(jsonLines: try Files.read(path)) } catch {
      throw error as? InteropError ?? InteropError("\(path): \(error)")
    }
    self.name = name
    guard let side = Side(rawValue: transcript.head.role) else {
      throw InteropError("\(path): its role is \(transcript.head.role), neither client nor server")
    }
    self.side = side
    guard let scenario = transcript.head.facts["scenario"]?.stringValue else {
      throw InteropError("\(path): its facts have no scenario")
    }
    let settings = try RecordedSettings(transcript.head, path)
    appName = settings.appName
    let conversation = Conversation(transcript)
    isCut = conversation.delivered.contains { conversation.settlements(of: $0).isEmpty }
    self.scenario = .recorded(
      scenario, ttl: settings.ttl, messageTTL: settings.messageTTL, resultQueueCount: settings.resultQueueCount)
  }

  /// The files that hold a peer's recordings: `node-default-client-1.jsonl` is one of node's.
  ///
  /// - Throws: ``InteropError`` if the folder cannot be read.
  package static func names(in folder: String, of peer: String) throws(InteropError) -> [String] {
    try Files.list(folder).filter { $0.hasPrefix("\(peer)-") && $0.hasSuffix(".jsonl") }
  }

  /// The names of the scenarios of all recordings in a folder, by their heads alone.
  ///
  /// - Throws: ``InteropError`` that names the file that is no recording.
  package static func scenarios(in folder: String) throws(InteropError) -> [String] {
    var names: [String] = []
    for name in try Files.list(folder) where name.hasSuffix(".jsonl") {
      let head = try Files.read(folder / name).prefix { $0 != UInt8(ascii: "\n") }
      guard let scenario = try? JSON(parsing: head)["facts"]?["scenario"]?.stringValue else {
        throw InteropError("\(folder / name): its facts have no scenario")
      }
      names.append(Scenario.recorded(scenario, ttl: nil, messageTTL: nil, resultQueueCount: nil).name)
    }
    return names.uniqued()
  }

  /// What was recorded says who it was.
  package var identity: PeerIdentity {
    let facts = transcript.head.facts
    return PeerIdentity(
      implementation: facts["implementation"]?.stringValue ?? peer, runtime: facts["runtime"]?.stringValue ?? "unknown",
      libraries: facts["libraries"]?.objectValue ?? [:])
  }
}
