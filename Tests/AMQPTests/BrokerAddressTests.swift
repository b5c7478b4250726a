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

  /// What must be percent-encoded is named, and the URL shown as it should be, but for the password.
  @Test(arguments: [
    ("amqp://user:p@ss#word@host", "@ as %40, # as %23. Then it is amqp://user:*****@host"),
    (
      "amqps://us/er:a?b[c]@host:5671/v",
      "/ as %2F, ? as %3F, [ as %5B, ] as %5D. Then it is amqps://us%2Fer:*****@host:5671/v"
    ),
    ("amqp://us%2Fer:s3cret%@[::1]/v", "% as %25. Then it is amqp://us%2Fer:*****@[::1]/v"),
    ("amqp://us er:p\twö@host", "the space as %20, the tab as %09, ö as %C3%B6. Then it is amqp://us%20er:*****@host"),
    ("amqp://us@er@host", "@ as %40. Then it is amqp://us%40er@host"),
  ])
  func whatMustBeEncodedIsNamed(_ url: String, _ hint: String) {
    let error = #expect(throws: BrokerAddressError.self) { try BrokerAddress(url: url) }
    #expect(error?.reason == "in its user name or password these characters have to be percent-encoded: \(hint)")
  }

  @Test(arguments: [
    ("host:5672", "it has no scheme: it has to begin with amqp:// or amqps://"),
    ("amqp:/host", "its scheme is not followed by ://"), ("http://host", "its scheme is neither amqp nor amqps"),
    ("amqp://one,two:5672", "it names several hosts: each broker has a URL of its own"),
    ("amqp://one amqp://two", "it has :// twice: each broker has a URL of its own"),
    ("amqp://::1", "an IPv6 address has to be in brackets, as in amqp://[::1]:5672"),
    ("amqp://u:p@fe80::1:5672/v", "an IPv6 address has to be in brackets, as in amqp://[::1]:5672"),
    ("amqp://ho st", "its host has white space"), ("amqp://u:p@", "it names no host after the @"),
    ("amqp://u:p@/v", "it names no host after the @"), ("amqp://:5672", "it names no host"),
    ("amqp://host:0", "its port is not a number from 1 to 65535"),
    ("amqp://host:65536", "its port is not a number from 1 to 65535"),
    ("amqp://[::1]:port", "its port is not a number from 1 to 65535"),
    ("amqp://u:%ff@host", "its password is not percent-encoded UTF-8"),
    ("amqp://host/a/b", "its path has more than one part; a slash in a virtual host is written %2f"),
    (
      "amqp://host/v?heartbeat=5",
      "it has a query or a fragment, which mean nothing here; in a virtual host ? is written %3F, and # %23"
    ),
  ])
  func aMistakeIsNamed(_ url: String, _ reason: String) {
    let error = #expect(throws: BrokerAddressError.self) { try BrokerAddress(url: url) }
    #expect(error?.reason == reason)
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
