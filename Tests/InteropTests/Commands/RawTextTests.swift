import InteropSupport
import Testing

private let canRun = Program.path != nil

/// Bytes from outside that are no text, or no payload.
@Suite(.timeLimit(.minutes(10)), .enabled(if: canRun, "needs syrpc")) struct RawTextTests {
  @Test(arguments: [
    (#"hash "$(printf 'a\377')""#, "argument 2 is not UTF-8: byte 0xFF at offset 1"),
    (#"get --app "$(printf 'ab\355\240\200')" x"#, "argument 3 is not UTF-8: byte 0xED at offset 2"),
    (#"call --app a echo "$(printf '\300\200')""#, "argument 5 is not UTF-8: byte 0xC0 at offset 0"),
    (#"put --app a "$(printf 'z\303')" 1"#, "argument 4 is not UTF-8: byte 0xC3 at offset 1"),
  ])
  func anArgumentIsText(_ words: String, _ message: String) async throws {
    let result = try await script("\"$syrpc\" \(words)")
    #expect(result.lines.first == "Error: \(message) begins no character")
    #expect(result.ending == .exited(2))
  }

  @Test func aVariableIsText() async throws {
    let result = try await script(#"SYRPC_APP_NAME=$(printf 'shop\374') "$syrpc" get x"#)
    #expect(
      result.lines.first
        == "Error: the environment variable SYRPC_APP_NAME is not UTF-8: byte 0xFC at offset 4 begins no character")
    #expect(result.ending == .exited(2))
  }

  @Test(arguments: [
    (#""a\377""#, "standard input is not UTF-8: byte 0xFF at offset 2 begins no character"),
    ("", "standard input is empty: it has no JSON text"),
    (
      #"\357\273\277[]"#,
      "standard input begins with a byte order mark (EF BB BF), which no JSON text may have (RFC 8259, 8.1)"
    ),
    (#""a\0b""#, "the payload is not JSON: control character 0x0 near '\"a' at byte 2"),
  ])
  func standardInputIsJSON(_ format: String, _ message: String) async throws {
    let result = try await script("printf '\(format)' | \"$syrpc\" put --app a echo -")
    #expect(result.lines.first == "Error: \(message)")
    #expect(result.ending == .exited(2))
  }

  @Test func standardInputWithoutEndIsRefused() async throws {
    let result = try await script("\"$syrpc\" put --app a echo - </dev/zero")
    #expect(
      result.lines.first == "Error: standard input has more than 512 MiB, which is the largest message of RabbitMQ")
    #expect(result.ending == .exited(2))
  }

  @Test(
    arguments: [
      ([], nil), (Array("Zürich 日本 \u{1F600}".utf8), nil), (Array("abc".utf8) + [0x80], 3), ([0xC3], 0),
      ([0x61, 0xE2, 0x82], 1), ([0xF4, 0x90, 0x80, 0x80], 0), ([0xC3, 0xBC, 0xC1, 0xBF], 2),
    ] as [([UInt8], Int?)])
  func theFirstByteThatIsWrongIsFound(_ bytes: [UInt8], _ offset: Int?) { #expect(bytes.offsetOfInvalidUTF8 == offset) }
}
