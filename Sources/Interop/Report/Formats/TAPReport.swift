internal import SyRPCWire

/// A report in the Test Anything Protocol, version 14. What is known is a test that is to fail (`TODO`).
package enum TAPReport {
  package static func text(_ report: Report) -> String {
    let cases = ReportCases(report).suites.flatMap(\.cases)
    let lines = cases.enumerated().flatMap { number, one in
      let name = escaped("\(one.group) \(one.name)")
      return switch one.outcome {
      case .passed: ["ok \(number + 1) - \(name)"]
      case .known(let reason): ["not ok \(number + 1) - \(name) # TODO known: \(escaped(reason))"]
      case .affected(let cause): ["ok \(number + 1) - \(name) # SKIP affected by \(escaped(cause))"]
      case .failed(_, let message, let details), .undecided(let message, let details):
        ["not ok \(number + 1) - \(name)"] + diagnostics(message, details)
      }
    }
    return (["TAP version 14", "1..\(cases.count)"] + lines).joined(separator: "\n") + "\n"
  }

  /// A block of YAML: strings in double quotes, as JSON has them.
  private static func diagnostics(_ message: String, _ details: [String]) -> [String] {
    let details = details.isEmpty ? [] : ["  details:"] + details.map { "    - \(JSON.string($0))" }
    return ["  ---", "  message: \(JSON.string(message))"] + details + ["  ..."]
  }

  /// A text in which `#` begins no directive.
  private static func escaped(_ text: String) -> String {
    text.replacing("\\", with: "\\\\").replacing("#", with: "\\#")
  }
}
