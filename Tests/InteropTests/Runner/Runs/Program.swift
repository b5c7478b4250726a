import Foundation
import InteropSupport

/// The program `syrpc` of the build that these tests are part of.
enum Program {
  /// Nil if it was not built.
  static let path: String? = {
    // The bundle of the tests, which stands beside it, is named to whatever runs them.
    let folders = CommandLine.arguments.filter { $0.contains(".xctest") }.map { argument in
      URL(filePath: argument.components(separatedBy: ".xctest")[0]).deletingLastPathComponent().path
    }
    return folders.map { "\($0)/syrpc" }.first { FileManager.default.isExecutableFile(atPath: $0) }
  }()

  /// `syrpc`, with all that it writes on its standard output, and a temp folder of its own.
  static func command(_ arguments: [String], temporary: String) -> LineProcess.Command {
    let words = ([path ?? "syrpc"] + arguments).map { "'\($0)'" }.joined(separator: " ")
    var command = shell("exec \(words) 2>&1", name: "syrpc")
    command.environment = ["TMPDIR": temporary]
    return command
  }
}

extension LineProcess {
  /// Takes lines until one contains what is looked for, as long as the test may last.
  ///
  /// - Returns: all that were taken.
  func lines(through pattern: some RegexComponent) async throws -> [String] {
    var lines: [String] = []
    repeat { lines.append(try await receive(within: nil)) } while !(lines.last ?? "").contains(pattern)
    return lines
  }

  /// Takes what is left, until it ends, as long as the test may last.
  func rest() async -> [String] {
    var lines: [String] = []
    while let line = try? await receive(within: nil) { lines.append(line) }
    return lines
  }
}
