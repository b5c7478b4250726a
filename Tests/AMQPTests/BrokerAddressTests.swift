import AMQP
import Testing

@Suite struct BrokerAddressTests {
  @Test(
    arguments: [
      // From RabbitMQ's URI specification, Appendix A, where the parts are those of this table.
      ("amqp://user:pass@host:10000/vhost", BrokerAddress("user", "pass", "host", 10000, "vhost")),
      ("amqp://user%61:%61pass@host:10000/v%2fhost", BrokerAddress("usera", "apass", "host", 10000, "v/host")),
      ("amqp://:@host/", BrokerAddress("", "", "host", 5672, "")),
      ("amqp://user@host", BrokerAddress("user", "guest", "host", 5672, "/")),
      ("amqp://user:pass@host", BrokerAddress("user", "pass", "host", 5672, "/")),
      ("amqp://host", BrokerAddress("guest", "guest", "host", 5672, "/")),
      ("amqp://host:10000", BrokerAddress("guest", "guest", "host", 10000, "/")),
      ("amqp://host/vhost", BrokerAddress("guest", "guest", "host", 5672, "vhost")),
      ("amqp://host/%2f", BrokerAddress("guest", "guest", "host", 5672, "/")),
      ("amqp://host/%2F%C3%BC", BrokerAddress("guest", "guest", "host", 5672, "/ü")),
      ("amqp://[::1]", BrokerAddress("guest", "guest", "::1", 5672, "/")),
      ("amqp://[::1]:10000/v", BrokerAddress("guest", "guest", "::1", 10000, "v")),
      ("AMQP://host", BrokerAddress("guest", "guest", "host", 5672, "/")),
      ("amqp://u:p%40%3A%2F@host", BrokerAddress("u", "p@:/", "host", 5672, "/")),
      ("amqps://host", BrokerAddress(host: "host", usesTLS: true)),
      ("amqps://host:5672/v", BrokerAddress(host: "host", port: 5672, usesTLS: true, virtualHost: "v")),
    ])
  func aURLIsRead(_ url: String, _ address: BrokerAddress) throws {
    #expect(try BrokerAddress(url: url) == address)
  }

  @Test(arguments: [
    "", "host", "amqp:", "amqp://", "amqp:///vhost", "amqpx://s3cret:s3cret@host", "http://s3cret@host",
    "amqp://u:s3cret@host:0", "amqp://u:s3cret@host:65536", "amqp://u:s3cret@host:port", "amqp://u:s3cret@host/a/b",
    "amqp://u:s3cret@host/a?heartbeat=1", "amqp://u:s3cret@host/#a", "amqp://u:s3cret%zz@host", "amqp://u:s3cret@ho st",
    "amqp://u:s3cret@host/%ff", "amqp://u:s3cret@host/a%00b", "amqp://u:s3cret%00@host", "amqp://u%00:s3cret@host",
    "amqp://u:s3cret@host:-1", "amqp://u:s3cret@[::1", "amqp://u:s3cret@host:99999999999999999999",
  ])
  func aBadURLIsRefusedWithoutRepeatingIt(_ url: String) {
    let error = #expect(throws: BrokerAddressError.self, "\(url)") { try BrokerAddress(url: url) }
    #expect(error?.description.contains("s3cret") == false)
  }

  /// A slash in a password that is not written `%2f` makes a port of what is before it, and a path of what is behind.
  @Test(arguments: ["54321/x", "543210/x", "5432/1", "/54321", "x/54321"])
  func aPasswordWithASlashIsRefusedWithoutRepeatingIt(_ password: String) {
    let error = #expect(throws: BrokerAddressError.self) { try BrokerAddress(url: "amqp://user:\(password)@host") }
    #expect(error?.description.contains("5432") == false)
    #expect((try? BrokerAddress(url: "amqp://user:\(password.replacing("/", with: "%2f"))@host"))?.password == password)
  }

  @Test func thePasswordIsNeverShown() throws {
    let address = try BrokerAddress(url: "amqp://u:s3cret@host/v")
    var dumped = ""
    dump(address, to: &dumped)
    dump([address], to: &dumped)
    print(address, [address], Optional(address) as Any, to: &dumped)
    dumped += "\(address) \(String(reflecting: address)) \(String(describing: (1, address)))"
    #expect(!dumped.contains("s3cret"))
    #expect(address.description == "u@host:5672 virtual host v")
  }
}

extension BrokerAddress {
  fileprivate init(_ user: String, _ password: String, _ host: String, _ port: Int, _ virtualHost: String) {
    self.init(host: host, port: port, virtualHost: virtualHost, user: user, password: password)
  }
}
