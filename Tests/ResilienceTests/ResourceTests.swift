import Foundation
import SyRPC
import TestSupport
import Testing

#if os(Linux)
  /// What the library takes of the machine. Nothing else may run meanwhile.
  @Suite(
    .serialized, .tags(.broker), .timeLimit(.minutes(8)), .enabled(if: Broker.isInstalled, "needs rabbitmq-server"))
  struct ResourceTests {
    @Test func fiftyThousandCallsTakeNoMoreThanTen() async throws {
      try await withApplication { app in
        let (client, server) = (app.client(), app.server())
        let serving = Task { try await server.serve { $0.data } }
        func calls(_ count: Int) async throws {
          try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<80 {
              group.addTask {
                for number in 0..<count / 80 {
                  let data = JSON.integer(Int64(number))
                  let answer = try await client.call(type: "echo", data: data, timeout: .seconds(60))
                  #expect(answer == data)
                }
              }
            }
            try await group.waitForAll()
          }
        }
        try await calls(10_000)
        let before = try Usage.now()
        try await calls(40_000)
        let after = try Usage.now()
        print("resources: after 10,000 calls \(before); after 50,000 \(after)")
        #expect(after.threads <= before.threads + 4)
        #expect(after.descriptors <= before.descriptors)
        // What is remembered of finished results is bounded by their TTL, not by their number.
        #expect(after.residentMiB < before.residentMiB + 24)
        serving.cancel()
        try await serving.value
        await client.close()
        await server.close()
      }
    }

    @Test func tenThousandWaitersTakeNoThread() async throws {
      try await withApplication(queues: 64, messageTTL: .seconds(600)) { app in
        let (client, server) = (app.client(), app.server())
        try await client.connect()
        let before = try Usage.now()
        let begun = Counter()
        try await withThrowingTaskGroup(of: Void.self) { group in
          for number in 0..<10_000 {
            group.addTask {
              begun.add(1)
              let result = try await client.getResult("\(number)", timeout: .seconds(300))
              #expect(result == .integer(Int64(number)))
            }
          }
          while begun.now < 10_000 { try await Task.sleep(for: .milliseconds(10)) }
          for index in 0..<64 { try await app.until(app.topology.resultQueue(at: index).name, consumers: 1) }
          let during = try Usage.now()
          print("resources: before 10,000 waiters \(before); with them \(during)")
          #expect(during.threads <= before.threads + 8)
          try await withThrowingTaskGroup(of: Void.self) { putters in
            for part in 0..<50 {
              putters.addTask {
                for number in stride(from: part, to: 10_000, by: 50) {
                  try await server.putResult("\(number)", data: .integer(Int64(number)))
                }
              }
            }
            try await putters.waitForAll()
          }
          try await group.waitForAll()
        }
        #expect(client.statistics.resultsGot == 10_000)
        await client.close()
        await server.close()
      }
    }

    @Test func whoIsIdleUsesNoProcessor() async throws {
      try await withApplication { app in
        let (client, server) = (app.client(), app.server())
        let serving = Task { try await server.serve { $0.data } }
        let waiting = Task { try await client.getResult("never", timeout: .seconds(100)) }
        #expect(try await client.call(type: "echo", data: 1, timeout: .seconds(60)) == 1)
        let before = try Usage.now()
        try await Task.sleep(for: .seconds(10))
        let used = try Usage.now().processorSeconds - before.processorSeconds
        print("resources: idle client and server used \(used) s of the processor in 10 s")
        // The kernel counts in hundredths of a second; a busy wait would take all ten.
        #expect(used <= 0.05)
        waiting.cancel()
        _ = await waiting.result
        serving.cancel()
        try await serving.value
        await client.close()
        await server.close()
      }
    }

    private struct Usage: CustomStringConvertible {
      let threads: Int
      let descriptors: Int
      let residentMiB: Int
      let processorSeconds: Double

      static func now() throws -> Usage {
        func count(_ folder: String) throws -> Int {
          try FileManager.default.contentsOfDirectory(atPath: "/proc/self/\(folder)").count
        }
        let pages = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")[1]
        // After the name in parentheses come state (the third field) …; utime and stime are the 14th and 15th (proc(5)).
        let fields = try String(contentsOfFile: "/proc/self/stat", encoding: .utf8).split(separator: ")").last?
          .split(separator: " ")
        let ticks = try #require(fields.map { [$0[11], $0[12]].compactMap { Double($0) }.reduce(0, +) })
        return Usage(
          threads: try count("task"), descriptors: try count("fd"),
          residentMiB: (Int(pages) ?? 0) * sysconf(Int32(_SC_PAGESIZE)) / 1_048_576,
          processorSeconds: ticks / Double(sysconf(Int32(_SC_CLK_TCK))))
      }

      var description: String { "\(threads) threads, \(descriptors) descriptors, \(residentMiB) MiB" }
    }
  }
#endif
