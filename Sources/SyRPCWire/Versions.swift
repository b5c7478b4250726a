internal import CJansson

/// What this is built of.
package enum Versions {
  /// This package's.
  package static let syrpc = "0.1.0"
  /// jansson's, as linked.
  package static var jansson: String { String(cString: jansson_version_str()) }
}
