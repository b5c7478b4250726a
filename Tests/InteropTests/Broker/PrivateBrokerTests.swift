import Foundation
import InteropBroker
import InteropSupport
import NIOConcurrencyHelpers
import Testing

private let isInstalled = (try? RabbitMQInstallation.find()) != nil

@Suite(.serialized, .timeLimit(.minutes(10)), .enabled(if: isInstalled, "needs rabbitmq-server"))
struct PrivateBrokerTests {
  @Test func twoBootAtOnceAndLeaveNothing() async throws {
    try await withStateFolder { state in
      async let one = PrivateBroker.start(in: state, isReady: PrivateBroker.completesHandshake)
      async let other = PrivateBroker.start(in: state, isReady: PrivateBroker.completesHandshake)
      let brokers = [try await one, try await other]
      #expect(brokers[0].port != brokers[1].port)
      let started = brokers.flatMap(\.folder.processes)
      // A guard, an epmd and a node each.
      #expect(started.count == 6 && alive(started) == started)
      for broker in brokers {
        #expect(await PrivateBroker.completesHandshake(broker.host, broker.port))
        // It is written a little later than it is true.
        #expect(try await eventually { broker.logTail().contains { $0.contains("127.0.0.1:\(broker.port)") } })
        #expect(broker.version?.split(separator: ".").count == 3)
      }
      await brokers[0].stop()
      #expect(!brokers[0].folder.exists)
      #expect(await PrivateBroker.completesHandshake(brokers[1].host, brokers[1].port), "the other one should not care")
      await brokers[1].stop()
      await brokers[1].stop()
      #expect(alive(started) == [])
      #expect(try FileManager.default.contentsOfDirectory(atPath: state.path) == [])
      // Erlang's helpers lead sessions of their own, and see to their end themselves.
      #expect(try await eventually { processes(mentioning: state.path).isEmpty })
    }
  }

  @Test(.enabled(if: hasProc, "needs /proc")) func listensOnTheLoopbackInterfaceOnly() async throws {
    try await withStateFolder { state in
      let seen = NIOLockedValueBox<Set<String>>([])
      let look: @Sendable () -> Void = {
        let addresses = listeningAddresses(of: processes(mentioning: state.path))
        seen.withLockedValue { $0.formUnion(addresses) }
      }
      // RabbitMQ starts short-lived Erlangs before the node: look all the time.
      let broker = try await PrivateBroker.start(in: state) { host, port in
        look()
        return await PrivateBroker.completesHandshake(host, port)
      }
      let port = String(broker.port, radix: 16, uppercase: true)
      // AMQP, distribution, epmd.
      let allSeen = try await eventually {
        look()
        return seen.withLockedValue { $0.count >= 3 && $0.contains { $0.hasSuffix(":" + port) } }
      }
      await broker.stop()
      let addresses = seen.withLockedValue { $0 }
      #expect(allSeen, "\(addresses)")
      #expect(addresses.filter { !isLoopback($0) } == [])
    }
  }

  /// `broker` prints its URL as soon as it is ready.
  @Test(
    .enabled(if: Program.path != nil, "needs syrpc"),
    arguments: [
      ["LC_ALL": "C", "LANG": "C", "HOME": nil],
      ["LC_ALL": "tr_TR.UTF-8", "HOME": "/nonexistent", "ENV": "/nonexistent"],
    ] as [[String: String?]])
  func itStartsWhateverTheCallersEnvironmentIs(_ environment: [String: String?]) async throws {
    try await withTemporaryFolder { folder in
      let temporary = "\(folder)/zürich #1 %{日本}\\"
      try FileManager.default.createDirectory(atPath: temporary, withIntermediateDirectories: false)
      var command = Program.command(["broker"], temporary: temporary)
      command.environment.merge(environment) { $1 }
      try await withProcess(command) { broker in
        let line = try await broker.receive(within: nil)
        #expect(line.hasPrefix("amqp://guest:guest@127.0.0.1:"), "\(line)")
        kill(broker.pid, SIGTERM)
        let rest = await broker.rest()
        #expect(await broker.ending == .exited(0), "\(rest)")
      }
      #expect(try FileManager.default.subpathsOfDirectory(atPath: temporary).count == 1)
    }
  }

