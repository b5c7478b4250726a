#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

/// The present moment as ISO 8601 in UTC with milliseconds.
func timestamp() -> String {
  Date.now.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
}
