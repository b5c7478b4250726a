import AMQP
import Testing

@testable import InteropModel
@testable import InteropRunner
@testable import InteropSupport

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

  @Test func whatARoleMakesNoDifferenceToTheSwiftPeerPlays() throws {
    func combinations(_ scenario: Scenario, _ change: (inout RunPlan.Selection) -> Void = { _ in }) throws -> Set<
      String
    > {
      Set(try plan(change).cells.filter { $0.scenario == scenario }.map(\.combination.name))
    }
    #expect(try combinations(.burst) == ["swift-python-swift", "swift-swift-swift"])
    #expect(try combinations(.idle).count == 4)
    #expect(try combinations(.apart).count == 8)
    // Whoever is selected plays it then.
    #expect(
      try combinations(.burst) { $0.putters = [Glob("python")] } == ["python-python-swift", "python-swift-swift"])
  }

  @Test func aForeignBrokerIsNeitherRestartedNorGivenUsers() throws {
    let plan = try plan()
    let left = try #require(plan.onForeignBroker)
    #expect(
      Set(plan.cells.map(\.scenario.name)).subtracting(left.cells.map(\.scenario.name)) == [
        "restart", "elsewhere", "quorum", "given-back",
      ])
    #expect(try self.plan { $0.scenarios = [Glob("restart")] }.onForeignBroker == nil)
  }

  @Test func theLongestNameFillsAShortString() throws {
    let plan = try plan()
    let cell = try #require(plan.cells.first { $0.scenario == .longest })
    let environment = RunEnvironment(
      broker: .init(address: .init(host: "127.0.0.1"), identity: .init(product: "", version: ""), isPrivate: true),
      commands: [:], runFolder: nil,
      logFolder: "", output: "")
    let topology = plan.topology(of: cell, 1, environment)
    #expect(topology.resultExchange.utf8.count == 255)
    #expect(topology.resultQueue(at: topology.resultQueueCount - 1).utf8.count <= 255)
    #expect(topology.requestQueue.utf8.count <= 255)
  }

  @Test func eachScenarioOpensBeforeItUses() {
    for scenario in Scenario.all {
      var open: Set<Role> = []
      var put = 0
      for step in scenario.steps {
        switch step {
        case .open(let roles): open.formUnion(roles)
        case .close(let role): #expect(open.remove(role) != nil, "\(scenario.name)")
        case .put(let count):
          #expect(open.contains(.putter), "\(scenario.name)")
          put += count
        case .serveAtOnce(let count): #expect(!open.contains(.server) && count <= put, "\(scenario.name)")
        case .serve: #expect(open.contains(.server) && put > 0, "\(scenario.name)")
        case .get(let calls), .getAtOnce(let calls): #expect(calls.allSatisfy { $0 < put }, "\(scenario.name)")
        case .restartBroker: #expect(open.isEmpty, "\(scenario.name): somebody is connected")
        default: break
        }
      }
      #expect(put == scenario.calls && put > 0)
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

  @Test func aPeerOnAnInterpreterGoesByItsNameToo() throws {
    let checkout = try checkout()
    func putters(_ pattern: String) throws -> Set<String> {
      var selection = RunPlan.Selection()
      selection.putters = [Glob(pattern)]
      let plan = try RunPlan(
        peers: ["python@2.7", "python@3.13", "python@3.9", "swift"], selection: selection,
        corpus: try Corpus(folder: checkout.payloads), contract: try Contract(checkout.contract))
      return Set(plan.cells.map(\.combination.putter))
    }
    #expect(try putters("python") == ["python@2.7", "python@3.13", "python@3.9"])
    #expect(try putters("python@3") == ["python@3.13", "python@3.9"])
    #expect(try putters("python@3.13") == ["python@3.13"])
    #expect(throws: InteropError.self) { try putters("python@3.1") }
  }

  @Test func whatTouchesAPeerHasItInAnyRole() throws {
    func cells(_ patterns: String...) throws -> [Cell] { try plan { $0.touching = patterns.map(Glob.init) }.cells }
    let all = try plan().cells
    let touching = all.filter { cell in Role.allCases.contains { cell.combination[$0] == "python" } }
    #expect(try cells("python") == touching)
    #expect(touching.count < all.count && touching.contains { $0.scenario == .burst })
    #expect(try cells("pyth*", "swift") == all)
    #expect(
      try #require(throws: InteropError.self) { try cells("node") }.message.hasPrefix("--touching node matches nothing")
    )
    let none = try #require(throws: InteropError.self) {
      try plan {
        $0.touching = [Glob("python")]
        $0.putters = [Glob("swift")]
        $0.servers = [Glob("swift")]
        $0.getters = [Glob("swift")]
      }
    }
    #expect(none.message == "the selection leaves no cell to run")
  }

  @Test func whatTouchesAPeerOnAnInterpreterGoesByItsNameToo() throws {
    let checkout = try checkout()
    var selection = RunPlan.Selection()
    selection.touching = [Glob("python@3")]
    let plan = try RunPlan(
      peers: ["python@2.7", "python@3.9", "swift"], selection: selection, corpus: try Corpus(folder: checkout.payloads),
      contract: try Contract(checkout.contract))
    #expect(plan.cells.allSatisfy { cell in Role.allCases.contains { cell.combination[$0] == "python@3.9" } })
    #expect(plan.peers == ["python@2.7", "python@3.9", "swift"])
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
