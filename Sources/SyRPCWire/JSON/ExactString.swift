#if canImport(Darwin)
  internal import Darwin
#else
  internal import Glibc
#endif

/// A string compared by its UTF-8 bytes.
///
/// Swift's `==` holds canonically equivalent strings equal ("é" as one scalar and as two). JSON does not: they are two
/// keys of an object, and a message in which one became the other has been changed.
package struct ExactString: Hashable, Sendable {
  package let string: String

  package init(_ string: String) { self.string = string }

  package static func == (left: ExactString, right: ExactString) -> Bool {
    var (left, right) = (left.string, right.string)
    return left.withUTF8 { left in
      right.withUTF8 { right in
        guard left.count == right.count, let start = left.baseAddress, let other = right.baseAddress else {
          return left.isEmpty && right.isEmpty
        }
        return memcmp(start, other, left.count) == 0
      }
    }
  }

  package func hash(into hasher: inout Hasher) {
    var string = string
    string.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    hasher.combine(0xFF as UInt8)
  }
}
