/// What is measured together, in turn for all contenders.
package struct BenchRow: Codable, Hashable, Sendable {
  package enum Kind: Codable, Hashable, Sendable {
    /// Calls, by a client and a server that runs.
    case call
    /// So many requests are put while no server runs.
    case put(count: Int)
    /// A server answers so many requests that are there.
    case serve(count: Int)
  }

  package let name: String
  package let kind: Kind
  package let outstanding: Int
  /// Bytes of the request's `data`.
  package let body: Int

  /// Whether it is one small call after the other, which adapters can do as well.
  package var isSingleCall: Bool { kind == .call && outstanding == 1 && body == 32 }

  /// All rows, in the order in which they are shown.
  package static let all: [BenchRow] =
    [1, 8, 64, 256, 1024].map { BenchRow(name: "call, \($0) outstanding", kind: .call, outstanding: $0, body: 32) }
    + [
      BenchRow(name: "put, 64 outstanding", kind: .put(count: 5000), outstanding: 64, body: 32),
      BenchRow(name: "serve 5000", kind: .serve(count: 5000), outstanding: 64, body: 32),
    ]
    + [("1 KiB", 1024), ("64 KiB", 65536), ("1 MiB", 1 << 20)].map {
      BenchRow(name: "call, 8 outstanding, \($0.0)", kind: .call, outstanding: 8, body: $0.1)
    }
}
