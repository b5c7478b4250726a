import AMQP
import Foundation
import SyRPC
import TestSupport
import Testing
import WireTap

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

    /// Connections that are dropped, closed, lost, or never come about leave no thread and no descriptor behind.
    @Test func connectionsLeaveNothing() async throws {
      let address = try await Broker.address
      let (listener, options) = (try SilentListener(), ConnectionOptions(name: "ResourceTests"))
      var (wrong, silent, impatient) = (address, address, options)
      wrong.password = "wrong"
      silent.port = listener.port
      // It accepts a few, of which it then says nothing.
      impatient.connectTimeout = .milliseconds(50)
      impatient.handshakeTimeout = .milliseconds(50)
      func open(_ address: BrokerAddress, _ options: ConnectionOptions) async throws -> AMQPConnection {
        try await AMQPConnection.open(address, options, logger: quiet)
      }
      try await withApplication(queues: 1) { app in
        let queue = app.topology.resultQueue(at: 0).name
        await (try open(address, options)).close()
        let before = try Usage.now()
        for round in 0..<50 {
          // Dropped, also with a consumer whose closures outlive nothing.
          let dropped = try await open(address, options)
          if round % 2 == 0 { _ = try await dropped.consume(queue, prefetch: 0, receive: { _ in }, end: { _ in }) }
          let closed = try await open(address, options)
          await closed.close()
          _ = try? await open(BrokerAddress(host: "127.0.0.1", port: 1), options)
          _ = try? await open(silent, impatient)
          if round % 10 == 0 { _ = try? await open(wrong, options) }
        }
        try await Usage.expectNoMore(than: before)
      }
    }

    @Test func connectionsThatAreLostLeaveNothing() async throws {
      let broker = try await Broker.address
      // The tap's event loops stay.
      _ = await (try Tap.start(brokerHost: broker.host, brokerPort: broker.port, role: "client")).stop()
      let before = try Usage.now()
      try await withApplication(queues: 1, broker: broker) { app in
        // One port, before which a tap is stopped again and again.
        var tap = try await Tap.start(brokerHost: broker.host, brokerPort: broker.port, role: "client")
        var configuration = app.configuration
        configuration.brokers[0].port = tap.port
        configuration.reconnectDelays = .milliseconds(10)...(.milliseconds(50))
        let client = SyRPCClient(configuration, logger: quiet)
        let server = SyRPCServer(configuration, logger: quiet)
        let serving = Task { try await server.serve { $0.data } }
        for round in 0..<20 {
          #expect(
            try await client.call(type: "t", data: .integer(Int64(round)), timeout: .seconds(60))
              == .integer(Int64(round)))
          let port = tap.port
          _ = await tap.stop()
          tap = try await Tap.startAgain(port: port, before: broker, role: "client")
        }
        #expect(client.statistics.connections > 20)
        serving.cancel()
        try await serving.value
        await client.close()
        await server.close()
        _ = await tap.stop()
      }
      try await Usage.expectNoMore(than: before)
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
  }
#endif
