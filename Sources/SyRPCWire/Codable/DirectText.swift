#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

extension Data: DirectJSON {
  func json(at path: CodingPath) -> JSON { .string(base64EncodedString()) }

  init(json: JSON, at path: CodingPath) throws {
    self = try path.read(json, "base64") { Data(base64Encoded: $0) }
  }
}

extension URL: DirectJSON {
  func json(at path: CodingPath) -> JSON { .string(absoluteString) }

  init(json: JSON, at path: CodingPath) throws {
    self = try path.read(json, "a URL") { URL(string: $0) }
  }
}

extension Date: DirectJSON {
  func json(at path: CodingPath) throws -> JSON {
    guard let time = UTCTime(self) else {
      throw EncodingError.invalidValue(self, path.encodingContext("the date is not in the years 0 to 9999"))
    }
    return .string(time.description)
  }

  init(json: JSON, at path: CodingPath) throws {
    self = try path.read(json, "a date and time of RFC 3339") { UTCTime($0)?.date }
  }
}

extension Decimal: DirectJSON {
  func json(at path: CodingPath) throws -> JSON {
    guard isFinite else { throw EncodingError.invalidValue(self, path.encodingContext("\(self) has no form in JSON")) }
    return .string(description)
  }

  init(json: JSON, at path: CodingPath) throws {
    let text =
      switch json {
      // The digits of a double are the shortest that name it, so most likely those that were sent.
      case .integer, .real: JSON.string(json.description)
      default: json
      }
    self = try path.read(text, "a number that Decimal holds exactly") { DecimalDigits($0)?.decimal }
  }
}

extension CodingPath {
  fileprivate func read<Value>(_ json: JSON, _ form: String, _ read: (String) -> Value?) throws -> Value {
    guard case .string(let text) = json else { throw mismatch(Value.self, "a string", json) }
    guard let value = read(text) else {
      throw DecodingError.dataCorrupted(decodingContext("\(text.prefix(100).debugDescription) is not \(form)"))
    }
    return value
  }
}
