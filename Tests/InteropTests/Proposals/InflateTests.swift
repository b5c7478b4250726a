import Foundation
import Testing

@testable import InteropSupport

@Suite struct InflateTests {
  private static func bytes(_ text: String) -> [UInt8] { [UInt8](Data(base64Encoded: text) ?? Data()) }

  private static let repeated = bytes(
    "H4sIAAAAAAACA6tWSkksSVSyUoo6vKcoMzlDYZQmj1aqBQBhGXzASwEAAA==")
  private static let fixed = bytes("H4sIAAAAAAACA8tIzcnJV8hAkACAiPnlEQAAAA==")
  private static let stored = bytes("H4sIAAAAAAAEAwEGAPn/c3RvcmVkC/lDVgYAAAA=")
  private static let deflated = bytes(
    "eNpjYGRiZmFlY+fg5OLm4eXjFxAUEhYRFROXkJSSlpGVk1dQVFJWUVVT19DU0tbR1dM3MDQyNjE1M7ewtLK2sbWzd3B0cnZxdXP38PTy9vH18w8I"
      + "DAoOCQ0Lj4iMio6JjYtPSExKTklNS8/IzMrOyc3LLygsKi4pLSuvqKyqrqmtq29obGpuaW1r7+js6u7p7eufMHHS5ClTp02fMXPW7Dlz581fsHDR"
      + "4iVLly1fsXLV6jVr163fsHHT5i1bt23fsXPX7j179+0/cPDQ4SNHjx0/cfLU6TNnz52/cPHS5StXr12/cfPW7Tt3791/8PDR4ydPnz1/8fLV6zdv"
      + "373/8PHT5y9fv33/8fPX7z9///1nGPX/iPY/AKBifpA=")

  @Test func whatPythonCompressedIsRead() throws {
    #expect(
      try Inflate.gzip(Self.repeated)
        == Array("{\"data\":\"\(String(repeating: "Zürich ", count: 40))\"}".utf8))
    #expect(try Inflate.gzip(Self.fixed) == Array("hello hello hello".utf8))
    #expect(try Inflate.gzip(Self.stored) == Array("stored".utf8))
    #expect(try Inflate.zlib(Self.deflated) == Array(repeating: Array(0...255), count: 3).flatMap(\.self))
  }

  @Test func whatIsBrokenIsRefusedWhereverItIs() throws {
    for text in [Self.repeated, Self.fixed, Self.stored] {
      for place in text.indices {
        // What is cut anywhere.
        #expect(throws: InteropError.self) { try Inflate.gzip(Array(text[..<place])) }
        // Time and system say nothing of the text.
        guard !(4...9).contains(place) else { continue }
        var changed = text
        changed[place] ^= 0x41
        #expect(throws: InteropError.self, "byte \(place)") { try Inflate.gzip(changed) }
      }
      #expect(throws: InteropError.self) { try Inflate.gzip(text + [0]) }
    }
    #expect(throws: InteropError.self) { try Inflate.gzip(Array("{}".utf8)) }
    #expect(throws: InteropError.self) { try Inflate.zlib(Array(Self.deflated.dropLast())) }
  }
}
