import Foundation
import SyRPCWire
import Testing
import WireTap

@testable import InteropBroker
@testable import InteropFixtures
@testable import InteropModel
@testable import InteropSupport

private let canRun =
  Program.path != nil && (try? RabbitMQInstallation.find()) != nil && Files.exists("/usr/bin/python3")

/// `syrpc fixtures record` with a live peer, and what `syrpc fixtures diff` says of it.
@Suite(.serialized, .timeLimit(.minutes(10)), .enabled(if: canRun, "needs syrpc, rabbitmq-server and python3"))
struct RecordingTests {
  /// Runs `syrpc`; gives its lines and how it ended.
  private func syrpc(
    _ arguments: [String], _ folder: String, environment: [String: String] = [:]
  ) async throws -> (lines: [String], ending: LineProcess.Ending?) {
    var command = Program.command(arguments, temporary: folder)
    for (name, value) in environment { command.environment[name] = value }
    return try await withProcess(command) { run in
      let lines = await run.rest()
      return (lines, await run.ending)
    }
  }

  private func record(
    _ folder: String, into output: String, _ options: [String] = [], defect: String? = nil
  ) async throws -> (lines: [String], ending: LineProcess.Ending?) {
    try await syrpc(
      [
        "fixtures", "record", "--checkout", checkoutFolder, "--peer", "defective", "--only", "transcripts",
        "--scenario",
        "collision", "--output", folder / output,
      ] + options, folder, environment: ["SYRPC_DEFECT": defect].compactMapValues(\.self))
  }

