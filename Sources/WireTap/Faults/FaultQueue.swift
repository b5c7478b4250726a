internal import NIOCore

/// One direction of a connection whose bytes do not pass as they come: they wait here, in order, until they are due.
struct FaultQueue {
  enum Item {
    case bytes(ByteBuffer)
    case event(Event)
  }

  /// What comes in its turn after the bytes that came before it.
  enum Event {
    /// The source closed its side (FIN).
    case finish
    /// The source was torn down (RST).
    case reset
    /// The rule says so.
    case cut, stall
  }

  /// What is to be done now.
  enum Step {
    case pass(ByteBuffer)
    case happen(Event)
    case wait(until: NIODeadline)
  }

  /// How many bytes are held, beyond which the source is not read.
  private static let bound = 1 << 20
  /// A throttle lets pass at a time what is due in this part of a second: evenly, with few wake-ups.
  private static let sharesPerSecond = 50

  private let delay: TimeAmount
  private let bytesPerSecond: Int?
  private var pieces: PieceSizes?
  private var waiting = CircularBuffer<(item: Item, due: NIODeadline)>()
  /// The memory that the bytes take; a small segment can have a large buffer.
  private var heldCount = 0
  /// Before then the line is busy with what passed last.
  private var freeFrom = NIODeadline.uptimeNanoseconds(0)
  private var isHurried = false
  private var isReset = false

  init(_ shaping: FaultShaping) {
    delay = TimeAmount(shaping.delay)
    bytesPerSecond = shaping.bytesPerSecond
    pieces = shaping.pieces
  }

  /// Whether more may come.
  var hasRoom: Bool { heldCount < Self.bound }

  mutating func add(_ item: Item, at now: NIODeadline) {
    switch item {
    case .bytes(let bytes):
      guard bytes.readableBytes > 0 else { return }
      heldCount += bytes.storageCapacity
    case .event(.reset): isReset = true
    case .event: break
    }
    waiting.append((item, now + delay))
  }

  /// Nothing waits for its time any more.
  mutating func hurry() { isHurried = true }

  /// Nothing that is here passes any more.
  mutating func discard() {
    waiting.removeAll()
    heldCount = 0
  }

  /// What is to be done now.
  ///
  /// - Parameters:
  ///   - now: the present moment.
  ///   - sinkHasRoom: whether the sink takes bytes.
  /// - Returns: the step; nil if there is none before something changes.
  mutating func next(at now: NIODeadline, sinkHasRoom: Bool) -> Step? {
    guard let (item, due) = waiting.first else { return nil }
    switch item {
    case .event(let event):
      guard due <= now || isHurried else { return .wait(until: due) }
      waiting.removeFirst()
      return .happen(event)
    case .bytes(let bytes):
      guard sinkHasRoom || isHurried else {
        // One that does not read might never do so: it is told.
        guard isReset else { return nil }
        discard()
        return .happen(.reset)
      }
      return next(of: bytes, due, at: now)
    }
  }

  private mutating func next(of bytes: ByteBuffer, _ due: NIODeadline, at now: NIODeadline) -> Step {
    var rest = bytes
    let size = isHurried ? rest.readableBytes : min(rest.readableBytes, pieceSize)
    // A piece is there when its last byte is.
    let ready = max(due, freeFrom) + transmission(size)
    guard ready <= now || isHurried else { return .wait(until: ready) }
    freeFrom = pieces == nil ? now : now + TimeAmount(FaultShaping.gap)
    // It is no longer than what there is.
    let piece = rest.readSlice(length: size) ?? ByteBuffer()
    pieces?.advance()
    if rest.readableBytes > 0 {
      waiting[waiting.startIndex].item = .bytes(rest)
    } else {
      waiting.removeFirst()
      heldCount -= bytes.storageCapacity
      pieces?.startSegment()
    }
    return .pass(piece)
  }

  private var pieceSize: Int {
    min(pieces?.next ?? .max, bytesPerSecond.map { max(1, $0 / Self.sharesPerSecond) } ?? .max)
  }

  /// How long so many bytes take.
  private func transmission(_ count: Int) -> TimeAmount {
    guard let bytesPerSecond else { return .zero }
    return .nanoseconds(Int64(Double(count) / Double(bytesPerSecond) * 1e9))
  }
}
