internal import Foundation
package import InteropModel
internal import InteropSupport
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
    // What a report names is below its own folder, or not looked at.
    guard let name = cell.folder, !name.hasPrefix("/"), !name.split(separator: "/").contains(".."),
      let files = try? Files.list(folder / name)
    else { return nil }
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
