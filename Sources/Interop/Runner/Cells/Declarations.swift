package import AMQP
internal import InteropBroker
internal import InteropSupport
internal import Logging
internal import NIOConcurrencyHelpers
internal import SyRPCWire
internal import WireTap

/// What a run has declared on a broker that is somebody else's, so that all of it can be deleted in the end.
///
/// It is read from the wire, so it has what a peer declared by mistake as well, and what a cell that was interrupted did.
package final class Declarations: Sendable {
  /// An exchange or a queue.
  package struct Name: Hashable, Sendable, Comparable, CustomStringConvertible {
    package enum Kind: String, Sendable { case queue, exchange }
    package let kind: Kind
    package let name: String
    package let virtualHost: String

    package var description: String { "\(kind.rawValue) \(name) in virtual host \(virtualHost)" }

    package static func < (left: Name, right: Name) -> Bool {
      // Queues first: to delete an exchange with queues takes its bindings away one by one.
      (left.virtualHost, right.kind.rawValue, left.name) < (right.virtualHost, left.kind.rawValue, right.name)
    }
  }

  private let names = NIOLockedValueBox<Set<Name>>([])
  /// Whether something by this name can only be the run's.
  private let isOwn: @Sendable (Name) -> Bool

  /// - Parameter isOwn: whether something by a name can only be the run's; what may be another's is not deleted.
  package init(isOwn: @escaping @Sendable (Name) -> Bool) { self.isOwn = isOwn }

  /// Notes what a frame declares.
  func note(_ entry: Transcript.Entry, virtualHost: String) {
    guard entry.direction == .toBroker, let method = entry.frame.method, method.fields["passive"]?.boolValue != true
    else { return }
    switch method.name {
    case "queue.declare": note(.queue, method.fields["queue"]?.stringValue, virtualHost)
    case "exchange.declare": note(.exchange, method.fields["exchange"]?.stringValue, virtualHost)
    default: break
    }
  }

  /// Notes what is declared without a tap.
  func note(_ kind: Name.Kind, _ name: String?, _ virtualHost: String) {
    // The broker's own names, and those that it is asked to make up.
    guard let name, !name.isEmpty, !name.hasPrefix("amq.") else { return }
    _ = names.withLockedValue { $0.insert(Name(kind: kind, name: name, virtualHost: virtualHost)) }
  }

  /// Notes that something is deleted.
  func forget(_ kind: Name.Kind, _ name: String, _ virtualHost: String) {
    _ = names.withLockedValue { $0.remove(Name(kind: kind, name: name, virtualHost: virtualHost)) }
  }

  /// Deletes what there still is.
  ///
  /// It does not answer cancellation, since it is what a run that was interrupted ends with.
  ///
  /// - Parameters:
  ///   - address: the broker.
  ///   - limit: how long it may take.
  /// - Returns: what is left, each with the reason.
  package func deleteAll(from address: BrokerAddress, within limit: Duration = .seconds(30)) async -> [String] {
    await Task { await delete(names.withLockedValue { $0 }.sorted(), address, by: .now + limit) }.value
  }

  private func delete(_ names: [Name], _ address: BrokerAddress, by deadline: ContinuousClock.Instant) async -> [String]
  {
    var left: [String] = []
    var connection: AMQPConnection?
    var virtualHost = ""
    var failure: (any Error)?
    for name in names {
      guard isOwn(name) else {
        left.append("\(name): its name is not of this run, so it may have been there before")
        continue
      }
      if let failure {
        left.append("\(name): \(failure)")
        continue
      }
      do {
        if connection == nil || name.virtualHost != virtualHost {
          await connection?.close()
          connection = nil
          virtualHost = name.virtualHost
          var there = address
          there.virtualHost = virtualHost
          connection = try await AMQPConnection.open(
            there, .patient("SyRPC interop, tidying"), logger: Logger(label: "syrpc.interop"))
        }
        switch name.kind {
        case .queue: try await connection?.deleteQueue(name.name)
        case .exchange: try await connection?.deleteExchange(name.name)
        }
        self.forget(name.kind, name.name, name.virtualHost)
      } catch {
        left.append("\(name): \(error)")
        // An exception of the broker's is about this one alone, and ends the connection; without one, or in time, nothing
        // more can be done.
        if connection == nil || deadline < .now { failure = error }
        connection = nil
      }
    }
    await connection?.close()
    return left
  }
}
