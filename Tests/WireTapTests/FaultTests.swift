import NIOCore
import SyRPCWire
import Testing
import WireTap

/// What the rules of a tap do to what passes. Times are only ever found too short: how long something takes is up to the
/// machine.
@Suite(.timeLimit(.minutes(5))) struct FaultTests {
  /// A tap with faults before a broker.
  private struct Line {
    let broker: TestBroker
    let tap: Tap

    init(_ faults: String) async throws {
      broker = try await TestBroker.start()
      tap = try await Tap.start(
        brokerHost: "127.0.0.1", brokerPort: broker.port, role: "server", faults: try TapFaults(parsing: faults))
    }

    /// A connection through both.
    func connect() async throws -> (peer: TestSide, server: TestSide) {
      let peer = try await TestSide.connect(port: tap.port)
      return (peer, try await broker.accept())
    }

    /// Waits until so many frames of a connection have come to the tap.
    func recorded(_ count: Int, connection: Int = 0) async throws {
      while await tap.transcripts().dropFirst(connection).first?.entries.count ?? 0 < count {
        try await Task.sleep(for: .milliseconds(5))
      }
    }

    func stop() async throws -> [Transcript] {
      let transcripts = await tap.stop()
      try await broker.stop()
      return transcripts
    }
  }

  /// A frame, so many times.
  private func many(_ count: Int, of frame: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = []
    for _ in 0..<count { bytes += frame }
    return bytes
  }

  private func frames(_ count: Int) -> [[UInt8]] { (0..<count).map { Wire.queueDeclare("queue_\($0)") } }

  @Test(arguments: Transcript.Direction.allCases)
  func aDelayIsKeptAndSoIsTheOrder(_ direction: Transcript.Direction) async throws {
    let delay = Duration.milliseconds(60)
    let line = try await Line("delay=60ms@\(direction.rawValue)")
    let (peer, server) = try await line.connect()
    let (from, to) = direction == .toBroker ? (peer, server) : (server, peer)
    let frames = frames(20)
    var starts: [ContinuousClock.Instant] = []
    for frame in frames {
      starts.append(.now)
      try await from.send(frame)
    }
    for (frame, start) in zip(frames, starts) {
      #expect(await to.receive(frame.count) == frame)
      #expect(ContinuousClock.now - start >= delay)
    }
    let transcript = try #require(try await line.stop().first)
    #expect(transcript.entries.map(\.frame.raw) == frames)
    #expect(transcript.head.facts == ["faults": .string("delay=60ms@\(direction.rawValue)")])
  }

  @Test func aDelayOfOneDirectionIsNoneOfTheOther() async throws {
    let line = try await Line("delay=3600s@to-broker")
    let (peer, server) = try await line.connect()
    try await peer.send(Wire.protocolHeader)
    try await line.recorded(1)
    try await server.send(Wire.heartbeat)
    #expect(await peer.receive(8) == Wire.heartbeat)
    // What is held goes on when the tap is stopped, not before: an hour has not passed.
    let transcript = try #require(try await line.stop().first)
    #expect(transcript.entries.count == 2)
    #expect(await server.receiveAll().bytes == Wire.protocolHeader)
  }

  @Test func aHeldFinishGoesOnWhenTheTapStops() async throws {
    let line = try await Line("delay=3600s")
    let (peer, server) = try await line.connect()
    try await peer.send(Wire.heartbeat + Wire.heartbeat)
    try await peer.finish()
    try await line.recorded(2)
    while await line.tap.transcripts()[0].ending == .stillOpen { try await Task.sleep(for: .milliseconds(5)) }
    #expect(try await line.stop()[0].ending == .closedByPeer)
    let got = await server.receiveAll()
    #expect(got.bytes == Wire.heartbeat + Wire.heartbeat)
    #expect(got.end == .finished)
  }

  private static let shapes = [
    "delay=20ms", "split", "split=1000", "split,delay=5ms", "throttle=8MiB/s", "split,delay=5ms,throttle=16MiB/s",
    "delay=7ms@from-broker,split@to-broker",
  ]

  /// A side that has sent FIN still gets what the other side sends, and all of it.
  @Test(arguments: shapes, Transcript.Direction.allCases)
  func halfCloseIsPassedOnBehindWhatWasSent(_ faults: String, by direction: Transcript.Direction) async throws {
    let line = try await Line(faults)
    let (peer, server) = try await line.connect()
    let (first, second) = direction == .toBroker ? (peer, server) : (server, peer)
    let request = many(300, of: Wire.body([UInt8](repeating: 1, count: 1000)))
    let answer = many(300, of: Wire.body([UInt8](repeating: 2, count: 1000)))
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
    let transcript = try #require(try await line.stop().first)
    #expect(transcript.entries.count == 600)
    #expect(transcript.ending == (direction == .toBroker ? .closedByPeer : .closedByBroker))
  }

  /// Both sides send before either reads, far more than the system's buffers and the tap's hold.
  @Test(arguments: ["split,delay=5ms", "throttle=32MiB/s"])
  func megabytesPassASlowReaderUnchanged(_ faults: String) async throws {
    let line = try await Line(faults)
    let (peer, server) = try await line.connect()
    let pattern = (0..<40_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    let bodies = (0..<150).map { number in Wire.body(Wire.integer(UInt32(number)) + pattern) }
    var bytes: [UInt8] = []
    for body in bodies { bytes += body }
    let sent = peer.startSending(bytes)
    let answered = server.startSending(bytes)
    #expect(isSame(await server.receive(bytes.count), bytes))
    #expect(isSame(await peer.receive(bytes.count), bytes))
    try await sent.get()
    try await answered.get()
    let transcript = try #require(try await line.stop().first)
    for direction in Transcript.Direction.allCases {
      #expect(isSame(transcript.entries.filter { $0.direction == direction }.map(\.frame.raw), bodies))
    }
  }

  @Test(arguments: Transcript.Direction.allCases)
  func aThrottleIsNotExceeded(_ direction: Transcript.Direction) async throws {
    let line = try await Line("throttle=256KiB/s")
    let (peer, server) = try await line.connect()
    let (from, to) = direction == .toBroker ? (peer, server) : (server, peer)
    let bytes = Wire.body((0..<65_536).map { UInt8(truncatingIfNeeded: $0 &* 7) })
    let start = ContinuousClock.now
    let sent = from.startSending(bytes)
    #expect(isSame(await to.receive(bytes.count), bytes))
    #expect(ContinuousClock.now - start >= .milliseconds(250))
    try await sent.get()
    _ = try await line.stop()
  }

  /// The pause between pieces tells them from a whole.
  @Test func everySegmentPassesInPieces() async throws {
    let line = try await Line("split")
    let (peer, server) = try await line.connect()
    let start = ContinuousClock.now
    for _ in 0..<60 {
      try await peer.send(Wire.heartbeat)
      #expect(await server.receive(8) == Wire.heartbeat)
    }
    // Of six segments of 8 bytes, the pieces have 9 pauses among them.
    #expect(ContinuousClock.now - start >= .microseconds(60 / 6 * 9 * 100))
    _ = try await line.stop()
  }

  @Test func everyByteIsAPieceIfThatIsSaid() async throws {
    let line = try await Line("split=1@from-broker")
    let (peer, server) = try await line.connect()
    let bytes = Array(frames(30).joined())
    let start = ContinuousClock.now
    try await server.send(bytes)
    #expect(await peer.receive(bytes.count) == bytes)
    #expect(ContinuousClock.now - start >= .microseconds((bytes.count - 1) * 100))
    _ = try await line.stop()
  }

  /// The source is not read while the tap holds enough.
  @Test(arguments: ["delay=3600s", "throttle=1B/s"])
  func whatIsHeldIsBounded(_ faults: String) async throws {
    let line = try await Line(faults)
    let (peer, server) = try await line.connect()
    let body = Wire.body([UInt8](repeating: 7, count: 100_000))
    let sent = peer.startSending(many(200, of: body))
    try await line.recorded(5)
    // Time in which it could come to hold more; whether it does is not a matter of how much.
    try await Task.sleep(for: .milliseconds(300))
    let transcript = try #require(await line.tap.transcripts().first)
    #expect(transcript.entries.count < 20)
    try await peer.reset()
    await #expect(throws: (any Error).self) { try await sent.get() }
    _ = try await line.stop()
    // What was held went on; RST may overtake it.
    #expect(many(200, of: body).starts(with: await server.receiveAll().bytes))
  }

  @Test(arguments: ["", "delay=5ms,", "split,"])
  func aCutComesAfterWhatItLetsPass(_ shape: String) async throws {
    let line = try await Line("\(shape)cut@to-broker:2")
    let (peer, server) = try await line.connect()
    try await peer.send(many(4, of: Wire.heartbeat))
    let got = await server.receiveAll()
    // RST may overtake what was sent before it.
    #expect((Wire.heartbeat + Wire.heartbeat).starts(with: got.bytes))
    #expect(got.end == .torn)
    #expect(await peer.receiveAll().end == .torn)
    let transcript = try #require(try await line.stop().first)
    // The record has what the peer sent.
    #expect(transcript.entries.count == 4)
    #expect(transcript.ending == .cutByFault)
  }

  @Test(arguments: ["", "delay=5ms,", "split,"])
  func aStallComesAfterWhatItLetsPass(_ shape: String) async throws {
    let line = try await Line("\(shape)stall@from-broker:2")
    let (peer, server) = try await line.connect()
    try await server.send(many(4, of: Wire.heartbeat))
    #expect(await peer.receive(16) == Wire.heartbeat + Wire.heartbeat)
    while await line.tap.transcripts()[0].ending == .stillOpen { try await Task.sleep(for: .milliseconds(5)) }
    try await peer.send(Wire.heartbeat)
    try await server.send(Wire.heartbeat)
    #expect(try await line.stop()[0].ending == .stalledByFault)
    #expect(await peer.receiveAll().bytes.isEmpty)
    #expect(await server.receiveAll().bytes.isEmpty)
  }

  @Test(arguments: ["", "delay=5ms,", "split,"])
  func whatIsDroppedVanishesAndIsRecorded(_ shape: String) async throws {
    let line = try await Line("\(shape)drop@to-broker:2")
    let (peer, server) = try await line.connect()
    let frames = frames(5)
    for frame in frames { try await peer.send(frame) }
    // More than anything between the two could hold.
    try await peer.send(many(60, of: Wire.body([UInt8](repeating: 1, count: 100_000))))
    try await server.send(Wire.heartbeat)
    #expect(await peer.receive(8) == Wire.heartbeat)
    try await peer.finish()
    let got = await server.receiveAll()
    #expect(got.bytes == Array(frames[..<2].joined()))
    #expect(got.end == .finished)
    try await server.finish()
    #expect(await peer.receiveAll().end == .finished)
    let transcript = try #require(try await line.stop().first)
    #expect(transcript.entries.count { $0.direction == .toBroker } == 65)
    #expect(transcript.ending == .closedByPeer)
  }

  @Test func aDirectionIsDroppedFromItsStart() async throws {
    let line = try await Line("drop@from-broker")
    let (peer, server) = try await line.connect()
    try await server.send(Wire.heartbeat)
    try await peer.send(Wire.protocolHeader)
    #expect(await server.receive(8) == Wire.protocolHeader)
    try await server.finish()
    let got = await peer.receiveAll()
    #expect(got.bytes.isEmpty)
    #expect(got.end == .finished)
    #expect(try await line.stop()[0].entries.count == 2)
  }

  @Test func aRefusedConnectionIsUnknownToTheBroker() async throws {
    let line = try await Line("refuse#1")
    let first = try await line.connect()
    // The reset may come before the other end knows that it is connected.
    if let refused = try? await TestSide.connect(port: line.tap.port) {
      #expect(await refused.receiveAll().end == .torn)
    }
    let third = try await line.connect()
    for (number, side) in [first, third].enumerated() {
      try await side.peer.send(Wire.queueDeclare("queue_\(number)"))
      let expected = Wire.queueDeclare("queue_\(number)")
      #expect(await side.server.receive(expected.count) == expected)
    }
    let transcripts = try await line.stop()
    #expect(transcripts.map(\.ending) == [.closedByTap, .refusedByFault, .closedByTap])
    #expect(transcripts.map(\.entries.count) == [1, 0, 1])
  }

  @Test(arguments: ["delay=20ms", "split"], Transcript.Direction.allCases)
  func resetComesAfterWhatWasSent(_ faults: String, by direction: Transcript.Direction) async throws {
    let line = try await Line(faults)
    let (peer, server) = try await line.connect()
    let (first, second) = direction == .toBroker ? (peer, server) : (server, peer)
    try await first.send(Wire.heartbeat)
    #expect(await second.receive(8) == Wire.heartbeat)
    try await first.reset()
    #expect(await second.receiveAll().end == .torn)
    #expect(try await line.stop()[0].ending == (direction == .toBroker ? .resetByPeer : .resetByBroker))
  }

  @Test func aRuleForOneConnectionLeavesTheOthersAlone() async throws {
    let line = try await Line("delay=3600s#0")
    let (slow, _) = try await line.connect()
    try await slow.send(Wire.heartbeat)
    try await line.recorded(1)
    let (peer, server) = try await line.connect()
    try await peer.send(Wire.heartbeat)
    #expect(await server.receive(8) == Wire.heartbeat)
    _ = try await line.stop()
  }
}
