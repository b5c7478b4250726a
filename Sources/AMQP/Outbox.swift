internal import CRabbitMQ
internal import NIOConcurrencyHelpers

#if canImport(Darwin)
  internal import Darwin
#else
  internal import Glibc
#endif

/// What goes out on a connection, and which messages the broker has not confirmed yet; from any thread.
///
/// While the connection's own thread sleeps, whoever publishes something small sends it from here: to wake that thread for
/// it costs more than to send. While it is awake, it sends all that was gathered with its turn.
///
/// Order is the lock's: a message gets its delivery tag as its frames get their place. One sends at a time, and without the
/// lock: what others gather meanwhile goes with its next call of the system, so that they need not wait for one.
final class Outbox: @unchecked Sendable {
  private enum Gate {
    /// Nobody may send: there is no connection, or librabbitmq alone can write to its socket, which is TLS.
    case closed
    case open(Int32)
    /// The connection's thread alone sends, since there is no room, or since librabbitmq writes: the others only gather.
    case busy(Int32)

    var descriptor: Int32? {
      switch self {
      case .closed: nil
      case .open(let descriptor), .busy(let descriptor): descriptor
      }
    }
  }

  /// A larger body is sent from where it is, and its progress watched.
  static let mostCopied = AMQPConnection.smallBody

  /// So often a thread sends again what others have gathered before the connection's own has to.
  private static let mostRounds = 16

  private let lock = NIOLock()
  // Under the lock:
  private var gate = Gate.closed
  private var gathered = OutputBuffer()
  /// What is being sent, before what is gathered: whoever sends may look at it without the lock.
  private var leaving = OutputBuffer()
  /// Whether somebody sends, and looks for more before it ends.
  private var isSending = false
  private var frameMax = 0
  private var ledger = ConfirmLedger<Sender>()
  private var isBlocked = false
  private var lastSent = Moment.now
  /// Held while something is sent.
  private let line = NIOLock()

  // MARK: - The connection's thread

  /// Whether frames are gathered here; if not, librabbitmq sends them.
  private(set) var gathers = false

  /// The connection is there.
  ///
  /// - Parameters:
  ///   - descriptor: its socket, which stays open until ``close()``.
  ///   - frameMax: the largest frame, in bytes.
  func open(_ descriptor: Int32, frameMax: Int) {
    lock.withLock {
      gate = .open(descriptor)
      self.frameMax = frameMax
      lastSent = .now
    }
    gathers = true
  }

  /// The connection is gone, or about to go.
  ///
  /// - Returns: the messages that are not confirmed, in the order in which they were sent, and the size of the largest.
  func close() -> (messages: [ConfirmLedger<Sender>.Entry], largest: Int?) {
    lock.withLock { gate = .closed }
    // Whoever is sending has done so by then.
    line.withLock {}
    return lock.withLock {
      leaving.removeAll()
      gathered.removeAll()
      let largest = ledger.largestSize
      return (ledger.removeAll(), largest)
    }
  }

  /// The broker takes messages again, or takes none.
  func block(_ isBlocked: Bool) { lock.withLock { self.isBlocked = isBlocked } }

  /// What is known of the messages that are not confirmed.
  func withLedger<Value>(_ body: (inout ConfirmLedger<Sender>) -> Value) -> Value {
    lock.withLock { body(&ledger) }
  }

  /// When something was sent last.
  var lastSending: Moment { lock.withLock { lastSent } }

  /// Adds a method; `arguments` is the struct that librabbitmq has for it.
  ///
  /// - Returns: librabbitmq's status, and how much there is to be sent.
  func add(method: UInt32, _ arguments: UnsafeMutableRawPointer, channel: UInt16) -> (status: Int32, count: Int) {
    lock.withLock { (gathered.add(method: method, arguments, channel: channel), gathered.count) }
  }

  /// Adds a heartbeat.
  func addHeartbeat() { lock.withLock { gathered.addHeartbeat() } }

  /// What a message is, beside its body.
  struct Message {
    let destination: Destination
    let arguments: amqp_basic_publish_t
    let properties: amqp_basic_properties_t
  }

