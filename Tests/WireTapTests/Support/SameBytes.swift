import Foundation

// Where two large collections differ, `#expect` would look for the smallest difference for hours. And a comparison
// element by element, not optimized, keeps a thread from all other tests for seconds.

func isSame(_ left: [UInt8], _ right: [UInt8]) -> Bool {
  left.count == right.count && memcmp(left, right, left.count) == 0
}

func isSame(_ left: [[UInt8]], _ right: [[UInt8]]) -> Bool {
  left.count == right.count && zip(left, right).allSatisfy { isSame($0, $1) }
}
