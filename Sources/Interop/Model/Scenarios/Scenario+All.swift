internal import InteropSupport
internal import WireTap

extension Scenario {
  /// All that a run has, in its order.
  package static let all: [Scenario] = [
    echo, settings, collision, traced, clientFirst, apart, extremes, unicode, longest, choppy, elsewhere, quorum,
    givenBack, crossing, type, types, never, late, expiry, idle,
    waiters, exception, burst, servers, twoApplications, malformedRequest, malformedResult, restart,
  ]

  /// The server first: all three declare the request queue.
  private static let opening: [Step] = [.open([.server]), .open([.putter, .getter])]
  /// One call, in which the getter waits while the server works.
  private static let call: [Step] = opening + [.put(1), .exchange]

  /// One call with default settings.
  package static let echo = Scenario(
    name: "echo", about: "one call with the implementations' own defaults", payloads: nil, steps: call)

  /// Settings other than the defaults, and a request type with white space around it.
  package static let settings = Scenario(
    name: "settings",
    about: "7 queues, queue ttl 60 s, message ttl 5 s, dot, hyphen and space in the app name, request type ' echo '",
    payloads: ["hello", "list-of-objects", "null", "body-5000-bytes"], steps: call
  ).with {
    $0.requestTypes = [" echo "]
    $0.ttl = 60
    $0.messageTTL = 5
    $0.resultQueueCount = 7
    $0.appNameSuffix = ".set-tings x"
  }

  /// Two results in one queue, of which the second is asked for first: the getter meets a result that is not its own.
  package static let collision = single(
    "collision", "one queue; two requests; the second result is asked for first, then the first",
    opening + [.put(1), .serve(1), .put(1), .serve(1), .get([1, 0])])

