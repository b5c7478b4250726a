/// Room for the bodies of foreign results that are held, for all queues of a connection together.
final class HeldRoom {
  /// In bytes.
  static let most = 16 << 20

  private var used = 0

  /// Takes room for so many bytes.
  ///
  /// - Returns: false if there is not so much: none was taken.
  func take(_ size: Int) -> Bool {
    guard used + size <= Self.most else { return false }
    used += size
    return true
  }

  func giveBack(_ size: Int) { used -= size }
}
