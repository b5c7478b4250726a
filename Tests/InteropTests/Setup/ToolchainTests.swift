import Testing

/// What `interop/setup` says where there is no Swift toolchain that can build this; then nothing is installed.
@Suite(.timeLimit(.minutes(10))) struct ToolchainTests {
  private func outcome(_ prepare: (SetupSandbox) throws -> Void) async throws -> SetupSandbox.Outcome {
    var outcome = SetupSandbox.Outcome(said: "")
    try await withSetupSandbox { sandbox in
      for program in ["apt-get", "apt-cache", "dnf", "brew", "sudo"] { try sandbox.play(program, ":") }
      try prepare(sandbox)
      outcome = try await sandbox.setup()
      #expect(!sandbox.calls.contains { $0.contains("install") }, "\(sandbox.calls)")
    }
    return outcome
  }

  @Test func noneAtAll() async throws {
    let outcome = try await outcome { try $0.remove("swift") }
    #expect(outcome.status == 2)
    #expect(outcome.said.contains("there is no Swift toolchain on the PATH; 6.2 or later is needed"), "\(outcome.said)")
    #expect(outcome.said.contains("swiftly"))
  }

  @Test(arguments: ["Swift version 6.1.3 (swift-6.1.3-RELEASE)", "Apple Swift version 5.10 (swiftlang-5.10.0.13)"])
  func oneThatIsTooOld(version: String) async throws {
    let outcome = try await outcome { try $0.play("swift", "echo '\(version)'") }
    #expect(outcome.status == 2)
    #expect(outcome.said.contains("the Swift toolchain on the PATH is \(version.contains("5.10") ? "5.10" : "6.1")"))
  }

  @Test func oneThatDoesNotRun() async throws {
    let outcome = try await outcome { try $0.play("swift", "echo 'libxml2.so.2: cannot open' >&2; exit 127") }
    #expect(outcome.status == 2)
    #expect(outcome.said.contains("does not run: libxml2.so.2: cannot open"), "\(outcome.said)")
  }

  @Test(arguments: ["6.2", "6.2-dev", "6.10.1", "7.0"]) func oneThatIsNewEnough(version: String) async throws {
    try await withSetupSandbox { sandbox in
      try sandbox.haveAllLibraries()
      try sandbox.play("rabbitmq-server", ":")
      try sandbox.play("swift", "echo 'swift-driver version: 1 Apple Swift version \(version) (x)'")
      let outcome = try await sandbox.setup()
      #expect(outcome.status == 0, "\(outcome.said)")
    }
  }

  @Test func onAlpineThereIsNone() async throws {
    let outcome = try await outcome { sandbox in
      try sandbox.remove("swift")
      try sandbox.play("apk", ":")
    }
    #expect(outcome.said.contains("There is none for Alpine"), "\(outcome.said)")
  }

  @Test func onMacOSXcodeIsNamed() async throws {
    let outcome = try await outcome { sandbox in
      try sandbox.remove("swift")
      try sandbox.play("uname", "echo Darwin")
    }
    #expect(outcome.said.contains("Install Xcode 26 or later"), "\(outcome.said)")
  }

  @Test func whereNothingMayBeInstalledThatIsSaidOnly() async throws {
    try await withSetupSandbox { sandbox in
      try sandbox.remove("swift")
      let outcome = try await sandbox.setup("--no-install")
      #expect(outcome.status == 0)
      #expect(outcome.said.contains("there is no Swift toolchain on the PATH"))
    }
  }
}
