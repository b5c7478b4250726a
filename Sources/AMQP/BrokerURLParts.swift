internal import Foundation

/// A broker's URL, cut where whoever wrote it meant it to be cut: that tells mistakes which make it another URL, or none.
///
/// A user name or a password with a character that a URL needs for itself ends the part early: in `amqp://me:p#w@host` all
/// from the octothorpe on is a fragment. So the last @ is taken for the end of both, which is right for every URL that can
/// be used: elsewhere an @ is always percent-encoded.
struct BrokerURLParts {
  let usesTLS: Bool
  private let scheme: Substring
  /// User and password as they stand; nil without an @.
  private let userInfo: Substring?
  /// Host and port as they stand.
  private let place: Substring
  /// From the first slash, question mark or octothorpe after the host.
  private let rest: Substring

  /// - Throws: ``BrokerAddressError`` for what no other reading makes good.
  init(_ url: String) throws(BrokerAddressError) {
    guard let separator = url.range(of: "://") else {
      let hasScheme = ["amqp:", "amqps:"].contains { url.lowercased().hasPrefix($0) }
      throw BrokerAddressError(
        hasScheme ? "its scheme is not followed by ://" : "it has no scheme: it has to begin with amqp:// or amqps://")
    }
    scheme = url[..<separator.lowerBound]
    switch scheme.lowercased() {
    case "amqp": usesTLS = false
    case "amqps": usesTLS = true
    default: throw BrokerAddressError("its scheme is neither amqp nor amqps")
    }
    let authority = url[separator.upperBound...]
    guard !authority.contains("://") else {
      throw BrokerAddressError("it has :// twice: each broker has a URL of its own")
    }
    let at = authority.lastIndex(of: "@")
    userInfo = at.map { authority[..<$0] }
    let tail = at.map { authority[authority.index(after: $0)...] } ?? authority
    place = tail.prefix { !"/?#".contains($0) }
    rest = tail[place.endIndex...]
    try checkUserInfo()
    try checkPlace()
  }

  private func checkUserInfo() throws(BrokerAddressError) {
    guard let userInfo else { return }
    let wrong = Self.unencoded(userInfo)
    guard !wrong.isEmpty else { return }
    let list = wrong.map { "\(Self.name($0)) as \(Self.encoded($0))" }.joined(separator: ", ")
    let parts = userInfo.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let user = parts[0].indices.map { index in
      let character = parts[0][index]
      return Self.needsEncoding(parts[0], index) ? Self.encoded(character) : String(character)
    }.joined()
    // The password is left out, and with it what it has to become.
    throw BrokerAddressError(
      "in its user name or password these characters have to be percent-encoded: \(list). Then it is "
        + "\(scheme)://\(user)\(parts.count > 1 ? ":*****" : "")@\(place)\(rest)")
  }

  private func checkPlace() throws(BrokerAddressError) {
    guard !place.contains(",") else {
      throw BrokerAddressError("it names several hosts: each broker has a URL of its own")
    }
    guard !place.contains(where: \.isWhitespace) else { throw BrokerAddressError("its host has white space") }
    guard !place.isEmpty else { throw BrokerAddressError("it names no host\(userInfo == nil ? "" : " after the @")") }
    let isBracketed = place.hasPrefix("[")
    guard isBracketed || place.count(where: { $0 == ":" }) < 2 else {
      throw BrokerAddressError("an IPv6 address has to be in brackets, as in \(scheme)://[::1]:5672")
    }
    let afterHost = isBracketed ? place.drop { $0 != "]" }.dropFirst() : place.drop { $0 != ":" }
    guard afterHost.count < place.count else { throw BrokerAddressError("it names no host") }
    if let port = afterHost.first == ":" ? afterHost.dropFirst() : nil, !port.isEmpty {
      guard let number = Int(port), (1...65535).contains(number), port.utf8.allSatisfy({ (48...57).contains($0) })
      else {
        throw BrokerAddressError("its port is not a number from 1 to 65535")
      }
    }
    guard !rest.contains("#"), !rest.contains("?") else {
      throw BrokerAddressError(
        "it has a query or a fragment, which mean nothing here; in a virtual host ? is written %3F, and # %23")
    }
  }

  // MARK: Percent-encoding

  /// What may stand in a user name or a password as it is (RFC 3986, 3.2.1: unreserved, sub-delims and the colon), and the
  /// per cent sign, which two hexadecimal digits have to follow.
  private static func needsEncoding(_ text: Substring, _ index: Substring.Index) -> Bool {
    let character = text[index]
    guard character != "%" else {
      let digits = text[text.index(after: index)...].prefix(2)
      return digits.count < 2 || !digits.allSatisfy { $0.isASCII && $0.isHexDigit }
    }
    return !(character.isASCII && (character.isLetter || character.isNumber || "-._~!$&'()*+,;=:".contains(character)))
  }

  private static func unencoded(_ text: Substring) -> [Character] {
    var found: [Character] = []
    for index in text.indices where needsEncoding(text, index) && !found.contains(text[index]) {
      found.append(text[index])
    }
    return found
  }

  private static func encoded(_ character: Character) -> String {
    String(character).utf8.map { ($0 < 16 ? "%0" : "%") + String($0, radix: 16, uppercase: true) }.joined()
  }

  /// What a character is called where it would not be seen.
  private static func name(_ character: Character) -> String {
    switch character {
    case " ": "the space"
    case "\t": "the tab"
    case let other where other.isNewline: "the line break"
    case let other where other.isWhitespace || other.unicodeScalars.allSatisfy { $0.value < 32 }: "white space"
    default: String(character)
    }
  }
}
