#ifndef SYRPC_CRABBITMQ_H
#define SYRPC_CRABBITMQ_H

/*
 * What librabbitmq has or lacks in a version is asked here, and nowhere else: 0.10 to 0.16.
 *
 * Newer versions do some things that are done by hand here for 0.11. They are not used, so that one way is tested on all:
 *
 * - amqp_publisher_confirm_wait (0.15) waits on the connection's thread for one confirm, and hands the basic.return of
 *   another message to nobody. AMQP.ConfirmLedger has any number under way at a time, and knows what came back.
 * - amqp_set_rpc_timeout (0.9) bounds the calls that wait for an answer inside librabbitmq. Methods are sent with
 *   amqp_send_method here, and answers come through the connection's own loop, each with a deadline; the login has its own
 *   (amqp_set_handshake_timeout, 0.9). A publish has no timeout in any version (rabbitmq-c #519): AMQP.SendWatchdog is it.
 * - amqp_ssl_socket_enable_default_verify_paths (0.14) trusts the system's authorities. The SSL_CTX is at hand anyway, for
 *   the reason why a certificate is not trusted: COpenSSL does it there.
 */
#if __has_include(<rabbitmq-c/amqp.h>) /* 0.12; the old names are deprecated since */
#include <rabbitmq-c/amqp.h>
#include <rabbitmq-c/framing.h>
#include <rabbitmq-c/ssl_socket.h>
#include <rabbitmq-c/tcp_socket.h>
#else
#include <amqp.h>
#include <amqp_framing.h>
#include <amqp_ssl_socket.h>
#include <amqp_tcp_socket.h>
#endif

#if AMQP_VERSION < AMQP_VERSION_CODE(0, 10, 0, 0)
#error "librabbitmq 0.10 or newer is needed, for amqp_ssl_socket_get_context"
#endif

/* connection.update-secret of RabbitMQ 3.8 and later (0.12). Older versions do not decode it, so nothing is read there. */
enum { SYRPC_AMQP_UPDATE_SECRET = 0x000A0046, SYRPC_AMQP_UPDATE_SECRET_OK = 0x000A0047 };
#if AMQP_VERSION >= AMQP_VERSION_CODE(0, 12, 0, 0)
static inline int syrpc_amqp_knows_update_secret(void) { return 1; }
typedef amqp_connection_update_secret_t syrpc_amqp_update_secret_t;
#else
static inline int syrpc_amqp_knows_update_secret(void) { return 0; }
typedef struct {
  amqp_bytes_t new_secret;
  amqp_bytes_t reason;
} syrpc_amqp_update_secret_t;
#endif

/* Variadic in C, so out of Swift's sight. `properties` become the client properties of connection.start-ok. */
static inline amqp_rpc_reply_t syrpc_amqp_login_plain(
    amqp_connection_state_t state, const char *virtual_host, int channel_max, int frame_max, int heartbeat,
    const amqp_table_t *properties, const char *user, const char *password) {
  return amqp_login_with_properties(
      state, virtual_host, channel_max, frame_max, heartbeat, properties, AMQP_SASL_METHOD_PLAIN, user, password);
}

/* The same, with the client's certificate for who it is; `identity` may say as whom else. */
static inline amqp_rpc_reply_t syrpc_amqp_login_external(
    amqp_connection_state_t state, const char *virtual_host, int channel_max, int frame_max, int heartbeat,
    const amqp_table_t *properties, const char *identity) {
  return amqp_login_with_properties(
      state, virtual_host, channel_max, frame_max, heartbeat, properties, AMQP_SASL_METHOD_EXTERNAL, identity);
}

/* The payload of a frame is an anonymous union of C structs; these read one arm each. */
static inline amqp_method_t syrpc_amqp_frame_method(const amqp_frame_t *frame) { return frame->payload.method; }
static inline uint64_t syrpc_amqp_frame_body_size(const amqp_frame_t *frame) {
  return frame->payload.properties.body_size;
}
static inline void *syrpc_amqp_frame_properties(const amqp_frame_t *frame) {
  return frame->payload.properties.decoded;
}
static inline amqp_bytes_t syrpc_amqp_frame_fragment(const amqp_frame_t *frame) {
  return frame->payload.body_fragment;
}

#endif
