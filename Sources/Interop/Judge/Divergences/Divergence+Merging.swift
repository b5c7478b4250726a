package import InteropModel
package import InteropSupport

extension Divergence {
  /// The divergences of a checkout, with those of other files in place of what it says of the same.
  ///
  /// - Parameters:
  ///   - checkout: whose list.
  ///   - files: other lists, such as an implementation's own.
  /// - Returns: all of them.
  /// - Throws: ``InteropError`` that names the file and the entry, also if what it names does not exist.
  package static func read(_ checkout: Checkout, replacedBy files: [String]) throws(InteropError) -> [Divergence] {
    var divergences = try read(checkout.divergences)
    for file in files { divergences = divergences.replacing(with: try read(file)) }
    try DivergenceNames(checkout).check(divergences)
    return divergences
  }
}

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
