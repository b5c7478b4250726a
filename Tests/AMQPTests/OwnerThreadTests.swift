import CRabbitMQ
import CThreads
import Testing

@testable import AMQP

struct OwnerThreadTests {
  /// The headers of a message are its sender's, who may be anybody.
  @Test func itsStackHoldsTheDeepestTableThatAFrameHolds() async throws {
    let (outcomes, sink) = AsyncStream<(status: Int32, stack: Int)>.makeStream()
    let thread = try OwnerThread { _ in
      var lowest: UnsafeMutableRawPointer?
      sink.yield((Self.decode(Self.deepestTable), syrpc_stack_size(&lowest)))
      return .init()
    }
    var iterator = outcomes.makeAsyncIterator()
    let outcome = try #require(await iterator.next())
    // It is decoded, or refused where librabbitmq has a bound of its own, as 0.15 does.
    #expect([0, AMQP_STATUS_BAD_AMQP_DATA.rawValue].contains(outcome.status))
    // glibc may give a larger one that another thread has left.
    #expect(outcome.stack >= OwnerThread.stackSize)
    thread.stop()
  }

  /// A table of one array, in which is one array, and so on: a tag and the size of the rest each (AMQP 0-9-1, 4.2.5). As
  /// many as are in a frame of 128 KiB.
  private static var deepestTable: [UInt8] {
    let size = 131_072 / 5 * 5
    var table: [UInt8] = []
    func appendSizeOfRest() {
      let rest = size - table.count - 4
      table += (0..<4).reversed().map { UInt8(truncatingIfNeeded: rest >> ($0 * 8)) }
    }
    appendSizeOfRest()
    // The array's key, without a letter.
    table.append(0)
    while table.count < size {
      table.append(UInt8(ascii: "A"))
      appendSizeOfRest()
    }
    return table
  }

  /// librabbitmq's status.
  private static func decode(_ table: [UInt8]) -> Int32 {
    var pool = amqp_pool_t()
    init_amqp_pool(&pool, 4096)
    defer { empty_amqp_pool(&pool) }
    var table = table
    return table.withUnsafeMutableBytes { bytes in
      var decoded = amqp_table_t()
      var offset = 0
      return amqp_decode_table(amqp_bytes_t(len: bytes.count, bytes: bytes.baseAddress), &pool, &decoded, &offset)
    }
  }
}
