import Foundation

/// Says in a file which input is being read: the only witness if the process dies of it.
struct Progress: ~Copyable {
  private let path: String
  private let file: Int32
  private let head: String

  /// - Throws: if the file cannot be written.
  init(_ target: String, seed: UInt64) throws {
    let path = try Corpus.output("\(target)-\(getpid()).running").path
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
    guard file >= 0 else { throw Violation("cannot write \(path)") }
    self.path = path
    self.file = file
    head = "SYRPC_FUZZ_SEED=\(seed) SYRPC_FUZZ_NUMBER="
  }

  /// Notes a file.
  borrowing func reading(_ name: String) { write("\(name)\n", at: 0) }

  /// Ends the files, begins the numbers.
  borrowing func start() { write(head, at: 0) }

  /// Notes a number, by one system call, since there are millions; with leading zeros, so that each covers the last.
  borrowing func reading(_ number: Int) {
    var digits: InlineArray<21, UInt8> = .init(repeating: UInt8(ascii: "0"))
    var rest = number
    digits[20] = UInt8(ascii: "\n")
    for place in stride(from: 19, through: 0, by: -1) where rest > 0 {
      digits[place] += UInt8(rest % 10)
      rest /= 10
    }
    _ = withUnsafeBytes(of: &digits) { pwrite(file, $0.baseAddress, $0.count, off_t(head.utf8.count)) }
  }

  private borrowing func write(_ text: String, at offset: Int) {
    ftruncate(file, off_t(offset))
    var text = text
    _ = text.withUTF8 { pwrite(file, $0.baseAddress, $0.count, off_t(offset)) }
  }

  deinit {
    close(file)
    unlink(path)
  }
}
