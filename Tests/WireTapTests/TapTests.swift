import NIOCore
import SyRPCWire
import NIOConcurrencyHelpers
import Testing
import WireTap

@Suite(.timeLimit(.minutes(5))) struct TapTests {
  /// A broker, a tap before it, and one connection through both.
  private func connected(
    onFrame: (@Sendable (Int, Transcript.Entry) -> Void)? = nil
  ) async throws -> (tap: Tap, broker: TestBroker, peer: TestSide, server: TestSide) {
    let broker = try await TestBroker.start()
    let tap = try await Tap.start(
      brokerHost: "127.0.0.1", brokerPort: broker.port, role: "server", peer: "test", facts: ["a": 1], onFrame: onFrame)
    let peer = try await TestSide.connect(port: tap.port)
    return (tap, broker, peer, try await broker.accept())
  }

  @Test func forwardsAndRecordsInOrder() async throws {
    let (tap, broker, peer, server) = try await connected()
    let conversation: [(Transcript.Direction, [UInt8])] = [
      (.toBroker, Wire.protocolHeader), (.fromBroker, MethodCase.all[0].frame), (.toBroker, Wire.startOk()),
      (.fromBroker, Wire.heartbeat), (.fromBroker, Wire.heartbeat), (.toBroker, Wire.queueDeclare("q")),
    ]
    for (direction, bytes) in conversation {
      let (from, to) = direction == .toBroker ? (peer, server) : (server, peer)
      try await from.send(bytes)
      #expect(await to.receive(bytes.count) == bytes)
    }
    let snapshot = try #require(await tap.transcripts().first)
    #expect(snapshot.ending == .stillOpen)

    try await peer.finish()
    #expect(await server.receiveAll().end == .finished)
    try await server.finish()
    #expect(await peer.receiveAll().end == .finished)
    let transcripts = await tap.stop()
    let transcript = try #require(transcripts.first)
    #expect(transcripts.count == 1)
    #expect(transcript.entries == snapshot.entries)
    #expect(transcript.entries.map(\.direction) == conversation.map(\.0))
    #expect(transcript.entries.map(\.frame.raw) == conversation.map(\.1))
    #expect(transcript.entries.map(\.number) == Array(0..<6))
    #expect(zip(transcript.entries, transcript.entries.dropFirst()).allSatisfy { $0.milliseconds <= $1.milliseconds })
    #expect(transcript.ending == .closedByPeer)
    #expect(transcript.undecoded.isEmpty)
    #expect(transcript.head.connection == 0)
    #expect(transcript.head.role == "server")
    #expect(transcript.head.peer == "test")
    #expect(transcript.head.broker == "127.0.0.1:\(broker.port)")
    #expect(transcript.head.started?.wholeMatch(of: #/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/#) != nil)
    #expect(transcript.head.facts == ["a": 1])
    #expect(await tap.stop() == transcripts)
    try await broker.stop()
  }

  @Test func megabytesPassASlowReaderUnchanged() async throws {
    let (tap, broker, peer, server) = try await connected()
    let pattern = (0..<40_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    let bodies = (0..<400).map { number in Wire.body(Wire.integer(UInt32(number)) + pattern) }
    var bytes: [UInt8] = []
    for body in bodies { bytes += body }
    // Both sides send before either reads, far more than the system's buffers hold.
    let sent = peer.startSending(bytes)
    let answered = server.startSending(bytes)
    #expect(isSame(await server.receive(bytes.count), bytes))
    #expect(isSame(await peer.receive(bytes.count), bytes))
    try await sent.get()
    try await answered.get()
    let transcript = try #require(await tap.stop().first)
    for direction in Transcript.Direction.allCases {
      #expect(isSame(transcript.entries.filter { $0.direction == direction }.map(\.frame.raw), bodies))
    }
    try await broker.stop()
  }

  /// A side that has sent FIN still gets what the other side sends, and all of it.
  @Test(arguments: Transcript.Direction.allCases)
  func halfCloseIsPassedOn(by direction: Transcript.Direction) async throws {
    let (tap, broker, peer, server) = try await connected()
    let (first, second) = direction == .toBroker ? (peer, server) : (server, peer)
    let request = Array(repeatElement(Wire.body("request"), count: 50_000).joined())
    let answer = Array(repeatElement(Wire.body("answer"), count: 50_000).joined())
    let sent = first.startSending(request)
    let closed = first.startFinishing()
    let got = await second.receiveAll()
    #expect(isSame(got.bytes, request))
    #expect(got.end == .finished)
    try await sent.get()
    try await closed.get()

    let answered = second.startSending(answer)
    let finished = second.startFinishing()
    let back = await first.receiveAll()
    #expect(isSame(back.bytes, answer))
    #expect(back.end == .finished)
    try await answered.get()
    try await finished.get()
    let transcript = try #require(await tap.stop().first)
    #expect(transcript.entries.count == 100_000)
    #expect(transcript.ending == (direction == .toBroker ? .closedByPeer : .closedByBroker))
    try await broker.stop()
  }

  @Test(arguments: Transcript.Direction.allCases)
  func resetIsPassedOn(by direction: Transcript.Direction) async throws {
    let (tap, broker, peer, server) = try await connected()
    let (first, second) = direction == .toBroker ? (peer, server) : (server, peer)
    try await first.send(Wire.heartbeat)
    #expect(await second.receive(8) == Wire.heartbeat)
    try await first.reset()
    #expect(await second.receiveAll().end == .torn)
    let transcript = try #require(await tap.stop().first)
    #expect(transcript.ending == (direction == .toBroker ? .resetByPeer : .resetByBroker))
    #expect(transcript.entries.count == 1)
    try await broker.stop()
  }

  @Test func aBrokerIsReachedByName() async throws {
    let broker = try await TestBroker.start()
    let tap = try await Tap.start(brokerHost: "localhost", brokerPort: broker.port, role: "server")
    let peer = try await TestSide.connect(port: tap.port)
    let server = try await broker.accept()
    try await peer.send(Wire.heartbeat)
    #expect(await server.receive(8) == Wire.heartbeat)
    let transcript = try #require(await tap.stop().first)
    #expect(transcript.head.broker == "localhost:\(broker.port)")
    try await broker.stop()
  }

  @Test(arguments: ["127.0.0.1", "localhost"]) func anUnreachableBrokerEndsTheConnection(host: String) async throws {
    // A port that was in use just now may be another's by then.
    let tap = try await Tap.start(brokerHost: host, brokerPort: 1, role: "server")
    let peer = try await TestSide.connect(port: tap.port)
    #expect(await peer.receiveAll().bytes.isEmpty)
    let transcript = try #require(await tap.stop().first)
    #expect(transcript.ending == .brokerUnreachable("Connection refused"))
    #expect(transcript.entries.isEmpty)
  }

  @Test func whatIsNotAMQPPassesToo() async throws {
    let (tap, broker, peer, server) = try await connected()
    let request = Wire.heartbeat + Array("GET / HTTP/1.1\r\n\r\n".utf8)
    try await peer.send(request)
    #expect(await server.receive(request.count) == request)
    try await server.send(Wire.heartbeat + [1, 2])
    #expect(await peer.receive(10) == Wire.heartbeat + [1, 2])
    let transcript = try #require(await tap.stop().first)
    #expect(transcript.entries.map(\.direction) == [.toBroker, .fromBroker])
    #expect(
      transcript.undecoded == [
        .toBroker: Transcript.Undecoded(
          bytes: 18, reason: "the stream broke AMQP: impossible frame type 0x47 at byte 8"),
        .fromBroker: Transcript.Undecoded(bytes: 2, reason: "incomplete frame"),
      ])
    #expect(try Transcript(jsonLines: try transcript.jsonLines()) == transcript)
    try await broker.stop()
  }

  @Test func stopClosesWhatIsOpen() async throws {
    let (tap, broker, peer, server) = try await connected()
    try await peer.send(Wire.heartbeat)
    #expect(await server.receive(8) == Wire.heartbeat)
    let transcript = try #require(await tap.stop().first)
    #expect(transcript.ending == .closedByTap)
    #expect(await peer.receiveAll().end != nil)
    #expect(await server.receiveAll().end != nil)
    await #expect(throws: (any Error).self) { _ = try await TestSide.connect(port: tap.port) }
    try await broker.stop()
  }

  @Test func manyConnectionsAtOnceStayApart() async throws {
    let count = 100
    let broker = try await TestBroker.start()
    let tap = try await Tap.start(brokerHost: "127.0.0.1", brokerPort: broker.port, role: "putter")
    let port = tap.port
    try await withThrowingTaskGroup { group in
      for number in 0..<count {
        group.addTask {
          let peer = try await TestSide.connect(port: port)
          let bytes = Wire.queueDeclare("queue_\(number)")
          try await peer.send(bytes)
          try await peer.finish()
          #expect(await peer.receiveAll().bytes == bytes)
        }
      }
      for _ in 0..<count {
        let link = try await broker.acceptLink()
        group.addTask {
          let side = TestSide(link)
          try await side.send(await side.receiveAll().bytes)
          try await side.finish()
        }
      }
      try await group.waitForAll()
    }
    let transcripts = await tap.stop()
    #expect(transcripts.map(\.head.connection) == Array(0..<count))
    let queues = transcripts.map { $0.entries.compactMap { $0.frame.method?.fields["queue"]?.stringValue } }
    #expect(queues.allSatisfy { $0.count == 2 && $0[0] == $0[1] })
    #expect(Set(queues.joined()) == Set((0..<count).map { "queue_\($0)" }))
    #expect(transcripts.allSatisfy { $0.ending == .closedByPeer })
    try await broker.stop()
  }

  @Test func theLiveViewTellsEachFrameOnce() async throws {
    let log = Log()
    let (tap, broker, peer, server) = try await connected { connection, entry in log.add(connection, entry) }
    let bytes = Array(repeatElement(Wire.queueDeclare("q"), count: 500).joined())
    let sent = peer.startSending(bytes)
    #expect(isSame(await server.receive(bytes.count), bytes))
    try await sent.get()
    let transcript = try #require(await tap.stop().first)
    #expect(log.entries == transcript.entries)
    #expect(transcript.entries.count == 500)
    try await broker.stop()
  }

  /// What a live view was told.
  private final class Log: Sendable {
    private let lines = NIOLockedValueBox<[Transcript.Entry]>([])
    var entries: [Transcript.Entry] { lines.withLockedValue { $0 } }
    func add(_ connection: Int, _ entry: Transcript.Entry) { lines.withLockedValue { $0.append(entry) } }
  }

  @Test func aPortInUseIsNamed() async throws {
    let broker = try await TestBroker.start()
    let error = await #expect(throws: TapError.self) {
      _ = try await Tap.start(port: broker.port, brokerHost: "127.0.0.1", brokerPort: 1, role: "server")
    }
    #expect(error?.code == .addressInUse)
    #expect(error?.description == "cannot listen on 127.0.0.1:\(broker.port): Address already in use")
    try await broker.stop()
  }
}