  /// A context in the messages' headers, which those that know nothing of traces must not stumble over.
  package static let traced = Scenario(
    name: "traced", about: "the context of a trace in the headers of request and result, if their senders can do that",
    payloads: ["hello"], steps: call
  ).with { $0.trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" }

  /// Who comes first declares, and the others have to agree.
  package static let clientFirst = Scenario(
    name: "client-first", about: "putter and getter come before the server, and declare everything",
    payloads: ["hello"], steps: [.open([.putter]), .put(1), .open([.getter]), .open([.server]), .exchange])

  /// What SyRPC is for: nobody has to be there at the same time.
  package static let apart = Scenario(
    name: "apart",
    about: "the putter is gone when the server comes, and the server when the getter comes, for a result that waits",
    payloads: ["hello"],
    steps: [
      .open([.putter]), .put(1), .close(.putter), .open([.server]), .serve(1), .close(.server), .look(.server),
      .open([.getter]), .get([0]),
    ])

  /// PHP's integers on the wire have 32 bits: they cannot hold a longer time in milliseconds.
  package static let extremes = Scenario(
    name: "extremes", about: "1000 queues, queue ttl and message ttl 2147483 s", payloads: ["hello"], steps: call
  ).with {
    $0.ttl = 2_147_483
    $0.messageTTL = 2_147_483
    $0.resultQueueCount = 1000
  }

  package static let unicode = Scenario(
    name: "unicode", about: "an app name that is not ASCII", payloads: ["hello"], steps: call
  ).with { $0.appNameSuffix = " Zürich.日本" }

  /// A short string of AMQP has 255 octets (§4.2.5.3), and `_result_exchange` takes 16 of them.
  package static let longest = Scenario(
    name: "longest", about: "the longest app name that leaves room for all others, 239 bytes", payloads: ["hello"],
    steps: call
  ).with { $0.appNameSize = 239 }

  /// Frames come late and in pieces, as they do over a bad line.
  package static let choppy = Scenario(
    name: "choppy", about: "every segment in pieces, and 2 ms late, in both directions", payloads: ["body-5000-bytes"],
    steps: call
  ).with { $0.faults = [TapFault(.split(pieceSize: nil)), TapFault(.delay(.milliseconds(2)))] }

  package static let elsewhere = Scenario(
    name: "elsewhere", about: "another virtual host and another user, with characters that URLs escape",
    payloads: ["hello"], steps: call
  ).with { $0.place = .elsewhere }

  package static let quorum = Scenario(
    name: "quorum", about: "a virtual host whose default queue type is quorum, as managed brokers have it",
    payloads: ["hello"], steps: call
  ).with { $0.place = .quorumQueues }

  /// A quorum queue drops a message that was given back more often than its delivery limit allows.
  package static let givenBack = single(
    "given-back",
    "one quorum queue; a result waits in it, while a getter waits 6 s for another one, which does not come",
    [
      .open([.server]), .open([.putter]), .put(1), .serve(1), .put(1), .open([.getter]), .getInVain(1, seconds: 6),
      .close(.getter), .look(.getter), .open([.getter]), .get([0]), .serve(1), .get([1]),
    ]
  ).with {
    $0.varied = [.getter]
    $0.messageTTL = 60
    $0.place = .quorumQueues
  }

  package static let type = Scenario(
    name: "type", about: "a request type that nobody knows, with white space inside and around it", payloads: ["hello"],
    steps: call
  ).with {
    $0.requestTypes = ["\tno such type \n"]
    $0.varied = [.putter, .server]
  }

  /// What a type may be: nobody reads it but the server's own code. The getter has more calls on one connection here than
  /// anywhere else.
  package static let types = Scenario(
    name: "types", about: "request types with upper case, dots, what is not ASCII, 200 bytes, and none",
    payloads: ["hello"],
    steps: opening + Array(repeating: [.put(1), .exchange], count: 5).flatMap(\.self)
  ).with {
    $0.requestTypes = [
      "Billing.Invoice_Sent", "e\u{301}cho/Gr\u{F6}\u{DF}e.\u{65E5}\u{672C}", String(repeating: "aB3.-_:/", count: 25),
      "0", "",
    ]
  }

  /// Most processes put and wait for results of several queues on one connection: with so many, two results hardly ever
  /// have one queue. Those who wait at a time come first: one that has got its result and stays may take others'.
  package static let crossing = Scenario(
    name: "crossing",
    about: "1000 queues; four calls; two results are asked for at a time, two crosswise on one connection",
    payloads: ["hello"],
    steps: opening + Array(repeating: [.put(1), .serve(1)], count: 4).flatMap(\.self)
      + [.getAtOnce([3, 1]), .get([2, 0])]
  ).with { $0.resultQueueCount = 1000 }

  package static let never = Scenario(
    name: "never", about: "a result that does not come in time, and is asked for again when it is there",
    payloads: ["hello"],
    // One after the other: with no server before them, both declare the request queue.
    steps: [
      .open([.putter]), .open([.getter]), .put(1), .getInVain(0, seconds: 1), .open([.server]), .serve(1), .get([0]),
    ]
  ).with { $0.varied = [.getter] }

  package static let late = Scenario(
    name: "late", about: "a result that nobody asked for within the message ttl, 1 s", payloads: ["hello"],
    steps: opening + [.put(1), .serve(1), .pass(1500), .getInVain(0, seconds: 1)]
  ).with {
    $0.varied = [.server, .getter]
    $0.messageTTL = 1
  }

  package static let expiry = single(
    "expiry", "one queue, which expires after 3 s without use; the server's next result needs a new one",
    [
      .open([.server]), .open([.putter, .getter]), .put(1), .exchange, .close(.getter), .pass(5000), .put(1), .serve(1),
      .look(.server), .open([.getter]), .get([1]),
    ]
  ).with {
    $0.varied = [.server]
    $0.ttl = 3
  }

  /// A web page's backend asks once and goes on to live.
  package static let idle = single(
    "idle", "one queue; a client that has got its result stays; the next result is for somebody else",
    opening + [.put(1), .serve(1), .getAsPutter(0), .put(1), .serve(1), .get([1])]
  ).with { $0.varied = [.putter, .getter] }

  package static let waiters = single(
    "waiters", "one queue; four results, and a getter for each, all at a time",
    [.open([.server]), .open([.putter])] + Array(repeating: [.put(1), .serve(1)], count: 4).flatMap(\.self)
      + [.getAtOnce([3, 1, 0, 2])]
  ).with { $0.varied = [.getter] }

  package static let exception = single(
    "exception", "one queue; a result with an exception in it comes before another caller's",
    opening + [.put(1), .serve(1), .put(1), .serve(1), .get([1, 0])], payloads: ["exception-key"]
  ).with {
    $0.varied = [.getter]
    $0.laterPayload = "hello"
  }

  package static let burst = single(
    "burst", "one queue; three requests are there when the server comes",
    [.open([.putter]), .put(3), .open([.server]), .serve(3), .open([.getter]), .get([0, 1, 2])]
  ).with { $0.varied = [.server] }

  /// Backends have more processes than one.
  package static let servers = single(
    "servers", "one queue; three servers answer one request each, all at a time",
    [.open([.putter]), .put(3), .serveAtOnce(3), .open([.getter]), .get([2, 0, 1])]
  ).with { $0.varied = [.server] }

  package static let twoApplications = Scenario(
    name: "two-apps", about: "a server of another application does not get the request", payloads: ["hello"],
    steps: [.open([.putter]), .put(1), .serveElsewhere, .open([.server, .getter]), .exchange]
  ).with { $0.varied = [.server] }

  package static let malformedRequest = Scenario(
    name: "malformed-request", about: "what is no JSON lies before a request", payloads: ["hello"],
    steps: [
      .open([.server]), .open([.putter, .getter]), .publishMalformed(.request), .put(1), .serve(1), .get([0]),
    ]
  ).with { $0.varied = [.server] }

  package static let malformedResult = single(
    "malformed-result", "one queue; what is no JSON lies before a result",
    opening + [.publishMalformed(.result), .put(1), .serve(1), .get([0])]
  ).with { $0.varied = [.getter] }

  package static let restart = Scenario(
    name: "restart", about: "the broker is restarted while one result and one request wait", payloads: ["hello"],
    steps: [
      .open([.server]), .open([.putter]), .put(1), .serve(1), .close(.server), .put(1), .close(.putter), .restartBroker,
      .look(.server), .look(.putter), .open([.server]), .open([.getter]), .get([0]), .serve(1), .get([1]),
    ]
  ).with { $0.messageTTL = 600 }

  private static func single(
    _ name: String, _ about: String, _ steps: [Step], payloads: [String] = ["hello"]
  ) -> Scenario {
    Scenario(name: name, about: about, payloads: payloads, steps: steps).with { $0.resultQueueCount = 1 }
  }
}
