internal import InteropModel
package import SyRPCWire

extension Report {
  /// The run as such.
  package struct Run: Sendable, Hashable, Codable {
    /// Versions of what ran it.
    package var syrpc: String
    package var librabbitmq: String
    package var jansson: String
    /// The words of the command.
    package var command: [String]
    /// Nil if there was none yet.
    package var broker: Broker?
    /// ISO 8601.
    package var started: String
    package var seconds: Double
    package var parallel: Int
    /// The rules of `--fault`; nil for none.
    package var faults: String?
    /// The operating system.
    package var system: String
    /// What it was held against; nil if nobody noted it.
    package var fixtures: Fixtures?
    /// Whether nothing was left out by a selection.
    package var isWhole = true
    /// How many cells it was to run; nil if it ended before that was known.
    package var cells: Int?
    /// What was selected and could not be run.
    package var leftOut: [LeftOut] = []
    /// The longest that the broker took to answer a connection; nil if nobody measured it.
    package var connectionMilliseconds: Int?
    /// What the run could not delete from a broker that is somebody else's, each with the reason.
    package var leftOnBroker: [String] = []

    package init(
      syrpc: String, librabbitmq: String, jansson: String, command: [String], started: String, seconds: Double,
      parallel: Int, faults: String? = nil, system: String
    ) {
      self.syrpc = syrpc
      self.librabbitmq = librabbitmq
      self.jansson = jansson
      self.command = command
      self.started = started
      self.seconds = seconds
      self.parallel = parallel
      self.faults = faults
      self.system = system
    }

    enum CodingKeys: String, CodingKey {
      case syrpc, librabbitmq, jansson, command, broker, started, seconds, parallel, faults, system, cells, fixtures
      case isWhole = "whole"
      case leftOut = "left_out"
      case connectionMilliseconds = "connection_milliseconds"
      case leftOnBroker = "left_on_broker"
    }

    /// The broker, by what it says of itself on the wire.
    package struct Broker: Sendable, Hashable, Codable {
      package let product: String
      package let version: String
      package let isPrivate: Bool
      /// `host:port`.
      package let address: String
      package let virtualHost: String

      package init(product: String, version: String, isPrivate: Bool, address: String, virtualHost: String) {
        self.product = product
        self.version = version
        self.isPrivate = isPrivate
        self.address = address
        self.virtualHost = virtualHost
      }

      enum CodingKeys: String, CodingKey {
        case product, version, address
        case isPrivate = "private"
        case virtualHost = "virtual_host"
      }
    }

    /// What tells the fixtures of a run from those of another.
    package struct Fixtures: Sendable, Hashable, Codable {
      package let contract: String
      /// All lists of divergences.
      package let divergences: String
      package let payloads: String
      /// The golden messages.
      package let messages: String

      package init(contract: String, divergences: String, payloads: String, messages: String) {
        self.contract = contract
        self.divergences = divergences
        self.payloads = payloads
        self.messages = messages
      }
    }

    package struct LeftOut: Sendable, Hashable, Codable {
      package let cells: Int
      package let reason: String

      package init(cells: Int, reason: String) {
        self.cells = cells
        self.reason = reason
      }
    }
  }

  /// One that takes part, or would if it were here.
  package struct Peer: Sendable, Hashable, Codable {
    package var name: String
    package var about: String
    package var mode: RunReport.Peer.Mode
    /// Which alternative of its manifest ran, or why none could.
    package var reason: String?
    package var implementation: String?
    package var runtime: String?
    package var settings: JSONObject?
    package var libraries: JSONObject?
    package var bridged: [String]?
    package var location: String?
    /// Whether a local checkout stood in for the release.
    package var reference: Bool?
    package var checkout: Checkout?
    /// The proposal that it claims to keep to; nil for the contract in force.
    package var contract: String?

    /// A local checkout that was tested.
    package struct Checkout: Sendable, Hashable, Codable {
      package let path: String
      package let commit: String?
      package let modified: Bool

      /// For people, as ``LocalReference/shown``.
      package var shown: String { LocalReference(path: path, commit: commit, isModified: modified).shown }
    }
  }
}
