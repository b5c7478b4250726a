internal import CJansson

/// What this is built of.
package enum Versions {
  /// This package's.
  package static let syrpc = "0.1.0"
  /// jansson's, as linked; before 2.13, as compiled against.
  package static var jansson: String { String(cString: syrpc_jansson_version()) }
}
