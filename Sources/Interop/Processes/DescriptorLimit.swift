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

  /// The program itself, the broker's guard, the watch and the event loops.
  private static let base = 128

  /// Three taps, each with a listener and two sockets for each connection of a peer; the inspector; and three adapters of
  /// each peer, since those that are not in use are kept for the next cell: two pipes and a log with three descriptors
  /// each, the log's file, and one to wait for the process.
  private static func perCell(_ peers: Int) -> Int { 40 + 3 * 7 * max(1, peers) }

  /// Makes sure that so many can be open: raises the soft limit, as far as the hard one lets it.
  ///
  /// Not beyond what is needed: children inherit it, and some take time or memory in proportion, as Erlang and CPython 2.7
  /// do.
  ///
  /// - Throws: ``InteropError`` if so many cannot be open.
  package static func ensure(parallel: Int, peers: Int) throws {
    let needed = needed(parallel: parallel, peers: peers)
    var limits = rlimit()
    guard getrlimit(resource, &limits) == 0, limits.rlim_cur < rlim_t(needed) else { return }
    let hard = limits.rlim_max
    limits.rlim_cur = min(rlim_t(needed), hard)
    let isRaised = setrlimit(resource, &limits) == 0
    guard isRaised, limits.rlim_cur >= rlim_t(needed) else {
      let possible = isRaised ? limits.rlim_cur : hard
      let fitting = fitting(Int(clamping: possible), peers: peers)
      throw InteropError(
        "--parallel \(parallel) needs up to \(needed) open files, and the hard limit is \(possible): raise it (ulimit -n "
          + "\(needed))" + (fitting > 0 ? ", or take --parallel \(fitting)" : ""))
    }
  }

  #if canImport(Glibc)
    private static let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
  #else
    private static let resource = RLIMIT_NOFILE
  #endif
}
