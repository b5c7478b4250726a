import NIOConcurrencyHelpers
import SyRPCWire
import TestSupport
import Testing

@testable import AMQP

/// Publishing from any thread.
@Suite(.tags(.broker), .timeLimit(.minutes(4)), .enabled(if: Broker.isInstalled, "needs rabbitmq-server"))
struct PostingTests {
  @Test func fromManyThreadsEachMessageIsConfirmedOnce() async throws {
    try await withQueue { connection, binding in
      let destination = Destination(exchange: binding.exchange, routingKey: binding.routingKey)
      func post(_ body: [UInt8], _ confirmed: @escaping ConfirmReceiver) -> Bool {
        connection.postAtOnce(body, to: destination, confirmed: confirmed)
      }
      try await connection.publish([0], to: destination)
      let (confirms, sink) = AsyncStream<Int>.makeStream()
      await withTaskGroup(of: Void.self) { group in
        for number in 0..<16 {
          group.addTask {
            for turn in 0..<100 {
              let message = number * 100 + turn
              let body = Array(repeating: UInt8(truncatingIfNeeded: message), count: 1 + message * 7 % 16_000)
              let isPosted = post(body) { outcome in
                if case .success = outcome { sink.yield(message) } else { Issue.record("\(outcome)") }
              }
              if !isPosted { Issue.record("not posted") }
              if turn % 10 == 0 { await Task.yield() }
            }
          }
          // What the connection's own thread sends comes between them.
          group.addTask {
            for _ in 0..<10 {
              try? await connection.publish(Array(repeating: 1, count: 100_000), to: destination)
              try? await connection.publish([1], to: destination, headers: ["number": "\(number)"])
            }
          }
        }
      }
      var met: Set<Int> = []
      for await message in confirms {
        #expect(met.insert(message).inserted)
        if met.count == 1600 { break }
      }
      try await expectQueue(binding.queue, on: connection, messages: 1 + 1600 + 320)
    }
  }

  @Test func whatIsLargeOrComesTooLateIsNotPosted() async throws {
    try await withQueue { connection, binding in
      let destination = Destination(exchange: binding.exchange, routingKey: binding.routingKey)
      func post(_ size: Int) -> Bool {
        connection.postAtOnce(Array(repeating: 1, count: size), to: destination) { _ in }
      }
      try await connection.publish([0], to: destination)
      #expect(post(AMQPConnection.smallBody) && !post(AMQPConnection.smallBody + 1))
      await connection.close()
      #expect(!post(1))
    }
  }

  /// Confirms for which nobody waits are read late, but are read; and at once with one that somebody waits for.
  @Test func confirmsForWhichNobodyWaitsComeToo() async throws {
    try await withQueue { connection, binding in
      let destination = Destination(exchange: binding.exchange, routingKey: binding.routingKey)
      let (confirms, sink) = AsyncStream<Int>.makeStream()
      var met: [Int] = []
      var iterator = confirms.makeAsyncIterator()
      for turn in 0..<50 {
        for number in 0..<2 {
          let isPosted = connection.postAtOnce([1], to: destination, isAwaited: number == 1) { outcome in
            if case .success = outcome { sink.yield(2 * turn + number) } else { Issue.record("\(outcome)") }
          }
          #expect(isPosted)
        }
        for _ in 0..<2 { await iterator.next().map { met.append($0) } }
      }
      #expect(met.sorted() == Array(0..<100))
      #expect(connection.postAtOnce([1], to: destination, isAwaited: false) { _ in sink.yield(100) })
      #expect(await iterator.next() == 100)
    }
  }

  @Test func whatCannotBeRoutedIsToldToItsSender() async throws {
    try await withQueue { connection, binding in
      let destination = Destination(exchange: binding.exchange, routingKey: binding.routingKey)
      try await connection.publish([0], to: destination)
      try await connection.deleteQueue(binding.queue)
      let (outcomes, sink) = AsyncStream<Result<Void, any Error>>.makeStream()
      #expect(connection.postAtOnce([1], to: destination) { sink.yield($0) })
      guard case .failure(let error as AMQPError) = await outcomes.first(where: { _ in true }) else {
        Issue.record("no error")
        return
      }
      #expect(error.code == .unroutable)
    }
  }
}
