/// A string compared by its UTF-8 bytes.
///
/// Swift's `==` holds canonically equivalent strings equal ("é" as one scalar and as two). JSON does not: they are two
/// keys of an object, and a message in which one became the other has been changed.
package struct ExactString: Hashable, Sendable {
  package let string: String

  package init(_ string: String) { self.string = string }

  package static func == (left: ExactString, right: ExactString) -> Bool {
    left.string.utf8.elementsEqual(right.string.utf8)
  }

  package func hash(into hasher: inout Hasher) {
    var string = string
    string.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    hasher.combine(0xFF as UInt8)
  }
}
