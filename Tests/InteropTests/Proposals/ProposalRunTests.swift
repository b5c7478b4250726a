import Foundation
import InteropRunner
import SyRPCWire
import Testing

@testable import InteropBroker
@testable import InteropJudge
@testable import InteropModel
@testable import InteropProposals
@testable import InteropReport
@testable import InteropSupport

private let canRun = Program.path != nil && (try? RabbitMQInstallation.find()) != nil

/// Every proposal that comes along, and some more, with the Swift peer as the old one and a small selection.
@Suite(.serialized, .timeLimit(.minutes(15)), .enabled(if: canRun, "needs syrpc and rabbitmq-server"))
struct ProposalRunTests {
  private struct Expectation {
    let order: RolloutOrder
    let requests: Compatibility
    let results: Compatibility
    let topology: Compatibility
    /// What a loss has to say, if anything is lost.
    var loss: String?
  }

  private static let fine = Expectation(order: .anyOrder, requests: .full, results: .full, topology: .full)

  private static func clash(_ loss: String?) -> Expectation {
    Expectation(order: .newAppName, requests: .full, results: .unknown, topology: .none, loss: loss)
  }

  private static let expected: [(file: String, Expectation)] = [
    ("optional-field", fine), ("correlation-id", fine), ("raw-text", fine),
    ("hash-key", clash("they are in another queue")), ("queues-128", clash("they are in another queue")),
    ("message-ttl", clash("inequivalent arg 'x-message-ttl' for queue: received '15000' but current is '10000'")),
    ("quorum-queues", clash("inequivalent arg 'x-queue-type' for queue: received the value 'quorum'")),
    (
      "gzip",
      Expectation(
        order: .readersBeforeWriters, requests: .backward, results: .backward, topology: .full,
        loss: "requests of new putters that wait for old servers are lost")
    ),
  ]

  private static let others: [(text: String, Expectation)] = [
    (
      "\"result\": {\"fields\": {\"took\": {\"type\": \"integer\", \"example\": 3}}}",
      Expectation(
        order: .serversFirst, requests: .full, results: .forward, topology: .full,
        loss: "results of old servers that wait for new getters are lost")
    ),
    (
      "\"request\": {\"fields\": {\"data\": null, \"payload\": {\"type\": \"any\", \"holds\": \"data\"}}}",
      Expectation(
        order: .readersBeforeWriters, requests: .none, results: .full, topology: .full,
        loss: "requests of new putters that wait for old servers are lost")
    ),
    (
      "\"result\": {\"exchange\": \"{app_name}_results\"}, \"properties\": {\"priority\": 5}, "
        + "\"headers\": {\"x-version\": \"2\"}", fine
    ),
    // Of 64 queues no other bit counts than the lowest six; of 7 each does.
    ("\"hash\": {\"mask\": \"3fffffff\"}", clash(nil)),
  ]

  /// What SYRPC_PROPOSALS names, separated by commas; or `all`, which takes minutes. If it is not set, one of each order.
  private static let chosen: Set<String>? = {
    let names = ProcessInfo.processInfo.environment["SYRPC_PROPOSALS"] ?? "optional-field,hash-key,other-0,gzip"
    return names == "all" ? nil : Set(names.split(separator: ",").map(String.init))
  }()

  @Test func theCellsSayInWhichOrderEachCanBeDeployed() async throws {
    try await withTemporaryFolder { folder in
      let broker = try await PrivateBroker.start(
        in: StateFolder(path: "\(folder)/state"), isReady: PrivateBroker.completesHandshake)
      do {
        try await run(on: broker, folder)
        await broker.stop()
      } catch {
        await broker.stop()
        throw error
      }
    }
  }

  private func run(on broker: PrivateBroker, _ folder: String) async throws {
    let base = try Contract(try checkout().contract)
    for (name, expected) in Self.expected where Self.chosen?.contains(name) ?? true {
      let proposal = try Proposal(checkoutFolder / "interop/proposals/\(name).json", base: base)
      if proposal.expects != nil { #expect(proposal.expects == expected.order, "\(name)") }
      try await check(proposal, expected, broker, folder)
    }
    for (number, (text, expected)) in Self.others.enumerated() where Self.chosen?.contains("other-\(number)") ?? true {
      let text = "{\"name\": \"other-\(number)\", \"reason\": \"a test\", \"extends\": 1, \(text)}"
      try await check(try Proposal(Array(text.utf8), of: "other-\(number)", base: base), expected, broker, folder)
    }
  }

  private func check(
    _ proposal: Proposal, _ expected: Expectation, _ broker: PrivateBroker, _ folder: String
  ) async throws {
    let verdict = try await verdict(proposal, broker, folder)
    let text = Comment(rawValue: "\(proposal.name):\n\(verdict.lines.joined(separator: "\n"))")
    let direct = try #require(verdict.direct)
    #expect(verdict.order == expected.order, text)
    #expect(verdict.isWorkable == .works, text)
    #expect(direct.requests == expected.requests, text)
    #expect(direct.topology == expected.topology, text)
    // Where queues differ it is chance whether a result came through.
    if expected.order != .newAppName { #expect(direct.results == expected.results, text) }
    if let loss = expected.loss { #expect(direct.losses.contains { $0.text.contains(loss) }, text) }
    if expected.order == .anyOrder { #expect(direct.losses.isEmpty && verdict.phased.isEmpty, text) }
    // Each mixture is shown by cells, and each cell that fails has a reason.
    for mixture in Mixture.all {
      #expect(direct.counting.contains { $0.mixture == mixture && $0.truth != .unknown }, text)
    }
    #expect(direct.cells.allSatisfy { $0.truth != .fails || !$0.reason.isEmpty }, text)
    #expect(verdict.lines.allSatisfy { $0.count <= 80 || !$0.contains(" ") || $0.contains("/") }, text)
    #expect(verdict.json["order"]?.stringValue == expected.order.rawValue)
  }

  private func verdict(_ proposal: Proposal, _ broker: PrivateBroker, _ folder: String) async throws -> ProposalVerdict
  {
    let checkout = try checkout()
    let plan = try ProposalPlan(
      proposal, old: ["swift"], new: [], corpus: try Corpus(folder: checkout.payloads))
    let model = PeerCommand(
      executable: "python3", arguments: ["-B", "adapter.py"], environment: [:], folder: checkout.peers / "model",
      note: nil)
    var commands = try plan.commands(model, in: folder / proposal.name)
    commands["swift"] = PeerCommand(
      executable: Program.path ?? "", arguments: ["peer"], environment: [:], folder: folder, note: nil)
    let endpoint = BrokerEndpoint(
      address: broker.address, identity: try await PrivateBroker.identity(of: broker.address), isPrivate: true)
    var environment = RunEnvironment(
      broker: endpoint, commands: commands, runFolder: broker.folder, logFolder: folder, output: folder / "output",
      evidence: .none)
    environment.timeout = .seconds(3)
    let judge = Judge(
      divergences: try Divergence.read(checkout.divergences), golden: GoldenMessages(), level: .required)
    return try await ProposalRun(plan: plan, judge: judge, environment: environment, parallel: 8).verdict()
  }
}