  /// Adds a message with a small body.
  ///
  /// - Returns: librabbitmq's status, how much there is to be sent, and the message's delivery tag.
  func add(
    _ body: [UInt8], _ message: Message, channel: UInt16, confirmed: @escaping ConfirmReceiver
  ) -> (status: Int32, count: Int, tag: UInt64) {
    lock.withLock {
      var (arguments, properties) = (message.arguments, message.properties)
      var status = withUnsafeMutablePointer(to: &arguments) {
        gathered.add(method: Method.basicPublish, $0, channel: channel)
      }
      if status == 0 { status = gathered.add(contentOf: body.count, &properties, channel: channel) }
      guard status == 0 else { return (status, gathered.count, 0) }
      gathered.add(body: body, frameMax: frameMax, channel: channel)
      return (status, gathered.count, note(body, message.destination, confirmed))
    }
  }

  /// Adds a message with a small body that begins as its destination has it.
  ///
  /// - Returns: how much there is to be sent, and the message's delivery tag.
  func add(
    _ body: [UInt8], _ head: MessageHead, to destination: Destination, channel: UInt16,
    confirmed: @escaping ConfirmReceiver
  ) -> (count: Int, tag: UInt64) {
    lock.withLock {
      gathered.add(head, body: body, frameMax: frameMax, channel: channel)
      return (gathered.count, note(body, destination, confirmed))
    }
  }

  /// Notes a message that is sent from where it is, by librabbitmq. Until ``release()`` nobody else sends anything.
  ///
  /// - Returns: its delivery tag; nil if there is something to be sent before.
  func hold(for body: [UInt8], to destination: Destination, confirmed: @escaping ConfirmReceiver) -> UInt64? {
    // Whoever is sending has done so by then.
    line.withLock {}
    return lock.withLock {
      guard !isSending, leaving.isEmpty, gathered.isEmpty else { return nil }
      if case .open(let descriptor) = gate { gate = .busy(descriptor) }
      lastSent = .now
      return note(body, destination, confirmed)
    }
  }

  /// Others may send again.
  func release() { lock.withLock { if case .busy(let descriptor) = gate { gate = .open(descriptor) } } }

  private func note(
    _ body: [UInt8], _ destination: Destination, isAwaited: Bool = true, _ confirmed: @escaping ConfirmReceiver
  ) -> UInt64 {
    ledger.published(
      Sender(confirmed: confirmed), to: destination, size: body.count, at: .now, isAwaited: isAwaited)
  }

  enum Sending {
    case done
    /// There is no room; what could be sent is.
    case stalled(hasMoved: Bool)
    case failed
  }

  /// Sends what was gathered, unless another thread is at it: that sends all, or has this thread come again. Waits while the
  /// socket takes nothing, as long as something moves.
  ///
  /// - Parameters:
  ///   - limit: for how long nothing may move.
  ///   - isLast: whether nothing will be sent afterwards: then whoever sends is waited for.
  /// - Returns: how far it came: `stalled` if nothing moved for that time.
  func flush(within limit: Duration, isLast: Bool = false) -> Sending {
    var stall: SendStall?
    while true {
      let (turn, isOthers) = lock.withLock { () -> (Int32?, Bool) in
        guard let descriptor = gate.descriptor, !isSending else { return (nil, isSending) }
        isSending = true
        return (descriptor, false)
      }
      guard let descriptor = turn else {
        guard isOthers, isLast else { return .done }
        line.withLock {}
        continue
      }
      let sending = send(descriptor)
      guard case .stalled(let hasMoved) = sending else { return sending }
      if hasMoved { stall = nil }
      var current = stall ?? SendStall(descriptor, limit: limit)
      guard current.wait() else { return .stalled(hasMoved: false) }
      stall = current
    }
  }

  /// Sends what was gathered, and is meanwhile, while there is room. For whoever has set ``isSending``; it is no more
  /// afterwards.
  ///
  /// - Parameters:
  ///   - descriptor: the socket.
  ///   - rounds: how many calls of the system at most.
  /// - Returns: how far it came; `stalled` also after so many calls.
  private func send(_ descriptor: Int32, rounds: Int = .max) -> Sending {
    line.withLock {
      var (hasMoved, left) = (false, rounds)
      while true {
        let isThere = lock.withLock { () -> Bool in
          if hasMoved { lastSent = .now }
          if leaving.isEmpty { swap(&leaving, &gathered) }
          // The connection may have been closed in the meantime.
          isSending = gate.descriptor == descriptor && !leaving.isEmpty && left > 0
          // Whoever gathers something next sends it: with the lock, lest it lies.
          if !isSending, left > 0, case .busy = gate { gate = .open(descriptor) }
          return isSending
        }
        guard isThere else { return left > 0 ? .done : .stalled(hasMoved: hasMoved) }
        left -= 1
        let sent = systemSend(descriptor, leaving.bytes.baseAddress, leaving.bytes.count)
        if sent > 0 {
          leaving.removeFirst(sent)
          hasMoved = true
          continue
        }
        switch errno {
        case EINTR: continue
        case EAGAIN, EWOULDBLOCK:
          lock.withLock {
            isSending = false
            if case .open = gate { gate = .busy(descriptor) }
          }
          return .stalled(hasMoved: hasMoved)
        default:
          lock.withLock { isSending = false }
          return .failed
        }
      }
    }
  }

