internal import Foundation
package import InteropModel
package import InteropSupport
internal import SyRPCWire
package import WireTap

/// What was kept of a cell: its transcripts and logs. It may have been moved, and changed: nothing of it is trusted.
package struct KeptCell {
  /// The transcripts of each role, in the order of its connections.
  package private(set) var transcripts: [(role: Role, transcript: Transcript)] = []
  package private(set) var logs: [(role: Role, log: [UInt8])] = []
  /// What could not be read, and why.
  package private(set) var problems: [String] = []

  /// Nil if nothing was kept, or it is not there any more.
  ///
  /// - Parameters:
  ///   - cell: which.
  ///   - folder: where the report is.
  package init?(_ cell: Report.Cell, beside folder: String) {
    guard let name = Self.name(of: cell), let files = try? Files.list(folder / name) else { return nil }
    for role in Role.allCases {
      let prefix = "\(role.rawValue)-"
      let numbers = files.compactMap { file in
        file.hasPrefix(prefix) && file.hasSuffix(".jsonl") ? Int(file.dropFirst(prefix.count).dropLast(6)) : nil
      }.sorted()
      for number in numbers {
        let path = folder / name / "\(prefix)\(number).jsonl"
        do { transcripts.append((role, try Transcript(jsonLines: try Files.read(path)))) } catch {
          problems.append("\(path): \(error)")
        }
      }
      if files.contains("\(role.rawValue).log"), let log = try? Files.read(folder / name / "\(role.rawValue).log") {
        logs.append((role, log))
      }
    }
  }

  /// Where it is below the report's folder: nothing else that a report names is looked at. Nil if nothing was kept.
  private static func name(of cell: Report.Cell) -> String? {
    cell.folder.flatMap { $0.hasPrefix("/") || $0.split(separator: "/").contains("..") ? nil : $0 }
  }

  /// Copies what was kept of a cell, if anything is there, from beside one report to beside another, over what was there.
  ///
  /// - Throws: ``InteropError``.
  package static func copy(_ cell: Report.Cell, from folder: String, to other: String) throws(InteropError) {
    guard let name = name(of: cell), let files = try? Files.list(folder / name), folder / name != other / name else {
      return
    }
    try Files.remove(other / name)
    for file in files { try Files.write(try Files.read(folder / name / file), to: other / name / file) }
  }

  /// For people: every frame and every line of the logs.
  package var lines: [String] {
    let formatter = FrameFormatter()
    var lines: [String] = []
    for (role, transcript) in transcripts {
      lines.append("\(role.rawValue), connection \(transcript.head.connection):")
      lines += transcript.entries.map { formatter.line(connection: transcript.head.connection, $0) }
      lines.append("            \(transcript.ending.description.visible)")
    }
    for (role, log) in logs {
      lines.append("log of the \(role.rawValue):")
      lines += String(decoding: log, as: UTF8.self).visibleLines.split(separator: "\n").map { "  \($0)" }
    }
    return lines + problems.map(\.visible)
  }
}
