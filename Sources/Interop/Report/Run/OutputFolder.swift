package import InteropSupport

#if canImport(System)
  internal import System
#else
  internal import SystemPackage
#endif

#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// The folder that a run's reports go to, kept from other runs for as long as this lives.
///
/// The folder itself is locked (flock(2)): that leaves nothing behind, however the run ends.
package final class OutputFolder: Sendable {
  package let path: String
  private let descriptor: FileDescriptor

  /// Takes a folder, which is made if it is not there.
  ///
  /// - Parameter path: an absolute path.
  /// - Throws: ``InteropError`` if it cannot be written to, or another run has it.
  package init(_ path: String) throws(InteropError) {
    self.path = path
    do { try Files.createFolder(path) } catch { throw InteropError("\(error.message)\n\(Self.hint)") }
    guard access(path, W_OK) == 0 else {
      throw InteropError("cannot write to \(path): \(String(cString: strerror(errno)))\n\(Self.hint)")
    }
    do {
      descriptor = try FileDescriptor.open(FilePath(path), .readOnly, options: [.directory, .closeOnExec])
    } catch {
      throw InteropError("cannot open \(path): \(error)")
    }
    // Where folders cannot be locked, as on some network file systems, runs are on their own.
    if flock(descriptor.rawValue, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK {
      try? descriptor.close()
      throw InteropError("another run writes its report to \(path)\n\(Self.hint)")
    }
  }

  deinit { try? descriptor.close() }

  private static let hint = "Name another folder with --output."
}
