internal import InteropModel
package import InteropReport
package import InteropSupport

/// The peers of a checkout, and which of them can run here.
package struct PeerCatalog: Sendable {
  package struct Entry: Sendable {
    package let manifest: PeerManifest
    package let availability: PeerAvailability

    package init(manifest: PeerManifest, availability: PeerAvailability) {
      self.manifest = manifest
      self.availability = availability
    }

    /// The same peer under another name, started otherwise.
    package func named(_ name: String, _ command: PeerCommand) -> Entry {
      Entry(manifest: manifest.named(name), availability: .live(command))
    }
  }

  package let entries: [Entry]

  /// Reads every folder with a `peer.json`.
  ///
  /// - Parameters:
  ///   - folder: `interop/peers`.
  ///   - places: what the words in braces stand for.
  ///   - references: local checkouts by the name of the peer that they stand in for.
  ///   - interpreters: the interpreters that peers are to run on, each as a peer of its own in place of the one that is
  ///     named; see ``ask(_:folder:places:)``.
  ///   - builds: the programs of peers that were built from a tag, by the name of the peer and its version: `swift@0.1.0`.
  ///   - transcripts: the folder of recordings; nil for none.
  /// - Throws: ``InteropError`` that names the file, or a reference for a peer that does not exist.
  package init(
    folder: String, places: PeerManifest.Places, references: [String: String],
    interpreters: [String: [NamedInterpreter]] = [:], builds: [String: TaggedBuild] = [:], transcripts: String? = nil
  ) throws(InteropError) {
    var entries: [Entry] = []
    for name in try PeerName.all(in: folder) {
      let manifest = try PeerManifest(folder: folder / name, places: places)
      guard manifest.name == name else {
        throw InteropError(
          "\(folder / name)/peer.json names itself \(manifest.name); a peer has the name of its folder")
      }
      if let named = interpreters[name], !named.isEmpty {
        let parts = manifest.interpreters?.parts ?? .max
        for variant in try NamedInterpreter.names(name, named, parts: parts) {
          let manifest = try PeerManifest(folder: folder / name, places: places, on: variant)
          let reference = PeerName.forms(of: manifest.name).compactMap { references[$0] }.first
          // What was recorded of one version cannot stand in for another.
          entries.append(Entry(manifest: manifest, availability: try manifest.availability(reference: reference)))
        }
        continue
      }
      let isRecorded = try transcripts.map { folder throws(InteropError) in
        try !RecordedConversation.names(in: folder, of: name).isEmpty
      }
      entries.append(
        Entry(
          manifest: manifest,
          availability: try manifest.availability(reference: references[name], isRecorded: isRecorded ?? false)))
    }
    // What a version is of stands beside it.
    for (name, reference) in references.sorted(by: { $0.key < $1.key })
    where PeerName.base(of: name) != name
      && !entries.contains(where: { PeerName.forms(of: $0.manifest.name).contains(name) })
    {
      let base = PeerName.base(of: name)
      guard Files.exists(folder / base / "peer.json") else { continue }
      try PeerName.checkVersion(of: name)
      let manifest = try PeerManifest(folder: folder / base, places: places).named(name)
      entries.append(Entry(manifest: manifest, availability: try manifest.availability(reference: reference)))
    }
    for (name, build) in builds.sorted(by: { $0.key < $1.key }) {
      try PeerName.checkVersion(of: name)
      let manifest = try PeerManifest(folder: folder / PeerName.base(of: name), places: places).named(name)
      entries.append(Entry(manifest: manifest, availability: .live(build.command(folder: manifest.folder))))
    }
    for name in references.keys where !entries.contains(where: { PeerName.forms(of: $0.manifest.name).contains(name) })
    {
      throw InteropError("--reference \(name): there is no such peer; there is \(entries.names)")
    }
    guard !entries.isEmpty else { throw InteropError("\(folder) has no peer") }
    self.entries = entries
  }

  /// Asks interpreters for their versions.
  ///
  /// - Parameters:
  ///   - paths: interpreters, each with the name of the peer that is to run on it.
  ///   - folder: `interop/peers`.
  ///   - places: what the words in braces stand for.
  /// - Returns: the interpreters of each peer, in the order in which they came.
  /// - Throws: ``InteropError`` that names a peer that does not exist or takes none, or a path where there is none.
  package static func ask(
    _ paths: [(peer: String, path: String)], folder: String, places: PeerManifest.Places
  ) async throws -> [String: [NamedInterpreter]] {
    var interpreters: [String: [NamedInterpreter]] = [:]
    for (peer, path) in paths {
      guard Files.exists(folder / peer / "peer.json") else {
        throw InteropError("--interpreter \(peer)=\(path): there is no such peer")
      }
      let manifest = try PeerManifest(folder: folder / peer, places: places)
      interpreters[peer, default: []].append(try await NamedInterpreter.ask(path, for: manifest))
    }
    return interpreters
  }

  /// The peers that the patterns name; those of the default matrix if there is none.
  ///
  /// - Throws: ``InteropError`` that names a pattern that matches nothing.
  package func selected(_ patterns: [Glob]) throws(InteropError) -> [Entry] {
    let names = try select("--peer", patterns, from: entries.map(\.manifest.name), by: PeerName.forms)
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

  /// Why it is not live; nil if it is.
  package var reasonNotLive: String? {
    switch availability {
    case .live: nil
    case .replay(let reason), .missing(let reason): reason
    }
  }

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
      if let version = manifest.interpreter?.version, identity.version?.isOne(of: version) != true {
        throw PeerError(.broken, "its interpreter said that it is version \(version), its hello \(identity.runtime)")
      }
      if let path = command.environment[PeerCommand.referenceVariable] ?? nil, !identity.isReference {
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
