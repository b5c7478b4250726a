internal import CThreads
internal import Dispatch
internal import NIOConcurrencyHelpers

#if canImport(Darwin)
  internal import Darwin
#else
  internal import Glibc
#endif

/// The one thread that may touch a librabbitmq connection, as the executor of the actor that owns it.
///
/// librabbitmq: "a single amqp_connection_state_t, its socket and its channels may be used by one thread at a time". The
/// thread runs the actor's jobs and sleeps in `poll` between them, on the socket, on its own wake-up pipe, and no longer
/// than the actor asked for. Nothing here waits in a loop.
final class OwnerThread: SerialExecutor {
  /// What the thread waits for between two turns.
  struct Interest {
    /// The socket to be readable; none while there is no connection, or while what comes can wait.
    var descriptor: Int32?
    /// The time after which a turn is due in any case; nil for none.
    var timeout: Duration?
    /// Whether the socket is left alone though something may come.
    var isDozing = false
  }

  /// In bytes; as much of it as is used takes memory.
  ///
  /// librabbitmq reads tables within tables by recursion without a bound, and the headers of a message are its sender's: in
  /// one frame, of 128 KiB, they can be nested 26,000 deep, for which it takes 2.5 MB. Threads have 512 KiB on macOS, and on
  /// Linux what `ulimit -s` says.
  static let stackSize = 4 << 20

  /// What the thread does: a job of the actor's, one of a task that prefers this thread, or something that needs no task.
  private enum Work {
    case job(UnownedJob)
    case task(UnownedJob, ConnectionExecutor)
    case call(@Sendable () -> Void)
  }

  private struct State {
    var jobs: [Work] = []
    var isAsleep = false
    /// Whether it sleeps though something may have come for it.
    var isDozing = false
    /// Whether somebody has gathered what is to be sent.
    var hasOutput = false
    var isStopping = false
    var hasEnded = false
    var farewells: [@Sendable () -> Void] = []
  }

  private let state = NIOLockedValueBox(State())
  private let wakeUp: (read: Int32, write: Int32)
  private let outgoing = OutgoingMail()
  /// Runs what arrives after the thread has ended, so that a call on a closed connection gets its error, not silence.
  private let afterlife = DispatchQueue(label: "syrpc.amqp.afterlife")

  /// Starts the thread.
  ///
  /// - Parameter turn: called on the thread after each batch of jobs and each wake-up; told whether there may be something to
  ///   read, or a time is over.
  /// - Throws: ``AMQPError`` if the system has no descriptor or no thread left.
  init(turn: @escaping @Sendable (_ isReadable: Bool) -> Interest) throws(AMQPError) {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw AMQPError(.resources, "no pipe for a connection: errno \(errno)") }
    wakeUp = (ends[0], ends[1])
    for end in ends {
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
    }

