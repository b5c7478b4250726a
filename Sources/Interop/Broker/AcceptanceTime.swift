package import AMQP
internal import NIOCore
internal import NIOPosix

/// How long a broker takes to take notice of who connects: from the attempt to the first byte of connection.start.
///
/// A broker looks up names as it does so. Where they do not resolve, some connections take it seconds, and peers that give
/// up earlier have nothing to do with it.
package enum AcceptanceTime {
  /// From here on it is worth a word, and can be the reason why a peer gave up.
  package static let isSlow = Duration.seconds(1)

  /// Connects a few times at once.
  ///
  /// - Parameters:
  ///   - address: the broker.
  ///   - attempts: how often.
  ///   - limit: how long each may take; one that takes longer counts as this.
  /// - Returns: the slowest; nil if one was refused or broken off, so that there is no time to tell.
  package static func slowest(
    of address: BrokerAddress, attempts: Int = 4, limit: Duration = .seconds(15)
  ) async -> Duration? {
    await withTaskGroup(of: Duration?.self) { tasks in
      for _ in 0..<attempts { tasks.addTask { await once(address, limit) } }
      return await tasks.reduce(.zero) { slowest, time in
        if let slowest, let time { max(slowest, time) } else { nil }
      }
    }
  }

  private struct IsOver: Error {}

  private static func once(_ address: BrokerAddress, _ limit: Duration) async -> Duration? {
    let loop = MultiThreadedEventLoopGroup.singleton.next()
    let answered = loop.makePromise(of: Void.self)
    let started = ContinuousClock.now
    let limitReached = loop.scheduleTask(in: TimeAmount(limit)) { answered.fail(IsOver()) }
    let connecting = ClientBootstrap(group: loop)
      .connectTimeout(TimeAmount(limit))
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(FirstByte(answered))
        }
      }
      .connect(host: address.host, port: address.port)
    connecting.whenFailure { answered.fail($0) }
    defer {
      limitReached.cancel()
      connecting.whenSuccess { $0.close(promise: nil) }
    }
    do {
      try await answered.futureResult.get()
      return started.duration(to: .now)
    } catch is IsOver {
      return limit
    } catch {
      if case ChannelError.connectTimeout = error { return limit }
      return nil
    }
  }
}

/// Begins a handshake, and tells when it is answered.
private final class FirstByte: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private let answered: EventLoopPromise<Void>

  init(_ answered: EventLoopPromise<Void>) { self.answered = answered }

  func channelActive(context: ChannelHandlerContext) {
    // AMQP 0-9-1, 4.2.2.
    let header = context.channel.allocator.buffer(bytes: Array("AMQP".utf8) + [0, 0, 9, 1])
    context.channel.writeAndFlush(header, promise: nil)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) { answered.succeed() }
  func channelInactive(context: ChannelHandlerContext) { answered.fail(ChannelError.eof) }
  func errorCaught(context: ChannelHandlerContext, error: any Error) { answered.fail(error) }
}
