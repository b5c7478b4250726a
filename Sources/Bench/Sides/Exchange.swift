/// What a side is told to do: a line of JSON on its standard input.
package enum Order: Codable, Sendable {
  /// To a client.
  case run(Load)
  /// To a server.
  case start(concurrency: Int)
  case stop
  case serve(count: Int, concurrency: Int)
  /// To either.
  case usage
}

/// What it answers: a line of JSON on its standard output.
package struct Report: Codable, Sendable {
  /// Why it could not.
  package var error: String?
  /// How long it took, in seconds.
  package var seconds: Double
  /// How often a call, or put, took how long, in nanoseconds.
  package var latencies: [Latency]
  package var usage: Usage

  package struct Latency: Codable, Sendable {
    package var nanoseconds: UInt64
    package var count: UInt64
  }
}

/// Which side a process is.
package enum SideKind: String, CaseIterable, Codable, Sendable { case client, server }