  @Test func recordedTwiceItIsTheSameBytesAndADefectIsToldInWords() async throws {
    try await withTemporaryFolder { folder in
      for output in ["first", "second"] {
        let (lines, ending) = try await record(folder, into: output)
        #expect(ending == .exited(0), "\(lines)")
      }
      let names = try Files.list(folder / "first/fixtures/transcripts").filter { $0.hasPrefix("defective-") }
      #expect(names == ["defective-collision-client-1.jsonl", "defective-collision-server-0.jsonl"])
      for name in names + ["scenarios.json"] {
        let part = "fixtures/transcripts" / name
        #expect(try Files.read(folder / "first" / part) == Files.read(folder / "second" / part), "\(name)")
      }
      let recorded = try RecordedConversation(folder: folder / "first/fixtures/transcripts", name: names[0])
      #expect(recorded.transcript.entries.map(\.milliseconds) == recorded.transcript.entries.indices.map(Double.init))
      #expect(Conversation(recorded.transcript).published.map(\.resultID) == [RecordedIDs.id(1), RecordedIDs.id(2)])
      let same = try await syrpc(["fixtures", "diff", folder / "first", folder / "second"], folder)
      #expect(same.lines == ["no difference"] && same.ending == .exited(0))

      // What is not as expected ends it, and leaves nothing that could be taken for a recording.
      let refused = try await record(folder, into: "refused", defect: "body-extra-field")
      #expect(refused.ending == .exited(2), "\(refused.lines)")
      #expect(refused.lines.contains { $0.contains("swift-defective-swift/recorded-collision/recorded") })
      #expect(refused.lines.contains { $0.contains("json.keys (required), defective as server") })
      #expect(!Files.exists(folder / "refused/fixtures"))

      let kept = try await record(folder, into: "kept", ["--keep-going"], defect: "body-extra-field")
      #expect(kept.ending == .exited(0), "\(kept.lines)")
      let differing = try await syrpc(["fixtures", "diff", folder / "first", folder / "kept"], folder)
      #expect(differing.ending == .exited(1))
      for kind in ["request", "result"] {
        #expect(
          differing.lines.contains {
            $0.hasPrefix("  defective: \(kind): field `") && $0.contains("is new (2 places)")
          },
          "\(differing.lines)")
      }
      let json = try await syrpc(["fixtures", "diff", "--json", folder / "first", folder / "kept"], folder)
      let value = try JSON(parsing: json.lines.joined(separator: "\n").utf8)
      #expect(value["differs"] == true)
      #expect(value["changes"]?.arrayValue?.contains { $0["place"] == "defective: result" && $0["count"] == 2 } == true)

      let missing = try await syrpc(["fixtures", "diff", folder / "first", folder / "missing"], folder)
      #expect(missing.ending == .exited(2))
    }
  }

  /// The Swift peer alone: nothing is looked for in the peers' packages.
  @Test func goldenMessagesComeOutAsTheyAreAndAChangeOfThemIsToldInWords() async throws {
    try await withTemporaryFolder { folder in
      let (lines, ending) = try await syrpc(
        [
          "fixtures", "record", "--checkout", checkoutFolder, "--peer", "swift", "--only", "messages", "--output",
          folder / "recorded",
        ], folder, environment: ["SYRPC_PEER_CACHE": folder / "empty"])
      #expect(ending == .exited(0), "\(lines)")
      let same = try await syrpc(["fixtures", "diff", checkoutFolder, folder / "recorded"], folder)
      #expect(same.lines == ["no difference"] && same.ending == .exited(0), "\(same.lines)")

      // As it would be if this library had another form before.
      let changed = try checkout().copyOfFixtures(in: folder / "changed")
      let path = changed.messages / "swift.jsonl"
      let text = String(decoding: try Files.read(path), as: UTF8.self)
      let id = #"\"result_id\":\"\#(GoldenMessages.mask)\""#
      #expect(text.contains(id))
      try Files.write(Array(text.replacing(id, with: id + #",\"version\":1"#).utf8), to: path)
      let differing = try await syrpc(["fixtures", "diff", changed.folder, folder / "recorded"], folder)
      #expect(differing.ending == .exited(1))
      let sentences = differing.lines.prefix { !$0.isEmpty }
      #expect(
        sentences.count == 3 && sentences.dropFirst().allSatisfy { $0.contains("field `version` is gone (") },
        "\(sentences)")
    }
  }

  /// A program is recorded by the tap on its own, taken into the fixtures, and played.
  @Test func whatTapWroteIsTakenAndPlayed() async throws {
    try await withTemporaryFolder { folder in
      let copy = try checkout().copyOfFixtures(in: folder / "checkout")
      try FileManager.default.createDirectory(atPath: copy.folder / "interop", withIntermediateDirectories: true)
      for name in ["interop/peers", "interop/README.rst", "README.rst"] {
        try FileManager.default.copyItem(atPath: checkoutFolder / name, toPath: copy.folder / name)
      }
      let manifest = """
        {
          "name": "tapped",
          "about": "nothing but a recording",
          "default": false,
          "interpreter": false,
          "alternatives": [{"needs": "{cache}/tapped/ready", "command": ["tapped"], "note": "never there"}]
        }
        """
      try Files.write(Array(manifest.utf8), to: copy.peers / "tapped/peer.json")

      let broker = try await PrivateBroker.start(
        in: StateFolder(path: folder / "state"), isReady: PrivateBroker.completesHandshake)
      do {
        try await tapCalls(broker, into: folder / "recorded", folder)
        await broker.stop()
      } catch {
        await broker.stop()
        throw error
      }
      let transcripts = try Files.list(folder / "recorded").filter { $0.hasSuffix(".jsonl") }
      #expect(transcripts == ["tap-0.jsonl", "tap-1.jsonl"])

      let take = ["fixtures", "record", "--checkout", copy.folder, "--peer", "tapped"]
      let from = transcripts.flatMap { ["--from", folder / "recorded" / $0] }
      let wrong = try await syrpc(take + from + ["--scenario", "tapped", "--num-queues", "63"], folder)
      #expect(wrong.ending == .exited(2))
      #expect(wrong.lines.contains { $0.contains("say how many there are with --num-queues") }, "\(wrong.lines)")
      let taken = try await syrpc(take + from + ["--scenario", "tapped"], folder)
      #expect(taken.ending == .exited(0), "\(taken.lines)")
      let verified = try await syrpc(["fixtures", "verify", "--checkout", copy.folder], folder)
      #expect(verified.ending == .exited(0), "\(verified.lines)")

      let played = try await syrpc(
        [
          "interop", "--checkout", copy.folder, "--peer", "tapped", "--peer", "swift", "--scenario", "recorded-tapped",
          "--output", folder / "output",
        ], folder)
      #expect(played.ending == .exited(0), "\(played.lines)")
      let report = try Files.readJSON(folder / "output/report.json")
      let cells = report["cells"]?.arrayValue ?? []
      #expect(cells.count == 2 && cells.allSatisfy { $0["putter"] == "tapped" || $0["server"] == "tapped" })
    }
  }

  /// Two calls between a server and a client that both use the tap.
  private func tapCalls(_ broker: PrivateBroker, into output: String, _ folder: String) async throws {
    let tap = Program.command(
      ["tap", "--broker", "amqp://\(broker.host):\(broker.port)", "--output", output], temporary: folder)
    try await withProcess(tap) { tap in
      let line = try await tap.lines(through: /listening on/).last ?? ""
      let port = try #require(line.firstMatch(of: #/listening on 127\.0\.0\.1:([0-9]+)/#)?.1)
      let drain = Task { await tap.rest() }
      var adapter = LineProcess.Command(
        name: "defective", executable: "/usr/bin/python3", arguments: ["-B", "adapter.py"])
      adapter.workingDirectory = try checkout().peers / "defective"
      let open =
        #""broker": {"host": "127.0.0.1", "port": \#(port), "virtual_host": "/", "user": "guest", "password": "guest"}, "settings": {"app_name": "tapped_app"}"#
      try await withProcess(adapter) { [adapter] server in
        _ = try await ask(server, #""op": "open", "role": "server", \#(open)"#)
        try await withProcess(adapter) { client in
          _ = try await ask(client, #""op": "open", "role": "putter", \#(open)"#)
          for payload in ["[1, 2.5]", "null"] {
            let put = try await ask(client, #""op": "put_request", "type": "echo", "payload": "\#(payload)""#)
            let id = try #require(put["result_id"]?.stringValue)
            _ = try await ask(server, #""op": "serve", "count": 1, "timeout": 10"#)
            _ = try await ask(client, #""op": "get_result", "result_id": "\#(id)", "timeout": 10"#)
          }
          _ = try await ask(client, #""op": "close""#)
        }
        _ = try await ask(server, #""op": "close""#)
      }
      kill(tap.pid, SIGINT)
      _ = await drain.value
    }
  }

  private func ask(_ process: LineProcess, _ question: String) async throws -> JSON {
    try await process.send("{\"id\": 1, \(question)}", within: .seconds(600))
    let answer = try JSON(parsing: try await process.receive(within: nil).utf8)
    #expect(answer["ok"] == true, "\(question): \(answer)")
    return answer
  }
}
