/// Reads one rule: `effect[=value][@direction[:frames]][#connection]`.
struct FaultParser {
  /// Its place in the list, from 1.
  let number: Int
  let rule: Substring

  private static let names = ["cut", "delay", "drop", "refuse", "split", "stall", "throttle"]

  /// The parts of a rule; nil for one that is not there.
  private struct Parts {
    let name: Substring
    let value: Substring?
    let direction: Substring?
    let frames: Substring?
    let connection: Substring?

    init(_ rule: Substring) {
      func halves(_ text: Substring, _ separator: Character) -> (Substring, Substring?) {
        guard let index = text.firstIndex(of: separator) else { return (text, nil) }
        return (text[..<index], text[text.index(after: index)...])
      }
      let (body, connection) = halves(rule, "#")
      let (effect, place) = halves(body, "@")
      let (name, value) = halves(effect, "=")
      let (direction, frames) = place.map { halves($0, ":") } ?? (nil, nil)
      self.name = name
      self.value = value
      self.direction = direction
      self.frames = frames
      self.connection = connection
    }
  }

  /// The rule.
  ///
  /// - Throws: ``FaultSyntaxError``.
  func parse() throws(FaultSyntaxError) -> TapFault {
    let parts = Parts(rule)
    var connection: Int?
    if let text = parts.connection {
      connection = FaultUnit.wholeNumber(text)
      if connection == nil { throw error("\"\(text)\" is not the number of a connection; the first is #0") }
    }
    return TapFault(try effect(parts), connection: connection)
  }

  private func effect(_ parts: Parts) throws(FaultSyntaxError) -> TapFault.Effect {
    if let stop = TapFault.Stop(rawValue: String(parts.name)) {
      try refuse("value", parts.value, of: parts.name)
      return try self.stop(stop, parts)
    }
    switch parts.name {
    case "refuse":
      try refuse("value", parts.value, of: parts.name)
      try refuse("direction", parts.direction, of: parts.name)
      return .refuse
    case "delay":
      guard let time = FaultUnit.time(try value(parts, example: "delay=5ms")) else {
        throw error(
          "\"\(parts.value ?? "")\" is not a time from 1us to 3600s, with \(list(FaultUnit.timeNames)) for its unit")
      }
      return try shape(.delay(time), parts)
    case "throttle":
      guard let rate = FaultUnit.bytesPerSecond(try value(parts, example: "throttle=64KiB/s")) else {
        throw error("\"\(parts.value ?? "")\" is not a rate from 1B/s, with \(list(FaultUnit.rateNames)) for its unit")
      }
      return try shape(.throttle(bytesPerSecond: rate), parts)
    case "split":
      guard let text = parts.value else { return try shape(.split(pieceSize: nil), parts) }
      guard let size = FaultUnit.wholeNumber(text), size > 0 else {
        throw error("\"\(text)\" is not a number of bytes from 1")
      }
      return try shape(.split(pieceSize: size), parts)
    case "": throw error("the effect is missing; there is \(list(Self.names))")
    default: throw error("there is no effect \"\(parts.name)\"; there is \(list(Self.names))")
    }
  }

  private func shape(_ shape: TapFault.Shape, _ parts: Parts) throws(FaultSyntaxError) -> TapFault.Effect {
    let direction = try direction(parts)
    try refuse("frame", parts.frames, of: parts.name)
    return .shape(shape, direction)
  }

  private func stop(_ stop: TapFault.Stop, _ parts: Parts) throws(FaultSyntaxError) -> TapFault.Effect {
    guard let direction = try direction(parts) else {
      let example = stop == .drop ? "drop@to-broker" : "\(stop.rawValue)@to-broker:12"
      throw error("\(stop.rawValue) needs a direction: \(example)")
    }
    guard let text = parts.frames else {
      if stop == .drop { return .stop(stop, direction, afterFrames: 0) }
      throw error("\(stop.rawValue) needs a number of frames: \(stop.rawValue)@\(direction.rawValue):12")
    }
    guard let frames = FaultUnit.wholeNumber(text) else { throw error("\"\(text)\" is not a number of frames") }
    return .stop(stop, direction, afterFrames: frames)
  }

  private func direction(_ parts: Parts) throws(FaultSyntaxError) -> Transcript.Direction? {
    guard let text = parts.direction else { return nil }
    guard let direction = Transcript.Direction(rawValue: String(text)) else {
      throw error("\"\(text)\" is not a direction; there is \(list(Transcript.Direction.allCases.map(\.rawValue)))")
    }
    return direction
  }

  private func value(_ parts: Parts, example: String) throws(FaultSyntaxError) -> Substring {
    guard let value = parts.value else { throw error("\(parts.name) needs a value: \(example)") }
    return value
  }

  private func refuse(_ part: String, _ text: Substring?, of name: Substring) throws(FaultSyntaxError) {
    if let text { throw error("\(name) takes no \(part), and \"\(text)\" is one") }
  }

  private func list(_ words: [String]) -> String { words.joined(separator: ", ") }

  private func error(_ problem: String) -> FaultSyntaxError {
    FaultSyntaxError(number: number, rule: String(rule), problem: problem)
  }
}
