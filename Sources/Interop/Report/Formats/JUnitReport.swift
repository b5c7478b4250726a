internal import Foundation
internal import Mustache

/// A report as JUnit XML, as GitLab, Jenkins and the like show it.
package enum JUnitReport {
  /// What is known is skipped with its reason, what is affected is skipped with its cause, and what nobody can be blamed for
  /// is an error.
  ///
  /// - Throws: `MustacheTemplate.Error`, never.
  package static func text(_ report: Report) throws -> String {
    try Markup.template(template).render(Document(report))
  }

  private static let template = """
    <?xml version="1.0" encoding="UTF-8"?>
    <testsuites name="syrpc interop" {{{counts}}} time="{{time}}">
    {{#suites}}
      <testsuite name="{{name}}" {{{counts}}} time="{{time}}" timestamp="{{timestamp}}">
    {{#hasProperties}}
        <properties>
    {{#properties}}
          <property name="{{name}}" value="{{value}}"/>
    {{/properties}}
        </properties>
    {{/hasProperties}}
    {{#cases}}
        <testcase classname="{{classname}}" name="{{name}}" time="{{time}}">{{#outcome}}<{{element}} message="{{message}}"{{#type}} type="{{.}}"{{/type}}>{{details}}</{{element}}>{{/outcome}}</testcase>
    {{/cases}}
      </testsuite>
    {{/suites}}
    </testsuites>

    """

  private struct Document {
    let counts: String
    let time: String
    let suites: [Suite]

    init(_ report: Report) {
      // The time zone is not part of the format that readers take.
      let started = report.run.started.hasSuffix("Z") ? String(report.run.started.dropLast()) : report.run.started
      let all = ReportCases(report).suites
      counts = JUnitReport.counts(all.flatMap(\.cases))
      time = JUnitReport.seconds(report.run.seconds)
      suites = all.map { Suite($0, started) }
    }
  }

  private struct Suite {
    let name: String
    let counts: String
    let time: String
    let timestamp: String
    let hasProperties: Bool
    let properties: [Property]
    let cases: [Case]

    init(_ suite: ReportCases.Suite, _ started: String) {
      name = suite.name
      counts = JUnitReport.counts(suite.cases)
      time = JUnitReport.seconds(suite.cases.map(\.seconds).reduce(0, +))
      timestamp = started
      hasProperties = !suite.properties.isEmpty
      properties = suite.properties.map(Property.init)
      cases = suite.cases.map(Case.init)
    }
  }

  private struct Property {
    let name: String
    let value: String
  }

  private struct Case {
    let classname: String
    let name: String
    let time: String
    /// Nil if it passed.
    let outcome: Outcome?

    init(_ one: ReportCases.Case) {
      classname = one.group
      name = one.name
      time = JUnitReport.seconds(one.seconds)
      outcome = Outcome(one.outcome)
    }
  }

  private struct Outcome {
    let element: String
    let message: String
    let type: String?
    let details: String

    init?(_ outcome: ReportCases.Outcome) {
      switch outcome {
      case .passed: return nil
      case .known(let reason): self.init("skipped", "known: \(reason)")
      case .affected(let cause): self.init("skipped", "affected by \(cause)")
      case .failed(let check, let message, let details): self.init("failure", message, type: check, details)
      case .undecided(let message, let details): self.init("error", message, type: "undecided", details)
      }
    }

    private init(_ element: String, _ message: String, type: String? = nil, _ details: [String] = []) {
      self.element = element
      self.message = message
      self.type = type
      self.details = details.joined(separator: "\n")
    }
  }

  private static func counts(_ cases: [ReportCases.Case]) -> String {
    var (failures, errors, skipped) = (0, 0, 0)
    for one in cases {
      switch one.outcome {
      case .passed: break
      case .known, .affected: skipped += 1
      case .failed: failures += 1
      case .undecided: errors += 1
      }
    }
    return #"tests="\#(cases.count)" failures="\#(failures)" errors="\#(errors)" skipped="\#(skipped)""#
  }

  private static func seconds(_ seconds: Double) -> String {
    seconds.formatted(.number.precision(.fractionLength(3)).grouping(.never).locale(Locale(identifier: "en_US_POSIX")))
  }
}
