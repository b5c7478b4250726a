import SyRPCWire
import Testing

@Suite struct SyRPCSettingsTests {
  @Test func defaultsAreThoseOfTheReferences() throws {
    let settings = try SyRPCSettings(appName: "a")
    #expect(settings.ttl == .seconds(10800))
    #expect(settings.messageTTL == .seconds(10))
    #expect(settings.resultQueueCount == 64)
  }

  @Test(
    arguments: [
      (.milliseconds(1), true), (.milliseconds(4_294_967_295), true), (.milliseconds(4_294_967_296), false),
      (.zero, false), (.milliseconds(-1), false), (.microseconds(1500), false), (.nanoseconds(1), false),
      (.seconds(Int64.max), false), (.seconds(1) + .milliseconds(1), true),
    ] as [(Duration, Bool)])
  func boundsOfTheTTL(_ ttl: Duration, _ isAllowed: Bool) {
    check("amq_ttl", isAllowed) { () throws(SettingsError) in try SyRPCSettings(appName: "a", ttl: ttl) }
  }

  @Test(
    arguments: [
      (.zero, true), (.milliseconds(1), true), (.milliseconds(4_294_967_295), true),
      (.milliseconds(4_294_967_296), false), (.milliseconds(-1), false), (.microseconds(999), false),
      (.seconds(Int64.min), false),
    ] as [(Duration, Bool)])
  func boundsOfTheMessageTTL(_ ttl: Duration, _ isAllowed: Bool) {
    check("amq_msg_ttl", isAllowed) { () throws(SettingsError) in try SyRPCSettings(appName: "a", messageTTL: ttl) }
  }

  @Test(arguments: [(1, true), (1 << 31, true), (0, false), (-1, false), (1 << 31 + 1, false), (.max, false)])
  func boundsOfTheNumberOfQueues(_ count: Int, _ isAllowed: Bool) {
    check("amq_num_queues", isAllowed) { () throws(SettingsError) in
      try SyRPCSettings(appName: "a", resultQueueCount: count)
    }
  }

  @Test(
    arguments: [
      // `_result_queue_63` and `_result_exchange` take 16 bytes of 255, `_result_queue_2147483647` takes 24.
      (String(repeating: "x", count: 239), 64, true), (String(repeating: "x", count: 240), 64, false),
      (String(repeating: "ü", count: 119), 64, true), (String(repeating: "ü", count: 120), 64, false),
      (String(repeating: "x", count: 231), 1 << 31, true), (String(repeating: "x", count: 232), 1 << 31, false),
      (String(repeating: "x", count: 239), 1, true), (String(repeating: "x", count: 240), 1, false),
      (String(repeating: "x", count: 238), 101, true), (String(repeating: "x", count: 239), 101, false),
      ("", 64, false), ("amq.app", 64, false), ("amq", 64, true), (" ", 64, true),
      ("a\nb", 64, false), ("a\r", 64, false), ("\r\n", 64, false), ("a\tb\u{0}\u{1B}\u{7F}", 64, true),
    ])
  func boundsOfTheName(_ name: String, _ count: Int, _ isAllowed: Bool) {
    check("app_name", isAllowed) { () throws(SettingsError) in
      try SyRPCSettings(appName: name, resultQueueCount: count)
    }
  }

  @Test func theErrorSaysWhatIsLeftToTheName() {
    let error = #expect(throws: SettingsError.self) {
      try SyRPCSettings(appName: String(repeating: "ü", count: 120))
    }
    #expect(error?.description.contains("256 bytes") == true)
    #expect(error?.description.contains("leaves 239") == true)
  }

  @Test func theErrorAboutALineBreakIsOneLine() {
    let error = #expect(throws: SettingsError.self) { try SyRPCSettings(appName: "a\r\nb") }
    #expect(error?.description.contains("\n") == false)
    #expect(error?.description.hasSuffix(#"got "a\r\nb""#) == true)
  }

  /// Checks that settings are made, or refused with an error that names the setting.
  private func check(_ setting: String, _ isAllowed: Bool, _ make: () throws(SettingsError) -> SyRPCSettings) {
    do {
      _ = try make()
      #expect(isAllowed)
    } catch {
      #expect(!isAllowed, "\(error)")
      #expect(error.setting == setting)
      #expect(error.description.hasPrefix("\(setting) "))
    }
  }
}
