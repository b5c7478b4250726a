internal import SyRPCWire

/// Puts methods, headers and bodies together, frame by frame.
package struct MessageAssembler {
  private struct Lane: Hashable {
    let direction: Transcript.Direction
    let channel: UInt16
  }

  /// A method that has content to come.
  private struct Open {
    let entry: Transcript.Entry
    let method: Frame.Method
    var header: Frame.ContentHeader?
    var body: [UInt8] = []
    var bodyFrames = 0
  }

  /// §1.8: the methods with content. basic.get-empty has none.
  package static let carriers: Set<String> = ["basic.publish", "basic.deliver", "basic.return", "basic.get-ok"]

  private var contents = Transcript.Contents()
  private var open: [Lane: Open] = [:]

  package init() {}

  /// Takes the next frame.
  ///
  /// - Returns: the message that it completes; nil if it completes none.
  @discardableResult
  package mutating func add(_ entry: Transcript.Entry) -> WireMessage? {
    let lane = Lane(direction: entry.direction, channel: entry.frame.channel)
    switch entry.frame.kind {
    case .method(let method):
      breakOff(lane)
      if Self.carriers.contains(method.name) { open[lane] = Open(entry: entry, method: method) }
    case .header(let header):
      guard var content = open[lane], content.header == nil else {
        contents.stray.append(entry.number)
        break
      }
      content.header = header
      return proceed(content, lane, entry)
    case .body(let body):
      guard let size = open[lane]?.header?.bodySize, UInt64((open[lane]?.body.count ?? 0) + body.count) <= size,
        // Taken out while it grows, else every frame would copy all those before it.
        var content = open.removeValue(forKey: lane)
      else {
        contents.stray.append(entry.number)
        break
      }
      content.body += body
      content.bodyFrames += 1
      return proceed(content, lane, entry)
    case .undecodable:
      breakOff(lane)
    case .protocolHeader, .heartbeat:
      break
    }
    return nil
  }

  /// What was put together, once no more frames come.
  consuming func finish() -> Transcript.Contents {
    for lane in open.keys { breakOff(lane) }
    contents.incomplete.sort { $0.entry < $1.entry }
    return contents
  }

  private mutating func proceed(_ content: Open, _ lane: Lane, _ entry: Transcript.Entry) -> WireMessage? {
    guard let header = content.header, UInt64(content.body.count) == header.bodySize else {
      open[lane] = content
      return nil
    }
    open[lane] = nil
    let message = WireMessage(
      entry: content.entry.number, lastEntry: entry.number, direction: lane.direction, channel: lane.channel,
      method: content.method.name, fields: content.method.fields, properties: header.properties, body: content.body,
      bodyFrames: content.bodyFrames)
    contents.messages.append(message)
    return message
  }

  private mutating func breakOff(_ lane: Lane) {
    guard let content = open.removeValue(forKey: lane) else { return }
    contents.incomplete.append(
      IncompleteMessage(
        entry: content.entry.number, direction: lane.direction, channel: lane.channel, method: content.method.name,
        bodySize: content.header?.bodySize, received: content.body.count))
  }
}
