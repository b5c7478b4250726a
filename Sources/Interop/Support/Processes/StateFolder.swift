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
  /// - Parameter path: Where; nil for `syrpc-interop-<user id>` in the folder that TMPDIR names, by default in memory, if
  ///   there is much room, or else in `/tmp`.
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
    standardPath(
      temporary: ProcessInfo.processInfo.environment["TMPDIR"] ?? "", current: FileManager.default.currentDirectoryPath,
      freeMemory: freeMemory)
  }

  /// Where the folder is by default.
  ///
  /// - Parameters:
  ///   - temporary: what TMPDIR says; empty for nothing.
  ///   - current: the current folder.
  ///   - freeMemory: the room in Linux's memory as a file system, in bytes; 0 if there is none.
  /// - Returns: its path, from the root on: processes that are started elsewhere must find it as well.
  static func standardPath(temporary: String, current: String, freeMemory: UInt64) -> String {
    var folder = temporary
    if folder.isEmpty { folder = freeMemory >= leastMemory ? memory : "/tmp" }
    return "\(folder.hasPrefix("/") ? folder : "\(current)/\(folder)")/syrpc-interop-\(geteuid())"
  }

  /// A broker waits for the disk with every message that is to survive it. These need to survive no more than the broker.
  private static let memory = "/dev/shm"
  /// What a run may leave in a broker, with room to spare, in bytes. A container has 64 MiB of memory there by default.
  static let leastMemory: UInt64 = 2 << 30

  private static var freeMemory: UInt64 {
    var info = statvfs()
    guard access(memory, W_OK | X_OK) == 0, statvfs(memory, &info) == 0 else { return 0 }
    return UInt64(info.f_bavail) * UInt64(info.f_frsize)
  }

  /// The run folders in it, of runs that live and of runs that are gone.
  var runs: [RunFolder] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    return names.compactMap { RunFolder(path: "\(path)/\($0)") }
  }
}