    let context = Unmanaged.passRetained(Start(thread: self, turn: turn))
    let status = syrpc_start_thread(Self.stackSize, threadEntry, context.toOpaque())
    guard status == 0 else {
      context.release()
      throw AMQPError(.resources, "no thread for a connection: errno \(status)")
    }
  }

  deinit {
    close(wakeUp.read)
    close(wakeUp.write)
  }

  /// Ends the thread once the jobs that it has are done. Does not wait.
  func stop() {
    state.withLockedValue { $0.isStopping = true }
    wake()
  }

  /// Has something called when the thread ends; at once if it has.
  func atEnd(_ call: @escaping @Sendable () -> Void) {
    let hasEnded = state.withLockedValue { state in
      if !state.hasEnded { state.farewells.append(call) }
      return state.hasEnded
    }
    if hasEnded { call() }
  }

  func enqueue(_ job: consuming ExecutorJob) {
    let work = Work.job(UnownedJob(job))
    guard !enqueue(work) else { return }
    afterlife.async { self.run(work) }
  }

  /// Runs a job of a task that prefers this thread.
  ///
  /// - Returns: false if the thread has ended.
  func enqueue(_ job: UnownedJob, for executor: ConnectionExecutor) -> Bool { enqueue(.task(job, executor)) }

  /// Has the thread call something, in order with the actor's jobs. It costs less than a task that waits for its turn.
  func submit(_ call: @escaping @Sendable () -> Void) {
    let work = Work.call(call)
    guard !enqueue(work) else { return }
    afterlife.async { self.run(work) }
  }

  /// Notes that there is something to be sent.
  ///
  /// - Returns: whether the thread sleeps: then it does not send it.
  func noteOutput() -> Bool {
    state.withLockedValue { state in
      if !state.isAsleep { state.hasOutput = true }
      return state.isAsleep
    }
  }

  /// Has the thread look at its socket, if it sleeps without, or is about to.
  func rouse() {
    let isToBeWoken = state.withLockedValue { state in
      guard state.isAsleep else {
        state.hasOutput = true
        return false
      }
      if state.isDozing { state.isAsleep = false }
      return state.isDozing
    }
    if isToBeWoken { wake() }
  }

  /// - Returns: false if the thread has ended.
  private func enqueue(_ work: Work) -> Bool {
    enum Next { case wake, nothing, impossible }
    let next = state.withLockedValue { state -> Next in
      if state.hasEnded { return .impossible }
      state.jobs.append(work)
      defer { state.isAsleep = false }
      return state.isAsleep ? .wake : .nothing
    }
    if case .wake = next { wake() }
    if case .impossible = next { return false }
    return true
  }

  private func run(_ work: Work) {
    switch work {
    case .job(let job): job.runSynchronously(on: asUnownedSerialExecutor())
    case .task(let job, let executor): job.runSynchronously(on: executor.asUnownedTaskExecutor())
    case .call(let call): call()
    }
  }

  func asUnownedSerialExecutor() -> UnownedSerialExecutor { UnownedSerialExecutor(ordinary: self) }

  func checkIsolated() {
    if isCurrent { return }
    dispatchPrecondition(condition: .onQueue(afterlife))
  }

  private var isCurrent: Bool { Self.current === self }

  /// The one that runs the caller, if one does.
  private static var current: OwnerThread? {
    pthread_getspecific(key).map { Unmanaged<OwnerThread>.fromOpaque($0).takeUnretainedValue() }
  }

  private static let key: pthread_key_t = {
    var key = pthread_key_t()
    let status = pthread_key_create(&key, nil)
    precondition(status == 0, "no key for what belongs to a thread: errno \(status)")
    return key
  }()

  /// Where messages are left that the caller's thread sends when it has done what it is at; nil if it is nobody's own.
  static var outgoing: OutgoingMail? { current?.outgoing }

  private func wake() {
    var byte: UInt8 = 1
    // A full pipe is a wake-up as well.
    _ = write(wakeUp.write, &byte, 1)
  }

  // MARK: - On the thread

  /// What a new thread is given; a class, to pass through C's `void *`.
  fileprivate final class Start {
    let thread: OwnerThread
    let turn: @Sendable (Bool) -> Interest

    init(thread: OwnerThread, turn: @escaping @Sendable (Bool) -> Interest) {
      self.thread = thread
      self.turn = turn
    }
  }

  /// Sends what was left for other connections; on the thread.
  func sendOutgoing() { outgoing.send() }

  fileprivate func run(_ turn: (Bool) -> Interest) {
    pthread_setspecific(Self.key, Unmanaged.passUnretained(self).toOpaque())
    var isReadable = true
    while true {
      runJobs()
      let interest = turn(isReadable)
      outgoing.send()
      enum Next { case sleep, again, send, end }
      let next = state.withLockedValue { state -> Next in
        defer { state.hasOutput = false }
        if !state.jobs.isEmpty { return .again }
        if state.hasOutput { return .send }
        if state.isStopping {
          state.hasEnded = true
          return .end
        }
        state.isAsleep = true
        state.isDozing = interest.isDozing
        return .sleep
      }
      switch next {
      // As a rule the jobs of what was just read are done before more comes; if they go on and on, it gets its turn.
      case .again: isReadable.toggle()
      case .send: isReadable = false
      case .end:
        pthread_setspecific(Self.key, nil)
        let farewells = state.withLockedValue { state in
          defer { state.farewells = [] }
          return state.farewells
        }
        for farewell in farewells { farewell() }
        return
      case .sleep: isReadable = sleep(interest)
      }
    }
  }

  private func runJobs() {
    let jobs = state.withLockedValue { state in
      defer { state.jobs = [] }
      return state.jobs
    }
    for (index, job) in jobs.enumerated() {
      run(job)
      if index % Self.mostJobs == Self.mostJobs - 1 { outgoing.send() }
    }
    outgoing.send()
  }

  /// After so many jobs what they send goes out, though there are more.
  private static let mostJobs = 16

  /// - Returns: false if it was woken for jobs alone.
  private func sleep(_ interest: Interest) -> Bool {
    withUnsafeTemporaryAllocation(of: pollfd.self, capacity: 2) { descriptors in
      // poll leaves out a negative descriptor.
      descriptors.initialize(repeating: pollfd(fd: -1, events: Int16(POLLIN), revents: 0))
      descriptors[0].fd = wakeUp.read
      descriptors[1].fd = interest.descriptor ?? -1
      let count = poll(descriptors.baseAddress, 2, interest.timeout.map(\.pollMilliseconds) ?? -1)
      state.withLockedValue { $0.isAsleep = false }
      if count > 0, descriptors[0].revents != 0 {
        withUnsafeTemporaryAllocation(byteCount: 64, alignment: 1) { bytes in
          while read(wakeUp.read, bytes.baseAddress, bytes.count) == bytes.count {}
        }
      }
      return count <= 0 || descriptors[1].revents != 0
    }
  }
}

private func threadEntry(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let context else { return nil }
  let start = Unmanaged<OwnerThread.Start>.fromOpaque(context).takeRetainedValue()
  start.thread.run(start.turn)
  return nil
}

extension Duration {
  /// Rounded up, so that a deadline has passed when poll returns.
  var pollMilliseconds: Int32 {
    let (seconds, attoseconds) = components
    let milliseconds = Double(seconds) * 1000 + (Double(attoseconds) / 1e15).rounded(.up)
    return Int32(max(0, min(milliseconds, 3_600_000)))
  }
}
