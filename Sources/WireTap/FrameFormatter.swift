internal import SyRPCWire

/// Frames as lines for the terminal, one a frame:
///
///     12.345 -> 0/1 queue.declare queue="echo_request" durable
///     12.871 <- 0/1 body 76 {"result_id":"…
///
/// A line is time in milliseconds, direction (to the broker: `->`), connection and channel, what the frame is, and those
/// of its fields that are not at their default. Nothing in it can steer the terminal, and no credentials are in it.
package struct FrameFormatter: Sendable {
  /// The most characters of a body or of one text field that are shown.
  package var previewLength: Int

  package init(previewLength: Int = 80) {
    self.previewLength = previewLength
  }

  /// The line for an entry, without a line feed.
  package func line(connection: Int, _ entry: Transcript.Entry) -> String {
    let arrow = entry.direction == .toBroker ? "->" : "<-"
    // A transcript that was read can have any time: no more than a double counts exactly.
    let microseconds = Int(min((entry.milliseconds * 1000).rounded(), 0x1p53))
    let fraction = String(1000 + microseconds % 1000).dropFirst()
    let time = "\(microseconds / 1000).\(fraction)"
    let padding = String(repeating: " ", count: max(0, 10 - time.utf8.count))
    return "\(padding)\(time) \(arrow) \(connection)/\(entry.frame.channel) \(text(entry.frame))"
  }

  /// What a frame is, in the same form: `queue.declare queue="echo_request" durable`.
  package func text(_ frame: Frame) -> String {
    switch frame.kind {
    case .protocolHeader:
      "protocol-header " + frame.raw.dropFirst(4).map(String.init).joined(separator: "-")
    case .heartbeat: "heartbeat"
    case .method(let method): words(method.name, method.fields)
    case .header(let header): words("header \(header.bodySize)", header.properties)
    case .body(let body): "body \(body.count) \(preview(body))"
    case .undecodable(let reason): "undecodable: \(reason.visible) (\(frame.raw.count) bytes)"
    }
  }

  private func words(_ name: String, _ fields: JSONObject) -> String {
    var words = [name]
    for (key, value) in fields where !key.hasPrefix("reserved-") {
      switch value {
      case .bool(false): break
      case .bool(true): words.append(key)
      // An empty exchange is the default exchange, which is worth knowing; other empty texts say nothing.
      case .string("") where key != "exchange": break
      case .object(let object) where object.isEmpty: break
      case .string(let text): words.append("\(key)=\"\(shorten(text))\"")
      default: words.append("\(key)=\(shorten(value.description))")
      }
    }
    return words.joined(separator: " ")
  }

  private func preview(_ body: ArraySlice<UInt8>) -> String {
    // A character has at most 4 bytes: of a body of megabytes no more is decoded than is shown.
    let start = body.prefix(4 * (previewLength + 1))
    return shorten(String(decoding: start, as: UTF8.self), hasMore: start.count < body.count)
  }

  private func shorten(_ text: String, hasMore: Bool = false) -> String {
    let shown = text.unicodeScalars.prefix(previewLength)
    let isCut = hasMore || shown.endIndex != text.unicodeScalars.endIndex
    return String(String.UnicodeScalarView(shown)).visible + (isCut ? "…" : "")
  }
}
