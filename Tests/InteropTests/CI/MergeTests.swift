import Foundation
import InteropSupport
import Testing

/// What `interop/ci/merge` and the composite action make of runs; a script plays `syrpc`.
@Suite(.timeLimit(.minutes(10)), .enabled(if: isInstalled("python3"), "needs python3")) struct MergeTests {
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
            report-compare)
              # Either REPORT REPORT, or --format markdown --fail-on regression --output FILE OLD NEW.
              ! grep -q 'schema 4' -- "$3" "${9:-$3}" 2> /dev/null || { echo 'Error: it is no report' >&2; exit 2; }
              [ $# != 4 ] || exit 0
              status=0
              if cmp -s "$9" "${10}"; then
                result='no difference but times'
              elif grep -q ': true,$' "$9" && ! grep -q ': true,$' "${10}"; then
                status=1 result='something got worse'
              else
                result='nothing got worse'
              fi
              echo "## SyRPC: $result" > "$8"
              [ ! -e '\#(folder)/long' ] || head -c 40000 /dev/zero | tr '\0' y >> "$8"
              exit $status ;;
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

    func baseline(_ name: String, _ report: String) throws {
      try Files.write(Array(report.utf8), to: folder / "baseline" / name / "report.json")
    }

    func merge(
      _ environment: [String: String] = [:], isHeldAgainst baseline: Bool = false
    ) async throws -> SetupSandbox.Outcome {
      try await run(
        "ci/merge", [folder / "shards", output] + (baseline ? [folder / "baseline"] : []), environment)
    }

    func text(_ name: String) throws -> String { String(decoding: try Files.read(folder / name), as: UTF8.self) }
  }

  private func withSandbox(_ body: (Sandbox) async throws -> Void) async throws {
    try await withTemporaryFolder { try await body(Sandbox($0)) }
  }

  private static let good = "{\n  \"as_expected\": true,\n  \"cells\": []\n}\n"
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

  @Test func whatIsDifferentIsOnTop() async throws {
    try await withSandbox { sandbox in
      for (name, old, new) in [
        ("better", Self.bad, Self.good), ("first", nil, Self.good), ("same", Self.good, Self.good),
        ("worse", Self.good, Self.bad), ("old", "schema 4", Self.good),
      ] as [(String, String?, String)] {
        try sandbox.shard("\(name)--1", new)
        if let old { try sandbox.baseline(name, old) }
      }
      #expect(try await sandbox.merge(isHeldAgainst: true).status == 1)
      #expect(
        try sandbox.text("merged/summary.md") == """
          ### SyRPC interoperability

          | run | result | since the default branch |
          | --- | --- | --- |
          | better | as expected | nothing got worse |
          | first | as expected | no earlier report yet |
          | old | as expected | the earlier report cannot be read |
          | same | as expected | no difference but times |
          | worse | **not as expected** | **something got worse** |

          <details open><summary>worse: what got worse</summary>

          ## SyRPC: something got worse

          </details>

          <details><summary>better: what is different</summary>

          ## SyRPC: nothing got worse

          </details>

          <details><summary>worse</summary>

          markdown of \(sandbox.output)/worse/report.json

          </details>

          """)
    }
  }

  @Test func whereThereIsNoEarlierReportItSaysSo() async throws {
    try await withSandbox { sandbox in
      try sandbox.shard("a--1", Self.good)
      #expect(try await sandbox.merge(["SYRPC_FAIL_ON": "regression"], isHeldAgainst: true).status == 0)
      let summary = try sandbox.text("merged/summary.md")
      #expect(summary.contains("\nThere is no report of the default branch yet that this could be held against.\n"))
      #expect(summary.contains("\n| run | result |\n"))
      #expect(try await sandbox.merge().status == 0)
      #expect(try !sandbox.text("merged/summary.md").contains("default branch"), "nobody asked")
    }
  }

  @Test(
    arguments: [
      (good, bad, "", 1), (bad, bad, "", 1), (bad, bad, "regression", 0), (bad, good, "regression", 0),
      (good, bad, "regression", 1), (nil, bad, "regression", 1), ("schema 4", bad, "regression", 1),
      ("schema 4", good, "regression", 0), (good, "gap", "regression", 2), (good, good, "regressions", 2),
    ] as [(String?, String, String, Int32)]
  ) func onlyWhatGotWorseMakesItRedIfThatIsWanted(
    _ old: String?, _ new: String, _ failOn: String, _ status: Int32
  ) async throws {
    try await withSandbox { sandbox in
      try sandbox.shard("a--1", new)
      try sandbox.shard("b--1", Self.good)
      try sandbox.baseline("b", Self.good)
      if let old { try sandbox.baseline("a", old) }
      let outcome = try await sandbox.merge(["SYRPC_FAIL_ON": failOn], isHeldAgainst: true)
      #expect(outcome.status == status, "\(outcome.said)")
      if failOn == "regressions" {
        #expect(outcome.said.contains(#"SYRPC_FAIL_ON is "regressions"; the only value known is regression"#))
      }
    }
  }

  @Test func whatIsKeptIsWhatLaterRunsAreHeldAgainst() async throws {
    try await withSandbox { sandbox in
      try sandbox.baseline("gone", Self.good)
      for name in ["a", "b"] { try sandbox.shard("\(name)--1", name == "b" ? Self.bad : Self.good) }
      try sandbox.shard("c--1", "gap")
      _ = try await sandbox.merge()
      #expect(try await sandbox.run("ci/keep", [sandbox.output, sandbox.folder / "baseline"], [:]).status == 0)
      #expect(try Files.list(sandbox.folder / "baseline") == ["a", "b"])
      _ = try await sandbox.merge(isHeldAgainst: true)
      let summary = try sandbox.text("merged/summary.md")
      #expect(summary.contains("| b | **not as expected** | no difference but times |"), "\(summary)")
    }
  }

  @Test func theSummaryIsShortEnoughWithWhatIsDifferent() async throws {
    try await withSandbox { sandbox in
      try Files.write([], to: sandbox.folder / "long")
      for name in ["a", "b", "c"] {
        try sandbox.shard("\(name)--1", name == "c" ? Self.bad : Self.good)
        try sandbox.baseline(name, name == "c" ? Self.good : Self.bad)
      }
      #expect(try await sandbox.merge(isHeldAgainst: true).status == 1)
      let summary = try sandbox.text("merged/summary.md")
      #expect(summary.contains("| a | as expected (too long to be shown here) | nothing got worse |"))
      #expect(summary.contains("<summary>c: what got worse</summary>"), "what got worse has room first")
      #expect(summary.utf8.count < 65536)
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

  /// The environment of the action's steps.
  private func action(_ sandbox: Sandbox) throws -> (environment: [String: String], report: String) {
    let (copy, runner) = (sandbox.folder / "a b", sandbox.folder / "runner")
    for folder in [copy, runner] { try Files.createFolder(folder) }
    let environment = [
      "RUNNER_TEMP": runner, "GITHUB_OUTPUT": sandbox.folder / "output", "SYRPC_ACTION_PEER": "node",
      "SYRPC_ACTION_PATH": copy, "SYRPC_ACTION_OPTIONS": "--payload 'x*' --fresh",
      "GITHUB_STEP_SUMMARY": sandbox.folder / "steps.md",
    ]
    return (environment, runner / "syrpc-report")
  }

  @Test func theActionRunsTheWorkingCopy() async throws {
    try await withSandbox { sandbox in
      let (environment, report) = try action(sandbox)
      #expect(try await sandbox.run("action/run", ["matrix"], environment).status == 1, "that of syrpc")
      #expect(try sandbox.text("output") == "report=\(report)\n")
      #expect(
        try sandbox.text("calls")
          == "interop --touching node --reference node=\(sandbox.folder)/a b --require node --evidence failing "
          + "--output \(report) --payload 'x*' --fresh\n")
      #expect(try await sandbox.run("action/run", ["reports"], environment).status == 0)
      #expect(try sandbox.text("steps.md") == "markdown of \(report)/report.json\n")
      #expect(Files.exists(report / "report.html"))
    }
  }

  @Test func theActionHoldsAPullRequestAgainstTheDefaultBranch() async throws {
    try await withSandbox { sandbox in
      var (environment, report) = try action(sandbox)
      environment["SYRPC_FAIL_ON"] = "regression"
      environment["GITHUB_EVENT_NAME"] = "pull_request"
      _ = try await sandbox.run("action/run", ["matrix"], environment)
      #expect(try !sandbox.text("calls").contains("--fail-on"), "there is nothing to hold it against")
      #expect(try await sandbox.run("action/run", ["reports"], environment).status == 0)
      #expect(
        try sandbox.text("runner/syrpc-report/summary.md")
          == "Since the default branch: no earlier report yet.\n\nmarkdown of \(report)/report.json\n")

      #expect(try await sandbox.run("action/run", ["keep"], environment).status == 0)
      let baseline = sandbox.folder / "runner/syrpc-baseline/report.json"
      #expect(try Files.read(baseline) == Files.read(report / "report.json"))
      _ = try await sandbox.run("action/run", ["matrix"], environment)
      #expect(
        try sandbox.text("calls").contains(
          "--output \(report) --baseline \(baseline) --fail-on regression --payload 'x*' --fresh\n"))
      #expect(try await sandbox.run("action/run", ["reports"], environment).status == 0)
      #expect(
        try sandbox.text("runner/syrpc-report/summary.md")
          == "## SyRPC: no difference but times\n\nmarkdown of \(report)/report.json\n")
      #expect(try sandbox.text("steps.md").hasSuffix(sandbox.text("runner/syrpc-report/summary.md")))

      // What an older version left is no reason not to run.
      try Files.write(Array("schema 4".utf8), to: baseline)
      try Files.remove(sandbox.folder / "calls")
      _ = try await sandbox.run("action/run", ["matrix"], environment)
      #expect(try sandbox.text("calls").contains("interop ") && !sandbox.text("calls").contains("--baseline"))
    }
  }

  @Test func theActionKnowsWhatItMayFailOn() async throws {
    try await withSandbox { sandbox in
      var environment = try action(sandbox).environment
      environment["SYRPC_FAIL_ON"] = "nothing"
      let outcome = try await sandbox.run("action/run", ["matrix"], environment)
      #expect(outcome.status == 2)
      #expect(outcome.said.contains(#"fail-on is "nothing"; the only value known is regression"#), "\(outcome.said)")
    }
  }
}
