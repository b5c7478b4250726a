import Foundation
import SeededRandom
import SyRPCWire
import Testing

@Suite struct CodableFoundationTypeTests {
  private func failure<T: Decodable>(_ json: JSON, as type: T.Type) -> String? {
    decodingFailure { _ = try JSON.array([json]).decoded(as: [T].self) }
  }

  @Test(
    arguments: [
      (0, "2001-01-01T00:00:00.000000Z"), (-978_307_200, "1970-01-01T00:00:00.000000Z"),
      (-978_307_200.25, "1969-12-31T23:59:59.750000Z"), (730_901_106.123456, "2024-02-29T12:05:06.123456Z"),
      (-0.0000001, "2001-01-01T00:00:00.000000Z"), (0.9999999, "2001-01-01T00:00:01.000000Z"),
      (-63_145_526_400, "0000-01-01T00:00:00.000000Z"), (252_423_993_599, "9999-12-31T23:59:59.000000Z"),
      (-13_201_142_400, "1582-09-04T00:00:00.000000Z"),
    ] as [(Double, String)])
  func dates(_ interval: Double, _ text: String) throws {
    let date = Date(timeIntervalSinceReferenceDate: interval)
    #expect(try JSON(encoding: ["d": date]) == ["d": .string(text)])
    let back = try JSON.string(text).decoded(as: Date.self)
    #expect(abs(back.timeIntervalSince(date)) <= 0.5e-6)
    #expect(try JSON(encoding: back) == .string(text))
  }

  @Test func datesAreThoseOfFoundation() throws {
    var generator = Seeded(2)
    for _ in 0..<2000 {
      // Foundation's calendar is Julian before October 15th of 1582.
      let date = Date(
        timeIntervalSince1970: Double(Int.random(in: -12_219_292_800...253_402_300_799, using: &generator)))
      let text = try #require(try JSON(encoding: date).stringValue)
      #expect(text == date.formatted(.iso8601).replacing("Z", with: ".000000Z"))
      #expect(try JSON.string(text).decoded() == date)
    }
  }

  @Test(arguments: [
    "2024-02-29T12:00:00Z", "2024-02-29t12:00:00.0z", "2024-02-29T13:30:00+01:30",
    "2024-02-28 23:00:00.000000000-13:00",
  ])
  func otherSpellingsOfDates(_ text: String) throws {
    #expect(try JSON.string(text).decoded(as: Date.self) == Date(timeIntervalSinceReferenceDate: 730_900_800))
  }

  @Test(arguments: [
    "", "2024-02-29", "2023-02-29T00:00:00Z", "2024-02-29T12:00:00", "2024-13-01T00:00:00Z", "2024-00-01T00:00:00Z",
    "2024-01-00T00:00:00Z", "2024-01-01T24:00:00Z", "2024-01-01T00:60:00Z", "2024-01-01T00:00:60Z",
    "x2024-02-29T12:00:00Z",
    "2024-02-29T12:00:00.Z", "2024-02-29T12:00:00+0100", "2024-02-29T12:00:00+24:00", "٢٠٢٤-02-29T12:00:00Z",
  ])
  func whatIsNoDate(_ text: String) {
    #expect(
      failure(.string(text), as: Date.self)
        == "dataCorrupted [0]: \(text.debugDescription) is not a date and time of RFC 3339")
  }

  @Test(arguments: [Double.nan, .infinity, 252_423_993_600, -63_145_526_401, 1e300, -1e18])
  func datesWithoutAText(_ interval: Double) {
    let date = Date(timeIntervalSinceReferenceDate: interval)
    #expect(encodingFailure { _ = try JSON(encoding: [date]) } == "[0]: the date is not in the years 0 to 9999")
  }

  @Test func dataURLAndUUID() throws {
    #expect(try JSON(encoding: [Data("a?>".utf8), Data()]) == ["YT8+", ""])
    #expect(try JSON.array(["YT8+", ""]).decoded() == [Data("a?>".utf8), Data()])
    #expect(failure("Y", as: Data.self) == #"dataCorrupted [0]: "Y" is not base64"#)

    let url = try #require(URL(string: "https://example.org/a%20b?c=d#e"))
    #expect(try JSON(encoding: [url]) == ["https://example.org/a%20b?c=d#e"])
    #expect(try JSON.array(["https://example.org/a%20b?c=d#e"]).decoded() == [url])
    #expect(failure("", as: URL.self) == #"dataCorrupted [0]: "" is not a URL"#)

    let id = UUID()
    #expect(try JSON(encoding: [id]) == [.string(id.uuidString)])
    #expect(try JSON.array([.string(id.uuidString)]).decoded() == [id])
    #expect(failure("x", as: UUID.self)?.hasPrefix("dataCorrupted [0]: ") == true)
  }

  @Test func noneIsReadFromANumberOrNull() {
    #expect(failure(1, as: Date.self) == "typeMismatch(Date) [0]: expected a string, found an integer")
    #expect(failure(1.5, as: Data.self) == "typeMismatch(Data) [0]: expected a string, found a real number")
    #expect(failure(nil, as: URL.self) == "valueNotFound(URL) [0]: expected a string, found null")
    #expect(failure(nil, as: Decimal.self) == "valueNotFound(Decimal) [0]: expected a string, found null")
  }
}
