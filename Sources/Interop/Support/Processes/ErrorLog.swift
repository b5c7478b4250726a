internal import Foundation
internal import NIOConcurrencyHelpers

#if canImport(System)
  internal import System
#else
  internal import SystemPackage
#endif

#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// Keeps what a child writes to standard error in a file, up to a size.
///
/// The rest is read, lest the child be held up, and counted. It reads from a pipe of its own, so that what the child
/// wrote before it answered can be had at once: ``settle()``.
///
/// A thread waits for more: a read source of libdispatch would do, but on Linux several that come and go at once crash
/// the process (swift-corelibs-libdispatch #949; it was seen in a run of the tests).
final class ErrorLog: Sendable {
  private struct State {
    let file: FileDescriptor
    /// How many bytes more are kept.
    var room: Int
    var leftOut = 0
    var isOver = false
  }

  private typealias Pipe = (readEnd: FileDescriptor, writeEnd: FileDescriptor)

  private let pipe: FileDescriptor
  /// Whose writing end is closed when it is over.
  private let bell: Pipe
  private let limit: Int
  private let state: NIOLockedValueBox<State>

  /// As much as is read at once, and as a pipe holds on Linux.
  private static let chunk = 1 << 16

  /// Opens a log.
  ///
  /// - Parameters:
  ///   - path: the file, which is appended to.
  ///   - limit: how many bytes of the child's are kept.
  /// - Returns: the log, which reads until the child's side is closed everywhere or ``close()`` is called; and the
  ///   child's side, to be closed here when the child has it.
  /// - Throws: a system error.
  static func open(_ path: String, limit: Int) throws -> (log: ErrorLog, childSide: FileDescriptor) {
    let file = try FileDescriptor.open(
      FilePath(path), .writeOnly, options: [.append, .create, .closeOnExec], permissions: [.ownerReadWrite])
    var opened = [file]
    func pipe() throws -> Pipe {
      let ends = try FileDescriptor.pipe()
      opened += [ends.readEnd, ends.writeEnd]
      for end in [ends.readEnd, ends.writeEnd] { _ = fcntl(end.rawValue, F_SETFD, FD_CLOEXEC) }
      return ends
    }
    do {
      let (ends, bell) = (try pipe(), try pipe())
      // Only this side: the child's stays as programs expect it.
      _ = fcntl(ends.readEnd.rawValue, F_SETFL, O_NONBLOCK)
      let log = ErrorLog(ends.readEnd, bell, file, limit)
      Thread.detachNewThread { log.run() }
      return (log, ends.writeEnd)
    } catch {
      for descriptor in opened { try? descriptor.close() }
      throw error
    }
  }

  private init(_ pipe: FileDescriptor, _ bell: Pipe, _ file: FileDescriptor, _ limit: Int) {
    self.pipe = pipe
    self.bell = bell
    self.limit = limit
    state = NIOLockedValueBox(State(file: file, room: limit))
  }

  /// Takes what comes until it is over; then nobody reads any longer.
  private func run() {
    while !state.withLockedValue({ $0.isOver }) {
      var polled = [pipe, bell.readEnd].map { pollfd(fd: $0.rawValue, events: Int16(POLLIN), revents: 0) }
      _ = poll(&polled, nfds_t(polled.count), -1)
      settle()
    }
    for end in [pipe, bell.readEnd] { try? end.close() }
  }

  /// Takes what the child has written until now.
  func settle() { state.withLockedValue { take(&$0) } }

  /// Takes what is there, and no more; whoever holds the child's side meanwhile writes in vain.
  func close() {
    state.withLockedValue { state in
      take(&state)
      end(&state)
    }
  }

  private func take(_ state: inout State) {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.chunk, alignment: 1)
    defer { buffer.deallocate() }
    // Somebody who never stops writing must not keep this from ending.
    for _ in 0..<16 where !state.isOver {
      guard let count = try? pipe.read(into: buffer) else { return }
      guard count > 0 else { return end(&state) }
      keep(UnsafeRawBufferPointer(rebasing: buffer[..<count]), &state)
    }
  }

  private func keep(_ bytes: UnsafeRawBufferPointer, _ state: inout State) {
    let kept = min(bytes.count, state.room)
    if kept > 0 {
      // A full disk costs the log, not the run.
      _ = try? state.file.writeAll(UnsafeRawBufferPointer(rebasing: bytes[..<kept]))
      state.room -= kept
    }
    guard kept < bytes.count else { return }
    if state.leftOut == 0 { note("beyond \(limit) bytes, the rest is left out", state) }
    state.leftOut += bytes.count - kept
  }

  private func end(_ state: inout State) {
    guard !state.isOver else { return }
    state.isOver = true
    if state.leftOut > 0 { note("\(state.leftOut) bytes were left out", state) }
    try? state.file.close()
    try? bell.writeEnd.close()
  }

  private func note(_ text: String, _ state: State) { _ = try? state.file.writeAll("\n[syrpc: \(text)]\n".utf8) }
}
