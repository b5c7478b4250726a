#include "link.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>

uint64_t syrpc_bench_now(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

bool syrpc_bench_fail(syrpc_bench_link *link, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(link->error, SYRPC_BENCH_ERROR_SIZE, format, arguments);
  va_end(arguments);
  return false;
}

static bool check_status(syrpc_bench_link *link, int status, const char *doing) {
  return status == AMQP_STATUS_OK || syrpc_bench_fail(link, "%s: %s", doing, amqp_error_string2(status));
}

static bool check(syrpc_bench_link *link, amqp_rpc_reply_t reply, const char *doing) {
  switch (reply.reply_type) {
    case AMQP_RESPONSE_NORMAL: return true;
    case AMQP_RESPONSE_LIBRARY_EXCEPTION: return check_status(link, reply.library_error, doing);
    default: return syrpc_bench_fail(link, "%s: the broker refused", doing);
  }
}

bool syrpc_bench_link_open(
    syrpc_bench_link *link, const syrpc_bench_settings *settings, bool confirms, char *error) {
  memset(link, 0, sizeof *link);
  link->error = error;
  link->confirms = confirms;
  link->is_confirmed = calloc(SYRPC_BENCH_UNCONFIRMED, sizeof *link->is_confirmed);
  link->connection = amqp_new_connection();
  if (!link->is_confirmed || !link->connection) return syrpc_bench_fail(link, "out of memory");
  amqp_socket_t *socket = amqp_tcp_socket_new(link->connection);
  struct timeval limit = {.tv_sec = 10};
  if (!socket) return syrpc_bench_fail(link, "out of memory");
  if (!check_status(link, amqp_socket_open_noblock(socket, settings->host, settings->port, &limit), "connecting")) {
    return false;
  }
  amqp_rpc_reply_t reply = amqp_login(
      link->connection, settings->virtual_host, SYRPC_BENCH_CHANNEL, 131072, 60, AMQP_SASL_METHOD_PLAIN,
      settings->user, settings->password);
  if (!check(link, reply, "logging in")) return false;
  amqp_channel_open(link->connection, SYRPC_BENCH_CHANNEL);
  if (!check(link, amqp_get_rpc_reply(link->connection), "opening a channel")) return false;
  if (confirms) amqp_confirm_select(link->connection, SYRPC_BENCH_CHANNEL);
  return check(link, amqp_get_rpc_reply(link->connection), "asking for confirms");
}

void syrpc_bench_link_close(syrpc_bench_link *link) {
  if (link->connection) {
    amqp_connection_close(link->connection, AMQP_REPLY_SUCCESS);
    amqp_destroy_connection(link->connection);
  }
  free(link->is_confirmed);
  free(link->body);
  memset(link, 0, sizeof *link);
}

bool syrpc_bench_consume(syrpc_bench_link *link, const char *queue, uint16_t prefetch) {
  amqp_basic_qos(link->connection, SYRPC_BENCH_CHANNEL, 0, prefetch, 0);
  if (!check(link, amqp_get_rpc_reply(link->connection), "setting the prefetch count")) return false;
  amqp_basic_consume(
      link->connection, SYRPC_BENCH_CHANNEL, amqp_cstring_bytes(queue), amqp_cstring_bytes(queue), 0, 0, 0,
      amqp_empty_table);
  return check(link, amqp_get_rpc_reply(link->connection), "consuming");
}

bool syrpc_bench_cancel(syrpc_bench_link *link, const char *queue) {
  amqp_basic_cancel(link->connection, SYRPC_BENCH_CHANNEL, amqp_cstring_bytes(queue));
  return check(link, amqp_get_rpc_reply(link->connection), "cancelling");
}

bool syrpc_bench_publish(
    syrpc_bench_link *link, const char *exchange, const char *routing_key, const char *body, size_t size) {
  amqp_basic_properties_t properties = {
      ._flags = AMQP_BASIC_CONTENT_TYPE_FLAG | AMQP_BASIC_CONTENT_ENCODING_FLAG | AMQP_BASIC_DELIVERY_MODE_FLAG,
      .content_type = amqp_cstring_bytes("application/json"),
      .content_encoding = amqp_cstring_bytes("utf-8"),
      .delivery_mode = AMQP_DELIVERY_PERSISTENT};
  amqp_bytes_t bytes = {size, (void *)body};
  link->published++;
  if (!link->confirms) link->confirmed = link->published;
  if (link->published - link->confirmed > SYRPC_BENCH_UNCONFIRMED) return syrpc_bench_fail(link, "too many at a time");
  return check_status(
      link,
      amqp_basic_publish(
          link->connection, SYRPC_BENCH_CHANNEL, amqp_cstring_bytes(exchange), amqp_cstring_bytes(routing_key), 1, 0,
          &properties, bytes),
      "publishing");
}

bool syrpc_bench_acknowledge(syrpc_bench_link *link, uint64_t tag) {
  return check_status(link, amqp_basic_ack(link->connection, SYRPC_BENCH_CHANNEL, tag, 1), "acknowledging");
}

bool syrpc_bench_has_input(const syrpc_bench_link *link) {
  return amqp_frames_enqueued(link->connection) || amqp_data_in_buffer(link->connection);
}

static void confirm(syrpc_bench_link *link, const amqp_basic_ack_t *ack) {
  if (ack->multiple) {
    for (uint64_t tag = link->confirmed + 1; tag <= ack->delivery_tag; tag++) {
      link->is_confirmed[tag % SYRPC_BENCH_UNCONFIRMED] = true;
    }
  } else {
    link->is_confirmed[ack->delivery_tag % SYRPC_BENCH_UNCONFIRMED] = true;
  }
  while (link->confirmed < link->published && link->is_confirmed[(link->confirmed + 1) % SYRPC_BENCH_UNCONFIRMED]) {
    link->confirmed++;
    link->is_confirmed[link->confirmed % SYRPC_BENCH_UNCONFIRMED] = false;
  }
}

static syrpc_bench_input method(syrpc_bench_link *link, const amqp_method_t *method) {
  switch (method->id) {
    case AMQP_BASIC_ACK_METHOD: confirm(link, method->decoded); return SYRPC_BENCH_FRAME;
    case AMQP_BASIC_DELIVER_METHOD:
      link->tag = ((amqp_basic_deliver_t *)method->decoded)->delivery_tag;
      link->is_delivery = true;
      return SYRPC_BENCH_FRAME;
    default:
      syrpc_bench_fail(link, "the broker sent %s", amqp_method_name(method->id));
      return SYRPC_BENCH_FAILED;
  }
}

syrpc_bench_input syrpc_bench_read(syrpc_bench_link *link) {
  amqp_frame_t frame;
  struct timeval none = {0};
  int status = amqp_simple_wait_frame_noblock(link->connection, &frame, &none);
  if (status == AMQP_STATUS_TIMEOUT) return SYRPC_BENCH_NOTHING;
  if (!check_status(link, status, "reading")) return SYRPC_BENCH_FAILED;
  switch (frame.frame_type) {
    case AMQP_FRAME_METHOD: return method(link, &frame.payload.method);
    case AMQP_FRAME_HEADER:
      link->missing = frame.payload.properties.body_size;
      link->size = 0;
      if (link->missing > link->room) {
        free(link->body);
        link->room = link->missing;
        link->body = malloc(link->room);
        if (!link->body) return syrpc_bench_fail(link, "out of memory"), SYRPC_BENCH_FAILED;
      }
      break;
    case AMQP_FRAME_BODY: {
      amqp_bytes_t fragment = frame.payload.body_fragment;
      if (fragment.len > link->missing) return syrpc_bench_fail(link, "a body is too long"), SYRPC_BENCH_FAILED;
      memcpy(link->body + link->size, fragment.bytes, fragment.len);
      link->size += fragment.len;
      link->missing -= fragment.len;
      break;
    }
    default: return SYRPC_BENCH_FRAME; /* a heartbeat */
  }
  if (link->missing > 0) return SYRPC_BENCH_FRAME;
  return link->is_delivery ? SYRPC_BENCH_DELIVERY : SYRPC_BENCH_FRAME;
}
