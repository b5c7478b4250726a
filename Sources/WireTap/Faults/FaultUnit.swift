/// Times and rates as rules have them: a whole number and a unit.
enum FaultUnit {
  private typealias Unit = (name: String, size: Int)
  private static let times: [Unit] = [("s", 1_000_000_000), ("ms", 1_000_000), ("us", 1000)]
  private static let rates: [Unit] = [
    ("MiB/s", 1 << 20), ("MB/s", 1_000_000), ("KiB/s", 1 << 10), ("kB/s", 1000), ("B/s", 1),
  ]
  static let timeNames = times.map(\.name)
  static let rateNames = rates.map(\.name)

  /// Longer than this is no delay that anybody means.
  static let longest = Duration.seconds(3600)
  /// 1 TiB/s, in bytes: far beyond what a tap can pass.
  static let fastest = 1 << 40

  /// A time from 1 µs to an hour; nil if it is none.
  static func time(_ text: Substring) -> Duration? {
    guard let nanoseconds = value(text, times) else { return nil }
    let time = Duration.nanoseconds(nanoseconds)
    return time > .zero && time <= longest ? time : nil
  }

  /// Bytes a second, from 1 to ``fastest``; nil if it is none.
  static func bytesPerSecond(_ text: Substring) -> Int? {
    guard let rate = value(text, rates) else { return nil }
    return (1...fastest).contains(rate) ? rate : nil
  }

  /// In the largest unit of which it is a whole multiple; less than a microsecond is left out.
  static func text(_ time: Duration) -> String { text(Int(time / .microseconds(1)) * 1000, times) }
  static func text(bytesPerSecond rate: Int) -> String { text(rate, rates) }

  /// A number written with digits alone; nil if it is none, or too large.
  static func wholeNumber(_ text: Substring) -> Int? {
    text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(text) : nil
  }

  private static func value(_ text: Substring, _ units: [Unit]) -> Int? {
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    guard let number = wholeNumber(digits), let unit = units.first(where: { $0.name == text.dropFirst(digits.count) })
    else { return nil }
    let (value, overflows) = number.multipliedReportingOverflow(by: unit.size)
    return overflows ? nil : value
  }

  private static func text(_ value: Int, _ units: [Unit]) -> String {
    guard let unit = units.first(where: { value.isMultiple(of: $0.size) }) else { return "\(value)" }
    return "\(value / unit.size)\(unit.name)"
  }
}