  @Test(
    .enabled(if: Program.path != nil, "needs syrpc"),
    arguments: [
      ("/nonexistent", "cannot create /nonexistent/syrpc-interop-"),
      ("/dev/null", "cannot create /dev/null/syrpc-interop-"),
      ("/" + String(repeating: "x", count: 5000), "File name too long"),
    ])
  func aTemporaryFolderThatCannotBeUsedIsNamed(_ temporary: String, _ reason: String) async throws {
    try await withProcess(Program.command(["broker"], temporary: temporary)) { broker in
      let text = await broker.rest().joined(separator: "\n")
      #expect(text.contains(reason) && text.contains("TMPDIR"), "\(text)")
      #expect(await broker.ending == .exited(2))
    }
  }

  @Test func aKilledRunnerLeavesNoBroker() async throws {
    try await withTemporaryFolder { path in
      await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
        let broker = try await PrivateBroker.start(
          in: StateFolder(path: "\(path)/state"), isReady: PrivateBroker.completesHandshake)
        try write(broker.folder.processes, to: "\(path)/started")
        kill(getpid(), SIGKILL)
      }
      let started = try readIdentities("\(path)/started")
      #expect(started.count == 3)
      #expect(try await eventually { alive(started).isEmpty && processes(mentioning: "\(path)/state").isEmpty })
      #expect(try await eventually { try FileManager.default.contentsOfDirectory(atPath: "\(path)/state").isEmpty })
    }
  }

  @Test func theNextRunRemovesWhatAKilledGuardLeft() async throws {
    try await withTemporaryFolder { path in
      await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
        let broker = try await PrivateBroker.start(
          in: StateFolder(path: "\(path)/state"), isReady: PrivateBroker.completesHandshake)
        try write(broker.folder.processes, to: "\(path)/started")
        for keeper in broker.folder.processes.prefix(1) { kill(keeper.pid, SIGKILL) }
        kill(getpid(), SIGKILL)
      }
      let started = try readIdentities("\(path)/started")
      // The guard is gone when somebody has reaped it; the node and epmd stay.
      #expect(try await eventually { alive(started).count == 2 })
      let state = try StateFolder(path: "\(path)/state")
      await RunFolder.sweep(state)
      #expect(alive(started) == [])
      #expect(try await eventually { processes(mentioning: state.path).isEmpty })
      #expect(try FileManager.default.contentsOfDirectory(atPath: state.path) == [])
    }
  }

  @Test func aBrokenConfigurationIsExplained() async throws {
    try await withStateFolder { state async throws in
      let error = await #expect(throws: BrokerError.self) {
        _ = try await PrivateBroker.start(
          in: state, settings: "no_such_key = 1", isReady: PrivateBroker.completesHandshake)
      }
      #expect(error?.code == .ended)
      #expect(error?.message.hasPrefix("RabbitMQ did not start: rabbitmq-server exited with 1\n") == true)
      #expect(error?.message.contains("no_such_key") == true)
      #expect(try FileManager.default.contentsOfDirectory(atPath: state.path) == [])
    }
  }

  @Test func aNodeThatDiesLaterIsExplained() async throws {
    try await withStateFolder { state in
      let broker = try await PrivateBroker.start(in: state, isReady: PrivateBroker.completesHandshake)
      async let end = broker.waitForEnd()
      // RabbitMQ wrote the node's own process id there.
      let text = try String(contentsOfFile: "\(broker.folder.path)/node.pid", encoding: .utf8)
      #expect(kill(try #require(Int32(text.trimmingCharacters(in: .whitespacesAndNewlines))), SIGKILL) == 0)
      let error = try await end
      #expect(error.code == .ended)
      #expect(error.message.hasPrefix("RabbitMQ has ended: rabbitmq-server was killed by signal 9\n"))
      await broker.stop()
      #expect(!broker.folder.exists)
    }
  }
}
