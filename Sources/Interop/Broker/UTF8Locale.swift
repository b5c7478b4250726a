#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// A locale with UTF-8, whatever the caller's is.
enum UTF8Locale {
  /// Its name; nil if this system has none of those that are usual. `C.UTF-8` came with glibc 2.35 and earlier with
  /// Debian; macOS has it since 14 only, but has always had `en_US.UTF-8`.
  static let name: String? = ["C.UTF-8", "C.utf8", "en_US.UTF-8", "POSIX.UTF-8"].first { name in
    guard let locale = newlocale(LC_CTYPE_MASK, name, nil) else { return false }
    freelocale(locale)
    return true
  }
}
