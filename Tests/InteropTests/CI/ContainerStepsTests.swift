import InteropSupport
import Testing

/// What `interop/container/steps` takes out of a Dockerfile.
@Suite(.timeLimit(.minutes(10))) struct ContainerStepsTests {
  private func steps(_ stage: Int, of file: String) async throws -> ScriptResult {
    try await withTemporaryFolder { folder in
      try Files.write(Array(file.utf8), to: folder / "Dockerfile")
      return try await script("'\(checkoutFolder)/interop/container/steps' \(stage) '\(folder)/Dockerfile'")
    }
  }

  private static let file = """
    FROM a AS build
    # RUN not this
    COPY . /checkout
    RUN one --prefix /opt \\
      && two
    FROM b
    COPY --from=build /opt /usr/local
    ENV CACHE=/var/cache
    RUN three
    RUN four
    USER 1000
    CMD ["RUN"]
    RUN five

    """

  @Test func theStepsOfAStageAreAScript() async throws {
    #expect(try await steps(1, of: Self.file).lines == ["set -eu", "one --prefix /opt \\", "  && two"])
    #expect(try await steps(2, of: Self.file).lines == ["set -eu", "export CACHE=/var/cache", "three", "four"])
  }

  @Test func aStageThatRunsNothingIsAnError() async throws {
    let result = try await steps(3, of: Self.file)
    #expect(result.ending == .exited(2))
    #expect(result.text.contains("stage 3"))
  }

  @Test func oursBuildsOnceAndSetsUp() async throws {
    let ours = String(decoding: try Files.read(checkoutFolder / "interop/container/Dockerfile"), as: UTF8.self)
    #expect(try await steps(1, of: ours).lines == ["set -eu", "interop/install --prefix /opt/syrpc"])
    #expect(try await steps(2, of: ours).lines.contains { $0.hasPrefix("/usr/local/share/syrpc/interop/setup") })
  }
}
