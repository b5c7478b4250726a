import Foundation
import Testing

/// No system-wide broker is left running by what `interop/setup` installs. All that root would do is noted, and not done.
@Suite(.timeLimit(.minutes(10))) struct ServiceTests {
  /// A system on which RabbitMQ and Erlang are installed by the next call of its package manager.
  private func with(
    _ manager: String, asks database: String, _ body: (SetupSandbox) async throws -> Void
  ) async throws {
    try await withSetupSandbox { sandbox in
      try sandbox.play("rabbitmq-server", ":")
      try sandbox.play("apt-cache", ":")
      try sandbox.play(manager, ": > '\(sandbox.folder)/installed'; installs \"$@\"")
      try sandbox.play(database, "[ -e '\(sandbox.folder)/installed' ] && printf installed")
      try sandbox.play("systemctl", ":")
      // What it is asked to do is noted; only the package manager, which is played, is run.
      try sandbox.play(
        "sudo",
        """
        while [ "${1#-}" != "$1" ]; do shift; done
        case $* in
          *\(manager)*) exec "$@" ;;
          "sh -c"*) cat > '\(sandbox.folder)/policy' ;;
        esac
        """)
      try await body(sandbox)
    }
  }

  private func check(_ sandbox: SetupSandbox, _ outcome: SetupSandbox.Outcome) {
    #expect(outcome.status == 0, "\(outcome.said)")
    for service in ["rabbitmq-server", "epmd"] {
      #expect(
        outcome.said.contains("the service \(service) is not started, and will not be at boot"), "\(outcome.said)")
    }
    #expect(sandbox.calls.contains("sudo -n systemctl disable rabbitmq-server.service"), "\(sandbox.calls)")
    #expect(sandbox.calls.contains("sudo -n systemctl disable epmd.service epmd.socket"))
  }

  @Test func newServicesAreDisabledOnFedora() async throws {
    try await with("dnf", asks: "rpm") { sandbox in
      let outcome = try await sandbox.setup()
      check(sandbox, outcome)
      #expect(!sandbox.calls.contains { $0.contains("policy-rc.d") })
    }
  }

  @Test(.enabled(if: !FileManager.default.fileExists(atPath: "/usr/sbin/policy-rc.d"), "this system has a policy"))
  func newServicesAreHeldAndDisabledOnDebian() async throws {
    try await with("apt-get", asks: "dpkg-query") { sandbox in
      let outcome = try await sandbox.setup()
      check(sandbox, outcome)
      let policy = try String(contentsOfFile: "\(sandbox.folder)/policy", encoding: .utf8)
      #expect(policy.contains("rabbitmq-server | rabbitmq-server.* | rabbitmq-server@*) exit 101"), "\(policy)")
      #expect(policy.hasSuffix("exit 0\n"))
      let steps = [
        "sudo -n sh -c set -C; cat > /usr/sbin/policy-rc.d", "apt-get -y", "sudo -n rm -f /usr/sbin/policy-rc.d",
      ]
      let places = steps.map { step in sandbox.calls.firstIndex { $0.hasPrefix(step) } ?? -1 }
      #expect(places == places.sorted() && !places.contains(-1), "\(sandbox.calls)")
    }
  }

  @Test func aServiceThatWasThereBeforeIsLeftAlone() async throws {
    try await with("dnf", asks: "rpm") { sandbox in
      try "".write(toFile: "\(sandbox.folder)/installed", atomically: true, encoding: .utf8)
      let outcome = try await sandbox.setup()
      #expect(outcome.status == 0)
      #expect(!outcome.said.contains("service"), "\(outcome.said)")
      #expect(!sandbox.calls.contains { $0.contains("systemctl") })
    }
  }
}
