#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

/// A moment as RFC 3339 writes it. Foundation's style for that has milliseconds only.
struct UTCTime: CustomStringConvertible {
  private static let secondsPerDay = 86_400
  /// January 1st of 2001, where the numbers of Foundation's dates begin.
  private static let epoch = 876_888 * secondsPerDay

  /// Since the first of ``CivilDay``'s days.
  private let seconds: Int
  private var fraction: Double

  /// nil if the moment is outside of the years 0 to 9999, which alone have a text.
  init?(_ date: Date) {
    let interval = date.timeIntervalSinceReferenceDate
    guard abs(interval) < 1e12 else { return nil }
    // The whole seconds apart: with them a double has no room for all microseconds.
    let microseconds = ((interval - interval.rounded(.down)) * 1e6).rounded()
    let carry = microseconds == 1e6
    seconds = Self.epoch + Int(interval.rounded(.down)) + (carry ? 1 : 0)
    fraction = carry ? 0 : microseconds / 1e6
    guard seconds >= 0, (0...9999).contains(CivilDay(number: seconds / Self.secondsPerDay).year) else { return nil }
  }

  init?(_ text: String) {
    var scanner = TextScanner(text)
    guard let year = scanner.number(4), scanner.take("-") != nil, let month = scanner.number(2),
      scanner.take("-") != nil, let day = scanner.number(2),
      let day = CivilDay(year: year, month: month, day: day), scanner.take("Tt ") != nil,
      let minutes = Self.minutes(&scanner), scanner.take(":") != nil, let second = scanner.number(2), second < 60
    else { return nil }
    fraction = 0
    if scanner.take(".") != nil {
      guard let digits = scanner.digits(), let value = Double("0.\(digits)") else { return nil }
      fraction = value
    }
    guard let offset = Self.offset(&scanner), scanner.isAtEnd else { return nil }
    seconds = day.number * Self.secondsPerDay + (minutes - offset) * 60 + second
  }

  private static func minutes(_ scanner: inout TextScanner) -> Int? {
    guard let hours = scanner.number(2), hours < 24, scanner.take(":") != nil, let minutes = scanner.number(2),
      minutes < 60
    else { return nil }
    return hours * 60 + minutes
  }

  private static func offset(_ scanner: inout TextScanner) -> Int? {
    if scanner.take("Zz") != nil { return 0 }
    guard let sign = scanner.take("+-"), let minutes = minutes(&scanner) else { return nil }
    return sign == "-" ? -minutes : minutes
  }

  var date: Date { Date(timeIntervalSinceReferenceDate: Double(seconds - Self.epoch) + fraction) }

  var description: String {
    let (days, time) = seconds.quotientAndRemainder(dividingBy: Self.secondsPerDay)
    let day = CivilDay(number: days)
    func digits(_ value: Int, _ count: Int) -> String {
      let digits = String(value)
      return String(repeating: "0", count: count - digits.count) + digits
    }
    return "\(digits(day.year, 4))-\(digits(day.month, 2))-\(digits(day.day, 2))"
      + "T\(digits(time / 3600, 2)):\(digits(time / 60 % 60, 2)):\(digits(time % 60, 2))"
      + ".\(digits(Int((fraction * 1e6).rounded()), 6))Z"
  }
}
