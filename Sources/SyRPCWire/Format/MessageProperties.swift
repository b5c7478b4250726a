/// The content properties of SyRPC's messages (AMQP 0-9-1, basic class). All references agree on the first two.
public enum MessageProperties {
  /// `content_type`.
  public static let contentType = "application/json"
  /// `content_encoding`.
  public static let contentEncoding = "utf-8"
  /// `delivery_mode` 2: the message survives a restart of the broker.
  public static let persistentDeliveryMode: UInt8 = 2
}
