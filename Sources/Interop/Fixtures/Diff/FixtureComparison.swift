internal import Foundation
internal import InteropModel
package import InteropSupport
internal import SyRPCWire
internal import WireTap

/// What is different between two folders of fixtures, or two files of the same kind.
package struct FixtureComparison: Sendable {
  /// Sentences, with all places of each.
  let groups: [FixtureChangeGroup]
  /// What is no difference, and yet worth a line.
  let notes: [String]

  package var isSame: Bool { groups.isEmpty }

  /// Compares.
  ///
  /// - Parameters:
  ///   - old: a checkout, a folder of fixtures or of a checkout's, or one file.
  ///   - new: another of the same kind.
  /// - Throws: ``InteropError`` that names the file that cannot be read, or is not what it should be.
  package init(_ old: String, _ new: String) throws(InteropError) {
    for path in [old, new] where !Files.exists(path) { throw InteropError("\(path): there is no such file or folder") }
    var comparing = Comparing()
    switch (Files.isFolder(old), Files.isFolder(new)) {
    case (true, true): try comparing.folders(try Self.fixtures(in: old), try Self.fixtures(in: new))
    case (false, false): try comparing.files(old, new)
    case (let isFolder, _):
      throw InteropError("\(isFolder ? old : new) is a folder, and \(isFolder ? new : old) is a file")
    }
    groups = comparing.changes.grouped
    notes = comparing.notes
  }

  private static func fixtures(in folder: String) throws(InteropError) -> String {
    for place in [folder / "fixtures", folder] where Comparing.parts.contains(where: { Files.exists(place / $0) }) {
      return place
    }
    throw InteropError(
      "\(folder) is no folder of fixtures: it has none of \(Comparing.parts.joined(separator: ", "))")
  }
}

/// A comparison while it is made.
private struct Comparing {
  /// What makes a folder one of fixtures.
  static let parts = ["contract.json", "messages", "transcripts", "vectors"]

  /// What a file holds.
  private enum Kind: String {
    case golden = "golden messages"
    case transcript = "a transcript"
    case recorded = "recorded messages"
    case json = "JSON"
    case other = "something else"
  }

  private(set) var changes: [FixtureChange] = []
  private(set) var notes: [String] = []

  // MARK: Folders

  mutating func folders(_ old: String, _ new: String) throws(InteropError) {
    let files = (try Self.files(in: old), try Self.files(in: new))
    for name in Set(files.0 + files.1).sorted() where !Self.isDerived(name) {
      switch (files.0.contains(name), files.1.contains(name)) {
      case (true, true): try compare(name, old / name, new / name)
      case (true, false): noteFile(name, "is gone", old: try Files.read(old / name), new: [])
      case (_, _): noteFile(name, "is new", old: [], new: try Files.read(new / name))
      }
    }
  }

  /// What says nothing that other files do not say, and what is for readers.
  private static func isDerived(_ name: String) -> Bool {
    name == "CHECKSUMS" || name.hasPrefix("messages/recorded/") || name.hasSuffix(".rst")
  }

  private static func files(in folder: String) throws(InteropError) -> [String] {
    let names = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
    return names.filter { !Files.isFolder(folder / $0) }
  }

  // MARK: Files

  mutating func files(_ old: String, _ new: String) throws(InteropError) {
    let kinds = (try Self.kind(of: old), try Self.kind(of: new))
    guard kinds.0 == kinds.1 else {
      throw InteropError("\(old) is \(kinds.0.rawValue), and \(new) is \(kinds.1.rawValue): they cannot be compared")
    }
    try compare(Self.name(new), old, new)
  }

  private static func name(_ path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }

  private static func kind(of path: String) throws(InteropError) -> Kind {
    guard !path.hasSuffix(".json") else { return .json }
    guard path.hasSuffix(".jsonl") else { return .other }
    let line = try Files.read(path).prefix { $0 != UInt8(ascii: "\n") }
    guard let head = try? JSON(parsing: line) else { return .other }
    return head["transcript"] != nil ? .transcript : head["recorded"] != nil ? .recorded : .golden
  }

  private mutating func compare(_ name: String, _ old: String, _ new: String) throws(InteropError) {
    let bytes = (try Files.read(old), try Files.read(new))
    guard bytes.0 != bytes.1 else { return }
    switch try Self.kind(of: new) {
    case .golden:
      changes += GoldenComparison(try GoldenMessages(file: old), try GoldenMessages(file: new)).changes
    case .transcript:
      let comparison = TranscriptComparison(Self.name(name), try Self.transcript(old), try Self.transcript(new))
      changes += comparison.changes
      if comparison.isSameConversation {
        notes.append("\(name): the same conversation; only times, ids, and what the broker chose are others")
      }
    case .recorded: noteFile(name, "has changed", old: bytes.0, new: bytes.1)
    case .json: compareValues(name, try Files.json(bytes.0, of: old), try Files.json(bytes.1, of: new), bytes)
    case .other: noteFile(name, "has changed", old: bytes.0, new: bytes.1)
    }
  }

  private static func transcript(_ path: String) throws(InteropError) -> Transcript {
    do { return try Transcript(jsonLines: try Files.read(path)) } catch {
      throw error as? InteropError ?? InteropError("\(path): \(error)")
    }
  }

  private mutating func compareValues(_ name: String, _ old: JSON, _ new: JSON, _ bytes: ([UInt8], [UInt8])) {
    let found = ValueComparison(old, new).changes
    for change in found {
      let words = Self.source(name) == .contract ? ContractWords(change.pattern) : nil
      let told = words?.told(change.fate, change.new)
      let plain = (["`\(change.pattern)`"] + (change.fate.map { [$0] } ?? [])).joined(separator: " ")
      func text(_ value: JSON?) -> [UInt8] { Array((value.map(\.exactDescription) ?? "").utf8) }
      changes.append(
        FixtureChange(
          source: Self.source(name), place: words?.place ?? name, what: told?.text ?? plain,
          old: change.old?.shortText, new: told?.isWhole ?? false ? nil : change.new?.shortText,
          occurrence: .init(path: "\(name): \(change.path)", old: text(change.old), new: text(change.new))))
    }
    if found.isEmpty { noteFile(name, "is written in another way, with the same values", old: bytes.0, new: bytes.1) }
  }

  private mutating func noteFile(_ name: String, _ what: String, old: [UInt8], new: [UInt8]) {
    changes.append(
      FixtureChange(
        source: Self.source(name), place: name, what: what,
        occurrence: .init(path: name, old: old, new: new, isText: String(validating: old + new, as: UTF8.self) != nil)))
  }

  private static func source(_ name: String) -> FixtureChange.Source {
    switch name {
    case "contract.json": .contract
    case let name where name.hasPrefix("vectors/"): .vectors
    case let name where name.hasPrefix("messages/"): .golden
    case let name where name.hasPrefix("transcripts/"): .transcripts
    default: .others
    }
  }
}
