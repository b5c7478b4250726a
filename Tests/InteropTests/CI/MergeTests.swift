import Foundation
import InteropSupport
import Testing

/// What `interop/ci/merge` and the composite action make of runs; a script plays `syrpc`.
@Suite(.timeLimit(.minutes(5)), .enabled(if: isInstalled("python3"), "needs python3")) struct MergeTests {
  /// A folder with a program `syrpc` whose reports say what they were made of.
  private struct Sandbox {
    let folder: String
    var output: String { folder / "merged" }

    init(_ folder: String) throws {
      self.folder = folder
      try Files.write(
        Array(
          #"""
          #!/bin/sh
          echo "$*" >> '\#(folder)/calls'
          case $1-$2 in
            interop-*)
              while [ "$1" != --output ]; do shift; done
              echo '{ "as_expected": false }' > "$2/report.json"
              exit 1 ;;
            setup-*) ;;
            report-merge)
              output=$4
              shift 4
              grep -q gap "$@" && { echo 'Error: shard `2` of 3 is missing' >&2; exit 2; }
              cat "$@" > "$output" ;;
            report-gitlab) echo '[{"description": "one"}]' ;;
            *)
              [ "$2" != markdown ] || [ -z "${GITHUB_STEP_SUMMARY:-}" ] || echo twice >> "$GITHUB_STEP_SUMMARY"
              echo "$2 of $3"; [ ! -e '\#(folder)/long' ] || head -c 70000 /dev/zero | tr '\0' x ;;
          esac
          """#.utf8), to: folder / "bin/syrpc")
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder / "bin/syrpc")
    }

    func shard(_ name: String, _ report: String) throws {
      try Files.write(Array(report.utf8), to: folder / "shards" / name / "report.json")
    }

    func run(_ script: String, _ words: [String], _ environment: [String: String]) async throws -> SetupSandbox.Outcome
    {
      let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
      return try await runProgram(
        checkoutFolder / "interop" / script, words,
        environment: ["PATH": "\(folder)/bin:\(path)"].merging(environment) { $1 })
    }

    func merge(_ environment: [String: String] = [:]) async throws -> SetupSandbox.Outcome {
      try await run("ci/merge", [folder / "shards", output], environment)
    }

    func text(_ name: String) throws -> String { String(decoding: try Files.read(folder / name), as: UTF8.self) }
  }

  private func withSandbox(_ body: (Sandbox) async throws -> Void) async throws {
    try await withTemporaryFolder { try await body(Sandbox($0)) }
  }

  private static let good = "{\n  \"as_expected\": true\n}\n"
  private static let bad =
    "{\n  \"as_expected\": false,\n  \"cells\": [{\"observed\": \"\\\"as_expected\\\": true\"}]\n}\n"

  @Test func shardsOfARunAreJoinedAndReported() async throws {
    try await withSandbox { sandbox in
      try sandbox.shard("a-3.13--1", Self.good)
      try sandbox.shard("a-3.13--2", "")
      try sandbox.shard("b--1", Self.good)
      let outcome = try await sandbox.merge(["SYRPC_REPORT_URL": "https://ci.example/1"])
      #expect(outcome.status == 0, "\(outcome.said)")
      #expect(
        try sandbox.text("calls").contains(
          "\(sandbox.output)/a-3.13/report.json \(sandbox.folder)/shards/a-3.13--1/report.json "))
      #expect(try sandbox.text("merged/a-3.13.html") == "html of \(sandbox.output)/a-3.13/report.json\n")
      #expect(try sandbox.text("merged/b.xml") == "junit of \(sandbox.output)/b/report.json\n")
      #expect(
        try sandbox.text("merged/summary.md") == """
          ### SyRPC interoperability

          [All reports](https://ci.example/1)

          | run | result |
          | --- | --- |
          | a-3.13 | as expected |
          | b | as expected |

          """)
    }
  }

  @Test func aRunThatIsNotAsExpectedIsShownAndFails() async throws {
    try await withSandbox { sandbox in
      try sandbox.shard("a--1", Self.good)
      try sandbox.shard("b--1", Self.bad)
      let outcome = try await sandbox.merge()
      #expect(outcome.status == 1)
      let summary = try sandbox.text("merged/summary.md")
      #expect(summary.contains("| b | **not as expected** |"))
      #expect(summary.contains("<details><summary>b</summary>\n\nmarkdown of \(sandbox.output)/b/report.json\n"))
    }
  }

  @Test func aRunWhoseShardsDoNotFitHasNoResultAndTheOthersHave() async throws {
    try await withSandbox { sandbox in
      try sandbox.shard("a--1", "gap")
      try sandbox.shard("b--1", Self.good)
      let outcome = try await sandbox.merge()
      #expect(outcome.status == 2)
      let summary = try sandbox.text("merged/summary.md")
      #expect(summary.contains(#"| a | **no result**: shard \`2\` of 3 is missing |"#), "\(summary)")
      #expect(summary.contains("| b | as expected |"))
    }
  }

  @Test func theSummaryIsShortEnoughForAComment() async throws {
    try await withSandbox { sandbox in
      try Files.write([], to: sandbox.folder / "long")
      try sandbox.shard("a--1", Self.bad)
      #expect(try await sandbox.merge().status == 1)
      let summary = try sandbox.text("merged/summary.md")
      #expect(summary.contains("| a | **not as expected** (too long to be shown here) |"))
      #expect(summary.utf8.count < 65536)
    }
  }

  @Test func noShardsAreNoResult() async throws {
    try await withSandbox { sandbox in
      try Files.createFolder(sandbox.folder / "shards")
      let outcome = try await sandbox.merge()
      #expect(outcome.status == 2)
      #expect(outcome.said.contains("there are no shards in"))
    }
  }

  @Test func eachForgeGetsWhatItReads() async throws {
    try await withSandbox { sandbox in
      for name in ["a--1", "b--1"] { try sandbox.shard(name, Self.good) }
      #expect(try await sandbox.merge(["GITLAB_CI": "true"]).status == 0)
      #expect(
        try sandbox.text("merged/code-quality.json") == #"[{"description": "one"}, {"description": "one"}]"#)
      let steps = sandbox.folder / "steps.md"
      #expect(try await sandbox.merge(["GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": steps]).status == 0)
      #expect(try sandbox.text("steps.md") == sandbox.text("merged/summary.md"))
      #expect(try sandbox.text("calls").contains("report github \(sandbox.output)/b/report.json"))
    }
  }

  @Test func theActionRunsTheWorkingCopy() async throws {
    try await withSandbox { sandbox in
      let (copy, runner) = (sandbox.folder / "a b", sandbox.folder / "runner")
      for folder in [copy, runner] { try Files.createFolder(folder) }
      let environment = [
        "RUNNER_TEMP": runner, "GITHUB_OUTPUT": sandbox.folder / "output", "SYRPC_ACTION_PEER": "node",
        "SYRPC_ACTION_PATH": copy, "SYRPC_ACTION_OPTIONS": "--payload 'x*' --fresh",
        "GITHUB_STEP_SUMMARY": sandbox.folder / "steps.md",
      ]
      #expect(try await sandbox.run("action/run", ["matrix"], environment).status == 1, "that of syrpc")
      #expect(try sandbox.text("output") == "report=\(runner)/syrpc-report\n")
      #expect(
        try sandbox.text("calls")
          == "interop --touching node --reference node=\(copy) --require node --evidence failing "
          + "--output \(runner)/syrpc-report --payload 'x*' --fresh\n")
      #expect(try await sandbox.run("action/run", ["reports"], environment).status == 0)
      #expect(try sandbox.text("steps.md") == "markdown of \(runner)/syrpc-report/report.json\n")
      #expect(Files.exists(runner / "syrpc-report/report.html"))
    }
  }
}
