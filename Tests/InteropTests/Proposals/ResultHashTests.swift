import Testing

@testable import InteropModel
@testable import InteropSupport

@Suite struct ResultHashTests {
  private func index(_ members: String, _ id: String, among count: Int = 1 << 31) throws -> Int {
    let hash = try ResultHash(StrictObject(of: "hash", Array("{\(members)}".utf8), keys: ResultHash.keys))
    return hash.index(of: id, among: count)
  }

  private static let rest = "\"mask\": \"7fffffff\", \"modulus\": \"{amq_num_queues}\""

  /// By other implementations: Python's zlib, and SipHash with the rounds as parameters, which has the published vectors.
  @Test(arguments: [
    ("SipHash-1-3", "foo", 532_342_703), ("SipHash-1-3", "Zürich", 1_112_749_086), ("SipHash-1-3", "", 1_654_376_106),
    ("SipHash-4-8", "foo", 1_434_657_357), ("SipHash-4-8", "Zürich", 1_347_458_598),
    ("SipHash-2-4", "foo", 3_618_240_572 & 0x7FFF_FFFF),
  ])
  func sipHash(_ function: String, _ id: String, _ expected: Int) throws {
    #expect(try index("\"function\": \"\(function)\", \"key\": \"EdaeYa6eesh3ahSh\", \(Self.rest)", id) == expected)
  }

  @Test func othersHaveNoKey() throws {
    #expect(try index("\"function\": \"CRC-32\", \(Self.rest)", "123456789") == 0xCBF4_3926 & 0x7FFF_FFFF)
    #expect(try index("\"function\": \"FNV-1a-64\", \(Self.rest)", "a") == 0x8601_EC8C & 0x7FFF_FFFF)
  }

  @Test func theModulusMayBeANumber() throws {
    let hash = "\"function\": \"CRC-32\", \"mask\": \"ffffffff\", \"modulus\": 10"
    #expect(try index(hash, "123456789", among: 64) == 0xCBF4_3926 % 10)
  }
}
