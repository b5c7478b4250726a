internal import NIOCore
internal import NIOPosix

/// The two halves of one tapped connection: the one that was accepted, and the one to the broker.
///
/// Lives on the event loop of both channels, which read only on demand: one side's next read is asked for when what it
/// sent before has found room on the other side.
final class TapConnection {
  private let peer: any Channel
  private let broker: any Channel
  private let recording: Recording
  private let registry: TapRegistry
  private let editor: StreamEditor?
  private var gate: FaultGate?
  private var isStalled = false
  /// The directions whose source has closed its side, and so sends nothing more.
  private var finished: Set<Transcript.Direction> = []
  /// The directions whose source was torn down.
  private var failed: Set<Transcript.Direction> = []

  private init(peer: any Channel, broker: any Channel, recording: Recording, registry: TapRegistry) {
    self.peer = peer
    self.broker = broker
    self.recording = recording
    self.registry = registry
    editor = registry.editor(recording.head.connection)
    gate = registry.fault(of: recording.head.connection).map(FaultGate.init)
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
    return ClientBootstrap(group: loop)
      .channelOption(.tcpOption(.tcp_nodelay), value: 1)
      .channelOption(.allowRemoteHalfClosure, value: true)
      .channelOption(.autoRead, value: false)
      .connectTimeout(.seconds(5))
      .connect(host: broker.host, port: broker.port)
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
  private func source(_ direction: Transcript.Direction) -> any Channel { direction == .toBroker ? peer : broker }
  /// Where bytes of a direction go to.
  private func sink(_ direction: Transcript.Direction) -> any Channel { source(direction.opposite) }
}

/// What the sides tell. A direction names the side that its bytes come from.
extension TapConnection {
  /// Both sides are ready.
  func start() {
    for direction in Transcript.Direction.allCases { readMore(direction) }
  }

  func received(_ arrived: ByteBuffer, _ direction: Transcript.Direction) {
    let bytes = edited(arrived, direction)
    recording.append(bytes, direction)
    guard !isStalled else { return }
    guard let limit = gate?.limit(bytes, direction), let fault = gate?.fault else {
      forward(bytes, direction)
      return
    }
    gate = nil
    forward(bytes.getSlice(at: bytes.readerIndex, length: limit) ?? ByteBuffer(), direction)
    happen(fault)
  }

  /// What was there has been received.
  func receivedAll(_ direction: Transcript.Direction) {
    sink(direction).flush()
    readMore(direction)
  }

  /// The sink has room again, or none any more.
  func sinkChanged(_ direction: Transcript.Direction) { readMore(direction) }

  /// The source has closed its side (FIN); it may go on to read.
  func sourceFinished(_ direction: Transcript.Direction) {
    guard !isStalled else { return }
    recording.end(direction == .toBroker ? .closedByPeer : .closedByBroker)
    finished.insert(direction)
    let sink = sink(direction)
    if let rest = editor?.rest(direction), !rest.isEmpty {
      recording.append(ByteBuffer(bytes: rest), direction)
      forward(ByteBuffer(bytes: rest), direction)
    }
    // Closing the output of a channel whose input is closed drops what it has not sent yet: send everything first.
    sink.writeAndFlush(ByteBuffer()).whenComplete { _ in sink.close(mode: .output, promise: nil) }
  }

  /// The source is being torn down (RST), and will be closed. What it sent before still goes on.
  func sourceFailed(_ direction: Transcript.Direction) {
    failed.insert(direction)
    sink(direction).flush()
  }

  /// What of bytes goes on, and in which form. An answer that the editor makes up goes back, and into no record.
  private func edited(_ bytes: ByteBuffer, _ direction: Transcript.Direction) -> ByteBuffer {
    guard let editor else { return bytes }
    let (on, back) = editor.edit(bytes.readableBytesView, direction)
    if !back.isEmpty { source(direction).writeAndFlush(ByteBuffer(bytes: back), promise: nil) }
    return ByteBuffer(bytes: on)
  }

  /// What was let pass still arrives.
  private func happen(_ fault: TapFault) {
    let sink = sink(fault.direction)
    switch fault.effect {
    case .stall:
      recording.end(.stalledByFault)
      isStalled = true
      sink.flush()
    case .cut:
      recording.end(.cutByFault)
      sink.writeAndFlush(ByteBuffer()).whenComplete { [peer, broker] _ in
        for side in [peer, broker] {
          resetOnClose(side)
          side.close(promise: nil)
        }
      }
    }
  }

  /// What arrived goes on: the one place for rules that delay, change or cut.
  private func forward(_ bytes: ByteBuffer, _ direction: Transcript.Direction) {
    sink(direction).write(bytes, promise: nil)
  }

  private func readMore(_ direction: Transcript.Direction) {
    if sink(direction).isWritable, !isStalled, !finished.contains(direction) { source(direction).read() }
  }

  /// The source of a direction is closed, for reading and for writing.
  private func closed(_ direction: Transcript.Direction) {
    let sink = sink(direction)
    if registry.isClosing {
      sink.close(promise: nil)
    } else if isStalled {
      registry.whenClosing { sink.close(promise: nil) }
    } else if finished == [direction.opposite], !failed.contains(direction) {
      // To this side FIN has gone already. With the FIN that answers it, NIO closes the channel and tells no more.
      sourceFinished(direction)
    } else if finished.count < 2 {
      recording.end(direction == .toBroker ? .resetByPeer : .resetByBroker)
      resetOnClose(sink)
      sink.close(promise: nil)
    }
  }
}
