import InteropSupport
import Testing

/// What `interop/setup` does on systems that are not here; scripts play their programs.
@Suite(.timeLimit(.minutes(10))) struct SystemPackageTests {
  /// A system's package manager, as a script plays it: what it is called, and how packages are asked for.
  struct Manager: Sendable, CustomTestStringConvertible {
    var name: String
    var program: String
    var install: String
    var testDescription: String { name }
  }

  static let apt = Manager(
    name: "apt", program: "apt-get",
    install: "install --no-install-recommends --no-upgrade --no-remove librabbitmq-dev libjansson-dev libssl-dev")
  static let dnf = Manager(
    name: "dnf", program: "dnf", install: "install librabbitmq-devel jansson-devel openssl-devel")
  static let brew = Manager(name: "brew", program: "brew", install: "install rabbitmq-c jansson openssl@3")

  /// A sandbox with a package manager that installs, and RabbitMQ.
  private func with(_ manager: Manager, _ body: (SetupSandbox) async throws -> Void) async throws {
    try await withSetupSandbox { sandbox in
      try sandbox.play("rabbitmq-server", ":")
      try sandbox.play(manager.program, "[ \"${1:-}\" != --prefix ] || echo /nonexistent\ninstalls \"$@\"")
      switch manager.name {
      case "apt":
        try sandbox.play("apt-cache", ":")
        try sandbox.play("dpkg-query", "printf installed")
      case "dnf": try sandbox.play("rpm", ":")
      default: break
      }
      try sandbox.play("sudo", "while [ \"${1#-}\" != \"$1\" ]; do shift; done\nexec \"$@\"")
      try await body(sandbox)
    }
  }

  @Test(arguments: [apt, dnf, brew]) func whatIsMissingIsInstalledByTheNamesOfTheSystem(manager: Manager) async throws {
    try await with(manager) { sandbox in
      let outcome = try await sandbox.setup()
      #expect(outcome.status == 0, "\(outcome.said)")
      let calls = sandbox.calls(of: manager.program).filter { $0.contains("install ") }
      #expect(calls.count == 1)
      #expect(calls.first?.hasSuffix(manager.install) == true, "\(calls)")
      #expect(outcome.said.contains("installing with \(manager.name): "), "\(outcome.said)")
    }
  }

  @Test(arguments: [apt, dnf, brew]) func nothingIsAskedForWhereAllIsThere(manager: Manager) async throws {
    try await with(manager) { sandbox in
      try sandbox.haveAllLibraries()
      let outcome = try await sandbox.setup()
      #expect(outcome.status == 0)
      #expect(outcome.said == "")
      #expect(sandbox.calls(of: manager.program) == [])
    }
  }

  @Test(arguments: [
    (apt, "php-cli composer ruby-bunny python3 python3-venv something"),
    (dnf, "php-cli composer python3 something"), (brew, "php composer python3 something"),
  ])
  func whatAPeerAsksForIsInstalledByTheNamesOfTheSystem(manager: Manager, names: String) async throws {
    try await with(manager) { sandbox in
      try sandbox.haveAllLibraries()
      try sandbox.havePeer(
        "other",
        "[ \"${2:-}\" != --packages ] || printf '%s\\n' php-cli composer ruby-bunny python3 python3-venv something")
      #expect(try await sandbox.setup().status == 0)
      #expect(sandbox.calls(of: manager.program).contains { $0.hasSuffix(" \(names)") }, "\(sandbox.calls)")
    }
  }

  @Test func whatIsStillMissingIsAnError() async throws {
    try await with(Self.apt) { sandbox in
      try sandbox.play("apt-get", ":")
      let outcome = try await sandbox.setup()
      #expect(outcome.status == 2)
      #expect(outcome.said.contains("still missing after the installation: librabbitmq-dev libjansson-dev libssl-dev"))
    }
  }

  @Test func whatThePackageManagerSaysOfItsFailureIsShown() async throws {
    try await with(Self.dnf) { sandbox in
      try sandbox.play("dnf", "echo 'Error: Unable to find a match' >&2; exit 1")
      let outcome = try await sandbox.setup()
      #expect(outcome.status == 2)
      #expect(outcome.said.contains("dnf failed:\nError: Unable to find a match"), "\(outcome.said)")
    }
  }

  @Test func listsOfPackagesThatAreTooOldAreFetchedAnew() async throws {
    try await with(Self.apt) { sandbox in
      try sandbox.play(
        "apt-get",
        """
        case $* in
          *update*) : > "$0.updated" ;;
          *) [ -e "$0.updated" ] || exit 100; installs "$@" ;;
        esac
        """)
      #expect(try await sandbox.setup().status == 0)
      #expect(sandbox.calls(of: "apt-get").count == 3)
    }
  }

  // MARK: who may install

  @Test(arguments: [
    (apt, "sudo apt-get install --no-install-recommends libssl-dev"), (dnf, "sudo dnf install openssl-devel"),
  ])
  func withoutRootOrSudoTheCommandIsTold(manager: Manager, command: String) async throws {
    try await with(manager) { sandbox in
      try sandbox.haveAllLibraries()
      try sandbox.removeLibrary("openssl")
      try sandbox.play("sudo", "echo 'sudo: a password is required' >&2; exit 1")
      let outcome = try await sandbox.setup()
      #expect(outcome.status == 2)
      #expect(outcome.said == "setup: not root, and no sudo without a password; run: \(command)\n")
      #expect(sandbox.calls(of: manager.program) == [])
    }
  }

  @Test func homebrewIsNotRunAsRoot() async throws {
    try await with(Self.brew) { sandbox in
      try sandbox.play("id", "echo 0")
      let outcome = try await sandbox.setup()
      #expect(outcome.status == 2)
      #expect(outcome.said.contains("as yourself, run: brew install rabbitmq-c jansson openssl@3"), "\(outcome.said)")
    }
  }

  @Test func aSystemWithoutAKnownPackageManagerIsToldWhatToInstall() async throws {
    try await withSetupSandbox { sandbox in
      let outcome = try await sandbox.setup()
      #expect(outcome.status == 2)
      #expect(outcome.said.contains("neither apt-get, dnf nor brew is here to install what is missing"))
      #expect(outcome.said.contains("librabbitmq-dev libjansson-dev libssl-dev"), "\(outcome.said)")
    }
  }

  @Test func nothingIsInstalledWhereThatIsForbidden() async throws {
    try await with(Self.apt) { sandbox in
      let outcome = try await sandbox.setup("--no-install")
      #expect(outcome.status == 0)
      #expect(
        outcome.said == "setup: missing, and nothing may be installed: librabbitmq-dev libjansson-dev libssl-dev\n")
      #expect(sandbox.calls(of: "apt-get") == [])
    }
  }

  // MARK: versions

  @Test(arguments: [("librabbitmq", "0.9.0", "0.10"), ("jansson", "2.9", "2.10"), ("openssl", "1.1.0", "1.1.1")])
  func aLibraryThatIsTooOldIsNamed(module: String, version: String, least: String) async throws {
    try await with(Self.apt) { sandbox in
      try sandbox.haveAllLibraries()
      try sandbox.haveLibrary(module, version)
      let outcome = try await sandbox.setup()
      #expect(outcome.status == 2)
      #expect(outcome.said == "setup: \(module) \(version) is installed; \(least) or later is needed\n")
      #expect(sandbox.calls(of: "apt-get") == [])
    }
  }

  @Test func aLibraryThatThisSystemHasTooOldOnlyIsNamed() async throws {
    try await with(Self.apt) { sandbox in
      try sandbox.haveLibrary("jansson", "2.14")
      try sandbox.haveLibrary("openssl", "3.0")
      let modules = "\(sandbox.folder)/bin/pkg-config.modules"
      try sandbox.play("apt-get", "echo 0.8.0 > '\(modules)/librabbitmq'")
      let outcome = try await sandbox.setup()
      #expect(outcome.status == 2)
      #expect(
        outcome.said.hasSuffix("setup: librabbitmq 0.8.0 is installed; 0.10 or later is needed\n"), "\(outcome.said)")
    }
  }

  @Test(arguments: [apt, dnf, brew]) func whereTheProgramIsInstalledOnlyWhatItLoadsIsNeeded(manager: Manager)
    async throws
  {
    try await with(manager) { sandbox in
      for program in ["swift", "cc", "pkg-config", "openssl"] { try sandbox.remove(program) }
      try sandbox.beInstalled()
      let missing = try await sandbox.setup()
      #expect(missing.status == 2, "what it installs here does not make the program run")
      let calls = sandbox.calls(of: manager.program).filter { $0.contains("install ") }
      let names = ["apt": "librabbitmq4 libjansson4", "dnf": "librabbitmq jansson", "brew": "rabbitmq-c jansson"]
      #expect(calls.first?.hasSuffix(" \(names[manager.name] ?? "")") == true, "\(calls)")

      try sandbox.play("../place/bin/syrpc", ":", noted: false)
      let outcome = try await sandbox.setup()
      #expect(outcome.status == 0)
      #expect(outcome.said == "")
      #expect(Files.exists(sandbox.folder / ".cache/syrpc/peers"), "packages are in the user's cache")
    }
  }

  @Test func toBuildNeitherABrokerNorPeersAreNeeded() async throws {
    try await with(Self.apt) { sandbox in
      try sandbox.remove("rabbitmq-server")
      try sandbox.havePeer("other", "echo other >> '\(sandbox.folder)/calls'")
      let outcome = try await sandbox.setup("--build-only")
      #expect(outcome.status == 0, "\(outcome.said)")
      let calls = sandbox.calls(of: "apt-get").filter { $0.contains("install ") }
      #expect(calls.count == 1 && calls.first?.hasSuffix(Self.apt.install) == true, "\(calls)")
      #expect(!sandbox.calls.contains("other"))
    }
  }
}