  // MARK: - Any thread

  /// Publishes a small message; sends it, too, if the connection's thread sleeps.
  ///
  /// - Parameters:
  ///   - body: the message.
  ///   - destination: where it goes.
  ///   - channel: its channel.
  ///   - thread: the connection's own.
  ///   - isAwaited: whether somebody waits for the confirm.
  ///   - confirmed: told on that thread what has become of it.
  /// - Returns: false if that thread alone can publish it: nothing was done then.
  func post(
    _ body: [UInt8], to destination: Destination, channel: UInt16, _ thread: OwnerThread,
    isAwaited: Bool, confirmed: @escaping ConfirmReceiver
  ) -> Bool {
    let next = lock.withLock { () -> Next in
      guard let head = destination.head, body.count <= Self.mostCopied, !isBlocked, let descriptor = gate.descriptor
      else { return .impossible }
      gathered.add(head, body: body, frameMax: frameMax, channel: channel)
      _ = note(body, destination, isAwaited: isAwaited, confirmed)
      if isAwaited, ledger.awaited == 1 { thread.rouse() }
      return whatIsLeft(descriptor, thread)
    }
    return perform(next, thread)
  }

  /// Adds a method; sends it, too, if the connection's thread sleeps. `arguments` is the struct that librabbitmq has for it.
  ///
  /// - Returns: false if that thread alone can send it: nothing was done then.
  func post<Arguments>(method: UInt32, _ arguments: Arguments, channel: UInt16, _ thread: OwnerThread) -> Bool {
    var arguments = arguments
    let next = lock.withLock { () -> Next in
      guard let descriptor = gate.descriptor,
        withUnsafeMutablePointer(to: &arguments, { gathered.add(method: method, $0, channel: channel) }) == 0
      else { return .impossible }
      return whatIsLeft(descriptor, thread)
    }
    return perform(next, thread)
  }

  /// What whoever has gathered something is to do.
  private enum Next { case nothing, send(Int32), leave(OutgoingMail), impossible }

  /// Under the lock. `mail` is where it can be left, to be sent with what else is.
  private func whatIsLeft(
    _ descriptor: Int32, _ thread: OwnerThread, _ mail: OutgoingMail? = OwnerThread.outgoing
  ) -> Next {
    guard case .open = gate, !isSending, thread.noteOutput() else { return .nothing }
    if let mail { return .leave(mail) }
    isSending = true
    return .send(descriptor)
  }

  /// Sends what was gathered, unless its connection's thread is awake, or another is at it.
  func sendGathered(_ thread: OwnerThread) {
    let next = lock.withLock { () -> Next in
      guard let descriptor = gate.descriptor else { return .nothing }
      return whatIsLeft(descriptor, thread, nil)
    }
    _ = perform(next, thread)
  }

  private func perform(_ next: Next, _ thread: OwnerThread) -> Bool {
    switch next {
    case .nothing: return true
    case .impossible: return false
    case .leave(let mail):
      mail.add(self, thread)
      return true
    case .send(let descriptor):
      // What cannot be sent, or fails, is for the thread to see to.
      if case .done = send(descriptor, rounds: Self.mostRounds) { return true }
      thread.submit {}
      return true
    }
  }
}

/// send(2), without a signal where nobody reads.
private func systemSend(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
  #if canImport(Darwin)
    // librabbitmq sets SO_NOSIGPIPE.
    send(descriptor, bytes, count, Int32(MSG_DONTWAIT))
  #else
    send(descriptor, bytes, count, Int32(MSG_DONTWAIT | MSG_NOSIGNAL))
  #endif
}
