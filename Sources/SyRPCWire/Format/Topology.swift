/// The exchanges, queues and bindings of an application, and where each result goes.
public struct Topology: Hashable, Sendable {
  /// What the topology follows from.
  public let settings: SyRPCSettings

  /// The topology under `settings`.
  public init(_ settings: SyRPCSettings) { self.settings = settings }

  private var requestName: String { "\(settings.appName)_request" }
  private var resultExchangeName: String { "\(settings.appName)_result_exchange" }

  /// Where requests are published.
  public var requestExchange: ExchangeDeclaration { .durableDirect(requestName) }

  /// Where servers take requests from. It never expires.
  public var requestQueue: QueueDeclaration {
    QueueDeclaration(name: requestName, durable: true, exclusive: false, autoDelete: false, arguments: [])
  }

  /// Exchange, queue and routing key of requests have the same name.
  public var requestBinding: Binding { Binding(queue: requestName, exchange: requestName, routingKey: requestName) }

  /// Where results are published.
  public var resultExchange: ExchangeDeclaration { .durableDirect(resultExchangeName) }

  /// The queue of the results whose id hashes to `index`.
  public func resultQueue(at index: Int) -> QueueDeclaration {
    QueueDeclaration(
      name: "\(settings.appName)_result_queue_\(index)", durable: true, exclusive: false, autoDelete: false,
      arguments: [
        .init(name: "x-expires", milliseconds: settings.ttl.wholeMilliseconds ?? 0),
        .init(name: "x-message-ttl", milliseconds: settings.messageTTL.wholeMilliseconds ?? 0),
      ])
  }

  /// The routing key of a result is its queue's index, in decimal.
  public func resultBinding(at index: Int) -> Binding {
    Binding(queue: resultQueue(at: index).name, exchange: resultExchangeName, routingKey: String(index))
  }

  /// The index of the queue that carries the result with this id.
  ///
  /// SipHash-2-4 of the id's UTF-8 under a key that all implementations share; of its 64 bits the low 31 count, since
  /// PHP's integers have a sign (syrpc-python, `common.get_hash`).
  public func resultQueueIndex(for resultID: String) -> Int {
    Int(Self.resultHash(resultID) & 0x7FFF_FFFF) % settings.resultQueueCount
  }

  /// The full hash of a result id, of which ``resultQueueIndex(for:)`` takes the low 31 bits.
  public static func resultHash(_ resultID: String) -> UInt64 {
    var resultID = resultID
    return resultID.withUTF8 { hash.hash(UnsafeRawBufferPointer($0)) }
  }

  private static let hash = SipHash(key: Array("EdaeYa6eesh3ahSh".utf8))
}

extension ExchangeDeclaration {
  fileprivate static func durableDirect(_ name: String) -> ExchangeDeclaration {
    ExchangeDeclaration(name: name, type: "direct", durable: true, autoDelete: false, internal: false)
  }
}
