import ArgumentParser
import Foundation
import InteropReport
import InteropSupport

struct HTMLCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "html",
    abstract:
      "One HTML file that needs nothing else: what is wrong and who is to blame, the matrix, each cell with its frames.",
    discussion: "What was kept of cells is looked for beside the report, and shown as far as 15 MB have room for it.")

  @OptionGroup var report: ReportOptions
  @OptionGroup var output: ReportOutput

  func run() throws {
    let folder = URL(filePath: try report.path()).deletingLastPathComponent().path
    try output.write(try HTMLReport(try report.read(), beside: folder).text())
  }
}

struct JUnitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "junit",
    abstract:
      "JUnit XML: a suite for each combination, a case for each cell, and a suite for the quality of each peer.",
    discussion:
      "What is known is skipped with its reason, what is affected with its cause; a failure names who is to blame.")

  @OptionGroup var report: ReportOptions
  @OptionGroup var output: ReportOutput

  func run() throws { try output.write(try JUnitReport.text(try report.read())) }
}

struct TAPCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tap", abstract: "TAP 14 (Test Anything Protocol).",
    discussion: "What is known is TODO with its reason. What an AMQP connection says is shown by syrpc tap.")

  @OptionGroup var report: ReportOptions
  @OptionGroup var output: ReportOutput

  func run() throws { try output.write(TAPReport.text(try report.read())) }
}

struct MarkdownCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "markdown",
    abstract: "Markdown of less than 64 KiB, for a pull request or a CI job's summary.",
    discussion: "Where the environment has GITHUB_STEP_SUMMARY, it is appended to that file as well.")

  @OptionGroup var report: ReportOptions
  @OptionGroup var output: ReportOutput

  func run() throws {
    let text = MarkdownReport(try report.read()).text
    try output.write(text)
    guard let summary = ProcessInfo.processInfo.environment["GITHUB_STEP_SUMMARY"], !summary.isEmpty else { return }
    try Files.append(Array(text.utf8), to: summary)
  }
}

struct GitHubCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "github", abstract: "Annotations of GitHub Actions: to be printed in a step of a job.")

  @OptionGroup var report: ReportOptions
  @OptionGroup var output: ReportOutput

  func run() throws { try output.write(GitHubReport.text(try report.read())) }
}

struct GitLabCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gitlab", abstract: "Code quality JSON of GitLab: the artifact reports:codequality of a job.",
    usage: "syrpc report gitlab [<options>] [<file>]")

  @OptionGroup var report: ReportOptions
  @OptionGroup var output: ReportOutput
  @Option(
    name: .long,
    help: ArgumentHelp(
      "The file of the repository at which all is shown; by default the manifest of the peer to blame.",
      valueName: "file"))
  var path: String?

  func run() throws { try output.write(try GitLabReport.text(try report.read(), path: path)) }
}
