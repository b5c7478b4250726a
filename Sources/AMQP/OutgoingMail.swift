/// What a thread sends for connections that are not its own, when it has done what it is at: many messages go with one call of
/// the system then.
///
/// Of the one thread alone.
final class OutgoingMail: @unchecked Sendable {
  /// After so many messages it is sent, however many follow in the same job.
  private static let most = 16

  private var count = 0
  private var senders: [(outbox: Outbox, thread: OwnerThread)] = []

  /// Something was gathered in an outbox whose own thread sleeps.
  func add(_ outbox: Outbox, _ thread: OwnerThread) {
    if !senders.contains(where: { $0.outbox === outbox }) { senders.append((outbox, thread)) }
    count += 1
    if count >= Self.most { send() }
  }

  /// Sends it, unless another thread is at it.
  func send() {
    guard !senders.isEmpty else { return }
    count = 0
    let senders = senders
    self.senders.removeAll(keepingCapacity: true)
    for (outbox, thread) in senders { outbox.sendGathered(thread) }
  }
}
