internal import NIOCore

/// One side of a tapped connection: tells it what happens on the channel.
final class TapSide: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private let connection: TapConnection
  /// The direction of the bytes that come from this side.
  private let direction: Transcript.Direction

  init(_ connection: TapConnection, _ direction: Transcript.Direction) {
    self.connection = connection
    self.direction = direction
  }

  func channelActive(context: ChannelHandlerContext) {
    // The broker's side has been active for long when the peer's is registered.
    if direction == .toBroker { connection.start() }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    connection.received(unwrapInboundIn(data), direction)
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    // A peer with Nagle's algorithm on sends its next small frame when the last is acknowledged, and that would take the
    // kernel 40 ms: the tap is not to be the reason for such a wait.
    if direction == .toBroker { acknowledgeNow(context.channel) }
    connection.receivedAll(direction)
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    connection.sinkChanged(direction.opposite)
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if event as? ChannelEvent == .inputClosed { connection.sourceFinished(direction) }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    connection.sourceFailed(direction)
    context.close(promise: nil)
  }
}
