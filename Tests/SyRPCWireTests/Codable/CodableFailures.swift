import SyRPCWire
import Testing

/// The coding path and the message of the `EncodingError` that is thrown, such as `a[0].b: …`; nil if none is.
func encodingFailure(_ body: () throws -> Void) -> String? {
  do { try body() } catch EncodingError.invalidValue(_, let context) {
    return "\(text(context.codingPath)): \(context.debugDescription)"
  } catch { return "another error: \(error)" }
  return nil
}

/// The kind, coding path and message of the `DecodingError` that is thrown; nil if none is.
func decodingFailure(_ body: () throws -> Void) -> String? {
  do { try body() } catch let error as DecodingError {
    return switch error {
    case .dataCorrupted(let context): "dataCorrupted \(text(context))"
    case .keyNotFound(let key, let context): "keyNotFound(\(key.stringValue)) \(text(context))"
    case .typeMismatch(let type, let context): "typeMismatch(\(type)) \(text(context))"
    case .valueNotFound(let type, let context): "valueNotFound(\(type)) \(text(context))"
    @unknown default: "unknown \(error)"
    }
  } catch { return "another error: \(error)" }
  return nil
}

private func text(_ context: DecodingError.Context) -> String {
  "\(text(context.codingPath)): \(context.debugDescription)"
}

private func text(_ path: [any CodingKey]) -> String {
  path.enumerated().map { index, key in
    key.intValue.map { "[\($0)]" } ?? (index == 0 ? key.stringValue : ".\(key.stringValue)")
  }.joined()
}
