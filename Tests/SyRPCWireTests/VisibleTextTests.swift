import SyRPCWire
import Testing

/// What somebody else wrote, for people's eyes.
@Suite struct VisibleTextTests {
  @Test(arguments: [
    ("plain text, 1:2 # \"quoted\"", "plain text, 1:2 # \"quoted\""),
    ("h\u{E9}llo \u{4E2D} \u{1F600}", "h\u{E9}llo \u{4E2D} \u{1F600}"),
    ("\u{1B}[2J\u{9B}31m\u{7}", #"\u{1B}[2J\u{009B}31m\u{07}"#),
    ("a\nb\r\nc\td\0e\u{7F}", #"a\nb\r\nc\td\0e\u{7F}"#),
    ("a\u{85}b\u{2028}c\u{2029}d", #"a\u{0085}b\u{2028}c\u{2029}d"#),
    ("\u{202E}\u{2066}\u{200F}\u{200B}\u{FEFF}\u{AD}", #"\u{202E}\u{2066}\u{200F}\u{200B}\u{FEFF}\u{00AD}"#),
    ("\u{E000}\u{FFFE}\u{10FFFF}\u{E0041}", #"\u{E000}\u{FFFE}\u{0010FFFF}\u{000E0041}"#),
  ]) func nothingSteersATerminal(_ text: String, _ shown: String) {
    #expect(text.visible == shown)
    #expect(!text.visible.unicodeScalars.contains { $0.value < 0x20 || (0x7F..<0xA0).contains($0.value) })
  }

  @Test(arguments: [
    ("::error::x", #"\u{3A}:error::x"#), ("  ::add-mask::x", #"  \u{3A}:add-mask::x"#),
    ("\t::x", #"\t\u{3A}:x"#), ("a::b", "a::b"), (":x", ":x"), (":::", #"\u{3A}::"#),
    ("x ##[error]y", #"x \u{23}#[error]y"#), ("##vso[task.x]", #"\u{23}#vso[task.x]"#),
    ("###[x", #"\u{23}\u{23}#[x"#), ("# [x]", "# [x]"),
  ]) func nothingCommandsARunner(_ text: String, _ shown: String) {
    #expect(text.visible == shown)
  }

  @Test func eachLineOfSeveralIsHeldToIt() {
    #expect("a\n::b\n\u{1B}\n".visibleLines == "a\n\\u{3A}:b\n\\u{1B}\n")
    #expect("\r\n::x".visibleLines == "\\r\n\\u{3A}:x")
  }
}
