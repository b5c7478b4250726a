extension Collection<UInt8> {
  /// How many bytes precede the first that is no part of well-formed UTF-8 (RFC 3629); nil if there is none.
  package var offsetOfInvalidUTF8: Int? {
    var parser = Unicode.UTF8.ForwardParser()
    var (iterator, offset) = (makeIterator(), 0)
    while true {
      switch parser.parseScalar(from: &iterator) {
      case .valid(let character): offset += character.count
      case .error: return offset
      case .emptyInput: return nil
      }
    }
  }
}
