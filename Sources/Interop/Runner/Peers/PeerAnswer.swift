package import InteropModel
internal import InteropSupport
package import SyRPCWire

/// An adapter's line, read as the answer to a question (`interop/peers/README.rst`).
///
/// What reads it throws a ``PeerError`` of kind `broken` where the line does not keep to the peer protocol.
package struct PeerAnswer: Hashable, Sendable {
  /// What the answer has, among others what the operation is to answer.
  package let members: JSONObject

  /// Reads a line.
  ///
  /// - Parameters:
  ///   - line: the line, without its line feed.
  ///   - id: the id of the question.
  ///   - operation: what was asked for.
  /// - Throws: ``PeerError``: what the adapter answered instead of a result, or `broken`.
  package init(line: String, id: Int64, operation: String) throws(PeerError) {
    guard let answer = try? JSON(parsing: line.utf8), case .object(let members) = answer else {
      throw PeerError(.broken, "asked for \(operation), it wrote what is no JSON object: \(line.excerpt)")
    }
    guard answer["id"] == .integer(id) else {
      throw PeerError(.broken, "asked for \(operation) with id \(id), it answered out of turn: \(line.excerpt)")
    }
    let isOK = answer["ok"]
    guard let ok = isOK?.boolValue else {
      let what = isOK.map { "has an \"ok\" that is \($0.kind), not a boolean" } ?? "has no \"ok\""
      throw PeerError(.broken, "asked for \(operation), its answer \(what)")
    }
    if ok {
      self.members = members
      return
    }
    let kind = answer["error"]?["kind"]?.stringValue.flatMap(PeerError.Kind.init(rawValue:))
    guard let kind, kind != .broken, let message = answer["error"]?["message"]?.stringValue else {
      throw PeerError(
        .broken, "asked for \(operation), its error has no known \"kind\" or no \"message\": \(line.excerpt)")
    }
    throw PeerError(kind, message)
  }

  /// Who it is, of an answer to `hello`.
  package func identity() throws(PeerError) -> PeerIdentity {
    guard let hello = members["hello"] else { throw PeerError(.broken, "the answer to hello has no \"hello\"") }
    return try PeerIdentity(hello: hello)
  }

  /// The id of the request, of an answer to `put_request`.
  package func putID() throws(PeerError) -> String {
    try Self.text("result_id", members, "the answer to put_request")
  }

  /// The result's data as JSON text, and its id if the adapter says so, of an answer to `get_result`.
  package func result() throws(PeerError) -> (payload: String, resultID: String?) {
    let what = "the answer to get_result"
    let payload = try Self.text("payload", members, what)
    // null: the implementation does not say.
    guard let id = members["result_id"], id != .null else { return (payload, nil) }
    return (payload, try Self.text("result_id", members, what))
  }

  /// The requests that were served, so many, of an answer to `serve`.
  package func requests(_ count: Int) throws(PeerError) -> [SeenRequest] {
    guard let requests = members["requests"]?.arrayValue, requests.count == count else {
      let found = members["requests"].map { $0.arrayValue.map { "\($0.count)" } ?? $0.kind } ?? "nothing"
      throw PeerError(.broken, "the answer to serve does not list \(count) \"requests\", but \(found)")
    }
    var seen: [SeenRequest] = []
    for (number, request) in requests.enumerated() {
      let what = "request \(number + 1) of the answer to serve"
      guard let members = request.objectValue else {
        throw PeerError(.broken, "\(what) is \(request.kind), not an object")
      }
      seen.append(
        SeenRequest(
          type: try Self.text("type", members, what), resultID: try Self.text("result_id", members, what),
          payload: try Self.text("payload", members, what)))
    }
    return seen
  }

  private static func text(_ key: String, _ members: JSONObject, _ what: String) throws(PeerError) -> String {
    guard let value = members[key] else { throw PeerError(.broken, "\(what) has no \"\(key)\"") }
    guard let text = value.stringValue else {
      throw PeerError(.broken, "\(what) has a \"\(key)\" that is \(value.kind), not a string")
    }
    return text
  }
}
