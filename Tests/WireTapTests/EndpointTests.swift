import Testing
import WireTap

@Suite struct EndpointTests {
  @Test(arguments: [
    ("127.0.0.1:5673", "127.0.0.1", 5673), ("localhost:0", "localhost", 0), ("[::1]:5795", "::1", 5795),
    ("[fe80::1%eth0]:65535", "fe80::1%eth0", 65535),
  ])
  func aPlaceIsRead(_ text: String, _ host: String, _ port: Int) throws {
    let endpoint = try Endpoint(parsing: text)
    #expect(endpoint.host == host && endpoint.port == port)
    #expect(endpoint.description == text)
  }

  @Test(arguments: [
    ("::1:5795", "an IPv6 address is in brackets, as in [::1]:5673"), ("[::1]", "it has no port"),
    ("5673", "it has no port"), (":5673", "it names no host"), ("host:", "its port is not a number"),
    ("host:65536", "its port is not a number"), ("host:-1", "its port is not a number"),
    ("host:+1", "its port is not a number"), ("[host]:1", "only an IPv6 address is in brackets"),
    ("", "it has no port"),
  ])
  func whatIsNoPlaceIsExplained(_ text: String, _ reason: String) {
    let error = #expect(throws: EndpointError.self) { try Endpoint(parsing: text) }
    #expect(error?.description.hasPrefix("\(text) is not host:port: \(reason)") == true, "\(error as Any)")
  }
}
