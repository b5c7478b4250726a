internal import Foundation
package import SyRPCWire

/// Reading and writing, with errors that name the file.
package enum Files {
  /// The bytes of a file.
  ///
  /// - Throws: ``InteropError`` that names it.
  package static func read(_ path: String) throws(InteropError) -> [UInt8] {
    do { return [UInt8](try Data(contentsOf: URL(filePath: path))) } catch {
      throw InteropError("cannot read \(path): \(error.localizedDescription)")
    }
  }

  /// A file as JSON.
  ///
  /// - Throws: ``InteropError`` that names it, and the line and column at which the JSON breaks.
  package static func readJSON(_ path: String) throws(InteropError) -> JSON {
    try json(try read(path), of: path)
  }

  /// The bytes of a file as JSON.
  ///
  /// - Throws: ``InteropError`` that names it, and the line and column at which the JSON breaks.
  package static func json(_ bytes: [UInt8], of path: String) throws(InteropError) -> JSON {
    do { return try JSON(parsing: bytes, options: .rejectDuplicateKeys) } catch {
      guard let offset = error.byteOffset else { throw InteropError("\(path): \(error.message)") }
      // Where reading stopped is behind what it stumbled over.
      let read = bytes.prefix(max(0, offset - 1))
      let column = read.reversed().prefix { $0 != UInt8(ascii: "\n") }.count + 1
      throw InteropError(
        "\(path) line \(read.count { $0 == UInt8(ascii: "\n") } + 1), column \(column): \(error.message)")
    }
  }

  /// Writes a file whole, or not at all, and the folders above it.
  ///
  /// - Throws: ``InteropError`` that names it.
  package static func write(_ bytes: [UInt8], to path: String) throws(InteropError) {
    let url = URL(filePath: path)
    do {
      try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(bytes).write(to: url, options: .atomic)
    } catch {
      throw InteropError("cannot write \(path): \(error.localizedDescription)")
    }
  }

  /// Writes behind what a file has; one that is not there is made.
  ///
  /// - Throws: ``InteropError`` that names it.
  package static func append(_ bytes: [UInt8], to path: String) throws(InteropError) {
    guard exists(path) else { return try write(bytes, to: path) }
    do {
      let file = try FileHandle(forWritingTo: URL(filePath: path))
      defer { try? file.close() }
      try file.seekToEnd()
      try file.write(contentsOf: Data(bytes))
    } catch { throw InteropError("cannot write \(path): \(error.localizedDescription)") }
  }

  /// Makes a folder, and those above it; one that is there is no error.
  ///
  /// - Throws: ``InteropError`` that names it.
  package static func createFolder(_ path: String) throws(InteropError) {
    do {
      try FileManager.default.createDirectory(at: URL(filePath: path), withIntermediateDirectories: true)
    } catch { throw InteropError("cannot create \(path): \(error.localizedDescription)") }
  }

  /// The size of a file in bytes; 0 if there is none.
  package static func size(_ path: String) -> Int {
    (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
  }

  package static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

  package static func isFolder(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
  }

  /// The names in a folder, sorted.
  ///
  /// - Throws: ``InteropError`` that names it.
  package static func list(_ folder: String) throws(InteropError) -> [String] {
    do { return try FileManager.default.contentsOfDirectory(atPath: folder).sorted() } catch {
      throw InteropError("cannot list \(folder): \(error.localizedDescription)")
    }
  }

  /// Removes a file or folder, if it is there.
  ///
  /// - Throws: ``InteropError`` that names it.
  package static func remove(_ path: String) throws(InteropError) {
    guard exists(path) else { return }
    do { try FileManager.default.removeItem(atPath: path) } catch {
      throw InteropError("cannot remove \(path): \(error.localizedDescription)")
    }
  }
}

/// A path below another.
package func / (folder: String, name: String) -> String {
  folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
}
