import ArgumentParser
import Foundation
import InteropModel
import InteropSupport

struct SetupCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "setup",
    abstract: "Install what the harness needs and is missing: RabbitMQ, and the peers' packages.",
    usage: "syrpc setup [<option> ...]",
    discussion: """
      The script interop/setup of the checkout, or the one that is installed with syrpc, with its options.

      Examples:
        syrpc setup --help
        syrpc setup --no-install
        syrpc setup --python python3.9
      """)

  @Argument(parsing: .captureForPassthrough, help: ArgumentHelp("Options of the script.", valueName: "option"))
  var options: [String] = []

  func run() throws {
    let script = try Checkout.find(executable: PeerOptions.executable).setup
    fflushOutput()
    // Replaces this process: the script's exit code is that of the command.
    execv(script, ([script] + options).map { strdup($0) } + [nil])
    throw InteropError("cannot run \(script): \(String(cString: strerror(errno)))")
  }
}
