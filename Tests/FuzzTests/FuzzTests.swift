import Testing

/// Every reader of bytes that others send or write, given what nobody should: none may crash, hang, take more time than
/// its input is long, or accept what it does not give back.
///
/// `interop/fuzz` does it a million times each under the address sanitizer; interop/README.rst has the variables.
@Suite struct FuzzTests {
  @Test func frames() throws { try Fuzzer(FrameTarget()).run() }
  @Test func transcripts() throws { try Fuzzer(TranscriptTarget()).run() }
  @Test func messages() throws { try Fuzzer(MessageTarget()).run() }
  @Test func answers() throws { try Fuzzer(AnswerTarget()).run() }
  @Test func manifests() throws { try Fuzzer(ManifestTarget()).run() }
}
