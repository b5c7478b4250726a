import Foundation

import Subprocess
import Testing

/// A copy of `interop/setup` on a system that is made up: only the programs of a folder of its own are on the PATH, and
/// what they are asked is noted.
struct SetupSandbox {
  /// What a run of a script came to.
  struct Outcome {
    var status: Int32?
    /// What it wrote to standard error.
    var said: String
  }

  let folder: String
  private var programs: String { "\(folder)/bin" }

  /// Makes the sandbox, and gives it a Swift toolchain, an ordinary user and a C compiler.
  init(in folder: String) throws {
    self.folder = folder
    for name in ["bin", "checkout/interop/peers"] {
      try FileManager.default.createDirectory(atPath: "\(folder)/\(name)", withIntermediateDirectories: true)
    }
    for name in ["setup", "lib"] {
      try FileManager.default.copyItem(
        atPath: "\(checkoutFolder)/interop/\(name)", toPath: "\(folder)/checkout/interop/\(name)")
    }
    for program in Self.tools { try link(program) }
    try play("uname", "echo Linux")
    try play("id", "echo 1000")
    try play("swift", "echo 'Swift version 6.3.1 (swift-6.3.1-RELEASE)'")
    for program in ["cc", "git", "openssl"] { try play(program, ":") }
    try play(
      "pkg-config",
      """
      for word; do
        case $word in
          --*=*) question=${word%%=*} least=${word#*=} ;;
          --*) question=$word ;;
          *) version=$(cat "$0.modules/$word" 2> /dev/null) || exit 1 ;;
        esac
      done
      case $question in
        --modversion) echo "$version" ;;
        --atleast-version) [ "$(printf '%s\\n' "$least" "$version" | sort -V | head -n 1)" = "$least" ] ;;
      esac
      """, noted: false)
    try FileManager.default.createDirectory(atPath: "\(programs)/pkg-config.modules", withIntermediateDirectories: true)
  }

  private static let tools = [
    "awk", "basename", "cat", "chmod", "cmp", "dirname", "env", "grep", "head", "ls", "mkdir", "rm", "sed", "sh",
    "sort",
    "tail", "tr", "true",
  ]

  private func link(_ program: String) throws {
    let found = ["/usr/bin", "/bin"].map { "\($0)/\(program)" }.first(where: FileManager.default.isExecutableFile)
    try FileManager.default.createSymbolicLink(
      atPath: "\(programs)/\(program)", withDestinationPath: #require(found, "there is no \(program)"))
  }

  /// Puts a program on the PATH that is a shell script; its calls are in ``calls`` unless they are not `noted`. In it,
  /// `installs` followed by names of packages makes the libraries that Debian, Fedora and Homebrew have by these names.
  func play(_ name: String, _ script: String, noted: Bool = true) throws {
    let path = "\(programs)/\(name)"
    let note = noted ? "echo \"\(name) $*\" >> '\(folder)/calls'" : ":"
    let installs = """
      installs() {
        for package; do
          case $package in
            librabbitmq-dev* | librabbitmq-devel | rabbitmq-c) echo 0.11.0 > '\(programs)/pkg-config.modules/librabbitmq' ;;
            libjansson-dev | jansson-devel | jansson) echo 2.14 > '\(programs)/pkg-config.modules/jansson' ;;
            libssl-dev | openssl-devel | openssl@3) echo 3.0.17 > '\(programs)/pkg-config.modules/openssl' ;;
          esac
        done
      }
      """
    try "#!/bin/sh\n\(note)\n\(installs)\n\(script)\n".write(toFile: path, atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
  }

  /// Takes a program off the PATH.
  func remove(_ program: String) throws { try FileManager.default.removeItem(atPath: "\(programs)/\(program)") }

  /// Lets pkg-config know a version of a library.
  func haveLibrary(_ module: String, _ version: String) throws {
    try version.write(toFile: "\(programs)/pkg-config.modules/\(module)", atomically: true, encoding: .utf8)
  }

  /// Lets pkg-config know nothing of a library.
  func removeLibrary(_ module: String) throws {
    try FileManager.default.removeItem(atPath: "\(programs)/pkg-config.modules/\(module)")
  }

  func haveAllLibraries() throws {
    for (module, version) in ["librabbitmq": "0.15.0", "jansson": "2.14", "openssl": "3.5.1"] {
      try haveLibrary(module, version)
    }
  }

  /// A peer whose setup program is a shell script.
  func havePeer(_ name: String, _ script: String) throws {
    let peer = "\(folder)/checkout/interop/peers/\(name)"
    try FileManager.default.createDirectory(atPath: peer, withIntermediateDirectories: true)
    try "#!/bin/sh\n\(script)\n".write(toFile: "\(peer)/setup", atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: "\(peer)/setup")
  }

  /// The calls of the programs that are played, one a line, in order.
  var calls: [String] {
    ((try? String(contentsOfFile: "\(folder)/calls", encoding: .utf8)) ?? "").split(separator: "\n").map(String.init)
  }

  /// The calls of one program.
  func calls(of program: String) -> [String] { calls.filter { $0.hasPrefix("\(program) ") } }

  /// Lets the script be in what `interop/install` has put in place, with a program that finds no libraries.
  func beInstalled() throws {
    for name in ["share", "bin"] {
      try FileManager.default.createDirectory(atPath: "\(folder)/place/\(name)", withIntermediateDirectories: true)
    }
    try FileManager.default.moveItem(atPath: "\(folder)/checkout", toPath: "\(folder)/place/share/syrpc")
    try "".write(toFile: "\(folder)/place/share/syrpc/installed", atomically: true, encoding: .utf8)
    try FileManager.default.createSymbolicLink(
      atPath: "\(folder)/checkout", withDestinationPath: "\(folder)/place/share/syrpc")
    try play("../place/bin/syrpc", "exit 127", noted: false)
  }

  /// Runs `interop/setup`.
  func setup(_ arguments: String..., environment: [String: String] = [:]) async throws -> Outcome {
    let script = URL(filePath: "\(folder)/checkout").resolvingSymlinksInPath().path + "/interop/setup"
    return try await runScript(
      script, arguments,
      environment: ["PATH": programs, "HOME": folder].merging(environment) { $1 })
  }
}

/// Runs a shell script with nothing but an environment of its own; its standard output is left out.
func runScript(
  _ path: String, _ arguments: [String], environment: [String: String]
) async throws -> SetupSandbox.Outcome {
  try await runProgram("/bin/sh", [path] + arguments, environment: environment)
}

/// Runs a program with nothing but an environment of its own; its standard output is left out.
func runProgram(
  _ path: String, _ arguments: [String], environment: [String: String]
) async throws -> SetupSandbox.Outcome {
  let settings = environment.map { "\($0.key)=\($0.value)" }
  let result = try await Subprocess.run(
    .name("env"), arguments: Arguments(["-i"] + settings + [path] + arguments), output: .discarded,
    error: .string(limit: 1 << 16))
  guard case .exited(let status) = result.terminationStatus else {
    return SetupSandbox.Outcome(said: result.standardError)
  }
  return SetupSandbox.Outcome(status: status, said: result.standardError)
}

/// Whether programs are on the PATH.
func isInstalled(_ programs: String...) -> Bool {
  let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
  return programs.allSatisfy { program in
    folders.contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(program)") }
  }
}

/// A sandbox of this test alone.
func withSetupSandbox(_ body: (SetupSandbox) async throws -> Void) async throws {
  try await withTemporaryFolder { try await body(SetupSandbox(in: $0)) }
}
