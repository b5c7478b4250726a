internal import Foundation
package import InteropModel
package import InteropSupport

/// `fixtures/CHECKSUMS`: size and SipHash-2-4 of every fixture, so that no byte changes unnoticed.
package struct FixtureChecksums {
  private let folder: String
  private var path: String { folder / "CHECKSUMS" }

  package init(_ checkout: Checkout) { folder = checkout.folder / "fixtures" }

  /// Writes the file anew.
  ///
  /// - Throws: ``InteropError``.
  package func write() throws(InteropError) {
    let lines = try actual().sorted { $0.key < $1.key }.map { "\($0.value)  \($0.key)\n" }
    try Files.write(Array(lines.joined().utf8), to: path)
  }

  /// What does not agree with the file.
  func problems() throws(InteropError) -> [String] {
    let actual = try actual()
    var listed: [String: String] = [:]
    let lines = String(decoding: try Files.read(path), as: UTF8.self).split(separator: "\n")
    for (number, line) in lines.enumerated() {
      guard let match = line.wholeMatch(of: #/([0-9a-f]{16} [0-9]+)  (.+)/#) else {
        throw InteropError("\(path) line \(number + 1): \"\(line)\" is no checksum, size and file")
      }
      guard listed.updateValue(String(match.1), forKey: String(match.2)) == nil else {
        throw InteropError("\(path) line \(number + 1): \(match.2) stands twice")
      }
    }
    return Set(actual.keys).union(listed.keys).sorted().compactMap { name in
      switch (listed[name], actual[name]) {
      case (let listed?, let actual?) where listed == actual: nil
      case (_?, _?): "fixtures/\(name) has changed"
      case (nil, _): "fixtures/\(name) is not in CHECKSUMS"
      case (_, nil): "fixtures/\(name) is missing"
      }
    }
  }

  private func actual() throws(InteropError) -> [String: String] {
    var sums: [String: String] = [:]
    for name in FileManager.default.enumerator(atPath: folder)?.compactMap({ $0 as? String }) ?? [] {
      guard name != "CHECKSUMS", !Files.isFolder(folder / name) else { continue }
      let bytes = try Files.read(folder / name)
      sums[name] = "\(Fingerprint.of(bytes)) \(bytes.count)"
    }
    return sums
  }
}
