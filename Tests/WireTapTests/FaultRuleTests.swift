import Testing
import WireTap

@Suite struct FaultRuleTests {
  @Test(arguments: [
    "delay=5ms", "delay=1us@to-broker", "delay=3600s@from-broker#7", "throttle=64KiB/s", "throttle=1B/s@from-broker",
    "throttle=10MB/s", "throttle=3MiB/s", "throttle=5kB/s#0", "split", "split=1", "split=4096@to-broker#2",
    "cut@to-broker:12", "cut@from-broker:0#1", "stall@from-broker:3", "drop@to-broker", "drop@from-broker:4#3",
    "refuse", "refuse#0", "split,delay=5ms", "delay=50ms#0,delay=5ms,split=2@to-broker,cut@to-broker:3,cut@to-broker:2",
  ])
  func aRuleIsPrintedAsItIsRead(_ text: String) throws {
    let faults = try TapFaults(parsing: text)
    #expect(faults.description == text)
    #expect(try TapFaults(parsing: faults.description) == faults)
  }

  @Test func rulesMeanWhatTheySay() throws {
    let faults = try TapFaults(
      parsing: "delay=5ms, throttle=2KiB/s@to-broker ,split=3#4,split,cut@from-broker:12#0,drop@to-broker,refuse#1")
    #expect(
      faults == [
        TapFault(.delay(.milliseconds(5))), TapFault(.throttle(bytesPerSecond: 2048), .toBroker),
        TapFault(.split(pieceSize: 3), connection: 4), TapFault(.split(pieceSize: nil)),
        TapFault(.cut, .fromBroker, afterFrames: 12, connection: 0), TapFault(.drop, .toBroker, afterFrames: 0),
        TapFault(.refuse, connection: 1),
      ])
  }

  /// How much time whoever waits has to allow for.
  @Test(arguments: [
    ("", Duration.zero), ("delay=5ms", .milliseconds(100)), ("delay=5ms@to-broker", .milliseconds(50)),
    ("delay=5ms#1,delay=1ms", .milliseconds(100)), ("delay=1ms#1,delay=5ms", .milliseconds(100)),
    ("throttle=1kB/s@from-broker", .seconds(20)), ("split=1@to-broker", .milliseconds(2001)),
    ("delay=5ms,throttle=1kB/s@from-broker", .milliseconds(20_100)), ("cut@to-broker:3,drop@from-broker,refuse", .zero),
  ])
  func theTimeThatTheyTakeIsKnown(_ text: String, _ time: Duration) throws {
    let faults = text.isEmpty ? [] : try TapFaults(parsing: text)
    #expect(faults.slowdown(roundTrips: 10, bytes: 20_000) == time)
  }

  @Test(arguments: [
    ("delay=1000ms", "delay=1s"), ("delay=1500ms", "delay=1500ms"), ("delay=2000us", "delay=2ms"),
    ("throttle=1024B/s", "throttle=1KiB/s"), ("throttle=2000kB/s", "throttle=2MB/s"),
    ("drop@to-broker:0", "drop@to-broker"),
    ("cut@to-broker:007", "cut@to-broker:7"),
  ])
  func itIsPrintedInItsSimplestForm(_ text: String, _ simplest: String) throws {
    #expect(try TapFaults(parsing: text).description == simplest)
  }

  private static let times = "is not a time from 1us to 3600s, with s, ms, us for its unit"
  private static let rates = "is not a rate from 1B/s, with MiB/s, MB/s, KiB/s, kB/s, B/s for its unit"
  private static let effects = "there is cut, delay, drop, refuse, split, stall, throttle"

  @Test(arguments: [
    ("", "the effect is missing; \(effects)"),
    ("=5ms", "the effect is missing; \(effects)"),
    ("slow=5ms", "there is no effect \"slow\"; \(effects)"),
    ("Delay=5ms", "there is no effect \"Delay\"; \(effects)"),
    ("delay", "delay needs a value: delay=5ms"),
    ("delay=", "\"\" \(times)"),
    ("delay=5", "\"5\" \(times)"),
    ("delay=ms", "\"ms\" \(times)"),
    ("delay=0ms", "\"0ms\" \(times)"),
    ("delay=-5ms", "\"-5ms\" \(times)"),
    ("delay=+5ms", "\"+5ms\" \(times)"),
    ("delay=1.5ms", "\"1.5ms\" \(times)"),
    ("delay=5 ms", "\"5 ms\" \(times)"),
    ("delay=5MS", "\"5MS\" \(times)"),
    ("delay=3601s", "\"3601s\" \(times)"),
    ("delay=9223372036854775807s", "\"9223372036854775807s\" \(times)"),
    ("delay=99999999999999999999s", "\"99999999999999999999s\" \(times)"),
    ("delay=٥ms", "\"٥ms\" \(times)"),
    ("delay=5ms@to-broker:3", "delay takes no frame, and \"3\" is one"),
    ("delay=5ms@", "\"\" is not a direction; there is to-broker, from-broker"),
    ("throttle", "throttle needs a value: throttle=64KiB/s"),
    ("throttle=64KiB", "\"64KiB\" \(rates)"),
    ("throttle=64", "\"64\" \(rates)"),
    ("throttle=0B/s", "\"0B/s\" \(rates)"),
    ("throttle=2097152MiB/s", "\"2097152MiB/s\" \(rates)"),
    ("throttle=9223372036854775807MiB/s", "\"9223372036854775807MiB/s\" \(rates)"),
    ("split=", "\"\" is not a number of bytes from 1"),
    ("split=0", "\"0\" is not a number of bytes from 1"),
    ("split=x", "\"x\" is not a number of bytes from 1"),
    ("split@broker", "\"broker\" is not a direction; there is to-broker, from-broker"),
    ("split@to-broker:1", "split takes no frame, and \"1\" is one"),
    ("cut", "cut needs a direction: cut@to-broker:12"),
    ("cut=3", "cut takes no value, and \"3\" is one"),
    ("cut@to-broker", "cut needs a number of frames: cut@to-broker:12"),
    ("cut@to-broker:", "\"\" is not a number of frames"),
    ("cut@to-broker:-1", "\"-1\" is not a number of frames"),
    ("cut@to-broker:1:2", "\"1:2\" is not a number of frames"),
    ("cut@up:1", "\"up\" is not a direction; there is to-broker, from-broker"),
    ("cut@to-broker@from-broker:1", "\"to-broker@from-broker\" is not a direction; there is to-broker, from-broker"),
    ("stall", "stall needs a direction: stall@to-broker:12"),
    ("stall@from-broker", "stall needs a number of frames: stall@from-broker:12"),
    ("drop", "drop needs a direction: drop@to-broker"),
    ("drop=to-broker", "drop takes no value, and \"to-broker\" is one"),
    ("refuse=1", "refuse takes no value, and \"1\" is one"),
    ("refuse@to-broker", "refuse takes no direction, and \"to-broker\" is one"),
    ("refuse#", "\"\" is not the number of a connection; the first is #0"),
    ("refuse#one", "\"one\" is not the number of a connection; the first is #0"),
    ("refuse#-1", "\"-1\" is not the number of a connection; the first is #0"),
    ("refuse#1#2", "\"1#2\" is not the number of a connection; the first is #0"),
    ("cut#0@to-broker:1", "\"0@to-broker:1\" is not the number of a connection; the first is #0"),
  ])
  func aBadSpellingIsNamed(_ rule: String, _ problem: String) {
    for (text, number) in [(rule, 1), ("split=5@to-broker, \(rule),split", 2)] {
      let error = #expect(throws: FaultSyntaxError.self) { try TapFaults(parsing: text) }
      #expect(error?.number == number)
      #expect(error?.rule == rule)
      #expect(error?.problem == problem)
      #expect(error?.description == "fault \(number), \"\(rule)\": \(problem)")
    }
  }

  @Test(arguments: [
    ("delay=5ms,delay=6ms", "delay=5ms"), ("delay=5ms,delay=6ms@to-broker", "delay=5ms"),
    ("split,split=1#3", "split"), ("throttle=1kB/s#1,throttle=2kB/s#1", "throttle=1kB/s#1"),
    ("cut@to-broker:3,stall@to-broker:3", "cut@to-broker:3"), ("drop@to-broker,cut@to-broker:9", "drop@to-broker"),
    ("refuse,refuse#2", "refuse"),
  ])
  func whatHasNoEffectIsNamed(_ text: String, _ before: String) {
    let error = #expect(throws: FaultSyntaxError.self) { try TapFaults(parsing: text) }
    #expect(error?.number == 2)
    #expect(error?.problem == "it has no effect, since \(before) comes before it")
  }

  @Test(arguments: [
    "delay=5ms#0,delay=6ms", "delay=5ms@to-broker,delay=6ms", "delay=5ms#0,delay=6ms#1",
    "cut@to-broker:3,stall@to-broker:2",
    "cut@to-broker:3,cut@from-broker:3", "refuse#2,refuse", "delay=5ms,throttle=1kB/s,split",
  ])
  func whatHasAnEffectIsTaken(_ text: String) throws {
    #expect(try TapFaults(parsing: text).rules.count > 1)
  }
}

