import SyRPCWire
import Testing

@Suite struct SipHashTests {
  @Test func officialVectors() throws {
    let (about, vectors) = try vectors("siphash")
    let hex = try #require(about["key"]?.stringValue)
    let key = stride(from: 0, to: hex.count, by: 2).compactMap {
      UInt8(hex.dropFirst($0).prefix(2), radix: 16)
    }
    let hash = SipHash(key: key)
    #expect(vectors.count == 64)
    for vector in vectors {
      let length = UInt8(try #require(vector["length"]?.integerValue))
      let output = try #require(vector["output"]?.stringValue)
      #expect(hash.hash(Array(0..<length)) == UInt64(output, radix: 16), "length \(length)")
    }
  }

  @Test func resultQueueIndexes() throws {
    let (_, vectors) = try vectors("hash")
    #expect(vectors.count >= 37)
    for vector in vectors {
      let id = try #require(vector["result_id"]?.stringValue)
      let hash = try #require(vector["hash"]?.stringValue)
      #expect(Topology.resultHash(id) == UInt64(hash, radix: 16), "hash of \(id.debugDescription)")
      for (count, index) in try #require(vector["index"]?.objectValue) {
        let settings = try SyRPCSettings(appName: "a", resultQueueCount: try #require(Int(count)))
        #expect(
          Topology(settings).resultQueueIndex(for: id) == index.integerValue.map(Int.init),
          "index of \(id.debugDescription) of \(count)")
      }
    }
  }
}
