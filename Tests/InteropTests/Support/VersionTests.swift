import Testing

@testable import InteropSupport

@Suite struct VersionTests {
  @Test(arguments: [
    ("3.13.0", "3.13.0"), ("20.20.2", "20.20.2"), ("8.2.36-1ubuntu", "8.2.36"), ("3.14.0rc1", "3.14.0"), ("6", "6"),
    ("3.", "3"), ("v20", nil), ("", nil), ("-1", nil),
  ])
  func isReadFromTheStart(_ text: String, _ version: String?) {
    #expect(Version(text)?.description == version)
  }

  @Test(arguments: [
    (">=18", "18.0.0", true), (">=18", "17.9.1", false), (">=18 <22", "21.7.3", true), (">=18 <22", "22.0.0", false),
    ("3.9", "3.9.18", true), ("3.9", "3.10.0", false), ("<=3.9", "3.9.18", true), (">3.9", "3.9.18", false),
    (">3.9", "3.10.0", true), ("<4", "4.0.0", false), ("4.0.0", "4", true), ("2.7", "2", false),
  ])
  func aRangeComparesThePartsThatItHas(_ range: String, _ version: String, _ expected: Bool) throws {
    #expect(try #require(VersionRange(range)).contains(try #require(Version(version))) == expected)
  }

  @Test(arguments: ["", " ", "new", ">=", ">= 18", "=>18", "18.x", "^18", "18-20", ">=18,<22"])
  func whatIsNoneIsNoRange(_ text: String) { #expect(VersionRange(text) == nil) }
}
