internal import CJansson

extension JSON {
  /// How a text is read.
  public struct ReadingOptions: OptionSet, Sendable {
    /// The options as bits.
    public let rawValue: Int
    /// Options from bits.
    public init(rawValue: Int) { self.rawValue = rawValue }

    /// Refuse an object in which a key stands twice; without it the last value wins.
    public static let rejectDuplicateKeys = ReadingOptions(rawValue: 1)
  }

  /// Reads one JSON text: strict UTF-8, no byte order mark, nothing after the value.
  ///
  /// - Parameters:
  ///   - text: the bytes of the text.
  ///   - options: how to read it.
  /// - Throws: ``JSONError`` with the byte at which the text breaks.
  public init(parsing text: some Collection<UInt8>, options: ReadingOptions = []) throws(JSONError) {
    let root = try Self.load(text, options)
    defer { json_decref(root) }
    self.init(root)
  }

  private static func load(
    _ text: some Collection<UInt8>, _ options: ReadingOptions
  ) throws(JSONError) -> UnsafeMutablePointer<json_t> {
    // JSON_DECODE_ANY: a payload may be a bare number or string (RFC 8259, 2), though jansson's default is RFC 4627.
    var flags = Int(JSON_ALLOW_NUL) | Int(JSON_DECODE_ANY)
    if options.contains(.rejectDuplicateKeys) { flags |= Int(JSON_REJECT_DUPLICATES) }

    var error = json_error_t()
    func load(_ bytes: UnsafeBufferPointer<UInt8>) -> UnsafeMutablePointer<json_t>? {
      bytes.withMemoryRebound(to: CChar.self) {
        // An empty buffer has no address, and jansson takes NULL for a wrong argument.
        json_loadb($0.baseAddress ?? UnsafePointer(bitPattern: 1), $0.count, flags, &error)
      }
    }
    let root = text.withContiguousStorageIfAvailable(load) ?? Array(text).withUnsafeBufferPointer(load)
    guard let root else { throw JSONError(error) }
    return root
  }

  /// Copies jansson's value. Not by recursion: a text may be nested deeper than a thread's stack allows.
  private init(_ root: UnsafeMutablePointer<json_t>) {
    guard var current = OpenContainer(root) else {
      self.init(scalar: root)
      return
    }
    var outer: [OpenContainer] = []
    while true {
      if let child = current.next() {
        if let container = OpenContainer(child) {
          outer.append(current)
          current = container
        } else {
          current.add(JSON(scalar: child))
        }
      } else {
        let value = current.value
        guard let parent = outer.popLast() else {
          self = value
          return
        }
        current = parent
        current.add(value)
      }
    }
  }

  private init(scalar json: UnsafeMutablePointer<json_t>) {
    switch syrpc_json_typeof(json) {
    case JSON_TRUE: self = .bool(true)
    case JSON_FALSE: self = .bool(false)
    case JSON_INTEGER: self = .integer(json_integer_value(json))
    case JSON_REAL: self = .real(json_real_value(json))
    case JSON_STRING: self = .string(String(json_string_value(json), length: json_string_length(json)))
    default: self = .null
    }
  }
}

/// An array or object of which some children are still to be copied.
private struct OpenContainer {
  private let json: UnsafeMutablePointer<json_t>
  private let isArray: Bool
  private var elements: [JSON] = []
  private var members = JSONObject()
  /// The member that is being copied; nil before the first.
  private var position: UnsafeMutableRawPointer?

  /// Nil for a scalar.
  init?(_ json: UnsafeMutablePointer<json_t>) {
    let type = syrpc_json_typeof(json)
    guard type == JSON_ARRAY || type == JSON_OBJECT else { return nil }
    self.json = json
    isArray = type == JSON_ARRAY
    if isArray { elements.reserveCapacity(json_array_size(json)) }
  }

  /// The next child, whose copy is to be added.
  mutating func next() -> UnsafeMutablePointer<json_t>? {
    // jansson has NULL for what is beyond the end.
    if isArray { return json_array_get(json, elements.count) }
    if let last = position {
      position = json_object_iter_next(json, last)
    } else {
      position = json_object_iter(json)
    }
    return position.flatMap { json_object_iter_value($0) }
  }

  mutating func add(_ value: JSON) {
    if isArray {
      elements.append(value)
    } else if let position {
      members[String(json_object_iter_key(position), length: syrpc_json_object_iter_key_len(position))] = value
    }
  }

  var value: JSON { isArray ? .array(elements) : .object(members) }
}

extension String {
  /// jansson has checked the UTF-8, so nothing is repaired here.
  fileprivate init(_ bytes: UnsafePointer<CChar>?, length: Int) {
    self.init(decoding: UnsafeRawBufferPointer(start: bytes, count: length), as: UTF8.self)
  }
}

extension JSONError {
  /// jansson has codes of its own for errors from 2.11 on only, and one code for what are several here; its texts have
  /// been the same since 2.10.
  private static let codes: [(start: String, code: Code)] = [
    ("unable to decode byte", .invalidUTF8), ("invalid Unicode '", .invalidUTF8),
    ("maximum parsing depth", .tooDeep), ("duplicate object key", .duplicateKey),
    ("NUL byte in object key", .nulInKey), ("too big", .integerTooBig), ("real number overflow", .realOverflow),
  ]

  fileprivate init(_ error: json_error_t) {
    let text = withUnsafeBytes(of: error.text) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    // It has no words for a lack of memory.
    let code = text.isEmpty ? .outOfMemory : Self.codes.first { text.hasPrefix($0.start) }?.code ?? .syntax
    self.init(
      code: code, message: text.isEmpty ? "no memory for the text's value" : text, byteOffset: Int(error.position))
  }
}
