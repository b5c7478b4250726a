internal import NIOCore
internal import NIOPosix

/// The two halves of one tapped connection: the one that was accepted, and the one to the broker.
///
/// Lives on the event loop of both channels, which read only on demand: one side's next read is asked for when what it
/// sent before has found room on the other side.
final class TapConnection {
  let peer: any Channel
  let broker: any Channel
  let recording: Recording
  private let registry: TapRegistry
  let editor: StreamEditor?
  let lanes: PerDirection<Lane>
  var isStalled = false
  /// The directions whose source has closed its side, and so sends nothing more.
  var finished: Set<Transcript.Direction> = []
  /// The directions whose sink has been told so.
  var finishPassed: Set<Transcript.Direction> = []
  /// The directions whose source was torn down.
  private var failed: Set<Transcript.Direction> = []

  private init(peer: any Channel, broker: any Channel, recording: Recording, registry: TapRegistry) {
    self.peer = peer
    self.broker = broker
    self.recording = recording
    self.registry = registry
    let number = recording.head.connection
    editor = registry.editor(number)
    lanes = PerDirection { direction in
      Lane(
        gate: registry.faults.gate(number, direction),
        queue: registry.faults.shaping(number, direction).map(FaultQueue.init))
    }
  }

  /// Connects an accepted channel to the broker.
  ///
  /// - Returns: a future on which the registration of `peer` waits, so nothing happens there before the broker is
  ///   reached. If it fails, `peer` is closed.
  static func begin(peer: any Channel, broker: Endpoint, registry: TapRegistry) -> EventLoopFuture<Void> {
    let loop = peer.eventLoop
    let brokerClosed = loop.makePromise(of: Void.self)
    let closed = peer.closeFuture.and(brokerClosed.futureResult).map { _ in }
    guard let recording = registry.add(peer: peer, closed: closed) else {
      brokerClosed.succeed()
      return loop.makeFailedFuture(ChannelError.ioOnClosedChannel)
    }
    guard !registry.faults.refuses(recording.head.connection) else {
      recording.end(.refusedByFault)
      brokerClosed.succeed()
      resetOnClose(peer)
      return loop.makeFailedFuture(ChannelError.ioOnClosedChannel)
    }
    let bootstrap = ClientBootstrap(group: loop)
      .channelOption(.tcpOption(.tcp_nodelay), value: 1)
      .channelOption(.allowRemoteHalfClosure, value: true)
      .channelOption(.autoRead, value: false)
      .connectTimeout(.seconds(5))
    return broker.connect(bootstrap)
      .flatMapErrorThrowing { error in
        recording.end(.brokerUnreachable(reason(of: error)))
        brokerClosed.succeed()
        throw error
      }
      .flatMapThrowing { channel in
        channel.closeFuture.cascade(to: brokerClosed)
        try TapConnection(peer: peer, broker: channel, recording: recording, registry: registry).join()
      }
  }

  /// Puts the two sides together. If that fails, the peer is closed, and the broker's side with it.
  private func join() throws {
    for direction in Transcript.Direction.allCases {
      let channel = source(direction)
      // The peer may have been closed while the broker was being connected to; then this is called at once.
      channel.closeFuture.assumeIsolated().whenComplete { _ in self.closed(direction) }
      try channel.pipeline.syncOperations.addHandler(TapSide(self, direction))
    }
  }

  /// Where bytes of a direction come from.
  func source(_ direction: Transcript.Direction) -> any Channel { direction == .toBroker ? peer : broker }
  /// Where bytes of a direction go to.
  func sink(_ direction: Transcript.Direction) -> any Channel { source(direction.opposite) }
}

/// What the sides tell. A direction names the side that its bytes come from.
extension TapConnection {
  /// Both sides are ready.
  func start() {
    if Transcript.Direction.allCases.contains(where: { lanes[$0].queue != nil }) {
      let (loop, bound) = (peer.eventLoop, NIOLoopBound(self, eventLoop: peer.eventLoop))
      registry.whenClosing { loop.execute { bound.value.hurry() } }
    }
    for direction in Transcript.Direction.allCases { readMore(direction) }
  }

  func received(_ arrived: ByteBuffer, _ direction: Transcript.Direction) {
    take(edited(arrived, direction), direction)
  }

  /// What was there has been received.
  func receivedAll(_ direction: Transcript.Direction) {
    sink(direction).flush()
    readMore(direction)
  }

  /// The sink has room again, or none any more.
  func sinkChanged(_ direction: Transcript.Direction) {
    pump(direction)
    readMore(direction)
  }

  /// The source has closed its side (FIN); it may go on to read.
  func sourceFinished(_ direction: Transcript.Direction) {
    guard !isStalled else { return }
    recording.end(direction == .toBroker ? .closedByPeer : .closedByBroker)
    finished.insert(direction)
    if let rest = editor?.rest(direction), !rest.isEmpty { take(ByteBuffer(bytes: rest), direction) }
    forward(.event(.finish), direction)
  }

  /// The source is being torn down (RST), and will be closed. What it sent before still goes on.
  func sourceFailed(_ direction: Transcript.Direction) {
    failed.insert(direction)
    sink(direction).flush()
  }

  /// The source of a direction is closed, for reading and for writing.
  private func closed(_ direction: Transcript.Direction) {
    // Nobody is there to take it any more.
    lanes[direction.opposite].discard()
    let sink = sink(direction)
    if registry.isClosing {
      sink.close(promise: nil)
    } else if isStalled {
      registry.whenClosing { sink.close(promise: nil) }
    } else if finishPassed.contains(direction.opposite), !finished.contains(direction), !failed.contains(direction) {
      // To this side FIN has gone already. With the FIN that answers it, NIO closes the channel and tells no more.
      sourceFinished(direction)
    } else if finished.count < 2 {
      recording.end(direction == .toBroker ? .resetByPeer : .resetByBroker)
      forward(.event(.reset), direction)
    }
  }
}
