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
    let (left, right) = (left.string.utf8, right.string.utf8)
    let areEqual = left.withContiguousStorageIfAvailable { left in
      right.withContiguousStorageIfAvailable { right in
        guard left.count == right.count, let start = left.baseAddress, let other = right.baseAddress else {
          return left.isEmpty && right.isEmpty
        }
        return memcmp(start, other, left.count) == 0
      }
    }
    return (areEqual ?? nil) ?? left.elementsEqual(right)
  }

  package func hash(into hasher: inout Hasher) {
    let bytes = string.utf8
    if bytes.withContiguousStorageIfAvailable({ hasher.combine(bytes: UnsafeRawBufferPointer($0)) }) == nil {
      Array(bytes).withUnsafeBytes { hasher.combine(bytes: $0) }
    }
    hasher.combine(0xFF as UInt8)
  }
}
