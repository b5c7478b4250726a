internal import Foundation
package import InteropModel
internal import InteropSupport
internal import Subprocess

extension LocalReference {
  /// Looks at a path: a folder, or a file in one.
  package static func at(_ path: String) async -> LocalReference {
    let folder = Files.isFolder(path) ? path : URL(filePath: path).deletingLastPathComponent().path
    // What is installed somewhere inside another repository is not at that one's commit.
    guard let tracked = await git(folder, "ls-tree", "--name-only", "HEAD"), !tracked.isEmpty,
      let commit = await git(folder, "rev-parse", "--short=12", "HEAD")?.trimmed, !commit.isEmpty
    else {
      return LocalReference(path: path, commit: nil, isModified: false)
    }
    // Of the path alone: what else is in the repository is not tested.
    let changes = await git(folder, "status", "--porcelain", "--untracked-files=no", "--", ".") ?? ""
    return LocalReference(path: path, commit: commit, isModified: !changes.isEmpty)
  }

  /// What git prints; nil if it fails, or is not there.
  private static func git(_ folder: String, _ arguments: String...) async -> String? {
    let result = try? await Subprocess.run(
      .name("git"), arguments: Arguments(["-C", folder] + arguments), output: .string(limit: 1 << 16), error: .discarded
    )
    guard let result, result.terminationStatus.isSuccess else { return nil }
    return result.standardOutput
  }
}
