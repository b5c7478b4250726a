internal import TextTable

/// The other implementations beside raw C and the library, one call at a time, for people.
package struct BenchPeerTable: Sendable {
  private let result: BenchResult

  package init(_ result: BenchResult) { self.result = result }

  private struct Line {
    let name, ratio, rate, p50, p95, p99, pipe, clientCPU, serverCPU: String
  }

  private var row: BenchRow? { result.rows.first { $0.isSingleCall } }

  /// The table, what is not live, and how the library compares; empty without peers.
  package var text: String {
    guard let peers = result.peers else { return "" }
    let c = row.flatMap { result.measurement($0, .c) }
    var lines: [Line] = []
    if let row {
      for contender in Contender.allCases {
        guard let measured = result.measurement(row, contender) else { continue }
        lines.append(Self.line(contender.rawValue, measured.rounds, c?.rounds, pipe: nil))
      }
    }
    for peer in peers where !peer.rounds.isEmpty {
      lines.append(Self.line("\(peer.peer) adapter", peer.rounds, c?.rounds, pipe: peer.pipeMilliseconds))
    }
    let table = TextTable<Line> {
      [
        Column(title: "1 outstanding", value: $0.name), Column(title: "rate / c", value: $0.ratio),
        Column(title: "/s", value: $0.rate), Column(title: "p50 ms", value: $0.p50),
        Column(title: "p95", value: $0.p95),
        Column(title: "p99", value: $0.p99), Column(title: "of it pipe", value: $0.pipe),
        Column(title: "client CPU ms", value: $0.clientCPU), Column(title: "server CPU ms", value: $0.serverCPU),
      ]
    }
    let missing = peers.compactMap { peer in peer.reason.map { "\(peer.peer): not measured: \($0)" } }
    return ([table.string(for: lines) ?? ""] + missing + comparison).joined(separator: "\n")
  }

  /// The library by the fastest of the others.
  private var comparison: [String] {
    let peers = result.peers ?? []
    guard let fastest = Self.fastest(peers) else { return ["No other implementation is live."] }
    var lines: [String] = []
    func say(_ how: String, _ rounds: [Round]?) {
      if let rounds, let ratio = Self.ratio(rounds, fastest.rounds) {
        lines.append("swift ÷ fastest other (\(fastest.peer)), \(how): \(ratio.shown(2))")
      }
    }
    let own = peers.first { $0.peer == PeerMeasurement.own && !$0.rounds.isEmpty }
    say("both through adapters", own?.rounds)
    if let pipe = own?.p50WithoutPipe, let other = fastest.p50WithoutPipe, pipe > 0 {
      lines.append("The same by medians without what the pipe takes: \((other / pipe).shown(2))")
    }
    say("the library without an adapter", row.flatMap { result.measurement($0, .swift) }?.rounds)
    return lines
  }

  /// The peer with the highest median rate that is not this library.
  static func fastest(_ peers: [PeerMeasurement]) -> PeerMeasurement? {
    peers.filter { !$0.rounds.isEmpty && $0.peer.prefix { $0 != "@" } != PeerMeasurement.own }
      .max { ($0.summary(\.rate)?.median ?? 0) < ($1.summary(\.rate)?.median ?? 0) }
  }

  /// By rates, round by round: what was measured one after the other had the same machine.
  static func ratio(_ over: [Round], _ under: [Round]) -> Summary? {
    Summary(zip(over, under).compactMap { $1.rate > 0 ? $0.rate / $1.rate : nil })
  }

  private static func line(_ name: String, _ rounds: [Round], _ c: [Round]?, pipe: Double?) -> Line {
    func median(_ figure: (Round) -> Double?, _ digits: Int) -> String {
      Summary(rounds.compactMap(figure))?.median.shown(digits) ?? "-"
    }
    return Line(
      name: name, ratio: c.flatMap { ratio(rounds, $0) }?.shown(2) ?? "-",
      rate: Summary(rounds.map(\.rate))?.shown(0) ?? "-", p50: median(\.p50, 2), p95: median(\.p95, 2),
      p99: median(\.p99, 2), pipe: pipe.map { (2 * $0).shown(3) } ?? "-", clientCPU: median(\.clientCPU, 3),
      serverCPU: median(\.serverCPU, 3))
  }
}
