/// The key of any member, or the place of an element.
struct JSONKey: CodingKey {
  /// Where `superEncoder()` and `superDecoder()` without a key have what a superclass encodes.
  static let `super` = JSONKey(stringValue: "super")

  let stringValue: String
  let intValue: Int?

  init(stringValue: String) {
    self.stringValue = stringValue
    intValue = nil
  }

  init(intValue: Int) {
    stringValue = "Index \(intValue)"
    self.intValue = intValue
  }
}
