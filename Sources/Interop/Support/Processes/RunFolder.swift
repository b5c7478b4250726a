#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

/// A folder for the temporary files of one run, which also notes what processes the run started.
///
/// Its name, `run-<pid space>-<owner>-<random>`, tells whose it is from the moment at which it exists. When the owner
/// is gone, whoever comes next removes the folder and what still runs of it: ``sweep(_:)``.
package struct RunFolder: Hashable, Sendable {
  package let path: String
  private let owner: ProcessIdentity
  private let space: UInt64

  /// Removes what dead runs left, then creates a folder for this one.
  ///
  /// - Parameter state: Where.
  /// - Returns: The folder.
  /// - Throws: ``RunFolderError``.
  package static func create(in state: StateFolder) async throws -> RunFolder {
    await sweep(state)
    guard let owner = ProcessIdentity(of: ProcessInfo.processInfo.processIdentifier) else {
      throw RunFolderError(message: "the system does not tell when this process started")
    }
    let random = String(UInt64.random(in: .min ... .max), radix: 36)
    return try create(owner: owner, name: random, in: state)
  }

  /// Creates a folder for somebody else: for tests of ``sweep(_:)``.
  package static func create(owner: ProcessIdentity, name: String, in state: StateFolder) throws -> RunFolder {
    let path = "\(state.path)/run-\(ProcessIdentity.space)-\(owner)-\(name)"
    do {
      try FileManager.default.createDirectory(
        atPath: path, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
    } catch {
      throw RunFolderError(message: "cannot create \(path): \(error)")
    }
    return RunFolder(path: path, owner: owner, space: ProcessIdentity.space)
  }

  private init(path: String, owner: ProcessIdentity, space: UInt64) {
    self.path = path
    self.owner = owner
    self.space = space
  }

  /// The folder at a path; nil if its name is not that of a run folder.
  init?(path: String) {
    let parts = path.split(separator: "/").last?.split(separator: "-") ?? []
    guard parts.count == 4, parts[0] == "run", let space = UInt64(parts[1]), let owner = ProcessIdentity(parts[2])
    else { return nil }
    self.init(path: path, owner: owner, space: space)
  }

  /// Notes a process of this run that leads a process group; one that has ended already needs no note.
  package func note(pid: Int32, name: String) throws {
    guard let identity = ProcessIdentity(of: pid) else { return }
    try SmallFile.append("\(identity) \(name)\n", to: notes)
  }

  /// The processes that were noted, gone ones included.
  package var processes: [ProcessIdentity] {
    (SmallFile.read(notes) ?? "").split(separator: "\n").compactMap { line in
      line.split(separator: " ").first.flatMap { ProcessIdentity($0) }
    }
  }

  /// The process that was noted last under a name, gone or not.
  package func process(named name: String) -> ProcessIdentity? {
    (SmallFile.read(notes) ?? "").split(separator: "\n").last { $0.hasSuffix(" \(name)") }
      .flatMap { $0.split(separator: " ").first }.flatMap { ProcessIdentity($0) }
  }

  private var notes: String { "\(path)/processes" }

  /// Whether the run is over without having removed its folder. Of a run in another space, nobody here can tell.
  package var isAbandoned: Bool { space == ProcessIdentity.space && !owner.isAlive }

  /// Removes the folder with everything in it; a folder that is gone is no error.
  package func remove() throws {
    guard exists else { return }
    do {
      try FileManager.default.removeItem(atPath: path)
    } catch {
      // Somebody else may have been faster.
      if exists { throw RunFolderError(message: "cannot remove \(path): \(error)") }
    }
  }

  package var exists: Bool { FileManager.default.fileExists(atPath: path) }
}
