internal import COpenSSL
internal import CRabbitMQ

/// A librabbitmq socket with TLS, and what can go wrong with it.
///
/// All of it on the connection's own thread: OpenSSL keeps its errors by thread.
enum TLSSocket {
  /// A socket that verifies whom it connects to.
  ///
  /// - Returns: nil if there is no memory for it.
  /// - Throws: ``AMQPError`` with `untrusted` if a file cannot be used.
  static func make(_ state: amqp_connection_state_t, _ options: TLSOptions) throws(AMQPError) -> OpaquePointer? {
    guard let socket = amqp_ssl_socket_new(state), let context = amqp_ssl_socket_get_context(socket) else { return nil }
    syrpc_tls_explain_distrust(context)
    amqp_ssl_socket_set_verify_hostname(socket, options.verifiesHostname ? 1 : 0)
    guard amqp_ssl_socket_set_ssl_versions(socket, AMQP_TLSv1_2, AMQP_TLSvLATEST) == 0 else {
      throw unusable("TLS 1.2 is not to be had")
    }
    if let file = options.certificateAuthorityFile {
      guard amqp_ssl_socket_set_cacert(socket, file) == 0 else {
        throw unusable("the certificates of authorities in \(file) cannot be used")
      }
    } else if syrpc_tls_trust_system(context) != 1 {
      throw unusable("the system's certificates of authorities cannot be used")
    }
    if let client = options.clientCertificate {
      guard amqp_ssl_socket_set_key(socket, client.certificateFile, client.keyFile) == 0 else {
        throw unusable("the client's certificate \(client.certificateFile) or its key \(client.keyFile) cannot be used")
      }
    }
    return socket
  }

  private static func unusable(_ what: String) -> AMQPError {
    AMQPError(.untrusted, failure.map { "\(what): \($0)" } ?? what)
  }

  /// What OpenSSL knows of the failure that just happened, if anything.
  static var failure: String? { syrpc_tls_failure().map { String(cString: $0) } }

  /// The error for a failed opening; nil if it failed before TLS began.
  static func error(_ status: Int32, _ place: String, _ text: String) -> AMQPError? {
    switch status {
    case AMQP_STATUS_SSL_HOSTNAME_VERIFY_FAILED.rawValue:
      return AMQPError(.untrusted, "the certificate of \(place) is for another host")
    case AMQP_STATUS_SSL_ERROR.rawValue, AMQP_STATUS_SSL_PEER_VERIFY_FAILED.rawValue,
      AMQP_STATUS_SSL_CONNECTION_FAILED.rawValue:
      let cause = failure ?? text
      return syrpc_tls_is_distrusted() != 0 || status == AMQP_STATUS_SSL_PEER_VERIFY_FAILED.rawValue
        ? AMQPError(.untrusted, "the certificate of \(place) is not trusted: \(cause)")
        : AMQPError(.handshakeFailed, "no TLS handshake with \(place): \(cause)")
    default: return nil
    }
  }
}
