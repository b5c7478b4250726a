internal import Synchronization

/// A value that is set later, from anywhere.
final class Mailbox<Value: Sendable>: Sendable {
  private let content = Mutex<Value?>(nil)
  var value: Value? { content.withLock { $0 } }
  func set(_ value: Value) { content.withLock { $0 = value } }
}

/// A reference that does not keep its object alive.
final class WeakBox<Object: AnyObject & Sendable>: Sendable {
  private struct Reference { weak var object: Object? }
  private let reference = Mutex(Reference())
  var value: Object? { reference.withLock { $0.object } }
  func set(_ object: Object) { reference.withLock { $0.object = object } }
}
