/// What a client is to do, for a time or so often.
package struct Load: Codable, Hashable, Sendable {
  package enum Kind: String, Codable, Sendable {
    /// Requests are put, and their results waited for.
    case call
    /// Requests are put.
    case put
  }

  package var kind: Kind
  /// How many there are at a time.
  package var outstanding: Int
  /// For how long others are begun, in seconds; 0 if ``count`` says.
  package var seconds: Double
  /// How many there are; 0 if ``seconds`` says.
  package var count: Int
  /// The request's `data` is a string of so many bytes.
  package var body: Int

  package init(_ kind: Kind, outstanding: Int, seconds: Double = 0, count: Int = 0, body: Int) {
    self.kind = kind
    self.outstanding = outstanding
    self.seconds = seconds
    self.count = count
    self.body = body
  }
}

/// Makes the load. What is measured is between its calls, so it is as slight as can be.
protocol LoadClient: Sendable {
  /// Returns when all that was begun is done; `record` is told how long each took, on any thread.
  func run(_ load: Load, record: @escaping @Sendable (_ nanoseconds: UInt64) -> Void) async throws
  func close() async
}

/// Answers every request with its own data.
protocol LoadServer: Sendable {
  /// Serves until it is told to stop.
  func start(concurrency: Int) async throws
  /// Returns when what was taken is done.
  func stop() async throws
  /// Serves so many.
  func serve(count: Int, concurrency: Int) async throws
  func close() async
}
