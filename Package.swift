// swift-tools-version: 6.2
import PackageDescription

/// `SYRPC_WARNINGS=error` makes warnings errors, as in `.ci/run`. A release is built without it: a newer compiler, or a newer
/// header of the system, may warn of what was right when it was written.
let warnings: [SwiftSetting] =
  Context.environment["SYRPC_WARNINGS"] == "error" ? [.treatAllWarnings(as: .error)] : []

/// Every target of ours is held to the same rules.
let strict: [SwiftSetting] =
  [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
  ] + warnings

let package = Package(
  name: "syrpc-swift",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "SyRPC", targets: ["SyRPC"]),
    .executable(name: "syrpc", targets: ["SyRPCCommand"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.2.0"),
    .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.2.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-metrics", from: "2.5.0"),
    .package(url: "https://github.com/apple/swift-system", from: "1.5.0"),
    .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.1.4"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.0.0"),
    .package(url: "https://github.com/onevcat/Rainbow", from: "4.0.0"),
    .package(url: "https://github.com/ordo-one/TextTable", from: "0.0.2"),
    // The locks of NIOConcurrencyHelpers are seen by the thread sanitizer; Synchronization.Mutex is not, on Linux, where the
    // kernel hands it over.
    .package(url: "https://github.com/apple/swift-nio", from: "2.80.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.6.0"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.0"),
  ],
  targets: [
    .systemLibrary(
      name: "CRabbitMQ", pkgConfig: "librabbitmq",
      providers: [.apt(["librabbitmq-dev"]), .brew(["rabbitmq-c"])]),
    .systemLibrary(
      name: "CJansson", pkgConfig: "jansson",
      providers: [.apt(["libjansson-dev"]), .brew(["jansson"])]),
    .systemLibrary(
      name: "COpenSSL", pkgConfig: "openssl",
      providers: [.apt(["libssl-dev"]), .brew(["openssl@3"])]),
    .systemLibrary(name: "CThreads"),

    .target(
      name: "SyRPCWire",
      dependencies: ["CJansson", "CThreads", .product(name: "OrderedCollections", package: "swift-collections")],
      swiftSettings: strict),
    .target(
      name: "AMQP",
      dependencies: [
        "COpenSSL", "CRabbitMQ", "CThreads", "SyRPCWire",
        .product(name: "DequeModule", package: "swift-collections"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
      ],
      swiftSettings: strict),
    .target(
      name: "SyRPC",
      dependencies: [
        "AMQP", "SyRPCWire",
        .product(name: "DequeModule", package: "swift-collections"),
        .product(name: "HeapModule", package: "swift-collections"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "Metrics", package: "swift-metrics"),
        .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "Tracing", package: "swift-distributed-tracing"),
      ],
      swiftSettings: strict),
    .target(
      name: "WireTap",
      dependencies: [
        "CRabbitMQ", "SyRPCWire",
        .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ],
      swiftSettings: strict),
    // The harness, in rooms: a target may use those above it, and no others.
    .target(
      name: "InteropSupport",
      dependencies: [
        "SyRPCWire",
        .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
        .product(name: "Subprocess", package: "swift-subprocess"),
        .product(name: "SystemPackage", package: "swift-system"),
      ],
      path: "Sources/Interop/Support", swiftSettings: strict),
    .target(
      name: "InteropBroker",
      dependencies: [
        "AMQP", "InteropSupport", "SyRPCWire",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ],
      path: "Sources/Interop/Broker", swiftSettings: strict),
    .target(
      name: "InteropModel", dependencies: ["InteropSupport", "SyRPCWire", "WireTap"], path: "Sources/Interop/Model",
      swiftSettings: strict),
    .target(
      name: "InteropJudge", dependencies: ["InteropModel", "InteropSupport", "SyRPCWire", "WireTap"],
      path: "Sources/Interop/Judge", swiftSettings: strict),
    .target(
      name: "InteropReport",
      dependencies: [
        "InteropJudge", "InteropModel", "InteropSupport", "SyRPCWire", "WireTap",
        .product(name: "Mustache", package: "swift-mustache"),
        .product(name: "SystemPackage", package: "swift-system"),
        .product(name: "TextTable", package: "TextTable"),
      ],
      path: "Sources/Interop/Report",
      resources: [
        .embedInCode("HTML/Page/page.mustache"), .embedInCode("HTML/Page/report.css"),
        .embedInCode("HTML/Page/report.js"),
      ],
      swiftSettings: strict),
    .target(
      name: "InteropRunner",
      dependencies: [
        "AMQP", "InteropBroker", "InteropJudge", "InteropModel", "InteropReport", "InteropSupport", "SyRPCWire",
        "WireTap",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "Subprocess", package: "swift-subprocess"),
      ],
      path: "Sources/Interop/Runner", swiftSettings: strict),
    .target(
      name: "InteropProposals",
      dependencies: [
        "InteropJudge", "InteropModel", "InteropReport", "InteropRunner", "InteropSupport", "SyRPCWire", "WireTap",
      ],
      path: "Sources/Interop/Proposals", swiftSettings: strict),
    .target(
      name: "InteropFixtures",
      dependencies: [
        "InteropJudge", "InteropModel", "InteropReport", "InteropRunner", "InteropSupport", "SyRPCWire", "WireTap",
      ],
      path: "Sources/Interop/Fixtures", swiftSettings: strict),
    .target(
      name: "InteropSelfTest",
      dependencies: [
        "InteropJudge", "InteropModel", "InteropReport", "InteropRunner", "InteropSupport", "SyRPCWire", "WireTap",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
        .product(name: "TextTable", package: "TextTable"),
      ],
      path: "Sources/Interop/SelfTest", swiftSettings: strict),
    // What the library is measured against: the same calls by C on librabbitmq and jansson.
    .target(
      name: "CBench", dependencies: ["CJansson", "CRabbitMQ"]),
    .target(
      name: "Bench",
      dependencies: [
        "AMQP", "CBench", "InteropModel", "InteropRunner", "InteropSupport", "SyRPC", "SyRPCWire",
        .product(name: "Histogram", package: "hdrhistogram-swift"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
        .product(name: "TextTable", package: "TextTable"),
      ],
      swiftSettings: strict),
    .executableTarget(
      name: "SyRPCCommand",
      dependencies: [
        "AMQP", "Bench", "InteropBroker", "InteropFixtures", "InteropJudge", "InteropModel",
        "InteropProposals", "InteropReport", "InteropRunner", "InteropSelfTest", "InteropSupport", "SyRPC", "SyRPCWire",
        "WireTap",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "Rainbow", package: "Rainbow"),
        .product(name: "TextTable", package: "TextTable"),
        .product(name: "Tracing", package: "swift-distributed-tracing"),
        .product(name: "UnixSignals", package: "swift-service-lifecycle"),
      ],
      swiftSettings: strict),

    .target(name: "SeededRandom", path: "Tests/SeededRandom", swiftSettings: strict),
    .testTarget(name: "SyRPCWireTests", dependencies: ["SeededRandom", "SyRPCWire"], swiftSettings: strict),
    .testTarget(name: "BenchTests", dependencies: ["Bench", "InteropSupport", "SyRPCWire"], swiftSettings: strict),
    .testTarget(
      name: "AMQPTests",
      dependencies: [
        "AMQP", "CRabbitMQ", "CThreads", "InteropBroker", "SyRPCWire", "WireTap",
        .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
      ],
      swiftSettings: strict),
    .testTarget(
      name: "SyRPCTests",
      dependencies: [
        "AMQP", "SyRPC", "SyRPCWire", "TestSupport", "WireTap",
        .product(name: "Metrics", package: "swift-metrics"), .product(name: "MetricsTestKit", package: "swift-metrics"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "Tracing", package: "swift-distributed-tracing"),
      ],
      swiftSettings: strict),
    .testTarget(
      name: "ResilienceTests",
      dependencies: [
        "AMQP", "InteropBroker", "SeededRandom", "SyRPC", "SyRPCWire", "TestSupport", "WireTap",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
      ],
      swiftSettings: strict),
    .target(
      name: "TestSupport",
      dependencies: [
        "AMQP", "InteropBroker", "SyRPC", "SyRPCWire", "WireTap",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
      ],
      path: "Tests/TestSupport", swiftSettings: strict),
    .testTarget(
      name: "WireTapTests",
      dependencies: [
        "CRabbitMQ", "SeededRandom", "SyRPCWire", "WireTap",
        .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ],
      swiftSettings: strict),
    .testTarget(
      name: "InteropTests",
      dependencies: [
        "AMQP", "InteropBroker", "InteropFixtures", "InteropJudge", "InteropModel", "InteropProposals", "InteropReport",
        "InteropRunner", "InteropSelfTest", "InteropSupport", "SyRPCWire", "WireTap",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "Subprocess", package: "swift-subprocess"),
      ],
      swiftSettings: strict),
    .testTarget(
      name: "FuzzTests",
      dependencies: ["InteropModel", "InteropRunner", "InteropSupport", "SeededRandom", "SyRPCWire", "WireTap"],
      swiftSettings: strict),
  ]
)

// `SYRPC_PROGRAM=none` leaves out the program and what only it needs: `.ci/run` tries the library, the tap and the fuzzers under
// two sanitizers, and the rest would be built in vain.
if Context.environment["SYRPC_PROGRAM"] == "none" {
  let rest: Set = [
    "InteropFixtures", "InteropProposals", "InteropSelfTest", "InteropTests", "ResilienceTests", "SyRPCCommand",
  ]
  package.targets.removeAll { rest.contains($0.name) }
  package.products.removeAll { $0.name == "syrpc" }
}
