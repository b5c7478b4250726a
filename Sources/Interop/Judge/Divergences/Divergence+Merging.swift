extension Array where Element == Divergence {
  /// The list with another one's entries: what that says of a check of a peer in a role takes the place of what stands here.
  ///
  /// An implementation's own repository can carry what is known of it, and is ahead of this list then.
  package func replacing(with others: [Divergence]) -> [Divergence] {
    filter { entry in
      !others.contains { $0.peer == entry.peer && $0.role == entry.role && $0.check == entry.check }
    } + others
  }
}
