internal import Foundation

#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// How many descriptors this process may have open (`ulimit -n`).
package enum DescriptorLimit {
  /// What a run needs at most.
  ///
  /// - Parameters:
  ///   - parallel: how many cells are run at a time.
  ///   - peers: how many peers take part.
  /// - Returns: a number of descriptors.
  package static func needed(parallel: Int, peers: Int) -> Int { base + parallel * perCell(peers) }

  /// How many cells can be run at a time with so many descriptors; 0 or less for none.
  package static func fitting(_ descriptors: Int, peers: Int) -> Int { (descriptors - base) / perCell(peers) }

  /// What any command needs: its files and sockets, and NIO's event loops, one for each core, which end the program if they
  /// get none.
  package static let minimum = 32 + 4 * ProcessInfo.processInfo.activeProcessorCount

  /// Besides, the broker's guard, the watch and the report.
  private static let base = minimum + 64

  /// Three taps, each with a listener and two sockets for each connection of a peer; the inspector; and three adapters of
  /// each peer, since those that are not in use are kept for the next cell: two pipes and a log with three descriptors
  /// each, the log's file, and one to wait for the process.
  private static func perCell(_ peers: Int) -> Int { 40 + 3 * 7 * max(1, peers) }

  /// Makes sure that any command can run.
  ///
  /// - Throws: ``InteropError`` if not enough can be open.
  package static func ensureMinimum() throws {
    try ensure(minimum) { "syrpc needs up to \(minimum) open files, and the hard limit is \($0): raise it (ulimit -n)" }
  }

  /// Makes sure that so many cells can be run at a time.
  ///
  /// - Throws: ``InteropError`` if they cannot.
  package static func ensure(parallel: Int, peers: Int) throws {
    let needed = needed(parallel: parallel, peers: peers)
    try ensure(needed) { limit in
      let fitting = fitting(limit, peers: peers)
      return
        "--parallel \(parallel) needs up to \(needed) open files, and the hard limit is \(limit): raise it (ulimit -n "
        + "\(needed))" + (fitting > 0 ? ", or take --parallel \(fitting)" : "")
    }
  }

  /// Raises the soft limit, if it has to be, as far as the hard one lets it.
  ///
  /// Not beyond what is needed: children inherit it, and some take time or memory in proportion, as Erlang and CPython 2.7
  /// do.
  private static func ensure(_ needed: Int, _ complaint: (_ limit: Int) -> String) throws {
    var limits = rlimit()
    guard getrlimit(resource, &limits) == 0, limits.rlim_cur < rlim_t(needed) else { return }
    let (soft, hard) = (limits.rlim_cur, limits.rlim_max)
    limits.rlim_cur = min(rlim_t(needed), hard)
    let limit = setrlimit(resource, &limits) == 0 ? limits.rlim_cur : soft
    guard limit >= rlim_t(needed) else { throw InteropError(complaint(Int(clamping: limit))) }
  }

  #if canImport(Glibc)
    private static let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
  #else
    private static let resource = RLIMIT_NOFILE
  #endif
}
