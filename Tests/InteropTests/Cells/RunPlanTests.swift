import Testing

@testable import Interop

@Suite struct RunPlanTests {
  private func plan(_ change: (inout RunPlan.Selection) -> Void = { _ in }) throws -> RunPlan {
    var selection = RunPlan.Selection()
    change(&selection)
    let checkout = try checkout()
    return try RunPlan(
      peers: ["python", "swift"], selection: selection, corpus: try Corpus(folder: checkout.payloads),
      contract: try Contract(checkout.contract))
  }

  @Test func everyCombinationHasEveryPayload() throws {
    let plan = try plan()
    let echo = plan.cells.filter { $0.scenario.name == "echo" }
    #expect(plan.corpus.payloads.count >= 40)
    #expect(echo.count == 8 * plan.corpus.payloads.count)
    #expect(Set(plan.cells.map(\.combination)).count == 8)
    #expect(Set(plan.cells).count == plan.cells.count)
    for scenario in Scenario.all {
      for name in scenario.payloads ?? [] { #expect(plan.corpus[name] != nil, "\(scenario.name) has no \(name)") }
    }
  }

  @Test func patternsSelect() throws {
    let plan = try plan {
      $0.putters = [Glob("py*")]
      $0.servers = [Glob("swift")]
      $0.getters = [Glob("*")]
      $0.scenarios = [Glob("echo")]
      $0.payloads = [Glob("hello"), Glob("integers-*")]
    }
    #expect(Set(plan.cells.map(\.combination.name)) == ["python-swift-python", "python-swift-swift"])
    #expect(plan.cells.allSatisfy { $0.payload == "hello" || $0.payload.hasPrefix("integers-") })
  }

  @Test func theRepeatOptionsSelectThatCellAlone() throws {
    let cell = try #require(try plan().cells.randomElement())
    let options = cell.repeatOptions
    #expect(options.count == 10)
    let plan = try plan {
      $0.putters = [Glob(options[1])]
      $0.servers = [Glob(options[3])]
      $0.getters = [Glob(options[5])]
      $0.scenarios = [Glob(options[7])]
      $0.payloads = [Glob(options[9])]
    }
    #expect(plan.cells == [cell])
  }

  @Test func aPatternThatMatchesNothingIsNamed() throws {
    func message(_ change: (inout RunPlan.Selection) -> Void) throws -> String {
      try #require(throws: InteropError.self) { _ = try plan(change) }.message
    }
    #expect(try message { $0.payloads = [Glob("hello"), Glob("helo")] }.hasPrefix("--payload helo matches nothing"))
    #expect(try message { $0.scenarios = [Glob("x")] }.hasPrefix("--scenario x matches nothing"))
    #expect(try message { $0.getters = [Glob("node")] }.hasPrefix("--getter node matches nothing"))
    #expect(try message { $0.checks = [Glob("hash.")] }.hasPrefix("--check hash. matches nothing"))
    #expect(
      try message {
        $0.scenarios = [Glob("collision")]
        $0.payloads = [Glob("null")]
      }.contains("no cell"))
  }

  @Test(arguments: [
    ("*", "", true), ("*", "anything", true), ("a?c", "abc", true), ("a?c", "ac", false), ("a*c", "ac", true),
    ("a*c", "abcbc", true), ("a*c", "abcb", false), ("*.*", "a.b", true), ("", "", true), ("", "a", false),
    ("ab", "abc", false), ("**b", "aab", true), ("[a]", "a", false),
  ])
  func globs(_ pattern: String, _ text: String, _ expected: Bool) {
    #expect(Glob(pattern).matches(text) == expected)
  }
}
