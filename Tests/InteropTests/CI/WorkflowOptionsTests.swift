import InteropSupport
import Testing

/// Whether the program knows what the workflows and the action ask of it.
@Suite(.timeLimit(.minutes(10)), .enabled(if: Program.path != nil, "needs syrpc")) struct WorkflowOptionsTests {
  /// Each call of `syrpc` in a text: the words of the command, and its options.
  private func calls(in text: String) -> [(command: String, options: [String])] {
    text.replacing("\\\n", with: " ").split(separator: "\n").flatMap { line in
      line.matches(of: Self.call).map { match in
        (String(match.1), match.2.matches(of: #/(?:^|[^a-z-])(--[a-z][a-z-]*)/#).map { String($0.1) })
      }
    }
  }

  /// Where a shell begins a command, or prose quotes one; up to where it ends.
  private static var call: Regex<(Substring, Substring, Substring)> {
    #/(?:^\s*(?:- |RUN )?|run: |exec |then |'' |" |`)syrpc ((?:report |fixtures )?[a-z]+)\b([^|;&`]*)/#
  }

  @Test func everyCommandAndOptionExists() async throws {
    var asked: [String: Set<String>] = [:]
    for folder in ["interop/ci", "interop/action", "interop/container"] {
      for name in try Files.list(checkoutFolder / folder) {
        let text = String(decoding: try Files.read(checkoutFolder / folder / name), as: UTF8.self)
        for (command, options) in calls(in: text) { asked[command, default: []].formUnion(options) }
      }
    }
    // Nothing of what they are there for has escaped.
    #expect(
      Set(asked.keys).isSuperset(of: [
        "interop", "setup", "report merge", "report html", "report junit", "report markdown", "report github",
        "report gitlab", "report compare",
      ]), "\(asked.keys)")
    #expect(
      asked["interop"]?.isSuperset(of: ["--broker", "--shard", "--evidence", "--output", "--touching", "--reference"])
        == true)
    for (command, options) in asked {
      let help = try await script("\"$syrpc\" help \(command)", ["COLUMNS": "80"])
      #expect(help.text.contains("USAGE: syrpc \(command) "), "there is no syrpc \(command)")
      let known = Set(help.text.matches(of: #/--[a-z][a-z-]*/#).map { String($0.output) })
      #expect(options.subtracting(known) == [], "syrpc \(command) does not know them")
    }
  }

  /// The program does not start before its libraries are there, which the script beside it installs.
  @Test func whereTheProgramIsCopiedToTheScriptSetsUp() throws {
    for name in ["ci/github.yml", "ci/gitlab.yml", "container/Dockerfile"] {
      let text = String(decoding: try Files.read(checkoutFolder / "interop" / name), as: UTF8.self)
      #expect(calls(in: text).allSatisfy { $0.command != "setup" }, "\(name)")
      #expect(text.contains("/usr/local/share/syrpc/interop/setup"), "\(name)")
    }
  }

  /// With a slash at the end, the virtual host is the one with the empty name.
  @Test func brokersHaveTheirDefaultVirtualHost() throws {
    for name in ["github.yml", "gitlab.yml"] {
      let text = String(decoding: try Files.read(checkoutFolder / "interop/ci" / name), as: UTF8.self)
      let urls = text.matches(of: #/amqps?:[^\s'"]*/#).map { String($0.output) }
      #expect(!urls.isEmpty && urls.allSatisfy { $0 == "amqp://guest:guest@broker" }, "\(name): \(urls)")
    }
  }

  @Test func whatIsCalledIsFound() {
    let text = """
      name: Build syrpc and what it reads --now
            syrpc interop ${BROKER:+--broker "$BROKER"} --shard "$SHARD/2" | tee --append log
          - syrpc setup
      exec syrpc interop --touching "$PEER" \\
        --require x
      # As `syrpc interop --fresh` does.
      """
    let calls = calls(in: text).map { [$0.command] + $0.options }
    #expect(
      calls == [
        ["interop", "--broker", "--shard"], ["setup"], ["interop", "--touching", "--require"], ["interop", "--fresh"],
      ])
  }
}