@Suite struct PieceSizesTests {
  private func sizes(of count: Int, _ sizes: inout PieceSizes) -> [Int] {
    var pieces: [Int] = []
    var rest = count
    while rest > 0 {
      pieces.append(min(rest, sizes.next))
      rest -= min(rest, sizes.next)
      sizes.advance()
    }
    sizes.startSegment()
    return pieces
  }

  @Test func everyPlaceInAFramesHeaderIsCutInTurn() {
    var pieces = PieceSizes()
    #expect(sizes(of: 8, &pieces) == [1, 2, 4, 1])
    #expect(sizes(of: 8, &pieces) == [2, 4, 2])
    #expect(sizes(of: 8, &pieces) == [3, 5])
    #expect(sizes(of: 8, &pieces) == [4, 4])
    #expect(sizes(of: 8, &pieces) == [5, 3])
    #expect(sizes(of: 8, &pieces) == [6, 2])
    #expect(sizes(of: 8, &pieces) == [1, 2, 4, 1])
    #expect(sizes(of: 1, &pieces) == [1])
    #expect(sizes(of: 100, &pieces) == [3, 6, 12, 24, 48, 7])
    let huge = sizes(of: 1 << 30, &pieces)
    #expect(huge.reduce(0, +) == 1 << 30)
    #expect(huge.count < 50)
  }

  @Test func aSizeThatIsGivenIsKept() {
    var pieces = PieceSizes(3)
    #expect(sizes(of: 8, &pieces) == [3, 3, 2])
    #expect(sizes(of: 8, &pieces) == [3, 3, 2])
  }
}
