import InteropModel
import Testing

@testable import InteropJudge

@Suite struct DivergenceNamesTests {
  private func problems(_ members: String, peer: String = "python") throws -> [String] {
    let entry = """
      {"peer": "\(peer)", "role": "putter", "check": "publish.mandatory", "observed": "*", "reason": "so it is", "most": 5\(members)}
      """
    let list = try Divergence.read(Array("{\"divergences\": [\(entry)]}".utf8), of: "list")
    return try DivergenceNames(try checkout()).problems(in: list)
  }

  @Test(arguments: [
    "", #", "server": ["swift", "pyth*"]"#, #", "scenario": "recorded-*", "payloads": ["recorded"]"#,
    #", "scenario": "settings""#, #", "payloads": ["integers-*", "hello"]"#, #", "golden": "python2""#,
    #", "server": "node", "runtimes": {"node": ">=18"}"#,
  ])
  func whatExistsIsTaken(_ members: String) throws {
    #expect(try problems(members) == [])
  }

  @Test(arguments: [
    (#", "server": "swfit""#, #""server" is "swfit", and there is no such peer; did you mean "swift"?"#),
    (#", "getter": ["swift", "pear*"]"#, #""getter" is "pear*", and there is no such peer"#),
    (#", "scenario": "setings""#, #""scenario" is "setings", and there is no such scenario; did you mean "settings"?"#),
    (#", "scenario": "x-*""#, #""scenario" is "x-*", and there is no such scenario"#),
    (
      #", "payloads": ["hello", "helo"]"#, #""payloads" is "helo", and there is no such payload; did you mean "hello"?"#
    ),
    (
      #", "golden": "pyton2""#,
      #""golden" is "pyton2", and there is no such set of golden messages; did you mean "python2"?"#
    ),
    (
      #", "scenario": "collision", "payloads": ["null"]"#,
      #""payloads" is "null", and there is no such payload of the scenario collision; known: "#
    ),
    (#", "server": "noed*", "runtimes": {"noed": "18"}"#, #""runtimes" is "noed", and there is no such peer; did you"#),
  ])
  func whatDoesNotExistIsAProblem(_ members: String, _ message: String) throws {
    let problems = try problems(members)
    #expect(problems.contains { $0.hasPrefix("list, entry 1: \(message)") }, "\(problems)")
  }

  @Test func aPeerThatDoesNotExistIsAProblem() throws {
    let problems = try problems("", peer: "pyhton")
    #expect(problems == [#"list, entry 1: "peer" is "pyhton", and there is no such peer; did you mean "python"?"#])
  }

  @Test func theListOfTheCheckoutSpeaksOfWhatExists() throws {
    let checkout = try checkout()
    #expect(throws: Never.self) { try DivergenceNames(checkout).check(try Divergence.read(checkout.divergences)) }
  }
}
