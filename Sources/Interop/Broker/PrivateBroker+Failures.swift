internal import InteropSupport

/// What brokers go through, at a test's command. Nothing may wait in ``waitForEnd()`` while the node is killed and
/// restarted.
extension PrivateBroker {
  /// Kills the node, as a crash of the machine would. What it had on disk stays.
  package func kill() async throws {
    guard let process = folder.process(named: Self.nodeName) else { return }
    process.killGroup()
    // The port is free when the process is gone.
    while process.isAlive { try await Task.sleep(for: .milliseconds(5)) }
  }

  /// Starts the node again, on the same ports, with what it had on disk; waits until it is ready.
  ///
  /// - Throws: as ``start(_:in:settings:within:isReady:)``.
  package func restart(within limit: Duration = .seconds(120)) async throws {
    do { try await startNode(by: .now + limit, isReady: Self.completesHandshake) } catch { throw explain(error, limit) }
  }

  /// Stops the broker in an orderly way and starts it again: what is persistent stays, what is transient goes.
  ///
  /// - Throws: ``BrokerError``.
  package func restartInOrder() async throws {
    try await control("stop_app")
    try await control("start_app")
    while !(await Self.completesHandshake(host, port)) { try await Task.sleep(for: .milliseconds(100)) }
  }

  /// Lets the node stand still, with its connections open (SIGSTOP), or go on (SIGCONT).
  package func pause(_ pause: Bool) { folder.process(named: Self.nodeName)?.pauseGroup(pause) }

  /// Has `rabbitmqctl` do something, as soon as the node has started; that takes a second or two.
  ///
  /// - Throws: ``BrokerError`` with what it printed.
  package func control(_ arguments: String...) async throws {
    var command = node.controlCommand(arguments)
    // A node accepts connections a moment before it counts as started, and until then refuses most commands (status 64).
    if arguments.first != "start_app" { command = node.controlCommand(["await_startup"]) + " && " + command }
    try await keeper.run(Self.controlName, command, log: node.controlLog)
    let end = try await keeper.nextEnd { $0 == Self.controlName }
    guard end.status == 0 else {
      let output = SmallFile.read(node.controlLog, last: 4096) ?? ""
      throw BrokerError(
        code: .ended, message: "rabbitmqctl \(arguments.joined(separator: " ")): \(end.description)\n\(output)")
    }
  }

  /// Makes the broker block its publishers, as it does when it is short of memory, or take their messages again.
  package func setMemoryAlarm(_ isOn: Bool) async throws {
    try await control("set_vm_memory_high_watermark", isOn ? "0.0000001" : "0.9")
  }

  /// Adds a user with permissions, each a regular expression for names of queues and exchanges.
  package func addUser(
    _ name: String, password: String, virtualHost: String = "/", configure: String = ".*", write: String = ".*",
    read: String = ".*"
  ) async throws {
    try await control("add_user", name, password)
    try await control("set_permissions", "-p", virtualHost, name, configure, write, read)
  }
}
