#ifndef SYRPC_COPENSSL_H
#define SYRPC_COPENSSL_H

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>

/* Why the certificate of the handshake under way on this thread is not trusted. librabbitmq keeps that to itself. */
static _Thread_local int syrpc_tls_distrust = X509_V_OK;

static int syrpc_tls_note_distrust(int is_trusted, X509_STORE_CTX *store) {
  if (!is_trusted) syrpc_tls_distrust = X509_STORE_CTX_get_error(store);
  return is_trusted;
}

/* Verifies the peer as before, and notes what was wrong. `context` is an SSL_CTX. */
static inline void syrpc_tls_explain_distrust(void *context) {
  ERR_clear_error();
  syrpc_tls_distrust = X509_V_OK;
  SSL_CTX_set_verify((SSL_CTX *)context, SSL_VERIFY_PEER, syrpc_tls_note_distrust);
}

/* The certification authorities that the system trusts; 1 if they could be set. */
static inline int syrpc_tls_trust_system(void *context) {
  return SSL_CTX_set_default_verify_paths((SSL_CTX *)context);
}

/* What OpenSSL knows of the failure on this thread; NULL if nothing. The most telling reason first. */
static inline const char *syrpc_tls_failure(void) {
  if (syrpc_tls_distrust != X509_V_OK) return X509_verify_cert_error_string(syrpc_tls_distrust);
  unsigned long error = ERR_peek_error();
  return error == 0 ? NULL : ERR_reason_error_string(error);
}

/* Whether that failure is the certificate's. */
static inline int syrpc_tls_is_distrusted(void) { return syrpc_tls_distrust != X509_V_OK; }

#endif
