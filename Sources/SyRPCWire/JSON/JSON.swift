/// A JSON value, as SyRPC carries it: integers are exact, doubles are IEEE 754, members keep their order.
///
/// Equality is that of the value on the wire: `1` and `1.0` differ, `0.0` and `-0.0` differ, strings are compared by
/// their UTF-8 bytes, and the order of an object's members does not count.
public enum JSON: Sendable {
  /// JSON's `null`.
  case null
  /// `true` or `false`.
  case bool(Bool)
  /// An integer. JSON's grammar knows no bounds; jansson, and so this type, ends at 64 bits with a sign.
  case integer(Int64)
  /// A number with a fraction or an exponent. Must be finite to be encoded: JSON has no NaN and no infinity.
  case real(Double)
  /// A text of any Unicode scalars, U+0000 among them.
  case string(String)
  /// Values of any kind, in their order.
  case array([JSON])
  /// Values by their keys.
  case object(JSONObject)

  /// The deepest nesting that is read or written; jansson's own bound. As there, a scalar is a level too: this many
  /// arrays one in another are held only if the innermost is empty.
  ///
  /// Others stop sooner: PHP's `json_decode` at 512, CPython's parser near 1000.
  public static let maximumDepth = 2048
}

extension JSON {
  /// What this value is called in an error message: `an object`, `a string`, `null` …
  public var kind: String {
    switch self {
    case .null: "null"
    case .bool: "a boolean"
    case .integer: "an integer"
    case .real: "a real number"
    case .string: "a string"
    case .array: "an array"
    case .object: "an object"
    }
  }

  /// The member at `key`, if this is an object that has one.
  public subscript(key: String) -> JSON? {
    if case .object(let object) = self { object[key] } else { nil }
  }

  /// The string, if this is one.
  public var stringValue: String? { if case .string(let value) = self { value } else { nil } }
  /// The integer, if this is one.
  public var integerValue: Int64? { if case .integer(let value) = self { value } else { nil } }
  /// The boolean, if this is one.
  public var boolValue: Bool? { if case .bool(let value) = self { value } else { nil } }
  /// The elements, if this is an array.
  public var arrayValue: [JSON]? { if case .array(let value) = self { value } else { nil } }
  /// The members, if this is an object.
  public var objectValue: JSONObject? { if case .object(let value) = self { value } else { nil } }
  /// The number as a double, if this is one, integer or real.
  public var doubleValue: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .real(let value): value
    default: nil
    }
  }
}

extension JSON: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByFloatLiteral, ExpressibleByStringLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  /// `null`.
  public init(nilLiteral: ()) { self = .null }
  /// `true` or `false`.
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  /// A whole number.
  public init(integerLiteral value: Int64) { self = .integer(value) }
  /// A real number.
  public init(floatLiteral value: Double) { self = .real(value) }
  /// A text.
  public init(stringLiteral value: String) { self = .string(value) }
  /// An array.
  public init(arrayLiteral elements: JSON...) { self = .array(elements) }
  /// An object, in this order.
  public init(dictionaryLiteral elements: (String, JSON)...) {
    self = .object(JSONObject(elements.lazy.map { (key: $0.0, value: $0.1) }))
  }
}

extension JSON: CustomStringConvertible {
  /// The value as compact JSON text, or what keeps it from being written.
  public var description: String {
    do { return String(decoding: try encoded(), as: UTF8.self) } catch { return "unencodable JSON: \(error)" }
  }
}
