/// A request: what a client puts into the request queue and a server takes out of it.
public struct RequestMessage: Hashable, Sendable {
  /// The id under which the result will be found.
  public let resultID: String
  /// The service, method or function that is asked for.
  public let type: String
  /// The argument: any JSON value.
  public let data: JSON

  /// A request. White space around `type` is dropped, as by the references.
  public init(resultID: String, type: String, data: JSON) {
    self.resultID = resultID
    self.type = type.trimmed
    self.data = data
  }

  /// Reads a request's body.
  ///
  /// - Throws: ``MessageError`` that says which key is missing, which has another type, or at which byte the JSON breaks.
  public init(decoding body: some Collection<UInt8>) throws(MessageError) {
    if let plain = PlainMessage(body), let resultID = plain.resultID, let type = plain.type, let data = plain.data {
      self.init(resultID: resultID, type: type, data: data)
      return
    }
    let members = try JSONObject(message: body)
    self.init(
      resultID: try members.string("result_id"), type: try members.string("type"), data: try members.value("data"))
  }

  /// The body, with its keys in the order of the published protocol.
  ///
  /// - Throws: ``JSONError`` if `data` cannot be written.
  public func encoded() throws(JSONError) -> [UInt8] {
    try JSONWriter.object { writer throws(JSONError) in
      try writer.write("{\"result_id\":", .string(resultID))
      try writer.write(",\"type\":", .string(type))
      try writer.write(",\"data\":", data)
    }
  }
}

/// A result: what a server publishes and the client that knows its id takes.
public struct ResultMessage: Hashable, Sendable {
  /// The id of the request that this answers.
  public let resultID: String
  /// The answer: any JSON value.
  public let data: JSON

  /// A result.
  public init(resultID: String, data: JSON) {
    self.resultID = resultID
    self.data = data
  }

  /// Reads a result's body.
  ///
  /// - Throws: ``MessageError`` that says which key is missing, which has another type, or at which byte the JSON breaks.
  public init(decoding body: some Collection<UInt8>) throws(MessageError) {
    if let plain = PlainMessage(body), plain.type == nil, let resultID = plain.resultID, let data = plain.data {
      self.init(resultID: resultID, data: data)
      return
    }
    let members = try JSONObject(message: body)
    self.init(resultID: try members.string("result_id"), data: try members.value("data"))
  }

  /// The body, with its keys in the order of the published protocol.
  ///
  /// - Throws: ``JSONError`` if `data` cannot be written.
  public func encoded() throws(JSONError) -> [UInt8] {
    try JSONWriter.object { writer throws(JSONError) in
      try writer.write("{\"result_id\":", .string(resultID))
      try writer.write(",\"data\":", data)
    }
  }
}

/// The id of a message whose payload cannot be held.
///
/// jansson refuses some texts that are JSON: one with an integer beyond 64 bits, say. Whoever waits must still be told,
/// so the id is read by itself; the payload is thrown away.
package func resultID(ofUnreadable body: [UInt8]) -> String? {
  guard let message = try? JSON(exactly: body) else { return nil }
  return message["result_id"].flatMap { $0.isExactNumber ? nil : $0.stringValue }
}

extension JSONObject {
  fileprivate init(message body: some Collection<UInt8>) throws(MessageError) {
    let value: JSON
    do { value = try JSON(parsing: body) } catch { throw MessageError(.invalidJSON(error)) }
    guard case .object(let members) = value else { throw MessageError(.notAnObject(value.kind)) }
    self = members
  }

  fileprivate func value(_ key: String) throws(MessageError) -> JSON {
    guard let value = self[key] else { throw MessageError(.missingKey(key, present: keys)) }
    return value
  }

  fileprivate func string(_ key: String) throws(MessageError) -> String {
    let value = try value(key)
    guard case .string(let string) = value else { throw MessageError(.wrongType(key, value.kind)) }
    return string
  }
}

extension String {
  /// Without the white space around it.
  fileprivate var trimmed: String {
    // Most have none.
    if let first = utf8.first, let last = utf8.last, first.isVisible, last.isVisible { return self }
    let start = unicodeScalars.drop { $0.properties.isWhitespace }
    let end = start.lastIndex { !$0.properties.isWhitespace }
    return end.map { String(start[...$0]) } ?? ""
  }
}

extension UInt8 {
  /// Whether it is an ASCII character other than white space.
  fileprivate var isVisible: Bool { self > 0x20 && self < 0x7F }
}
