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
    // Scalars, since a character of a hostile line has no end.
    func excerpt() -> String { String(line.unicodeScalars.prefix(200)) }
    guard let answer = try? JSON(parsing: line.utf8), case .object(let members) = answer else {
      throw PeerError(.broken, "asked for \(operation), it wrote what is no JSON object: \(excerpt())")
    }
    guard answer["id"] == .integer(id) else {
      throw PeerError(.broken, "asked for \(operation) with id \(id), it answered out of turn: \(excerpt())")
    }
    guard let ok = answer["ok"]?.boolValue else {
      throw PeerError(.broken, "asked for \(operation), its answer has no \"ok\"")
    }
    if ok {
      self.members = members
      return
    }
    let kind = answer["error"]?["kind"]?.stringValue.flatMap(PeerError.Kind.init(rawValue:))
    guard let kind, kind != .broken, let message = answer["error"]?["message"]?.stringValue else {
      throw PeerError(
        .broken, "asked for \(operation), its error has no known \"kind\" or no \"message\": \(excerpt())")
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
    guard let id = members["result_id"]?.stringValue else {
      throw PeerError(.broken, "the answer to put_request has no \"result_id\"")
    }
    return id
  }

  /// The result's data as JSON text, and its id if the adapter says so, of an answer to `get_result`.
  package func result() throws(PeerError) -> (payload: String, resultID: String?) {
    guard let payload = members["payload"]?.stringValue else {
      throw PeerError(.broken, "the answer to get_result has no \"payload\"")
    }
    return (payload, members["result_id"]?.stringValue)
  }

  /// The requests that were served, so many, of an answer to `serve`.
  package func requests(_ count: Int) throws(PeerError) -> [PeerSession.SeenRequest] {
    let requests = members["requests"]?.arrayValue?.compactMap { request -> PeerSession.SeenRequest? in
      guard let type = request["type"]?.stringValue, let id = request["result_id"]?.stringValue,
        let payload = request["payload"]?.stringValue
      else { return nil }
      return PeerSession.SeenRequest(type: type, resultID: id, payload: payload)
    }
    guard let requests, requests.count == count else {
      throw PeerError(.broken, "the answer to serve does not list \(count) \"requests\"")
    }
    return requests
  }
}
