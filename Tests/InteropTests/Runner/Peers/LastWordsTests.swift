import Testing

@testable import InteropRunner

@Suite struct LastWordsTests {
  @Test(
    arguments: [
      (
        "/a/b.js:12\n    if (res.data.exception)\n                 ^\n\nTypeError: Cannot read properties of null (reading 'exception')\n    at x (/a/b.js:12:1)\n\nNode.js v20.1.0\n",
        "TypeError: Cannot read properties of null (reading 'exception')"
      ),
      (
        "Traceback (most recent call last):\n  File \"a.py\", line 1\nkombu.exceptions.DecodeError: Expecting value: line 1\n",
        "kombu.exceptions.DecodeError: Expecting value: line 1"
      ),
      (
        "PHP Fatal error:  Uncaught TypeError: no\nStack trace:\n#0 {main}\n",
        "PHP Fatal error:  Uncaught TypeError: no"
      ),
      ("adapter.rb:3:in `x': boom (RuntimeError)\n", nil),
      ("info: ready\n  ValueError: quoted by somebody\n", nil),
      ("", nil),
    ] as [(String, String?)])
  func theErrorThatNobodyCaughtIsNamed(_ log: String, _ words: String?) {
    #expect(LastWords.find(log) == words)
  }
}
