internal import AMQP
internal import NIOConcurrencyHelpers
internal import SyRPCWire

/// A request that a server has taken, with all its deliveries that are not settled.
///
/// The broker delivers a request again when the connection is lost on which it was delivered, or closed since the request
/// took longer than `consumer_timeout`; and a client that was not told that it arrived puts it twice.
final class RequestInHand: Sendable {
  /// The first delivery, with the request.
  let delivered: DeliveredRequest
  private let deliveries: NIOLockedValueBox<[(tag: UInt64, reader: RequestReader)]>

  fileprivate init(_ delivered: DeliveredRequest, _ reader: RequestReader) {
    self.delivered = delivered
    id = (try? delivered.content.get()).map { ResultKey($0.resultID) }
    deliveries = NIOLockedValueBox([(delivered.deliveryTag, reader)])
  }

  fileprivate func join(_ delivered: DeliveredRequest, _ reader: RequestReader) {
    deliveries.withLockedValue { $0.append((delivered.deliveryTag, reader)) }
  }

  /// The request's id, if it can be read.
  fileprivate let id: ResultKey?
  /// How many deliveries there are.
  fileprivate var count: Int { deliveries.withLockedValue { $0.count } }

  /// Whether one of its deliveries can be settled. If not, it comes again.
  fileprivate var isAlive: Bool { deliveries.withLockedValue { $0.contains { !$0.reader.isOver } } }

  /// Acknowledges all its deliveries; those of connections that are gone need it no more.
  ///
  /// - Returns: false if it comes again.
  fileprivate func acknowledge() async -> Bool {
    var isAcknowledged = false
    for (tag, reader) in takeDeliveries() where await reader.acknowledge(tag) { isAcknowledged = true }
    return isAcknowledged
  }

  /// Acknowledges all its deliveries, without waiting.
  ///
  /// - Parameters:
  ///   - soon: does something after a moment, in which others may be acknowledged that can go with it; nil for a moment of
  ///     the thread on which the request came.
  ///   - lost: told for each that comes again instead.
  fileprivate func acknowledge(_ soon: Soon?, lost: @escaping @Sendable () -> Void) {
    for (tag, reader) in takeDeliveries() where reader.settlements.gather(tag, lost: lost) {
      if let soon { soon { reader.settlements.flush() } } else { reader.submit { $0.settlements.flush() } }
    }
  }

  fileprivate func requeue() async {
    for (tag, reader) in takeDeliveries() { await reader.requeue(tag) }
  }

  private func takeDeliveries() -> [(tag: UInt64, reader: RequestReader)] {
    deliveries.withLockedValue { deliveries in
      defer { deliveries.removeAll() }
      return deliveries
    }
  }
}

/// The requests that a server has taken and not yet settled, so that none is done twice at a time.
final class RequestsInHand: Sendable {
  /// For so long a request that was answered may come again, if it could not be acknowledged.
  private static let answeredLifetime = Duration.seconds(600)

  private struct State {
    var requests: [ResultKey: RequestInHand] = [:]
    /// Those whose result is put, but that could not be acknowledged.
    var answered = FadingMemory<Void>(lifetime: answeredLifetime)
  }

  private let state = NIOLockedValueBox(State())

  /// What to do with a delivery.
  enum Taken {
    /// It is to be done.
    case new(RequestInHand)
    /// It is being done, and settled with it.
    case joined
    /// It has been done, and is only to be acknowledged.
    case answered
  }

  /// Takes a delivery, on the thread of its connection: the order is that of the broker.
  func take(_ delivered: DeliveredRequest, by reader: RequestReader) -> Taken {
    let new = RequestInHand(delivered, reader)
    guard let id = new.id, let request = try? delivered.content.get() else { return .new(new) }
    return state.withLockedValue { state in
      if request.isRedelivered, state.answered[id, .now] != nil {
        state.answered.forget(id)
        return .answered
      }
      if let other = state.requests[id], let same = try? other.delivered.content.get() {
        // Another request under an id that is not new is done by itself.
        guard same.type == request.type, same.data == request.data else { return .new(new) }
        other.join(delivered, reader)
        return .joined
      }
      state.requests[id] = new
      return .new(new)
    }
  }

  /// Whether a request is still to be done; if not, it comes again.
  func isToBeDone(_ request: RequestInHand) -> Bool {
    while true {
      let count = request.count
      if request.isAlive { return true }
      // Unless it has come again just now.
      if state.withLockedValue({ state in request.count == count && Self.remove(request, &state) }) { return false }
    }
  }

  /// Acknowledges what has been delivered of a request so far, which is then done.
  ///
  /// - Returns: false if it comes again instead.
  func acknowledgeReceipt(_ request: RequestInHand) async -> Bool {
    while isToBeDone(request) { if await request.acknowledge() { return true } }
    return false
  }

  /// A request is answered: it is acknowledged, by its newest delivery too.
  ///
  /// - Parameters:
  ///   - request: the request.
  ///   - isAcknowledged: whether it was acknowledged when it was begun.
  ///   - soon: does something after a moment, in which others may be answered.
  func finish(_ request: RequestInHand, acknowledged isAcknowledged: Bool, _ soon: Soon? = nil) {
    state.withLockedValue { _ = Self.remove(request, &$0) }
    request.acknowledge(soon) { [self] in
      guard !isAcknowledged, let id = request.id else { return }
      state.withLockedValue { $0.answered.remember((), of: id, at: .now) }
    }
  }

  /// A request goes back to its queue.
  func giveBack(_ request: RequestInHand) async {
    state.withLockedValue { _ = Self.remove(request, &$0) }
    await request.requeue()
  }

  private static func remove(_ request: RequestInHand, _ state: inout State) -> Bool {
    if let id = request.id, state.requests[id] === request { state.requests[id] = nil }
    return true
  }
}
