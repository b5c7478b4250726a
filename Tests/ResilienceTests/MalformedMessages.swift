import SeededRandom
import SyRPC
import SyRPCWire

/// Messages that are neither a request nor a result, and of which no id can be read, so that nobody is answered.
struct MalformedMessages {
  private var generator: Seeded

  init(seed: UInt64) { generator = Seeded(seed) }

  /// What a message may be said to be, though it is not.
  static let contentTypes = ["text/plain", "application/octet-stream", "", "application/json; charset=latin-1"]

  /// One of each kind; with one of megabytes, if so wanted.
  mutating func next(huge: Bool) -> [(body: [UInt8], contentType: String)] {
    (bodies() + (huge ? [unclosed(megabytes: 1 + random(2))] : [])).map {
      ($0, random(2) == 0 ? MessageProperties.contentType : Self.contentTypes[random(Self.contentTypes.count)])
    }
  }

  private func unclosed(megabytes: Int) -> [UInt8] {
    Array(#"{"result_id":"x","data":""#.utf8) + [UInt8](repeating: UInt8(ascii: "a"), count: megabytes << 20)
  }

  private mutating func bodies() -> [[UInt8]] {
    let valid = Array(#"{"result_id":"r\#(random(1000))","type":"t","data":{"a":[1,2.5,"é"]}}"#.utf8)
    let depth = 2100 + random(3000)
    return [
      // Truncated.
      Array(valid.prefix(1 + random(valid.count - 1))),
      [],
      // Of another type.
      Array("[\(random(1000))]".utf8), Array("\(random(1000))".utf8), Array(#""\#(random(1000))""#.utf8),
      // Without an id, or with one that is no string.
      Array(#"{"data":\#(random(1000))}"#.utf8), Array(#"{"result_id":\#(random(1000)),"type":"t","data":1}"#.utf8),
      Array(#"{"result_id":"a","result_id":null,"type":"t","data":1}"#.utf8),
      // Bytes that are no UTF-8.
      Array(#"{"result_id":"x","type":"t","data":""#.utf8) + [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80]][random(3)]
        + Array("\"}".utf8),
      [0xEF, 0xBB, 0xBF] + valid, valid + valid, valid + [0],
      // Deep, and more than a frame.
      Array(#"{"data":"#.utf8) + [UInt8](repeating: UInt8(ascii: "["), count: depth),
      Array(#"{"data":""#.utf8) + [UInt8](repeating: UInt8(ascii: "a"), count: 10_000 + random(100_000)),
      // A number that is none.
      Array(#"{"result_id":"x","type":"t","data":0\#(1 + random(9))}"#.utf8),
      (0..<random(64)).map { _ in UInt8(random(256)) } + [UInt8(ascii: "{")],
      Array("{'result_id':'x','type':'t','data':1}".utf8),
    ]
  }

  private mutating func random(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &generator) }
}
