/// What a broker says of itself as a connection begins: `product` and `version` of the server properties in
/// connection.start (AMQP 0-9-1 §1.4.2.1).
package struct BrokerIdentity: Hashable, Sendable, CustomStringConvertible {
  /// Such as `RabbitMQ`.
  package let product: String
  /// Such as `3.10.8`.
  package let version: String

  package init(product: String, version: String) {
    self.product = product
    self.version = version
  }

  /// Product and version; as far as they were told.
  package var description: String {
    "\(product.isEmpty ? "a broker that does not say what it is" : product)\(version.isEmpty ? "" : " \(version)")"
  }
}
