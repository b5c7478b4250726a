import NIOCore
import NIOPosix

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#endif

/// One end of a TCP connection in the hands of a test, which reads only when told to: a peer, or a broker.
final class TestSide {
  /// How the other end stopped sending: by FIN, or by RST.
  enum End: Sendable { case finished, torn }

  private let link: Link
  private var events: AsyncStream<Event>.Iterator
  private var received: [UInt8] = []
  private var end: End?

  init(_ link: Link) {
    self.link = link
    events = link.events.makeAsyncIterator()
  }

  /// A peer that connects to `port`.
  static func connect(port: Int) async throws -> TestSide {
    let (events, inbox) = AsyncStream.makeStream(of: Event.self)
    let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .channelOption(.allowRemoteHalfClosure, value: true)
      .channelOption(.autoRead, value: false)
      .channelInitializer { Reader.add(to: $0, inbox) }
      .connect(host: "127.0.0.1", port: port).get()
    return TestSide(Link(channel: channel, events: events))
  }

  private var channel: any Channel { link.channel }

  /// Sends, without waiting until the system has taken everything.
  func startSending(_ bytes: [UInt8]) -> EventLoopFuture<Void> { channel.writeAndFlush(ByteBuffer(bytes: bytes)) }
  func send(_ bytes: [UInt8]) async throws { try await startSending(bytes).get() }

  /// Sends FIN after all that was sent; the other direction stays open.
  func startFinishing() -> EventLoopFuture<Void> {
    // NIO drops what is unsent if the input is closed already.
    channel.writeAndFlush(ByteBuffer()).flatMap { [channel] in channel.close(mode: .output) }
  }
  func finish() async throws { try await startFinishing().get() }

  /// Sends RST.
  func reset() async throws {
    let linger = linger(l_onoff: 1, l_linger: 0)
    try await (channel as? any SocketOptionProvider)?.setSoLinger(linger).get()
    try await channel.close()
  }

  /// The next bytes, exactly so many; fewer only if the other end stops sending.
  func receive(_ count: Int) async -> [UInt8] {
    while received.count < count, end == nil { await readMore() }
    let bytes = Array(received.prefix(count))
    received.removeFirst(bytes.count)
    return bytes
  }

  /// Everything until the other end stops sending, and how it does.
  func receiveAll() async -> (bytes: [UInt8], end: End?) {
    while end == nil { await readMore() }
    defer { received = [] }
    return (received, end)
  }

  private func readMore() async {
    channel.read()
    switch await events.next() {
    case .bytes(let bytes): received += bytes.readableBytesView
    case .finished: end = .finished
    case .torn, nil: end = .torn
    }
  }
}

extension TestSide {
  /// What a test side is made of, before a test has it.
  struct Link: Sendable {
    let channel: any Channel
    let events: AsyncStream<Event>
  }

  enum Event: Sendable {
    case bytes(ByteBuffer)
    case finished
    case torn
  }

  final class Reader: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private let inbox: AsyncStream<Event>.Continuation
    private let whenActive: @Sendable () -> Void

    private init(_ inbox: AsyncStream<Event>.Continuation, whenActive: @escaping @Sendable () -> Void) {
      self.inbox = inbox
      self.whenActive = whenActive
    }

    static func add(
      to channel: any Channel, _ inbox: AsyncStream<Event>.Continuation,
      whenActive: @escaping @Sendable () -> Void = {}
    ) -> EventLoopFuture<Void> {
      channel.eventLoop.makeCompletedFuture {
        try channel.pipeline.syncOperations.addHandler(Reader(inbox, whenActive: whenActive))
      }
    }

    func channelActive(context: ChannelHandlerContext) { whenActive() }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) { inbox.yield(.bytes(unwrapInboundIn(data))) }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
      if event as? ChannelEvent == .inputClosed { inbox.yield(.finished) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
      inbox.yield(.torn)
      context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
      // A FIN that comes after one's own closes the channel without further events.
      inbox.yield(.finished)
      inbox.finish()
    }
  }
}

/// A TCP server on a free port.
final class TestBroker {
  let port: Int
  private let listener: any Channel
  private var accepted: AsyncStream<TestSide.Link>.Iterator

  private init(listener: any Channel, accepted: AsyncStream<TestSide.Link>) {
    self.listener = listener
    self.accepted = accepted.makeAsyncIterator()
    port = listener.localAddress?.port ?? 0
  }

  static func start() async throws -> TestBroker {
    let (links, accepted) = AsyncStream.makeStream(of: TestSide.Link.self)
    let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(.backlog, value: 256)
      .childChannelOption(.allowRemoteHalfClosure, value: true)
      .childChannelOption(.autoRead, value: false)
      .childChannelInitializer { channel in
        let (events, inbox) = AsyncStream.makeStream(of: TestSide.Event.self)
        // Not before it is active: NIO forgets a read that is asked for earlier.
        return TestSide.Reader.add(to: channel, inbox) {
          accepted.yield(TestSide.Link(channel: channel, events: events))
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    return TestBroker(listener: listener, accepted: links)
  }

  /// The next connection.
  func accept() async throws -> TestSide { TestSide(try await acceptLink()) }

  /// The next connection, for a test that hands it to another task.
  func acceptLink() async throws -> TestSide.Link {
    guard let link = await accepted.next() else { throw ChannelError.ioOnClosedChannel }
    return link
  }

  func stop() async throws { try await listener.close() }
}
