#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// The folder of one user, and of nobody else, in which every run has its own.
package struct StateFolder: Hashable, Sendable {
  package let path: String

  /// Opens the folder, and creates it if it is not there.
  ///
  /// - Parameter path: Where; nil for `syrpc-interop-<user id>` in the temp folder.
  /// - Throws: ``RunFolderError`` if it cannot be created, or others may have had a hand in it: what is recorded there
  ///   decides which processes are killed.
  package init(path: String? = nil) throws {
    self.path = path ?? Self.standardPath
    if mkdir(self.path, 0o700) != 0, errno != EEXIST {
      let cause = String(cString: strerror(errno))
      throw RunFolderError(
        message: "cannot create \(self.path): \(cause)" + (path == nil ? "; TMPDIR says where temporary files go" : ""))
    }
    var info = stat()
    guard lstat(self.path, &info) == 0, info.st_mode & S_IFMT == S_IFDIR, info.st_uid == geteuid(),
      info.st_mode & 0o077 == 0
    else {
      throw RunFolderError(message: "\(self.path) is not a folder of this user alone (mode 0700); remove it")
    }
  }

  private static var standardPath: String {
    let named = ProcessInfo.processInfo.environment["TMPDIR"] ?? ""
    let temporary = named.isEmpty ? "/tmp" : named
    // Processes that are started elsewhere must find it as well.
    let absolute =
      temporary.hasPrefix("/") ? temporary : "\(FileManager.default.currentDirectoryPath)/\(temporary)"
    return "\(absolute)/syrpc-interop-\(geteuid())"
  }

  /// The run folders in it, of runs that live and of runs that are gone.
  var runs: [RunFolder] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    return names.compactMap { RunFolder(path: "\(path)/\($0)") }
  }
}
