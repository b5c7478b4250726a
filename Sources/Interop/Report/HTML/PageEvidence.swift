internal import Foundation
internal import InteropJudge
internal import InteropModel
internal import InteropSupport
internal import SyRPCWire
internal import WireTap

/// What was kept of cells, as far as a page has room for it.
struct PageEvidence {
  /// By the numbers of the cells.
  private(set) var json: JSON = .object([:])

  /// A page stays below 15 MB: what has no room is in the cells' folders.
  private static let limit = 7_000_000
  private static let framesOfCell = 600
  private static let bytesOfFrame = 1024
  private static let linesOfLog = 300
  private static let bytesOfLine = 500

  init(_ report: Report, beside folder: String?) {
    guard let folder else { return }
    var members = JSONObject()
    var room = Self.limit
    for number in Self.order(report) {
      guard let kept = KeptCell(report.cells[number], beside: folder) else { continue }
      let part = Self.part(kept)
      guard let size = try? part.encoded().count else { continue }
      // A smaller one may have room still.
      guard size <= room else { continue }
      room -= size
      members["\(number)"] = part
    }
    json = .object(members)
  }

  /// The cells that were kept: one of each cause first, then all that are not as expected.
  private static func order(_ report: Report) -> [Int] {
    let examples = Set(BlameList(report).entries.map(\.example.name))
    func rank(_ cell: Report.Cell) -> Int { examples.contains(cell.name) ? 0 : cell.verdict.isUnexpected ? 1 : 2 }
    return report.cells.indices.filter { report.cells[$0].folder != nil }
      .sorted { (rank(report.cells[$0]), $0) < (rank(report.cells[$1]), $1) }
  }

  private static func part(_ kept: KeptCell) -> JSON {
    let frames = kept.transcripts.flatMap { role, transcript in
      let started = transcript.head.started.flatMap {
        try? Date.ISO8601FormatStyle(includingFractionalSeconds: true).parse($0)
      }
      return transcript.entries.map { entry in
        (
          time: (started?.timeIntervalSinceReferenceDate ?? 0) * 1000 + entry.milliseconds, role,
          transcript.head.connection, entry
        )
      }
    }.enumerated().sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }.map(\.element)
    let first = frames.first?.time ?? 0
    return [
      "frames": .array(
        frames.prefix(framesOfCell).map { time, role, connection, entry in
          frame(entry.frame, entry.direction, role, connection, milliseconds: time - first)
        }),
      "cut": .integer(Int64(max(0, frames.count - framesOfCell))),
      "logs": .array(
        kept.logs.map { role, log in
          let lines = log.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
          let shown = lines.prefix(linesOfLog).map { line in
            JSON.string(String(decoding: line.prefix(bytesOfLine), as: UTF8.self).visible)
          }
          let more: [JSON] = lines.count > linesOfLog ? [.string("… \(lines.count - linesOfLog) lines more")] : []
          return ["role": .string(role.rawValue), "lines": .array(shown + more)]
        }),
    ]
  }

  private static func frame(
    _ frame: Frame, _ direction: Transcript.Direction, _ role: Role, _ connection: Int, milliseconds: Double
  ) -> JSON {
    var members: JSONObject = [
      "ms": .string(String(Int(milliseconds)) + "." + String(Int(milliseconds * 10) % 10)),
      "role": .string(role.rawValue), "connection": .integer(Int64(connection)),
      "out": .bool(direction == .toBroker), "text": .string(FrameFormatter(previewLength: 300).text(frame)),
      "raw": .string(Hex.encode(frame.raw.prefix(bytesOfFrame))), "size": .integer(Int64(frame.raw.count)),
    ]
    if let method = frame.method {
      members["method"] = .string(method.name)
      members["label"] = .string(label(method.fields))
    }
    return .object(members)
  }

  /// What tells one method from another of the same name.
  private static func label(_ fields: JSONObject) -> String {
    ["exchange", "queue", "routing-key", "consumer-tag", "delivery-tag", "reply-text"].compactMap { name in
      guard let value = fields[name], name != "consumer-tag" || fields["queue"] == nil else { return nil }
      let text = value.stringValue ?? value.description
      return text.isEmpty ? nil : text.shortened(to: 40).visible
    }.prefix(2).joined(separator: " ")
  }
}
