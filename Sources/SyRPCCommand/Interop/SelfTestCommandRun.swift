import Foundation
import InteropJudge
import InteropReport
import InteropRunner
import InteropSelfTest
import InteropSupport
import Rainbow
import SyRPCWire

/// Plants defects and shows whether they are found.
struct SelfTestCommandRun: Sendable {
  let setup: InteropSetup
  let mutations: [Mutation]
  let broker: BrokerChoice
  let output: String
  let parallel: Int

  /// - Returns: whether every defect was found, and blamed on whom it is of.
  /// - Throws: `InteropError`, `BrokerError`, `CancellationError`.
  func run() async throws -> Bool {
    let folder = try OutputFolder(URL(filePath: output).standardizedFileURL.path)
    defer { extendLifetime(folder) }
    let path = folder.path / "self-test.json"
    // Written first, so that a folder that cannot be written to is known before anything runs.
    try Files.write(Array("{}\n".utf8), to: path)
    return try await withBroker(broker) { used in
      let started = ContinuousClock.now
      let logs = used.folder.path / "logs"
      try Files.createFolder(logs)
      let probed = await PeerCatalog.probe(setup.entries, logFolder: logs, in: used.folder)
      print(PeerTable.text(probed.map(Report.Peer.init)))
      var (mutations, commands) = (mutations, setup.commands)
      if mutations.contains(where: \.isWhole) {
        if let reason = await reasonNotToUse(setup.defective, logs, used.folder) {
          print("skipped: defects of a whole implementation: \(reason.visible)".yellow)
          mutations.removeAll(where: \.isWhole)
        } else if case .live(let command)? = setup.defective?.availability {
          commands[Mutation.defectivePeer] = command
        }
      }
      let environment = RunEnvironment(
        broker: used.endpoint, replayVirtualHost: used.replayVirtualHost, places: used.places,
        commands: commands, peers: probed,
        watch: used.watch, runFolder: used.folder, logFolder: logs, output: output,
        runID: used.runID)
      let peers = setup.entries.map(\.manifest.name).filter {
        setup.commands[$0] != nil && $0 != Mutation.defectivePeer
      }
      let run = SelfTestRun(
        mutations, peers: peers, recordings: setup.recordings, plan: setup.plan,
        judge: setup.judge.on(broker: used.endpoint.rabbitMQ),
        environment: environment, parallel: parallel, executable: PeerOptions.executable)
      print("\(run.plantings.count.counted("defect")) to plant on \(used.endpoint.about.visible)\n")
      fflushOutput()
      let progress = ProgressLine(total: run.plantings.count, of: "defects")
      await progress.start()
      let results = try await run.results { await progress.note($0) }
      await progress.finish()

      let report = SelfTestReport(
        results, mutations: mutations, rules: setup.judge.rules, hasRecordings: !setup.recordings.isEmpty)
      try Files.write(try report.json.indented(levels: 2), to: path)
      print(report.table + "\n")
      for line in report.lines { print(line) }
      print("\(started.duration(to: .now).components.seconds) s; report: \(path)")
      print(report.isAsExpected ? "all as expected".green : "NOT as expected".red)
      return report.isAsExpected
    }
  }
}

extension SelfTestCommandRun {
  /// Why the peer that can be told to break cannot be used here; nil if it can.
  private func reasonNotToUse(_ entry: PeerCatalog.Entry?, _ logs: String, _ folder: RunFolder) async -> String? {
    guard let entry else { return "the checkout has no peer \(Mutation.defectivePeer)" }
    let peer = await PeerCatalog.probe([entry], logFolder: logs, in: folder).first
    return peer?.identity == nil ? peer?.reason ?? "it does not start" : nil
  }
}
