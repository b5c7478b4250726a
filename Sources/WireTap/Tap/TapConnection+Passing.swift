internal import NIOCore

/// What becomes of what came.
extension TapConnection {
  /// What of bytes goes on, and in which form. An answer that the editor makes up goes back, and into no record.
  func edited(_ bytes: ByteBuffer, _ direction: Transcript.Direction) -> ByteBuffer {
    guard let editor else { return bytes }
    let (on, back) = editor.edit(bytes.readableBytesView, direction)
    if !back.isEmpty {
      forward(.bytes(ByteBuffer(bytes: back)), direction.opposite)
      source(direction).flush()
    }
    return ByteBuffer(bytes: on)
  }

  /// Bytes are recorded, and go on as far as the rules let them.
  func take(_ bytes: ByteBuffer, _ direction: Transcript.Direction) {
    recording.append(bytes, direction)
    let lane = lanes[direction]
    guard !isStalled, lane.intake == .open else { return }
    guard let limit = lane.gate?.limit(bytes), let stop = lane.gate?.stop else {
      forward(.bytes(bytes), direction)
      return
    }
    lane.gate = nil
    forward(.bytes(bytes.getSlice(at: bytes.readerIndex, length: limit) ?? ByteBuffer()), direction)
    switch stop {
    case .drop: lane.intake = .dropped
    case .cut, .stall:
      lane.intake = .shut
      forward(.event(stop == .cut ? .cut : .stall), direction)
    }
  }

  /// Something goes on in its turn: the one place for rules that say when.
  func forward(_ item: FaultQueue.Item, _ direction: Transcript.Direction) {
    guard lanes[direction].queue == nil else {
      lanes[direction].queue?.add(item, at: .now())
      pump(direction)
      return
    }
    switch item {
    case .bytes(let bytes): sink(direction).write(bytes, promise: nil)
    case .event(let event): happen(event, direction)
    }
  }

  /// What is due goes on.
  func pump(_ direction: Transcript.Direction) {
    let (lane, sink) = (lanes[direction], sink(direction))
    // What passes may change the sink, which asks for this again.
    guard lane.queue != nil, !lane.isPumping else { return }
    lane.isPumping = true
    defer { lane.isPumping = false }
    lane.wakeUp?.cancel()
    lane.wakeUp = nil
    while let step = lane.queue?.next(at: .now(), sinkHasRoom: sink.isWritable) {
      switch step {
      case .pass(let bytes): sink.writeAndFlush(bytes, promise: nil)
      case .happen(let event): happen(event, direction)
      case .wait(let due):
        lane.wakeUp = sink.eventLoop.assumeIsolated().scheduleTask(deadline: due) {
          self.pump(direction)
          self.readMore(direction)
        }
        return
      }
    }
  }

  /// Nothing waits any more: all that came goes on now.
  func hurry() {
    for direction in Transcript.Direction.allCases {
      lanes[direction].queue?.hurry()
      pump(direction)
    }
  }

  private func happen(_ event: FaultQueue.Event, _ direction: Transcript.Direction) {
    let sink = sink(direction)
    switch event {
    case .finish:
      finishPassed.insert(direction)
      // Closing the output of a channel whose input is closed drops what it has not sent yet: send everything first.
      sink.writeAndFlush(ByteBuffer()).whenComplete { _ in sink.close(mode: .output, promise: nil) }
    case .reset:
      resetOnClose(sink)
      sink.close(promise: nil)
    case .stall:
      recording.end(.stalledByFault)
      isStalled = true
      // What was let pass still arrives.
      sink.flush()
      discard()
    case .cut:
      recording.end(.cutByFault)
      discard()
      sink.writeAndFlush(ByteBuffer()).whenComplete { [peer, broker] _ in
        for side in [peer, broker] {
          resetOnClose(side)
          side.close(promise: nil)
        }
      }
    }
  }

  /// Nothing that came and waits goes on.
  private func discard() {
    for direction in Transcript.Direction.allCases { lanes[direction].discard() }
  }

  /// Reads on, if there is room for more.
  func readMore(_ direction: Transcript.Direction) {
    guard !isStalled, !finished.contains(direction) else { return }
    let lane = lanes[direction]
    switch lane.intake {
    case .open: guard sink(direction).isWritable, lane.queue?.hasRoom ?? true else { return }
    case .dropped: break
    case .shut: return
    }
    source(direction).read()
  }
}
