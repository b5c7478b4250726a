import AMQP
import Foundation

@testable import InteropBroker
@testable import InteropJudge
@testable import InteropModel
@testable import InteropReport
@testable import InteropRunner
@testable import InteropSupport

/// Runs in which no peer starts, so that nobody needs a broker.
struct StubbornPeers {
  let folder: String
  /// What its peer does.
  var script = "echo started >>starts; exit 3"
  var failure: PeerError?
  var output: String?
  var watch: BrokerWatch?
  var isFresh = false
  var repetition = Repetition()

  init(_ folder: String) { self.folder = folder }

  var environment: RunEnvironment {
    let command = PeerCommand(
      executable: "/bin/sh", arguments: ["-c", script], environment: [:], folder: folder, note: nil)
    let peer = RunReport.Peer(name: "stubborn", about: "", mode: .live, reason: nil, failure: failure)
    return RunEnvironment(
      broker: BrokerEndpoint(
        address: BrokerAddress(host: "127.0.0.1", port: 1), identity: BrokerIdentity(product: "nobody", version: "0"),
        isPrivate: true),
      commands: ["stubborn": command], peers: [peer], watch: watch, runFolder: nil, logFolder: folder,
      output: output ?? folder / "output", isFresh: isFresh, repetition: repetition)
  }

  static func plan(_ payloads: [Glob] = []) throws -> RunPlan {
    var selection = RunPlan.Selection()
    selection.scenarios = [Glob("echo")]
    selection.payloads = payloads
    let checkout = try checkout()
    return try RunPlan(
      peers: ["stubborn"], selection: selection, corpus: try Corpus(folder: checkout.payloads),
      contract: try Contract(checkout.contract))
  }

  static let judge = Judge(divergences: [], golden: GoldenMessages())

  func run(_ payloads: [Glob] = [], parallel: Int = 1) async throws -> MatrixRun.Outcome {
    await MatrixRun(
      plan: try Self.plan(payloads), judge: Self.judge, environment: environment,
      parallel: parallel
    ).outcome { _ in }
  }

  /// How often its peer was started.
  var starts: Int { (SmallFile.read(folder / "starts") ?? "").split(separator: "\n").count }
}
