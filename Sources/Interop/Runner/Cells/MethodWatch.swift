internal import WireTap

/// Tells what methods go over a tap, to one task that waits for some of them.
///
/// Two connections that declare a queue at the same moment can be told by RabbitMQ that its home node is down. Whoever
/// has to be first is therefore watched, and the other comes when it is done.
struct MethodWatch: Sendable {
  private let stream: AsyncStream<Frame.Method>
  private let continuation: AsyncStream<Frame.Method>.Continuation

  init() { (stream, continuation) = AsyncStream.makeStream() }

  /// Sees the frames.
  @Sendable func note(_ connection: Int, _ entry: Transcript.Entry) {
    if let method = entry.frame.method { continuation.yield(method) }
  }

  /// Nothing more comes: nobody has to wait any more.
  func end() { continuation.finish() }

  /// Waits for the next method that is meant.
  ///
  /// - Returns: whether it came, before ``end()``.
  func wait(where isMeant: (Frame.Method) -> Bool) async -> Bool {
    for await method in stream where isMeant(method) { return true }
    return false
  }
}
