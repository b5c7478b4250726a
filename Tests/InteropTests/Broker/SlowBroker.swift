import NIOCore
import NIOPosix

/// A proxy that takes its time before it has a new connection reach the broker, like a broker that looks up names.
struct SlowBroker {
  let port: Int
  private let listener: any Channel

  /// Listens, and keeps each connection waiting for `delay` before it reaches `port` of 127.0.0.1.
  static func start(delay: Duration, before port: Int) async throws -> SlowBroker {
    let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .childChannelOption(.autoRead, value: false)
      .childChannelInitializer { peer in
        peer.eventLoop.scheduleTask(in: TimeAmount(delay)) {}.futureResult.flatMap {
          ClientBootstrap(group: peer.eventLoop)
            .channelOption(.autoRead, value: false)
            .connect(host: "127.0.0.1", port: port)
        }.flatMapThrowing { broker in
          try peer.pipeline.syncOperations.addHandler(Passing(to: broker))
          try broker.pipeline.syncOperations.addHandler(Passing(to: peer))
          broker.closeFuture.whenComplete { _ in peer.close(promise: nil) }
          peer.closeFuture.whenComplete { _ in broker.close(promise: nil) }
          for channel in [peer, broker] { channel.setOption(.autoRead, value: true).whenComplete { _ in } }
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    return SlowBroker(port: listener.localAddress?.port ?? 0, listener: listener)
  }

  func stop() async { try? await listener.close() }
}

private final class Passing: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private let other: any Channel

  init(to other: any Channel) { self.other = other }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    other.writeAndFlush(unwrapInboundIn(data), promise: nil)
  }
}
