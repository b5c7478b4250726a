/// How a connection to an `amqps` broker is secured: TLS 1.2 or later, with the broker's certificate verified always.
public struct TLSOptions: Hashable, Sendable {
  /// A file with the PEM certificates of the authorities that are trusted; nil for those that the system trusts.
  public var certificateAuthorityFile: String?
  /// Who this client is, if the broker asks for it.
  public var clientCertificate: ClientCertificate?
  /// Whether the broker's certificate must be for the host that was connected to. librabbitmq compares DNS names and the
  /// common name only; a certificate for an IP address does not match.
  public var verifiesHostname = true

  /// A certificate and its key.
  public struct ClientCertificate: Hashable, Sendable {
    /// A file with the PEM certificate, followed by those of intermediate authorities.
    public var certificateFile: String
    /// A file with the PEM private key, without a passphrase.
    public var keyFile: String

    /// A certificate with its key, from files that are read at each connection.
    public init(certificateFile: String, keyFile: String) {
      self.certificateFile = certificateFile
      self.keyFile = keyFile
    }
  }

  /// Verification against the system's authorities, or against those of a file.
  public init(certificateAuthorityFile: String? = nil, clientCertificate: ClientCertificate? = nil) {
    self.certificateAuthorityFile = certificateAuthorityFile
    self.clientCertificate = clientCertificate
  }
}

/// How a client tells the broker who it is (SASL).
public enum Authentication: String, Hashable, Sendable, CaseIterable {
  /// With the user and the password of the broker's address.
  case plain
  /// By the client's TLS certificate; the broker needs the plugin rabbitmq_auth_mechanism_ssl.
  case external
}
