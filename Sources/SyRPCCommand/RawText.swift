import ArgumentParser
import Foundation
import InteropSupport

/// What comes from outside as bytes. Swift repairs what is not UTF-8 in silence, and a repaired result id is another one.
enum RawText {
  /// Checks the arguments, and the environment variables that this program reads as text.
  ///
  /// - Throws: `ValidationError` that names the first that is not UTF-8, and the place.
  static func checkStart() throws {
    for index in 1..<max(1, Int(CommandLine.argc)) {
      guard let argument = CommandLine.unsafeArgv[index] else { break }
      try check(bytes(argument), "argument \(index)")
    }
    for name in ProcessInfo.processInfo.environment.keys where name.hasPrefix("SYRPC_") || name == "TMPDIR" {
      if let value = getenv(name) { try check(bytes(value), "the environment variable \(name)") }
    }
  }

  /// Reads all of standard input.
  ///
  /// - Throws: `ValidationError` if it is empty, no text, or more than any broker takes.
  static func standardInput() throws -> [UInt8] {
    var text: [UInt8] = []
    let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 1)
    defer { chunk.deallocate() }
    while true {
      let count = read(STDIN_FILENO, chunk.baseAddress, chunk.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else {
        throw ValidationError("standard input cannot be read: \(String(cString: strerror(errno)))")
      }
      guard count > 0 else { break }
      text += chunk[..<count]
      guard text.count <= largest else {
        throw ValidationError("standard input has more than 512 MiB, which is the largest message of RabbitMQ")
      }
    }
    guard !text.isEmpty else { throw ValidationError("standard input is empty: it has no JSON text") }
    guard !text.starts(with: [0xEF, 0xBB, 0xBF]) else {
      throw ValidationError(
        "standard input begins with a byte order mark (EF BB BF), which no JSON text may have (RFC 8259, 8.1)")
    }
    try check(text, "standard input")
    return text
  }

  /// RabbitMQ's `max_message_size` cannot be set to more.
  private static let largest = 512 << 20

  private static func bytes(_ text: UnsafeMutablePointer<CChar>) -> [UInt8] {
    Array(UnsafeRawBufferPointer(start: text, count: strlen(text)))
  }

  private static func check(_ bytes: [UInt8], _ place: String) throws {
    guard let offset = bytes.offsetOfInvalidUTF8 else { return }
    let byte = String(bytes[offset], radix: 16, uppercase: true)
    throw ValidationError("\(place) is not UTF-8: byte 0x\(byte) at offset \(offset) begins no character")
  }
}
