import InteropBroker
import SyRPC
import TestSupport
import Testing

@Suite(.serialized, .tags(.broker), .timeLimit(.minutes(4)), .enabled(if: Broker.isInstalled, "needs rabbitmq-server"))
struct TLSTests {
  @Test func rightAndWrong() async throws {
    let certificates = try Certificates()
    defer { certificates.remove() }
    try certificates.make("client", for: "tls-client")
    try certificates.makeAuthority("other")
    let settings = """
      listeners.ssl.local = 127.0.0.1:{tls-port}
      ssl_options.cacertfile = \(certificates.certificate("ca"))
      ssl_options.certfile = \(certificates.certificate("server"))
      ssl_options.keyfile = \(certificates.key("server"))
      ssl_options.verify = verify_peer
      ssl_options.fail_if_no_peer_cert = true
      auth_mechanisms.1 = EXTERNAL
      auth_mechanisms.2 = PLAIN
      ssl_cert_login_from = common_name
      """
    let node = try await PrivateBroker.start(
      settings: settings, plugins: ["rabbitmq_auth_mechanism_ssl"], isReady: PrivateBroker.completesHandshake)
    let outcome: Result<Void, any Error>
    do {
      try await node.addUser("tls-client", password: "unused")
      outcome = .success(try await check(node, certificates))
    } catch { outcome = .failure(error) }
    await node.stop()
    try outcome.get()
  }

  private func check(_ node: PrivateBroker, _ certificates: Certificates) async throws {
    var right = SyRPCConfiguration(
      settings: try SyRPCSettings(appName: "tls"),
      broker: BrokerAddress(host: "localhost", port: Int(node.tlsPort), usesTLS: true))
    right.tls = TLSOptions(
      certificateAuthorityFile: certificates.certificate("ca"),
      clientCertificate: .init(
        certificateFile: certificates.certificate("client"), keyFile: certificates.key("client")))

    for authentication in Authentication.allCases {
      var configuration = right
      configuration.authentication = authentication
      // The broker takes the certificate's word for the user, so what is said here does not matter.
      if authentication == .external { configuration.brokers[0].user = "nobody" }
      let (client, server) = (SyRPCClient(configuration, logger: quiet), SyRPCServer(configuration, logger: quiet))
      let serving = Task { try await server.serve { $0.data } }
      let large = JSON.string(String(repeating: "x", count: 300_000))
      let answer = try await client.call(type: "t", data: large, timeout: .seconds(60))
      #expect(answer == large)
      serving.cancel()
      try await serving.value
      await client.close()
      await server.close()
    }

    // Whoever turns the check of the name off may connect by address.
    var unnamed = right
    unnamed.tls.verifiesHostname = false
    unnamed.brokers[0].host = "127.0.0.1"
    let client = SyRPCClient(unnamed, logger: quiet)
    try await client.connect()
    await client.close()

    try await expectNothingLeaks(right, certificates)

    try await expect(right, .untrusted, "self-signed certificate") {
      $0.tls.certificateAuthorityFile = certificates.certificate("other")
    }
    // The system does not know the test's authority.
    try await expect(right, .untrusted, "certificate") { $0.tls.certificateAuthorityFile = nil }
    try await expect(right, .untrusted, "another host") { $0.brokers[0].host = "127.0.0.1" }
    // The broker's alert, "certificate required", may be lost when it closes at once.
    try await expect(right, .handshakeFailed, "certificate") { $0.tls.clientCertificate = nil }
    try await expect(right, .handshakeFailed, "amqps") { $0.brokers[0].usesTLS = false }
    try await expect(right, .handshakeFailed, "wrong version number") { $0.brokers[0].port = Int(node.port) }
    try await expect(right, .untrusted, "nowhere.pem") { $0.tls.certificateAuthorityFile = "nowhere.pem" }
    try await expect(right, .untrusted, "nowhere.key") { $0.tls.clientCertificate?.keyFile = "nowhere.key" }

    let old = try TLSEndpoint(certificates, "server", options: ["-tls1_1", "-cipher", "DEFAULT:@SECLEVEL=0"])
    defer { old.stop() }
    try await expect(right, .handshakeFailed, "protocol") { $0.brokers[0].port = old.port }

    try certificates.make("expired", for: "localhost", days: 0)
    try certificates.make("elsewhere", for: "elsewhere.example")
    for (name, cause) in [("expired", "has expired"), ("elsewhere", "another host")] {
      let endpoint = try TLSEndpoint(certificates, name)
      defer { endpoint.stop() }
      try await expect(right, .untrusted, cause) { $0.brokers[0].port = endpoint.port }
    }
  }

  /// Encrypted connections that are closed, refused or dropped leave no thread and no descriptor behind.
  private func expectNothingLeaks(_ right: SyRPCConfiguration, _ certificates: Certificates) async throws {
    #if os(Linux)
      var wrong = right
      wrong.tls.certificateAuthorityFile = certificates.certificate("other")
      let before = try Usage.now()
      for _ in 0..<20 {
        let (client, dropped, refused) = (
          SyRPCClient(right, logger: quiet), SyRPCClient(right, logger: quiet), SyRPCClient(wrong, logger: quiet)
        )
        try await client.connect()
        try await dropped.connect()
        #expect(await syrpcError { try await refused.connect() }?.code == .untrusted)
        await client.close()
        await refused.close()
      }
      try await Usage.expectNoMore(than: before)
    #endif
  }

  /// What a configuration that differs fails with. Somebody who has not begun to listen is waited for.
  private func expect(
    _ right: SyRPCConfiguration, _ code: SyRPCError.Code, _ cause: String,
    sourceLocation: SourceLocation = #_sourceLocation, _ change: (inout SyRPCConfiguration) -> Void
  ) async throws {
    var configuration = right
    change(&configuration)
    var error: SyRPCError?
    repeat {
      let client = SyRPCClient(configuration, logger: quiet)
      error = await syrpcError { try await client.connect(for: [.requests]) }
      await client.close()
    } while error?.code == .unreachable
    #expect(error?.code == code, "\(error.map { "\($0)" } ?? "no error")", sourceLocation: sourceLocation)
    #expect(error?.message.contains(cause) == true, "\(error.map { "\($0)" } ?? "")", sourceLocation: sourceLocation)
  }
}
