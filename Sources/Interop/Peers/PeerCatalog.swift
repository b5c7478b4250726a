/// The peers of a checkout, and which of them can run here.
package struct PeerCatalog: Sendable {
  package struct Entry: Sendable {
    package let manifest: PeerManifest
    package let availability: PeerAvailability
  }

  package let entries: [Entry]

  /// Reads every folder with a `peer.json`.
  ///
  /// - Parameters:
  ///   - folder: `interop/peers`.
  ///   - places: what the words in braces stand for.
  ///   - references: local checkouts by the name of the peer that they stand in for.
  ///   - transcripts: the folder of recordings; nil for none.
  /// - Throws: ``InteropError`` that names the file, or a reference for a peer that does not exist.
  package init(
    folder: String, places: PeerManifest.Places, references: [String: String], transcripts: String? = nil
  ) throws(InteropError) {
    var entries: [Entry] = []
    for name in try Files.list(folder) where Files.exists(folder / name / "peer.json") {
      let manifest = try PeerManifest(folder: folder / name, places: places)
      guard manifest.name == name else {
        throw InteropError(
          "\(folder / name)/peer.json names itself \(manifest.name); a peer has the name of its folder")
      }
      let isRecorded = try transcripts.map { folder throws(InteropError) in
        try !RecordedConversation.names(in: folder, of: name).isEmpty
      }
      entries.append(
        Entry(
          manifest: manifest,
          availability: try manifest.availability(reference: references[name], isRecorded: isRecorded ?? false)))
    }
    for name in references.keys where !entries.contains(where: { $0.manifest.name == name }) {
      throw InteropError("--reference \(name): there is no such peer; there is \(entries.names)")
    }
    guard !entries.isEmpty else { throw InteropError("\(folder) has no peer") }
    self.entries = entries
  }

  /// The peers that the patterns name; those of the default matrix if there is none.
  ///
  /// - Throws: ``InteropError`` that names a pattern that matches nothing.
  package func selected(_ patterns: [Glob]) throws(InteropError) -> [Entry] {
    let names = try select("--peer", patterns, from: entries.map(\.manifest.name))
    return entries.filter { patterns.isEmpty ? $0.manifest.isDefault : names.contains($0.manifest.name) }
  }

  /// Starts each of them once, to learn its versions.
  ///
  /// - Returns: what the report says of them, in their order.
  package static func probe(_ entries: [Entry], logFolder: String, in folder: RunFolder?) async -> [RunReport.Peer] {
    await withTaskGroup(of: (Int, RunReport.Peer).self) { tasks in
      for (index, entry) in entries.enumerated() {
        tasks.addTask { (index, await entry.probe(logFolder: logFolder, in: folder)) }
      }
      var peers: [(Int, RunReport.Peer)] = []
      for await peer in tasks { peers.append(peer) }
      return peers.sorted { $0.0 < $1.0 }.map(\.1)
    }
  }
}

extension PeerCatalog.Entry {
  /// The name of the log of a peer that is asked who it is.
  package static func probeLog(_ peer: String) -> String { "\(peer)-probe.log" }

  fileprivate func probe(logFolder: String, in folder: RunFolder?) async -> RunReport.Peer {
    let command: PeerCommand
    switch availability {
    case .live(let live): command = live
    case .replay(let reason): return RunReport.Peer(manifest, .replay, reason: reason)
    case .missing(let reason): return RunReport.Peer(manifest, .missing, reason: reason)
    }
    var reference: LocalReference?
    if let path = command.reference { reference = await LocalReference.at(path) }
    do {
      let log = logFolder / Self.probeLog(manifest.name)
      let session = try await PeerSession.start(peer: manifest.name, command, log: log, in: folder)
      let identity = session.identity
      await session.terminate()
      if let path = command.environment[PeerCommand.referenceVariable], !identity.isReference {
        throw PeerError(.broken, "it did not load \(path): its hello does not say \"reference\": true")
      }
      return RunReport.Peer(manifest, .live, identity: identity, reason: command.note, reference: reference)
    } catch {
      // It is there and does not work: its cells will fail, and say so.
      let failure = error as? PeerError ?? PeerError(.broken, "\(error)")
      return RunReport.Peer(
        manifest, .live, reason: "it did not start: \(failure)", reference: reference, failure: failure)
    }
  }
}

extension [PeerCatalog.Entry] {
  var names: String { map(\.manifest.name).joined(separator: ", ") }
}
