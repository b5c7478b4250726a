/// A local checkout that stands in for a peer's release, and which state of it was tested.
package struct LocalReference: Sendable, Hashable {
  package let path: String
  /// The commit that is checked out there, shortened; nil if the path is in no git repository.
  package let commit: String?
  /// Whether tracked files differ from that commit.
  package let isModified: Bool

  package init(path: String, commit: String?, isModified: Bool) {
    self.path = path
    self.commit = commit
    self.isModified = isModified
  }

  /// `/path at 0ae391c5b9db, modified`.
  package var shown: String {
    [path, commit.map { " at \($0)" } ?? "", isModified ? ", modified" : ""].joined()
  }
}
