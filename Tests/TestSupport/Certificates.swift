internal import Foundation

/// Certificates for one run of a test, made with the program `openssl`.
package struct Certificates: Sendable {
  package let folder: String

  /// Makes an authority, and a server's certificate for localhost.
  ///
  /// - Throws: ``CertificatesError``.
  package init() throws {
    folder = NSTemporaryDirectory() + "syrpc-certificates-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try makeAuthority("ca")
    try make("server", for: "localhost")
  }

  package func remove() { try? FileManager.default.removeItem(atPath: folder) }

  package func certificate(_ name: String) -> String { "\(folder)/\(name).pem" }
  package func key(_ name: String) -> String { "\(folder)/\(name).key" }

  package func makeAuthority(_ name: String) throws {
    try openssl(
      ["req", "-x509"] + Self.newKey + ["-keyout", key(name), "-out", certificate(name), "-subj", "/CN=Test \(name)"])
  }

  /// Makes a certificate for a host or a user.
  ///
  /// - Parameters:
  ///   - name: of its files.
  ///   - commonName: whom it is for.
  ///   - authority: who signs it.
  ///   - days: how long it is valid from now; 0 if it has expired when it is made. OpenSSL 3.5 refuses less.
  /// - Throws: ``CertificatesError``.
  package func make(_ name: String, for commonName: String, by authority: String = "ca", days: Int = 2) throws {
    let request = "\(folder)/\(name).csr"
    try openssl(
      ["req"] + Self.newKey + [
        "-keyout", key(name), "-out", request, "-subj", "/CN=\(commonName)", "-addext",
        // librabbitmq 0.11 does not look at addresses.
        "subjectAltName=DNS:\(commonName),IP:127.0.0.1",
      ])
    try openssl([
      "x509", "-req", "-in", request, "-CA", certificate(authority), "-CAkey", key(authority), "-CAcreateserial",
      "-copy_extensions", "copy", "-days", "\(days)", "-out", certificate(name),
    ])
  }

  private static let newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]

  private func openssl(_ arguments: [String]) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["openssl"] + arguments
    let errors = Pipe()
    process.standardError = errors
    try process.run()
    let output = errors.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw CertificatesError(description: "openssl \(arguments[0]): \(String(decoding: output, as: UTF8.self))")
    }
  }
}

package struct CertificatesError: Error, CustomStringConvertible { package let description: String }

/// Something that completes TLS handshakes with a certificate, and then says nothing.
package final class TLSEndpoint: Sendable {
  package let port: Int
  private let process = Process()

  package init(_ certificates: Certificates, _ name: String, options: [String] = []) throws {
    // A port that was free a moment ago.
    port = try SilentListener().port
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments =
      [
        "openssl", "s_server", "-accept", "127.0.0.1:\(port)", "-cert", certificates.certificate(name), "-key",
        certificates.key(name), "-quiet",
      ] + options
    process.standardInput = Pipe()
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
  }

  package func stop() {
    // Not SIGTERM: a child inherits the signals that the thread which started it has blocked.
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }
}
