internal import Foundation
package import InteropModel
package import InteropSupport
internal import Subprocess

/// An older Swift: this checkout at a tag, built once into a folder that is kept.
package struct TaggedBuild: Sendable {
  /// What was asked for.
  package let tag: String
  /// The commit that it is, in full.
  package let commit: String
  /// The program `syrpc` of that time.
  package let program: String

  /// Builds it, unless that is done.
  ///
  /// - Parameters:
  ///   - tag: a tag, or anything else that git takes for a commit.
  ///   - peer: what the peer is called, for messages.
  ///   - checkout: whose history.
  ///   - cache: where builds are kept, a folder for each commit.
  ///   - builder: the words of the command that builds what is in `{folder}`.
  ///   - note: is told what takes so long.
  /// - Returns: what was built, now or before.
  /// - Throws: ``InteropError`` if there is no such tag, or it cannot be built.
  package static func make(
    _ tag: String, as peer: String, of checkout: Checkout, cache: String,
    builder: [String] = ["swift", "build", "--package-path", "{folder}", "--product", "syrpc"], note: (String) -> Void
  ) async throws(InteropError) -> TaggedBuild {
    let name = "--reference \(peer)=\(tag)"
    let found = await run(["git", "-C", checkout.folder, "rev-parse", "--verify", "--quiet", "\(tag)^{commit}"])
    guard found.isSuccess else {
      throw InteropError("\(name): there is no such path, and \(checkout.folder) has no such tag")
    }
    let commit = found.output.trimmed
    let folder = cache / "swift-versions" / commit
    let build = TaggedBuild(tag: tag, commit: commit, program: folder / ".build/debug/syrpc")
    let ready = folder / "ready"
    if Files.exists(ready), Files.exists(build.program) { return build }
    note("building Swift at \(tag) (\(commit.prefix(12))), once, in \(folder)")
    try Files.remove(folder)
    try Files.createFolder(cache / "swift-versions")
    for words in [
      ["git", "clone", "--quiet", "--shared", "--no-checkout", checkout.folder, folder],
      ["git", "-C", folder, "checkout", "--quiet", "--detach", commit],
    ] {
      let step = await run(words)
      guard step.isSuccess else {
        throw InteropError("\(name): \(words.joined(separator: " ")): \(step.output.trimmed)")
      }
    }
    let made = await run(builder.map { $0.replacing("{folder}", with: folder) })
    guard made.isSuccess, Files.exists(build.program) else {
      let log = folder / "build.log"
      try Files.write(Array(made.output.utf8), to: log)
      throw InteropError("\(name): it cannot be built; what was printed is in \(log)")
    }
    try Files.write([], to: ready)
    return build
  }

  /// How its adapter is started.
  func command(folder: String) -> PeerCommand {
    PeerCommand(
      executable: program, arguments: ["peer"], environment: [:], folder: folder,
      note: "built from \(tag) (\(commit.prefix(12)))", tag: tag)
  }

  private static func run(_ words: [String]) async -> (isSuccess: Bool, output: String) {
    do {
      let result = try await Subprocess.run(
        .name(words[0]), arguments: Arguments(Array(words.dropFirst())),
        output: .string(limit: 1 << 24), error: .combinedWithOutput)
      return (result.terminationStatus.isSuccess, result.standardOutput)
    } catch { return (false, "\(error)") }
  }
}
