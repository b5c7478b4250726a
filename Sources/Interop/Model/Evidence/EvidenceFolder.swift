package import InteropSupport
internal import WireTap

/// A folder that holds what was seen of one cell, whole: ``fileName``, and a transcript for each connection. Whoever reads it
/// comes to the same verdict as the run, without a broker and without peers.
package struct EvidenceFolder {
  /// The file that has all but the transcripts.
  package static let fileName = "evidence.json"

  package let path: String

  package init(_ path: String) { self.path = path }

  private var file: String { path / Self.fileName }

  /// Writes what was seen.
  ///
  /// - Parameters:
  ///   - evidence: what was seen.
  ///   - broker: RabbitMQ's version; nil if nobody knows it.
  /// - Throws: ``InteropError``; `JSONError` if what a peer said cannot be written.
  package func write(_ evidence: Evidence, broker: Version?) throws {
    for role in Role.allCases {
      for conversation in evidence.roles[role].conversations {
        try Files.write(
          try conversation.transcript.jsonLines(),
          to: path / RoleEvidence.fileName(of: conversation.transcript, role))
      }
    }
    try Files.write(try evidence.json(broker: broker).indented(), to: file)
  }

  /// Reads what was seen.
  ///
  /// - Parameters:
  ///   - contract: what the implementations were to keep to.
  ///   - transcripts: the folder of the recordings that can play roles (`fixtures/transcripts`).
  /// - Returns: what was seen, and the version of the broker, if anybody knew it.
  /// - Throws: ``InteropError`` that names the file and the key.
  package func read(_ contract: Contract, transcripts: String) throws(InteropError) -> (Evidence, broker: Version?) {
    let object = try StrictObject(of: file, try Files.read(file), keys: Evidence.keys)
    let broker = try object.text("broker").flatMap { Version($0) }
    return (try Evidence(object, path, contract, transcripts: transcripts), broker)
  }

  /// The folders with evidence at or below a path, in the order of their names.
  ///
  /// - Parameter path: a cell's folder, or that of a whole run.
  /// - Returns: one or more.
  /// - Throws: ``InteropError`` if there is none, or a folder cannot be read.
  package static func all(in path: String) throws(InteropError) -> [EvidenceFolder] {
    let found = try below(path)
    guard !found.isEmpty else {
      throw InteropError(
        "\(path): there is no \(fileName) in it, or below it; a run keeps one of each cell that it keeps")
    }
    return found
  }

  private static func below(_ path: String) throws(InteropError) -> [EvidenceFolder] {
    if Files.exists(path / fileName) { return [EvidenceFolder(path)] }
    guard Files.isFolder(path) else { throw InteropError("\(path): there is no such folder") }
    var found: [EvidenceFolder] = []
    for name in try Files.list(path) where Files.isFolder(path / name) { found += try below(path / name) }
    return found
  }
}

extension RoleEvidence {
  /// The file that has one of a role's connections.
  static func fileName(of transcript: Transcript, _ role: Role) -> String {
    "\(role.rawValue)-\(transcript.head.connection).jsonl"
  }
}
