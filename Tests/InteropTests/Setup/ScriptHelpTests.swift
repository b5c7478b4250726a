import InteropSupport
import Testing

/// What the scripts of `interop` say of themselves.
@Suite(.timeLimit(.minutes(10))) struct ScriptHelpTests {
  /// Before anything is installed or built: with a toolchain that cannot be found it says the same.
  @Test(arguments: ["run", "test", "docs", "fuzz", "setup", "install", "debian", "brokers"])
  func helpTakesNothing(_ name: String) async throws {
    let result = try await script(
      "PATH=/usr/bin:/bin '\(checkoutFolder)/interop/\(name)' --help", ["SYRPC_SETUP": "none"])
    #expect(result.ending == .exited(0), "\(result.text)")
    #expect(result.text.hasPrefix("usage: interop/\(name)"), "\(result.text)")
  }
}
