internal import NIOConcurrencyHelpers

/// A value that is set later, from anywhere.
package final class Mailbox<Value: Sendable>: Sendable {
  private let content = NIOLockedValueBox<Value?>(nil)
  package init() {}
  package var value: Value? { content.withLockedValue { $0 } }
  package func set(_ value: Value) { content.withLockedValue { $0 = value } }
  package func clear() { content.withLockedValue { $0 = nil } }
}

/// A reference that does not keep its object alive.
final class WeakBox<Object: AnyObject & Sendable>: Sendable {
  private struct Reference { weak var object: Object? }
  private let reference = NIOLockedValueBox(Reference())
  var value: Object? { reference.withLockedValue { $0.object } }
  func set(_ object: Object) { reference.withLockedValue { $0.object = object } }
}
