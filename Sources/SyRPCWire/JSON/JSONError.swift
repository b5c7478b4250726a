/// Why a JSON text could not be read, or a JSON value not be written.
public struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The kinds of failure. More may come: switch with a default.
  public struct Code: Hashable, Sendable, CustomStringConvertible {
    enum Name: String, Hashable, Sendable {
      case syntax, invalidUTF8, integerTooBig, realOverflow, tooDeep, duplicateKey, nulInKey, notFinite, outOfMemory
    }
    let name: Name

    /// The text breaks JSON's grammar.
    public static let syntax = Code(name: .syntax)
    /// The text is not UTF-8, or an escape names half of a surrogate pair.
    public static let invalidUTF8 = Code(name: .invalidUTF8)
    /// An integer needs more than 64 bits.
    public static let integerTooBig = Code(name: .integerTooBig)
    /// A real number is beyond IEEE 754 double.
    public static let realOverflow = Code(name: .realOverflow)
    /// Arrays and objects are nested deeper than ``JSON/maximumDepth``.
    public static let tooDeep = Code(name: .tooDeep)
    /// A key stands twice in one object, and the reader was told to refuse that.
    public static let duplicateKey = Code(name: .duplicateKey)
    /// A key contains U+0000, which jansson does not hold in keys (values may contain it).
    public static let nulInKey = Code(name: .nulInKey)
    /// The value is NaN or infinite, for which JSON has no form.
    public static let notFinite = Code(name: .notFinite)
    /// No memory was left.
    public static let outOfMemory = Code(name: .outOfMemory)

    /// The code's own name.
    public var description: String { name.rawValue }
  }

  /// What kind of failure it is.
  public let code: Code
  /// What is wrong, in words.
  public let message: String
  /// The offset, in bytes from the start of the text, at which reading stopped; nil when writing.
  public let byteOffset: Int?

  /// The message, and the place if there is one.
  public var description: String {
    if let byteOffset { "\(message) at byte \(byteOffset)" } else { message }
  }
}
