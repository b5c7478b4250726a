internal import SyRPCWire

extension SyRPCClient {
  /// Puts a request with a Swift value as its argument; see ``putRequest(type:data:resultID:)``.
  ///
  /// - Parameters:
  ///   - type: the service, method or function asked for.
  ///   - input: the argument, encoded by `JSON.init(encoding:)`.
  ///   - resultID: the id of the result.
  /// - Returns: the id under which any process can get the result.
  /// - Throws: as ``putRequest(type:data:resultID:)``; ``SyRPCError`` with `unencodable` also if the value cannot be
  ///   encoded.
  @discardableResult
  public func putRequest(
    type: String, encoding input: some Encodable, resultID: String = newResultID()
  ) async throws -> String {
    try await putRequest(type: type, data: payload(input), resultID: resultID)
  }

  /// Waits for a result as a Swift value; see ``getResult(_:timeout:)``.
  ///
  /// - Parameters:
  ///   - resultID: the id that putting the request gave.
  ///   - output: the type of the value; it can be left to inference.
  ///   - timeout: how long to wait; nil for as long as it takes.
  /// - Returns: the server's answer, decoded by `JSON.decoded(as:)`.
  /// - Throws: as ``getResult(_:timeout:)``; ``SyRPCError`` with `handlerFailed` if the answer is
  ///   `{"exception": …}`, and with `unreadableResult` if it is no such value. The result is gone from the queue then.
  public func getResult<Output: Decodable>(
    _ resultID: String, as output: Output.Type = Output.self, timeout: Duration? = nil
  ) async throws -> Output {
    try decoded(try await getResult(resultID, timeout: timeout), of: resultID)
  }

  private func decoded<Output: Decodable>(_ data: JSON, of resultID: String) throws -> Output {
    if case .object(let object) = data, object.count == 1, let exception = data["exception"] {
      throw SyRPCError(.handlerFailed, exception.stringValue ?? "\(exception)")
    }
    do { return try data.decoded() } catch {
      throw SyRPCError(.unreadableResult, "the result \(resultID) is no \(Output.self): \(reason(error))")
    }
  }

  /// Puts a request and waits for its result, with Swift values; see ``call(type:data:timeout:)``.
  ///
  ///     let sum: Int = try await client.call(type: "sum", encoding: [1, 2, 3], timeout: .seconds(5))
  ///
  /// - Parameters:
  ///   - type: the service, method or function asked for.
  ///   - input: the argument.
  ///   - output: the type of the answer; it can be left to inference.
  ///   - timeout: how long to wait for the result, once the request is put; nil for as long as it takes.
  /// - Returns: the server's answer.
  /// - Throws: as ``putRequest(type:encoding:resultID:)`` and ``getResult(_:as:timeout:)``.
  public func call<Output: Decodable>(
    type: String, encoding input: some Encodable, as output: Output.Type = Output.self, timeout: Duration? = nil
  ) async throws -> Output {
    let (resultID, data) = try await answer(type: type, data: try payload(input), timeout: timeout)
    return try decoded(data, of: resultID)
  }

  private func payload(_ value: some Encodable) throws -> JSON {
    do { return try JSON(encoding: value) } catch {
      throw SyRPCError(.unencodable, "the payload cannot be encoded: \(reason(error))")
    }
  }
}

extension RequestHandlers {
  /// These handlers and one more, from and to Swift values. An argument that is no such value is answered with
  /// `{"exception": …}`, and the handler not called.
  ///
  /// - Parameters:
  ///   - type: the type of the requests; white space around it is dropped.
  ///   - handler: does one request; what it throws is answered as `{"exception": "…"}`.
  /// - Returns: the handlers; one for the same type is replaced.
  public func on<Input: Decodable & SendableMetatype, Output: Encodable & SendableMetatype>(
    _ type: String, _ handler: @escaping @Sendable (Input) async throws -> Output
  ) -> RequestHandlers {
    on(type) { (request: Request) -> JSON in
      let input: Input
      do { input = try request.data.decoded() } catch {
        throw UnsuitableArgument(type: type, reason: "no \(Input.self): \(reason(error))")
      }
      return try JSON(encoding: await handler(input))
    }
  }
}

/// The argument of a request is not what its handler takes.
public struct UnsuitableArgument: Error, Hashable, Sendable, CustomStringConvertible {
  /// The type of the request.
  public let type: String
  /// What was expected, and what is wrong.
  public let reason: String

  /// Both in words.
  public var description: String { "the argument of \"\(type)\" is \(reason)" }
}

/// Why something could not be encoded or decoded, and where in it.
private func reason(_ error: any Error) -> String {
  let (path, text): ([any CodingKey], String) =
    switch error {
    case EncodingError.invalidValue(_, let context): (context.codingPath, context.debugDescription)
    case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context),
      DecodingError.dataCorrupted(let context):
      (context.codingPath, context.debugDescription)
    case DecodingError.keyNotFound(let key, let context): (context.codingPath + [key], context.debugDescription)
    default: ([], "\(error)")
    }
  let place = path.map { key in key.intValue.map { "[\($0)]" } ?? ".\(key.stringValue)" }.joined()
  return place.isEmpty ? text : "\(text) (at \(place))"
}
