/// A day of the Gregorian calendar, which here has no beginning, as ISO 8601 demands; Foundation's is Julian up to 1582.
///
/// The calculation is Howard Hinnant's (https://howardhinnant.github.io/date_algorithms.html), for the years from -400.
struct CivilDay: Equatable {
  let year: Int
  let month: Int
  let day: Int

  /// nil if there is no such day.
  init?(year: Int, month: Int, day: Int) {
    guard (1...12).contains(month), (1...31).contains(day) else { return nil }
    (self.year, self.month, self.day) = (year, month, day)
    guard CivilDay(number: number) == self else { return nil }
  }

  init(number: Int) {
    let (era, dayOfEra) = number.quotientAndRemainder(dividingBy: 146_097)
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    year = yearOfEra + era * 400 - 400 + (month <= 2 ? 1 : 0)
  }

  /// Counted from March 1st of the year -400: the leap day is a year's last, and nothing is negative.
  var number: Int {
    let years = year + 400 - (month <= 2 ? 1 : 0)
    let monthFromMarch = (month + 9) % 12
    return 365 * years + years / 4 - years / 100 + years / 400 + (153 * monthFromMarch + 2) / 5 + day - 1
  }
}
