internal import InteropSupport

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

/// The files, the ports and the environment of a RabbitMQ node that shares nothing with any but its cluster.
package struct PrivateNode: Sendable {
  /// The ports that a node needs.
  struct Ports: Sendable {
    /// AMQP.
    var amqp: UInt16
    /// Erlang's distribution. RabbitMQ would take that of AMQP plus 20000, which may not exist.
    var distribution: UInt16
    /// Erlang's port mapper, epmd.
    var mapper: UInt16
    /// AMQP with TLS, if the settings ask for it.
    var tls: UInt16
  }

  let ports: Ports
  private let installation: RabbitMQInstallation
  private let folder: String

  /// Writes the files.
  ///
  /// - Parameters:
  ///   - installation: What runs.
  ///   - folder: Where everything of it is.
  ///   - ports: Where it listens.
  ///   - settings: More lines for rabbitmq.conf; `{tls-port}` stands for the port of TLS.
  ///   - plugins: To be enabled.
  ///   - member: Whose cluster it joins. They share the port mapper.
  /// - Throws: A system error.
  init(
    _ installation: RabbitMQInstallation, folder: RunFolder, ports: Ports, settings: String, plugins: [String] = [],
    joining member: PrivateNode? = nil
  ) throws {
    self.installation = installation
    self.folder = folder.path
    self.ports = ports
    try SmallFile.write(
      """
      listeners.tcp.local = 127.0.0.1:\(ports.amqp)
      # The machine may be short of disk and memory; a test's node must not stop its publishers for that.
      disk_free_limit.absolute = 1MB
      vm_memory_high_watermark.relative = 0.9
      # A line for each connection would hide what matters.
      log.connection.level = warning
      \(settings.replacing("{tls-port}", with: "\(ports.tls)"))
      \(member.map(clusterSettings) ?? "")
      """, to: file("rabbitmq.conf"))
    if let member {
      try SmallFile.write(SmallFile.read(member.file(Self.cookie)) ?? "", to: file(Self.cookie))
    }
    try SmallFile.write(Self.definitions, to: file("definitions.json"))
    try SmallFile.write("[\(plugins.joined(separator: ","))].\n", to: file("enabled_plugins"))
    // Without one of our own, the machine's would be read.
    try SmallFile.write("", to: file("rabbitmq-env.conf"))
    // Not in rabbitmq.conf, which has no quotes: an octothorpe in a path would begin a comment there.
    try SmallFile.write(
      """
      %% coding: utf-8
      [{rabbit, [{load_definitions, \(erlangString(file("definitions.json")))}]}].

      """, to: file("advanced.config"))
  }

  /// Checks that RabbitMQ starts in a folder: with a quote in its path it hangs half way, for ever, and the guard's commands
  /// are lines.
  ///
  /// - Throws: ``BrokerError`` with the code `unusableFolder`.
  static func checkFolder(_ path: String) throws(BrokerError) {
    let wrong = path.unicodeScalars.first { $0 == "'" || $0 == "\"" || $0.properties.generalCategory == .control }
    guard let wrong else { return }
    let name = wrong.properties.generalCategory == .control ? "a control character" : "the character \(wrong)"
    throw BrokerError(
      code: .unusableFolder,
      message:
        "RabbitMQ does not start in a folder whose path has \(name), as \(path.debugDescription) has: set TMPDIR to "
        + "another folder, as in TMPDIR=/tmp")
  }

  /// A virtual host besides `/`, for what must not meet the rest: recordings come with application names of their own.
  static let replayVirtualHost = "replay"

  /// A virtual host and a user with characters that URLs escape, and that a careless client does not.
  package static let elsewhere = (virtualHost: "a b/%ü", user: "us/er@1", password: "p%41?ss wörd")

  /// A virtual host whose queues are quorum queues by default, with the delivery limit that RabbitMQ has from 4.0 on.
  /// RabbitMQ 3.10 takes the type from the metadata.
  package static let quorumVirtualHost = "quorum"

  /// RabbitMQ makes its default user and virtual host only where nothing else is defined. A cluster without a name is called
  /// after its machine: the node would look that up at each connection, and where it does not resolve, that can take seconds.
  private static let definitions = """
    {
      "global_parameters": [{"name": "cluster_name", "value": "syrpc"}],
      "users": [
        {"name": "guest", "password": "guest", "tags": ["administrator"]},
        {"name": "\(elsewhere.user)", "password": "\(elsewhere.password)", "tags": []}
      ],
      "vhosts": [
        {"name": "/"}, {"name": "\(replayVirtualHost)"}, {"name": "\(elsewhere.virtualHost)"},
        {
          "name": "\(quorumVirtualHost)", "default_queue_type": "quorum", "metadata": {"default_queue_type": "quorum"}
        }
      ],
      "policies": [
        {
          "vhost": "\(quorumVirtualHost)", "name": "delivery-limit", "pattern": ".*", "apply-to": "queues",
          "definition": {"delivery-limit": 20}
        }
      ],
      "permissions": [
        {"user": "guest", "vhost": "/", "configure": ".*", "write": ".*", "read": ".*"},
        {"user": "guest", "vhost": "\(replayVirtualHost)", "configure": ".*", "write": ".*", "read": ".*"},
        {"user": "guest", "vhost": "\(quorumVirtualHost)", "configure": ".*", "write": ".*", "read": ".*"},
        {
          "user": "\(elsewhere.user)", "vhost": "\(elsewhere.virtualHost)",
          "configure": ".*", "write": ".*", "read": ".*"
        }
      ]
    }

    """

  /// What the members of a cluster know one another by, in their HOME.
  private static let cookie = ".erlang.cookie"

  private func clusterSettings(_ member: PrivateNode) -> String {
    """
    cluster_formation.peer_discovery_backend = classic_config
    cluster_formation.classic_config.nodes.1 = \(member.name)
    cluster_formation.classic_config.nodes.2 = \(name)

    """
  }

  /// At localhost, since the machine's own name need not resolve.
  private var name: String { "syrpc-\(ports.amqp)-\(ports.mapper)@localhost" }

  /// The shell command that runs epmd.
  var mapperCommand: String { "epmd" }

  /// The shell command that runs the node.
  var command: String {
    // A node that finds no epmd would start one that outlives it, or, here, end.
    "until epmd -names >/dev/null 2>&1; do sleep 0.05; done; \(shellQuoted(installation.server))"
  }

  /// The shell command that has `rabbitmqctl` do something.
  func controlCommand(_ arguments: [String]) -> String {
    ([installation.control, "--quiet"] + arguments).map(shellQuoted).joined(separator: " ")
  }

  var controlLog: String { file("control.log") }
  var mapperLog: String { file("epmd.log") }
  var log: String { file("node.log") }

  /// What must change in the environment of this process.
  var environment: [String: String?] {
    var changes: [String: String?] = [:]
    for name in ProcessInfo.processInfo.environment.keys where isForeign(name) { changes[name] = .some(nil) }
    changes.merge(erlang.merging(rabbitMQ) { $1 }) { $1 }
    if let locale = UTF8Locale.name { changes["LC_ALL"] = locale }
    return changes
  }

  /// The user's own settings for Erlang and RabbitMQ are about other nodes.
  private func isForeign(_ name: String) -> Bool {
    ["RABBITMQ_", "ERL_", "ELIXIR_"].contains { name.hasPrefix($0) }
      // The last three change what shells do.
      || ["NOTIFY_SOCKET", "CONF_ENV_FILE", "BASH_ENV", "ENV", "CDPATH"].contains(name)
  }

  private var erlang: [String: String] {
    [
      // For the cookie.
      "HOME": folder,
      "ERL_EPMD_ADDRESS": "127.0.0.1",
      "ERL_EPMD_PORT": "\(ports.mapper)",
      // For every Erlang, also the short-lived ones that RabbitMQ starts before the node. Names of files are UTF-8 (+fnu),
      // also where no locale says so.
      "ERL_FLAGS": "+fnu -start_epmd false -kernel inet_dist_use_interface {127,0,0,1}",
      "ERL_CRASH_DUMP_SECONDS": "0",
    ]
  }

  private var rabbitMQ: [String: String] {
    [
      "RABBITMQ_NODENAME": name,
      "RABBITMQ_DIST_PORT": "\(ports.distribution)",
      "RABBITMQ_CONF_ENV_FILE": file("rabbitmq-env.conf"),
      "RABBITMQ_CONFIG_FILE": file("rabbitmq.conf"),
      "RABBITMQ_ADVANCED_CONFIG_FILE": file("advanced.config"),
      "RABBITMQ_ENABLED_PLUGINS_FILE": file("enabled_plugins"),
      "RABBITMQ_PLUGINS_EXPAND_DIR": file("plugins"),
      "RABBITMQ_FEATURE_FLAGS_FILE": file("feature_flags"),
      "RABBITMQ_GENERATED_CONFIG_DIR": file("generated"),
      "RABBITMQ_SCHEMA_DIR": file("schema"),
      "RABBITMQ_MNESIA_BASE": file("mnesia"),
      "RABBITMQ_LOG_BASE": file("log"),
      // To standard output, where what the start script and Erlang itself say goes as well.
      "RABBITMQ_LOGS": "-",
      // The peers need cores as well: schedulers on half of them, which do not spin while they wait. On two cores, two
      // schedulers wake each other so often that the matrix takes a tenth longer.
      "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+SP 50:50 +sbwt none +sbwtdcpu none +sbwtdio none",
      "RABBITMQ_PID_FILE": file("node.pid"),
      // Else the script stays as a parent that hides the node's exit code.
      "RUNNING_UNDER_SYSTEMD": "true",
    ]
  }

  private func file(_ name: String) -> String { "\(folder)/\(name)" }

  /// The lines that epmd and the node wrote last, up to 64 KiB each; empty lines are left out.
  var logLines: [String] {
    [mapperLog, log].flatMap { log in
      (SmallFile.read(log, last: 1 << 16) ?? "").split(whereSeparator: \.isNewline)
        .filter { !$0.allSatisfy(\.isWhitespace) }.map(String.init)
    }
  }
}

/// A text as a string of an Erlang term.
func erlangString(_ text: String) -> String {
  "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
}
