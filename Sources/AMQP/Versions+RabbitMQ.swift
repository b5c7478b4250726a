internal import CRabbitMQ
package import SyRPCWire

extension Versions {
  /// librabbitmq's, as linked.
  package static var librabbitmq: String { String(cString: amqp_version()) }
}
