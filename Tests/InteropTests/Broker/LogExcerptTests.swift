import InteropBroker
import Testing

@Suite struct LogExcerptTests {
  @Test func aShortLogIsShownWhole() {
    let log = (1...4).map { "line \($0)" }
    #expect(LogExcerpt.lines(of: log, count: 4) == log)
    #expect(LogExcerpt.lines(of: [], count: 4) == [])
  }

  @Test func ofALongOneTheFirstErrorsAndTheEnd() {
    let log = ["[info] boot", "[error] cause", "[error] effect", "[error] effect of effect", "[info] a", "[info] b"]
    #expect(LogExcerpt.lines(of: log, count: 4) == ["[error] cause", "[error] effect", "…", "[info] a", "[info] b"])
  }

  @Test func aLongLineIsCut() {
    let line = LogExcerpt.lines(of: [String(repeating: "x", count: 1000)])[0]
    #expect(line == String(repeating: "x", count: 200) + "…")
  }
}
