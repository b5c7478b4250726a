#if canImport(System)
  internal import System
#else
  internal import SystemPackage
#endif

/// Reading and writing small files, also those of /proc, whose size is said to be 0.
package enum SmallFile {
  /// The last `limit` bytes of a file as text, with replacement characters where it is not UTF-8; nil if unreadable.
  package static func read(_ path: String, last limit: Int = 1 << 20) -> String? {
    try? open(path, .readOnly, []) { file in
      var bytes: [UInt8] = []
      // What cannot be sought (/proc, pipes) is read from its beginning.
      if let size = try? file.seek(offset: 0, from: .end) {
        _ = try file.seek(offset: max(0, size - Int64(limit)), from: .start)
      }
      let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 1)
      defer { chunk.deallocate() }
      while bytes.count < limit, case let count = try file.read(into: chunk), count > 0 {
        bytes.append(contentsOf: chunk.prefix(count))
      }
      return String(decoding: bytes, as: UTF8.self)
    }
  }

  /// Creates or replaces a file that only its owner may read.
  package static func write(_ text: String, to path: String) throws {
    try open(path, .writeOnly, [.create, .truncate]) { _ = try $0.writeAll(text.utf8) }
  }

  /// Appends in one write, so that lines from several tasks stay whole.
  package static func append(_ text: String, to path: String) throws {
    try open(path, .writeOnly, [.create, .append]) { _ = try $0.writeAll(text.utf8) }
  }

  private static func open<Value>(
    _ path: String, _ mode: FileDescriptor.AccessMode, _ options: FileDescriptor.OpenOptions,
    _ body: (FileDescriptor) throws -> Value
  ) throws -> Value {
    let file = try FileDescriptor.open(
      FilePath(path), mode, options: options.union(.closeOnExec), permissions: [.ownerReadWrite])
    return try file.closeAfter { try body(file) }
  }
}
