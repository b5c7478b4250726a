#ifndef SYRPC_CRABBITMQ_H
#define SYRPC_CRABBITMQ_H

#include <amqp.h>
#include <amqp_framing.h>
#include <amqp_ssl_socket.h>
#include <amqp_tcp_socket.h>

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
