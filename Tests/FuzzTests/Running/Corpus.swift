import Foundation

/// The files that the fuzzer reads and writes.
enum Corpus {
  static let checkout = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// What went wrong once, by the name of the file in `fixtures/fuzz/TARGET`.
  static func found(_ target: String) throws -> [(name: String, input: [UInt8])] {
    let folder = checkout.appending(path: "fixtures/fuzz/\(target)")
    return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().map {
      ($0, [UInt8](try Data(contentsOf: folder.appending(path: $0))))
    }
  }

  /// The bytes of the files of a fixture's folder whose names end so.
  static func fixtures(_ folder: String, _ ending: String) -> [[UInt8]] {
    let url = checkout.appending(path: folder)
    let names = FileManager.default.enumerator(atPath: url.path)?.compactMap { $0 as? String } ?? []
    return names.filter { $0.hasSuffix(ending) }.sorted().compactMap { name in
      (try? Data(contentsOf: url.appending(path: name))).map { [UInt8]($0) }
    }
  }

  /// Where inputs that went wrong are put.
  static func output(_ name: String) throws -> URL {
    let folder = checkout.appending(path: "build/fuzz")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return folder.appending(path: name)
  }
}
