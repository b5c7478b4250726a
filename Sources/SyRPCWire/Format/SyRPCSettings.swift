/// What every implementation that takes part in an application must agree on, since it is part of the wire format.
///
/// Two sides that declare the same result queue with other times are refused by the broker (406 PRECONDITION_FAILED).
public struct SyRPCSettings: Hashable, Sendable {
  /// `app_name`: servers with the same name support the same request types. Part of the name of every exchange and queue.
  public let appName: String
  /// `amq_ttl`: how long a result queue that nobody consumes is kept. Sent as `x-expires`, in milliseconds.
  public let ttl: Duration
  /// `amq_msg_ttl`: how long a result waits for its reader. Sent as `x-message-ttl`, in milliseconds.
  public let messageTTL: Duration
  /// `amq_num_queues`: the number of result queues, over which the results are hashed.
  public let resultQueueCount: Int

  /// The `ttl` of an implementation that is told nothing: three hours.
  public static let defaultTTL = Duration.seconds(10800)
  /// The `messageTTL` of an implementation that is told nothing.
  public static let defaultMessageTTL = Duration.seconds(10)
  /// The number of result queues of an implementation that is told nothing.
  public static let defaultResultQueueCount = 64

  /// Settings that a broker accepts.
  ///
  /// - Parameters:
  ///   - appName: not empty, without line breaks, and short enough that the longest name built of it fits AMQP's 255 bytes.
  ///   - ttl: whole milliseconds, 1 ms to 4294967295 ms (RabbitMQ's bound for a timer).
  ///   - messageTTL: whole milliseconds, 0 ms to 4294967295 ms.
  ///   - resultQueueCount: 1 to 2147483648; the hash has 31 bits.
  /// - Throws: ``SettingsError`` that names the setting.
  public init(
    appName: String, ttl: Duration = defaultTTL, messageTTL: Duration = defaultMessageTTL,
    resultQueueCount: Int = defaultResultQueueCount
  ) throws(SettingsError) {
    self.appName = appName
    self.ttl = ttl
    self.messageTTL = messageTTL
    self.resultQueueCount = resultQueueCount

    guard (1...1 << 31).contains(resultQueueCount) else {
      throw SettingsError("amq_num_queues", resultQueueCount, "must be 1 to 2147483648")
    }
    try Self.check(ttl, "amq_ttl", minimum: 1)
    try Self.check(messageTTL, "amq_msg_ttl", minimum: 0)
    try checkName()
  }

  private static func check(_ time: Duration, _ setting: String, minimum: Int64) throws(SettingsError) {
    guard let milliseconds = time.wholeMilliseconds else {
      throw SettingsError(setting, time, "must be whole milliseconds")
    }
    guard (minimum...maximumMilliseconds).contains(milliseconds) else {
      throw SettingsError(setting, time, "must be \(minimum) to \(maximumMilliseconds) milliseconds")
    }
  }

  /// RabbitMQ refuses timers beyond 2^32 - 1 ms (`check_expiry` in rabbit_misc).
  private static let maximumMilliseconds: Int64 = 0xFFFF_FFFF

  private func checkName() throws(SettingsError) {
    guard !appName.isEmpty else { throw SettingsError("app_name", appName, "must not be empty") }
    // RabbitMQ keeps these names for itself, and answers 403 ACCESS_REFUSED.
    guard !appName.hasPrefix("amq.") else { throw SettingsError("app_name", appName, "must not begin with \"amq.\"") }
    // `strip_cr_lf` in rabbit_channel. What is published to the name as it is finds no exchange (404).
    guard !appName.utf8.contains(where: { $0 == 0x0A || $0 == 0x0D }) else {
      throw SettingsError(
        "app_name", appName,
        "must not contain line breaks: RabbitMQ takes them out of names that are declared, not of those published to")
    }
    let names = Topology(self)
    let longest = max(
      names.resultExchange.name.utf8.count, names.resultQueue(at: resultQueueCount - 1).name.utf8.count)
    guard longest <= 255 else {
      throw SettingsError(
        "app_name", appName,
        "makes a name of \(longest) bytes; AMQP allows 255, which leaves \(255 - longest + appName.utf8.count) to it")
    }
  }
}

/// A setting that cannot be used.
public struct SettingsError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The setting, as the reference implementations spell it: `app_name`, `amq_ttl` …
  public let setting: String
  /// The value that was given.
  public let value: String
  /// What it has to be.
  public let reason: String

  /// An error about `setting`.
  public init(_ setting: String, _ value: some CustomStringConvertible, _ reason: String) {
    self.setting = setting
    self.value = value.description
    self.reason = reason
  }

  /// The setting, what it has to be, and what it was.
  public var description: String {
    let isOneLine = !value.utf8.contains { $0 == 0x0A || $0 == 0x0D }
    return "\(setting) \(reason), got \(value.isEmpty ? "nothing" : isOneLine ? value : value.debugDescription)"
  }
}

extension Duration {
  /// This time in milliseconds; nil if it is not a whole number of them, or too many for 64 bits.
  package var wholeMilliseconds: Int64? {
    let (seconds, attoseconds) = components
    let (milliseconds, rest) = attoseconds.quotientAndRemainder(dividingBy: 1_000_000_000_000_000)
    let (product, overflow) = seconds.multipliedReportingOverflow(by: 1000)
    let (sum, carry) = product.addingReportingOverflow(milliseconds)
    return rest == 0 && !overflow && !carry ? sum : nil
  }
}
