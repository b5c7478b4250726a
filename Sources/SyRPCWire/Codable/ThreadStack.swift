internal import CThreads

/// The stack of the thread that asks.
///
/// Threads have 512 KiB on macOS, and on Linux what `ulimit -s` says when the process starts. Types that encode and decode
/// themselves recurse, with stack frames of their own; how much a level takes is known of no type.
enum ThreadStack {
  /// So many levels are between two looks: one takes a microsecond, on Linux's first thread more.
  private static let levelsBetweenLooks = 8
  /// The part that is left to the levels before the next look, and to whatever the innermost calls: a fourth.
  private static let reserve: UInt = 4

  /// Whether the stack has room for more levels of a value that encodes or decodes itself.
  static func hasRoom(atDepth depth: Int) -> Bool {
    guard depth > 0, depth.isMultiple(of: levelsBetweenLooks) else { return true }
    var lowest: UnsafeMutableRawPointer?
    let size = UInt(syrpc_stack_size(&lowest))
    // Stacks grow downwards, wherever Swift runs.
    return size == 0 || UInt(bitPattern: syrpc_stack_position()) > UInt(bitPattern: lowest) + size / reserve
  }
}
