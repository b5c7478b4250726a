/// What a person needs to see of a log to know why a node failed.
///
/// RabbitMQ says first what is wrong, and then, in some forty lines, how Erlang fell apart over it.
package enum LogExcerpt {
  private static let longestLine = 200

  /// The first lines of level error and the last lines of any level, together no more than `count`.
  package static func lines(of log: [String], count: Int = 20) -> [String] {
    let tail = log.suffix(count / 2)
    let errors = log.dropLast(tail.count).filter { $0.contains("[error]") }.prefix(count - tail.count)
    let excerpt = log.count <= count ? log : errors + ["…"] + tail
    return excerpt.map { $0.count > longestLine ? $0.prefix(longestLine) + "…" : $0 }
  }
}
