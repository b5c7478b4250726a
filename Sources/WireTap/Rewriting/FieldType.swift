/// The types of arguments and properties (§4.2.5).
enum FieldType: Sendable {
  case bit, octet, short, long, longlong, shortText, longText, table

  /// The arguments of the methods that are written anew when they are changed; others pass as they are (§1).
  static let arguments: [String: [(name: String, type: FieldType)]] = [
    "exchange.declare": [
      ("reserved-1", .short), ("exchange", .shortText), ("type", .shortText), ("passive", .bit), ("durable", .bit),
      ("auto-delete", .bit), ("internal", .bit), ("no-wait", .bit), ("arguments", .table),
    ],
    "exchange.declare-ok": [],
    "queue.declare": [
      ("reserved-1", .short), ("queue", .shortText), ("passive", .bit), ("durable", .bit), ("exclusive", .bit),
      ("auto-delete", .bit), ("no-wait", .bit), ("arguments", .table),
    ],
    "queue.declare-ok": [("queue", .shortText), ("message-count", .long), ("consumer-count", .long)],
    "queue.bind": [
      ("reserved-1", .short), ("queue", .shortText), ("exchange", .shortText), ("routing-key", .shortText),
      ("no-wait", .bit), ("arguments", .table),
    ],
    "queue.bind-ok": [],
    "basic.consume": [
      ("reserved-1", .short), ("queue", .shortText), ("consumer-tag", .shortText), ("no-local", .bit),
      ("no-ack", .bit), ("exclusive", .bit), ("no-wait", .bit), ("arguments", .table),
    ],
    "basic.qos": [("prefetch-size", .long), ("prefetch-count", .short), ("global", .bit)],
    "basic.cancel": [("consumer-tag", .shortText), ("no-wait", .bit)],
    "basic.cancel-ok": [("consumer-tag", .shortText)],
    "basic.publish": [
      ("reserved-1", .short), ("exchange", .shortText), ("routing-key", .shortText), ("mandatory", .bit),
      ("immediate", .bit),
    ],
    "basic.deliver": [
      ("consumer-tag", .shortText), ("delivery-tag", .longlong), ("redelivered", .bit), ("exchange", .shortText),
      ("routing-key", .shortText),
    ],
    "basic.get-ok": [
      ("delivery-tag", .longlong), ("redelivered", .bit), ("exchange", .shortText), ("routing-key", .shortText),
      ("message-count", .long),
    ],
    "basic.return": [
      ("reply-code", .short), ("reply-text", .shortText), ("exchange", .shortText), ("routing-key", .shortText),
    ],
    "basic.consume-ok": [("consumer-tag", .shortText)],
    "basic.ack": [("delivery-tag", .longlong), ("multiple", .bit)],
    "basic.reject": [("delivery-tag", .longlong), ("requeue", .bit)],
    "basic.nack": [("delivery-tag", .longlong), ("multiple", .bit), ("requeue", .bit)],
    "connection.start": [
      ("version-major", .octet), ("version-minor", .octet), ("server-properties", .table), ("mechanisms", .longText),
      ("locales", .longText),
    ],
    "connection.tune-ok": [("channel-max", .short), ("frame-max", .long), ("heartbeat", .short)],
    "connection.open": [("virtual-host", .shortText), ("reserved-1", .shortText), ("reserved-2", .bit)],
    "connection.close-ok": [],
  ]

  /// The ids of those that can be made up.
  static let replies: [String: UInt32] = [
    "exchange.declare-ok": 0x28_000B, "queue.declare-ok": 0x32_000B, "queue.bind-ok": 0x32_0015,
    "basic.cancel-ok": 0x3C_001F, "connection.close-ok": 0x0A_0033, "basic.ack": 0x3C_0050, "basic.reject": 0x3C_005A,
  ]

  /// The properties of the class basic with their flags (§1.8.1), in the order of the wire.
  static let properties: [(name: String, type: FieldType, flag: UInt16)] = [
    ("content-type", .shortText, 15), ("content-encoding", .shortText, 14), ("headers", .table, 13),
    ("delivery-mode", .octet, 12), ("priority", .octet, 11), ("correlation-id", .shortText, 10),
    ("reply-to", .shortText, 9), ("expiration", .shortText, 8), ("message-id", .shortText, 7),
    ("timestamp", .longlong, 6), ("type", .shortText, 5), ("user-id", .shortText, 4), ("app-id", .shortText, 3),
    ("cluster-id", .shortText, 2),
  ]
}
