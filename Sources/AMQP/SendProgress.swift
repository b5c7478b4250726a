#if canImport(Darwin)
  internal import Darwin
#else
  internal import Glibc
#endif

/// Whether what was sent on a socket gets anywhere.
///
/// A slow line takes its time for a large message, and a broker that stands still takes nothing: the one is waited for, the
/// other is not.
struct SendProgress {
  private let descriptor: Int32
  private var pending: Int
  /// When some of it was last seen to have arrived at the other side's system.
  private(set) var lastMoved: Moment

  /// The progress of what has been written to a socket; nil if it has all arrived, or the system does not say.
  init?(_ descriptor: Int32, at now: Moment) {
    guard let pending = Self.pendingBytes(descriptor), pending > 0 else { return nil }
    self.descriptor = descriptor
    self.pending = pending
    lastMoved = now
  }

  /// Looks how much has arrived.
  ///
  /// - Returns: whether there is still something to arrive.
  mutating func look(at now: Moment) -> Bool {
    let pending = Self.pendingBytes(descriptor) ?? 0
    // More than before: room was made for it.
    if pending != self.pending { lastMoved = now }
    self.pending = pending
    return pending > 0
  }

  /// How many bytes a socket has sent, or is to send, that the other side's system has not acknowledged.
  private static func pendingBytes(_ descriptor: Int32) -> Int? {
    var bytes: Int32 = 0
    #if canImport(Darwin)
      var size = socklen_t(MemoryLayout<Int32>.size)
      let status = getsockopt(descriptor, SOL_SOCKET, SO_NWRITE, &bytes, &size)
    #else
      // SIOCOUTQ, tcp(7).
      let status = ioctl(descriptor, UInt(TIOCOUTQ), &bytes)
    #endif
    return status == 0 ? Int(bytes) : nil
  }
}

/// A socket that takes nothing for now.
struct SendStall {
  private let descriptor: Int32
  private let limit: Duration
  private let began = Moment.now
  private var progress: SendProgress?

  init(_ descriptor: Int32, limit: Duration) {
    self.descriptor = descriptor
    self.limit = limit
  }

  /// Often enough to see what moves: a socket that is filled again and again is not always equally full.
  private static let looksPerLimit = 16

  /// Waits for room.
  ///
  /// - Returns: false if nothing has moved for the limit.
  mutating func wait() -> Bool {
    var polled = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    if poll(&polled, 1, (limit / Self.looksPerLimit).pollMilliseconds) > 0 { return true }
    let now = Moment.now
    if progress?.look(at: now) == nil { progress = SendProgress(descriptor, at: now) }
    return now - (progress?.lastMoved ?? began) < limit
  }
}
