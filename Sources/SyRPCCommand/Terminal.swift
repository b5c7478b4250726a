import ArgumentParser
import Foundation
import Rainbow
import SyRPCWire
import AMQP

let versionText = "syrpc \(Versions.syrpc) (librabbitmq \(Versions.librabbitmq), jansson \(Versions.jansson))"

/// A line on standard error, after what was printed before.
func printError(_ text: String) {
  fflushOutput()
  FileHandle.standardError.write(Data("\(text)\n".utf8))
}

/// Ends the process with what was printed shown.
func terminate(_ code: ExitCode) -> Never {
  fflush(nil)
  exit(code.rawValue)
}

/// Whether standard output is a terminal, and not that of a CI job.
var isTerminal: Bool {
  isatty(STDOUT_FILENO) == 1 && ProcessInfo.processInfo.environment["CI"] == nil
}

/// What is read by a program must not wait in a buffer.
func fflushOutput() { fflush(nil) }

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
