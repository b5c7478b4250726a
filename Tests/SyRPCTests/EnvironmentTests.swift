import Testing

@testable import SyRPC

@Suite struct EnvironmentTests {
  @Test func theLeastThatIsNeeded() throws {
    let configuration = try SyRPCConfiguration(environment: ["SYRPC_APP_NAME": "shop", "SYRPC_URL": ""])
    #expect(configuration.settings == (try SyRPCSettings(appName: "shop")))
    #expect(configuration.brokers == [BrokerAddress()])
    #expect(configuration.publishTimeout == .seconds(30))
  }

  /// Never 0, by which a connection would go without; and no more than the protocol can say.
  @Test(arguments: [
    (Duration.zero, 1), (.milliseconds(400), 1), (.seconds(-5), 1), (.seconds(30), 30), (.seconds(100_000), 65535),
  ])
  func thereIsAlwaysAHeartbeat(_ wanted: Duration, _ seconds: Int) throws {
    var configuration = SyRPCConfiguration(settings: try SyRPCSettings(appName: "shop"))
    configuration.heartbeat = wanted
    #expect(configuration.connectionOptions.heartbeat == seconds)
  }

  @Test func everything() throws {
    let configuration = try SyRPCConfiguration(environment: [
      "SYRPC_APP_NAME": "shop", "SYRPC_URL": "amqp://a:b@one  amqps://two/v", "SYRPC_USER": "u",
      "SYRPC_PASSWORD": "p/@", "SYRPC_TTL": "60", "SYRPC_MSG_TTL": "5", "SYRPC_NUM_QUEUES": "7",
      "SYRPC_AUTHENTICATION": "external", "SYRPC_CA_FILE": "ca.pem", "SYRPC_CERTIFICATE_FILE": "c.pem",
      "SYRPC_KEY_FILE": "k.pem", "SYRPC_CONNECTION_NAME": "web", "SYRPC_CONNECT_TIMEOUT": "2.5",
      "SYRPC_REPLY_TIMEOUT": "3", "SYRPC_PUBLISH_TIMEOUT": "4", "SYRPC_HEARTBEAT": "9", "SYRPC_WHEN_BLOCKED": "fail",
      "SYRPC_RECONNECT_DELAY_MIN": "0.5", "SYRPC_RECONNECT_DELAY_MAX": "60",
    ])
    #expect(
      configuration.settings
        == (try SyRPCSettings(appName: "shop", ttl: .seconds(60), messageTTL: .seconds(5), resultQueueCount: 7)))
    #expect(
      configuration.brokers == [
        BrokerAddress(host: "one", user: "u", password: "p/@"),
        BrokerAddress(host: "two", usesTLS: true, virtualHost: "v", user: "u", password: "p/@"),
      ])
    #expect(configuration.authentication == .external)
    #expect(
      configuration.tls
        == TLSOptions(
          certificateAuthorityFile: "ca.pem",
          clientCertificate: .init(certificateFile: "c.pem", keyFile: "k.pem")))
    #expect(configuration.connectionName == "web")
    #expect(configuration.connectTimeout == .milliseconds(2500))
    #expect(configuration.replyTimeout == .seconds(3))
    #expect(configuration.publishTimeout == .seconds(4))
    #expect(configuration.heartbeat == .seconds(9))
    #expect(configuration.reconnectDelays == .milliseconds(500)...(.seconds(60)))
    #expect(configuration.whenBlocked == .fail)
  }

  @Test(arguments: [
    ("SYRPC_APP_NAME", ""), ("SYRPC_APP_NAME", "amq.x"), ("SYRPC_TTL", "x"), ("SYRPC_TTL", "0"),
    ("SYRPC_MSG_TTL", "-1"), ("SYRPC_NUM_QUEUES", "1.5"), ("SYRPC_NUM_QUEUES", "0"), ("SYRPC_URL", "http://s3cret@h"),
    ("SYRPC_URL", " "), ("SYRPC_URL", "amqp://a amqp://u:s3cret@b:0"), ("SYRPC_HEARTBEAT", "0"),
    ("SYRPC_CONNECT_TIMEOUT", "0"), ("SYRPC_REPLY_TIMEOUT", "nan"), ("SYRPC_PUBLISH_TIMEOUT", "1e300"),
    ("SYRPC_RECONNECT_DELAY_MIN", "11"), ("SYRPC_RECONNECT_DELAY_MAX", "-1"), ("SYRPC_WHEN_BLOCKED", "maybe"),
    ("SYRPC_AUTHENTICATION", "EXTERNAL"),
  ])
  func whatIsWrongIsNamed(_ variable: String, _ value: String) {
    var environment = ["SYRPC_APP_NAME": "shop"]
    environment[variable] = value
    let error = #expect(throws: ConfigurationError.self) { try SyRPCConfiguration(environment: environment) }
    #expect(error?.variable == variable)
    #expect(error?.description.contains(variable) == true)
    #expect(error?.description.contains("s3cret") == false)
  }

  @Test func aCertificateNeedsItsKey() {
    for (given, missing) in [
      ("SYRPC_KEY_FILE", "SYRPC_CERTIFICATE_FILE"), ("SYRPC_CERTIFICATE_FILE", "SYRPC_KEY_FILE"),
    ] {
      let error = #expect(throws: ConfigurationError.self) {
        try SyRPCConfiguration(environment: ["SYRPC_APP_NAME": "shop", given: "x.pem"])
      }
      #expect(error?.variable == missing)
    }
  }

  @Test func noSecretIsShown() throws {
    let configuration = try SyRPCConfiguration(environment: [
      "SYRPC_APP_NAME": "shop", "SYRPC_PASSWORD": "s3cret", "SYRPC_URL": "amqp://u:s3cret@host",
    ])
    var dumped = "\(configuration) \(String(reflecting: configuration))"
    dump(configuration, to: &dumped)
    #expect(!dumped.contains("s3cret"))
  }
}
