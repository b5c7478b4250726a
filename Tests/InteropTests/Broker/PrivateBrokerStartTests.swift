import Foundation
import InteropBroker
import InteropSupport
import Testing

/// What can be said of starting a broker without one: a script plays RabbitMQ.
@Suite(.timeLimit(.minutes(10))) struct PrivateBrokerStartTests {
  private func withFakeRabbitMQ(
    _ script: String, _ body: (RabbitMQInstallation, StateFolder, _ folder: String) async throws -> Void
  ) async throws {
    try await withTemporaryFolder { folder in
      let server = "\(folder)/rabbitmq-server"
      try "#!/bin/sh\ncd '\(folder)'\n\(script)\n".write(toFile: server, atomically: true, encoding: .utf8)
      try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: server)
      let state = try StateFolder(path: "\(folder)/state")
      try await body(.find(environment: ["SYRPC_RABBITMQ_SERVER": server]), state, folder)
      #expect(try FileManager.default.contentsOfDirectory(atPath: state.path) == [])
    }
  }

  // MARK: finding it

  @Test func aMissingRabbitMQTellsWhatToInstall() {
    let error = #expect(throws: BrokerError.self) {
      try RabbitMQInstallation.find(environment: ["PATH": "/nonexistent"], packages: [])
    }
    #expect(error?.code == .notInstalled)
    #expect(error?.message.contains("apt-get install rabbitmq-server") == true)
  }

  @Test func aMisnamedScriptIsAnError() {
    let error = #expect(throws: BrokerError.self) {
      try RabbitMQInstallation.find(environment: ["SYRPC_RABBITMQ_SERVER": "/nonexistent/rabbitmq-server"])
    }
    #expect(error?.code == .notInstalled)
    #expect(error?.message.contains("/nonexistent/rabbitmq-server") == true)
  }

  @Test func oneMayBeNamedByItsFolder() async throws {
    try await withTemporaryFolder { folder in
      func found(_ path: String) throws -> String { try RabbitMQInstallation(at: path, namedBy: "--rabbitmq").server }
      func message(_ path: String) -> String? {
        (#expect(throws: BrokerError.self) { try found(path) })?.message
      }
      #expect(message(folder) == "--rabbitmq is \(folder), which is a folder without rabbitmq-server")
      let server = "\(folder)/sbin/rabbitmq-server"
      try FileManager.default.createDirectory(atPath: "\(folder)/sbin", withIntermediateDirectories: true)
      try "".write(toFile: server, atomically: true, encoding: .utf8)
      #expect(message(server) == "--rabbitmq is \(server), which is not an executable file")
      try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: server)
      #expect(try found(server) == server)
      #expect(try found("\(folder)/sbin") == server)
      #expect(try found(folder) == server)
      #expect(message("\(folder)/none") == "--rabbitmq is \(folder)/none, which is not there")
      // rabbitmqctl has to be beside it.
      #expect(message("/bin/sh")?.contains("must be called rabbitmq-server") == true)
    }
  }

  @Test func findsARealScriptOnThePathAndItsVersion() async throws {
    try await withTemporaryFolder { folder in
      let real = "\(folder)/rabbitmq/3.13.7/sbin"
      for directory in ["\(folder)/wrapper", real, "\(folder)/links"] {
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
      }
      for file in ["\(folder)/wrapper/rabbitmq-server", "\(real)/rabbitmq-server", "\(real)/rabbitmq-env"] {
        try "".write(toFile: file, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: file)
      }
      for name in ["rabbitmq-server", "rabbitmq-env"] {
        try FileManager.default.createSymbolicLink(
          atPath: "\(folder)/links/\(name)", withDestinationPath: "\(real)/\(name)")
      }
      let found = try RabbitMQInstallation.find(
        environment: ["PATH": "\(folder)/wrapper:\(folder)/links"], packages: [])
      #expect(found.server == "\(folder)/links/rabbitmq-server")
      #expect(found.version == "3.13.7")
    }
  }

  // MARK: where it is

  @Test(arguments: [("it's", "'"), ("a\"b", "\"")]) func aFolderInWhichItHangsIsRefused(
    _ name: String, _ character: String
  ) async throws {
    try await withTemporaryFolder { folder async throws in
      let state = try StateFolder(path: "\(folder)/\(name)")
      let error = await #expect(throws: BrokerError.self) {
        _ = try await PrivateBroker.start(nil, in: state) { _, _ in false }
      }
      #expect(error?.code == .unusableFolder)
      #expect(error?.message.contains("the character \(character), as") == true)
      #expect(error?.message.contains("set TMPDIR to another folder") == true)
    }
  }

  // MARK: starting it

  @Test func aNodeThatEndsAtOnceIsExplained() async throws {
    try await withFakeRabbitMQ("echo \"it's broken\"; exit 78") { rabbitMQ, state, _ in
      let error = await #expect(throws: BrokerError.self) {
        _ = try await PrivateBroker.start(rabbitMQ, in: state) { _, _ in false }
      }
      #expect(error?.code == .ended)
      #expect(
        error?.message == """
          RabbitMQ did not start: rabbitmq-server exited with 78
          From its log:
            it's broken
          """)
    }
  }

  @Test func aNodeThatIsNeverReadyIsExplained() async throws {
    try await withFakeRabbitMQ("echo waiting; exec sleep 1000") { rabbitMQ, state, _ in
      let error = await #expect(throws: BrokerError.self) {
        _ = try await PrivateBroker.start(rabbitMQ, in: state, within: .seconds(3)) { _, _ in false }
      }
      #expect(error?.code == .notReady)
      #expect(error?.message.hasSuffix("did not speak AMQP within 3.0 seconds\nFrom its log:\n  waiting") == true)
    }
  }

  @Test func aLostPortIsReplaced() async throws {
    let script = """
      grep '^listeners' "$RABBITMQ_CONFIG_FILE" >>attempts
      [ "$(wc -l <attempts)" -gt 2 ] && exec sleep 1000
      echo '{error,eaddrinuse}'; exit 1
      """
    try await withFakeRabbitMQ(script) { rabbitMQ, state, folder async throws in
      let attempts = "\(folder)/attempts"
      let broker = try await PrivateBroker.start(rabbitMQ, in: state) { _, port in
        (try? String(contentsOfFile: attempts, encoding: .utf8).contains(":\(port)\n")) == true
          && (try? String(contentsOfFile: attempts, encoding: .utf8).split(separator: "\n").count) == 3
      }
      await broker.stop()
      let ports = try String(contentsOfFile: attempts, encoding: .utf8).split(separator: "\n")
      #expect(Set(ports).count == 3 && ports.last == "listeners.tcp.local = 127.0.0.1:\(broker.port)")
    }
  }

  @Test func aPortThatIsAlwaysTakenIsAnErrorAtLast() async throws {
    try await withFakeRabbitMQ("echo >>attempts; echo eaddrinuse; exit 1") { rabbitMQ, state, folder async throws in
      let error = await #expect(throws: BrokerError.self) {
        _ = try await PrivateBroker.start(rabbitMQ, in: state) { _, _ in false }
      }
      #expect(error?.code == .portTaken)
      #expect(try String(contentsOfFile: "\(folder)/attempts", encoding: .utf8) == "\n\n\n")
    }
  }

  @Test func aCancelledStartLeavesNothing() async throws {
    try await withFakeRabbitMQ("echo $$ >pid; exec sleep 1000") { rabbitMQ, state, folder async throws in
      let start = Task { try await PrivateBroker.start(rabbitMQ, in: state) { _, _ in false } }
      var pid: Int32?
      #expect(
        try await eventually {
          let text = (try? String(contentsOfFile: "\(folder)/pid", encoding: .utf8)) ?? ""
          pid = Int32(text.trimmingCharacters(in: .whitespacesAndNewlines))
          return pid != nil
        })
      start.cancel()
      await #expect(throws: CancellationError.self) { _ = try await start.value }
      #expect(try await eventually { pid.flatMap { ProcessIdentity(of: $0) } == nil })
    }
  }

  /// Whatever the locale, since RabbitMQ takes it for the encoding of paths.
  @Test func itsLocaleHasUTF8() async throws {
    let script = #"(env; echo "charmap=$(locale charmap)") >part; mv part environment; exec sleep 1000"#
    try await withFakeRabbitMQ(script) { rabbitMQ, state, folder async throws in
      let broker = try await PrivateBroker.start(rabbitMQ, in: state) { _, _ in
        FileManager.default.fileExists(atPath: "\(folder)/environment")
      }
      let environment = try String(contentsOfFile: "\(folder)/environment", encoding: .utf8)
      await broker.stop()
      #expect(environment.contains("charmap=UTF-8\n"))
      #expect(environment.split(separator: "\n").contains { $0.hasPrefix("ERL_FLAGS=+fnu ") })
    }
  }

  @Test func theUsersOwnSettingsAreKeptOut() async throws {
    let script = #"env | grep -E '^(RABBITMQ|ERL)_' >part; mv part environment; exec sleep 1000"#
    try await withFakeRabbitMQ(script) { rabbitMQ, state, folder async throws in
      let broker = try await PrivateBroker.start(rabbitMQ, in: state) { _, _ in
        FileManager.default.fileExists(atPath: "\(folder)/environment")
      }
      let home = broker.folder.path
      let environment = try String(contentsOfFile: "\(folder)/environment", encoding: .utf8)
      await broker.stop()
      #expect(environment.contains("ERL_EPMD_ADDRESS=127.0.0.1\n"))
      // Every path is in the run's folder.
      for line in environment.split(separator: "\n") where line.contains("=/") { #expect(line.contains("=\(home)/")) }
    }
  }
}
