import SyRPCWire
import Testing
import WireTap

@Suite struct TableTests {
  /// The headers of a content header that holds this one value, as JSON text; nil if it cannot be decoded.
  private func shown(_ value: [UInt8]) -> String? {
    let table = Wire.table((key: "k", value: value))
    let headers = Frame(raw: Wire.header(size: 0, flags: 0x2000, table)).header?.properties["headers"]?["k"]
    return headers?.description
  }

  @Test func everyTypeKeepsItsTag() {
    #expect(shown(Wire.tagged("t", [0])) == #"{"t":false}"#)
    #expect(shown(Wire.tagged("b", [0xFF])) == #"{"b":-1}"#)
    #expect(shown(Wire.tagged("B", [0xFF])) == #"{"B":255}"#)
    #expect(shown(Wire.tagged("s", Wire.integer(Int16.min))) == #"{"s":-32768}"#)
    #expect(shown(Wire.tagged("u", Wire.integer(UInt16.max))) == #"{"u":65535}"#)
    #expect(shown(Wire.tagged("I", Wire.integer(Int32.min))) == #"{"I":-2147483648}"#)
    #expect(shown(Wire.tagged("i", Wire.integer(UInt32.max))) == #"{"i":4294967295}"#)
    #expect(shown(Wire.tagged("l", Wire.integer(Int64.min))) == #"{"l":-9223372036854775808}"#)
    #expect(shown(Wire.tagged("L", Wire.integer(UInt64.max))) == #"{"L":"18446744073709551615"}"#)
    #expect(shown(Wire.tagged("L", Wire.integer(UInt64(7)))) == #"{"L":7}"#)
    #expect(shown(Wire.tagged("f", Wire.integer(Float(0.5).bitPattern))) == #"{"f":0.5}"#)
    #expect(shown(Wire.tagged("d", Wire.integer((-0.0).bitPattern))) == #"{"d":-0.0}"#)
    #expect(shown(Wire.tagged("d", Wire.integer(Double.leastNonzeroMagnitude.bitPattern))) == #"{"d":5e-324}"#)
    #expect(shown(Wire.tagged("D", [2] + Wire.integer(UInt32(314)))) == #"{"D":{"scale":2,"value":314}}"#)
    #expect(shown(Wire.tagged("S", Wire.long("h\u{e9}\0"))) == #"{"S":"h\u00E9\u0000"}"#)
    #expect(shown(Wire.tagged("x", Wire.long("text"))) == #"{"x":{"hex":"74657874"}}"#)
    #expect(shown(Wire.tagged("T", Wire.integer(UInt64(1_700_000_000)))) == #"{"T":1700000000}"#)
    #expect(shown(Wire.tagged("V")) == #"{"V":null}"#)
    let array = Wire.long(Wire.tagged("I", Wire.integer(Int32(1))) + Wire.tagged("V"))
    #expect(shown(Wire.tagged("A", array)) == #"{"A":[{"I":1},{"V":null}]}"#)
    #expect(shown(Wire.tagged("A", Wire.long(""))) == #"{"A":[]}"#)
    let inner = Wire.table((key: "", value: Wire.tagged("F", Wire.table())))
    #expect(shown(Wire.tagged("F", inner)) == #"{"F":{"":{"F":{}}}}"#)
  }

  @Test func nothingIsLostWhereJSONHasNoForm() {
    #expect(shown(Wire.tagged("S", Wire.long([0xFF, 0xFE]))) == #"{"S":{"hex":"fffe"}}"#)
    #expect(shown(Wire.tagged("d", Wire.integer(Double.infinity.bitPattern))) == #"{"d":{"hex":"7ff0000000000000"}}"#)
    #expect(shown(Wire.tagged("f", Wire.integer(Float.nan.bitPattern))) == #"{"f":{"hex":"7fc00000"}}"#)
  }

  @Test func whatCannotBeShownIsUndecodable() {
    func reason(_ table: [UInt8]) -> String? {
      let kind = Frame(raw: Wire.header(size: 0, flags: 0x2000, table)).kind
      return if case .undecodable(let reason) = kind { reason } else { nil }
    }
    let void = Wire.tagged("V")
    #expect(
      reason(Wire.table((key: "a", value: void), (key: "a", value: void)))
        == #"content header of class 60: a table has the key "a" twice"#)
    #expect(reason(Wire.table((key: "\0", value: void)))?.contains("a key that is not text") == true)
    #expect(reason(Wire.long([1, 0xFF] + void))?.contains(#"a key that is not text, {"hex":"ff"}"#) == true)
    #expect(reason(Wire.table((key: "k", value: Wire.tagged("?")))) != nil)
  }

  /// librabbitmq recurses for each level: without a bound a frame could overflow the stack of the tap.
  @Test(arguments: [64, 65, 2_000, 100_000, 1_000_000])
  func nestingIsBounded(depth: Int) {
    var bytes: [UInt8] = []
    for level in 0..<depth {
      // The sizes of the outermost 1..<depth levels, as true as they can be.
      let rest = (depth - level - 1) * 5
      bytes += Wire.tagged("A", Wire.integer(UInt32(rest)))
    }
    let frame = Frame(raw: Wire.header(size: 0, flags: 0x2000, Wire.table((key: "k", value: bytes))))
    #expect((frame.header != nil) == (depth < 64))
  }
}
