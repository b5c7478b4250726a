import ArgumentParser
import Foundation
import InteropSupport
import Rainbow
import SyRPCWire
import AMQP

let versionText = "syrpc \(Versions.syrpc) (librabbitmq \(Versions.librabbitmq), jansson \(Versions.jansson))"

/// A line on standard error, or several, after what was printed before. What peers and brokers said may be in it, so nothing
/// of it steers the terminal.
func printError(_ text: String) {
  fflushOutput()
  StandardStreams.writeError("\(text.visibleLines)\n")
}

/// Ends the process with what was printed shown. If it cannot be shown, success is none.
func terminate(_ code: ExitCode) -> Never {
  fflushOutput()
  guard let reason = StandardStreams.outputFailure else { exit(code.rawValue) }
  printError("Error: standard output cannot be written to: \(reason)")
  exit((code == .success ? .couldNotRun : code).rawValue)
}

/// Whether standard output is a terminal on which a line can be written over, and not that of a CI job.
var isTerminal: Bool {
  let environment = ProcessInfo.processInfo.environment
  guard let terminal = environment["TERM"], !terminal.isEmpty, terminal != "dumb" else { return false }
  return isatty(STDOUT_FILENO) == 1 && environment["CI"] == nil
}

/// Prints a text for people: on a terminal in lines that fit, which break between words. A command stays in one, to be copied.
func printWrapped(_ text: String) {
  guard isTerminal, !text.contains("  repeat: ") else { return print(text) }
  for line in text.wrapped(to: terminalWidth ?? 80, indent: 4) { print(line) }
}

/// How many columns standard output has; nil if it does not tell.
var terminalWidth: Int? {
  var size = winsize()
  guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
  return Int(size.ws_col)
}

/// What is read by a program must not wait in a buffer.
func fflushOutput() { StandardStreams.flushOutput() }

/// The Swift that this was compiled with.
var swiftRuntime: String {
  #if compiler(>=6.4)
    "Swift 6.4 or later"
  #elseif compiler(>=6.3)
    "Swift 6.3"
  #else
    "Swift 6.2"
  #endif
}
