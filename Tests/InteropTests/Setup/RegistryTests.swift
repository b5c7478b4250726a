import Foundation
import InteropSupport
import Testing

/// The setups of `node` and `php` where packages come from a company's registry, which knows its users by a token. The
/// registry is `Tests/InteropRegistry`, and all packages are made up.
@Suite(.timeLimit(.minutes(10))) struct RegistryTests {
  static let token = "s3cret"
  static let hasNPM = isInstalled("node", "npm", "python3")
  static let hasComposer = isInstalled("php", "composer", "python3", "unzip")

  /// Runs the setup of a peer, with a registry, and with a home of its own.
  private func withSetup(
    of peer: String, _ configure: (_ home: String, _ host: String) throws -> [String: String],
    _ body: (_ cache: String, _ said: String) throws -> Void
  ) async throws {
    try await withTemporaryFolder { folder in
      let registry = LineProcess.Command(
        name: "registry", executable: "python3",
        arguments: ["\(checkoutFolder)/Tests/InteropRegistry/registry.py", checkoutFolder, Self.token])
      try await withProcess(registry) { process in
        let home = "\(folder)/home"
        let cache = "\(folder)/cache"
        for path in [home, cache] { try Files.createFolder(path) }
        let host = "127.0.0.1:\(try await process.receive(within: nil))"
        let outcome = try await runScript(
          "\(checkoutFolder)/interop/peers/\(peer)/setup", [cache],
          environment: Self.environment(home: home).merging(configure(home, host)) { $1 })
        #expect(outcome.status == 0)
        try body(cache, outcome.said)
      }
    }
  }

  /// Nothing of the user's configuration, and no other address than the registry's.
  private static func environment(home: String) -> [String: String] {
    ProcessInfo.processInfo.environment.filter { ["PATH", "LANG", "LC_ALL"].contains($0.key) }.merging([
      "HOME": home, "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_COUNT": "1",
      "GIT_CONFIG_KEY_0": "url.file:///nonexistent/.insteadOf", "GIT_CONFIG_VALUE_0": "https://",
    ]) { $1 }
  }

  private func reason(_ peer: String, in cache: String) -> String? {
    try? String(contentsOfFile: "\(cache)/\(peer).missing", encoding: .utf8)
  }

  // MARK: npm

  private func npmrc(_ home: String, _ host: String, token: String) throws {
    let settings = "registry=http://\(host)/\n//\(host)/:_authToken=\(token)\n"
    try settings.write(toFile: "\(home)/.npmrc", atomically: true, encoding: .utf8)
  }

  @Test(.enabled(if: hasNPM, "needs node, npm and python3")) func npmUsesTheUsersRegistryAndToken() async throws {
    try await withSetup(of: "node") { home, host in
      try npmrc(home, host, token: Self.token)
      return [:]
    } _: { cache, said in
      #expect(Files.exists("\(cache)/node/ready"), "\(said)")
      #expect(reason("node", in: cache) == nil)
    }
  }

  @Test(.enabled(if: hasNPM, "needs node, npm and python3")) func aTokenThatNPMsRegistryRefusesIsTheReason()
    async throws
  {
    try await withSetup(of: "node") { home, host in
      try npmrc(home, host, token: "wrong")
      return [:]
    } _: { cache, _ in
      #expect(reason("node", in: cache) == "the npm registry refuses the user's credentials: E401\n")
      #expect(!Files.exists("\(cache)/node/ready"))
    }
  }

  // MARK: Composer

  /// How a user tells Composer of credentials.
  enum Credentials: CaseIterable { case file, home, variable }

  private func configuration(_ host: String) -> String {
    #"{"config": {"secure-http": false}, "repositories": {"own": {"type": "composer", "url": "http://\#(host)"}, "#
      + #""packagist": false}}"#
  }

  private func authentication(_ host: String, token: String) -> String {
    #"{"http-basic": {"\#(host)": {"username": "somebody", "password": "\#(token)"}}}"#
  }

  private func composer(
    _ home: String, _ host: String, token: String, in credentials: Credentials = .file
  ) throws -> [String: String] {
    let folder = credentials == .home ? "\(home)/elsewhere" : "\(home)/.composer"
    try Files.createFolder(folder)
    try configuration(host).write(toFile: "\(folder)/config.json", atomically: true, encoding: .utf8)
    let text = authentication(host, token: token)
    if credentials == .variable { return ["COMPOSER_AUTH": text] }
    try text.write(toFile: "\(folder)/auth.json", atomically: true, encoding: .utf8)
    return credentials == .home ? ["COMPOSER_HOME": folder] : [:]
  }

  @Test(.enabled(if: hasComposer, "needs php, composer, unzip and python3"), arguments: Credentials.allCases)
  func composerUsesTheUsersRepositoryAndToken(credentials: Credentials) async throws {
    try await withSetup(of: "php") { home, host in
      try composer(home, host, token: Self.token, in: credentials)
    } _: { cache, said in
      #expect(Files.exists("\(cache)/php/ready"), "\(said)")
      #expect(reason("php", in: cache) == nil)
    }
  }

  @Test(.enabled(if: hasComposer, "needs php, composer, unzip and python3"))
  func aTokenThatComposersRepositoryRefusesIsTheReason() async throws {
    try await withSetup(of: "php") { home, host in
      try composer(home, host, token: "wrong")
    } _: { cache, _ in
      #expect(
        reason("php", in: cache)?.contains("Composer's repository refuses the user's credentials: HTTP 401") == true)
      #expect(!Files.exists("\(cache)/php/ready"))
    }
  }

  @Test(.enabled(if: hasComposer, "needs php, composer, unzip and python3"))
  func withoutARepositoryOfOnesOwnTheUpstreamIsTheReason() async throws {
    try await withSetup(of: "php") { _, _ in
      [:]
    } _: { cache, _ in
      #expect(reason("php", in: cache)?.hasSuffix("cannot be reached\n") == true)
    }
  }
}
