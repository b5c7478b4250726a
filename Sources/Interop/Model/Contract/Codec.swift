package import InteropSupport

/// A way to encode a body that the harness can read, by its name in content_encoding.
package enum Codec: String, CaseIterable, Sendable {
  /// The text as it is.
  case identity = "utf-8"
  /// RFC 1952.
  case gzip
  /// The zlib format, RFC 1950, which HTTP calls so.
  case deflate

  /// The text of a body.
  ///
  /// - Throws: ``InteropError`` that says why it is none.
  package func decoded(_ body: [UInt8]) throws(InteropError) -> [UInt8] {
    switch self {
    case .identity: body
    case .gzip: try Inflate.gzip(body)
    case .deflate: try Inflate.zlib(body)
    }
  }
}
