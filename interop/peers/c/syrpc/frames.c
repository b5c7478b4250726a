#include "frames.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

const char *syrpc_librabbitmq_version(void) { return amqp_version(); }

bool syrpc_link_is_usable(const syrpc_link *link, syrpc_error *error) {
  if (!link->is_lost) return true;
  *error = link->loss;
  return false;
}

bool syrpc_link_lose(
    syrpc_link *link, syrpc_error *error, syrpc_error_kind kind, const char *doing, const char *reason) {
  if (!link->is_lost) syrpc_fail(&link->loss, kind, "%s: %s", doing, reason);
  link->is_lost = true;
  if (kind == SYRPC_CONNECTION) link->is_dead = true;
  *error = link->loss;
  return false;
}

/* The broker closes the channel, or the connection, because of something that was done on it (AMQP 0-9-1, §1.4.2.2 and
 * §1.5.2.5). It is told that this was understood, and is not talked to there again. */
static bool closed(
    syrpc_link *link, amqp_method_number_t id, amqp_bytes_t reply, const char *doing, syrpc_error *error) {
  char reason[256];
  snprintf(reason, sizeof reason, "%.*s", (int)reply.len, reply.bytes ? (const char *)reply.bytes : "");
  if (id == AMQP_CHANNEL_CLOSE_METHOD) {
    amqp_channel_close_ok_t ok = {0};
    amqp_send_method(link->connection, SYRPC_CHANNEL, AMQP_CHANNEL_CLOSE_OK_METHOD, &ok);
    return syrpc_link_lose(link, error, SYRPC_FAILED, doing, reason);
  }
  amqp_connection_close_ok_t ok = {0};
  amqp_send_method(link->connection, 0, AMQP_CONNECTION_CLOSE_OK_METHOD, &ok);
  return syrpc_link_lose(link, error, SYRPC_CONNECTION, doing, reason);
}

bool syrpc_link_check_status(syrpc_link *link, int status, const char *doing, syrpc_error *error) {
  if (status == AMQP_STATUS_OK) return true;
  return syrpc_link_lose(link, error, SYRPC_CONNECTION, doing, amqp_error_string2(status));
}

bool syrpc_link_check(syrpc_link *link, amqp_rpc_reply_t reply, const char *doing, syrpc_error *error) {
  switch (reply.reply_type) {
    case AMQP_RESPONSE_NORMAL: return true;
    case AMQP_RESPONSE_SERVER_EXCEPTION:
      if (reply.reply.id == AMQP_CHANNEL_CLOSE_METHOD) {
        const amqp_channel_close_t *method = reply.reply.decoded;
        return closed(link, reply.reply.id, method->reply_text, doing, error);
      }
      if (reply.reply.id == AMQP_CONNECTION_CLOSE_METHOD) {
        const amqp_connection_close_t *method = reply.reply.decoded;
        return closed(link, reply.reply.id, method->reply_text, doing, error);
      }
      return syrpc_link_lose(link, error, SYRPC_CONNECTION, doing, "the broker answered something else");
    case AMQP_RESPONSE_LIBRARY_EXCEPTION:
      return syrpc_link_lose(link, error, SYRPC_CONNECTION, doing, amqp_error_string2(reply.library_error));
    default: return syrpc_link_lose(link, error, SYRPC_CONNECTION, doing, "no answer");
  }
}

/* --- Messages that come in: a method, a header with the size of the body, and the body in pieces --- */

static void begin(syrpc_link *link, bool is_delivered, uint64_t tag) {
  free(link->content.body);
  memset(&link->content, 0, sizeof link->content);
  link->content.tag = tag;
  link->incoming = is_delivered ? SYRPC_DELIVERED : SYRPC_RETURNED;
  link->received = 0;
  link->has_header = false;
}

static bool finish(syrpc_link *link, syrpc_error *error) {
  if (!link->has_header || link->received < link->content.size) return true;
  if (link->incoming == SYRPC_DELIVERED) {
    syrpc_waiting *waiting = calloc(1, sizeof *waiting);
    if (!waiting) return syrpc_link_lose(link, error, SYRPC_FAILED, "a delivery", "out of memory");
    waiting->delivery = link->content;
    if (link->last) {
      link->last->next = waiting;
    } else {
      link->first = waiting;
    }
    link->last = waiting;
  } else {
    free(link->content.body);
  }
  memset(&link->content, 0, sizeof link->content);
  link->incoming = SYRPC_NOTHING;
  return true;
}

static bool take_header(syrpc_link *link, uint64_t size, syrpc_error *error) {
  if (link->incoming == SYRPC_NOTHING) return true;
  link->content.size = (size_t)size;
  link->content.body = size < SIZE_MAX ? malloc((size_t)size + 1) : NULL;
  if (!link->content.body) return syrpc_link_lose(link, error, SYRPC_FAILED, "a delivery", "out of memory");
  link->content.body[size] = 0;
  link->has_header = true;
  return finish(link, error);
}

static bool take_piece(syrpc_link *link, amqp_bytes_t piece, syrpc_error *error) {
  if (link->incoming == SYRPC_NOTHING || !link->has_header) return true;
  if (piece.len > link->content.size - link->received) {
    return syrpc_link_lose(link, error, SYRPC_CONNECTION, "a delivery", "more bytes than its header says");
  }
  memcpy(link->content.body + link->received, piece.bytes, piece.len);
  link->received += piece.len;
  return finish(link, error);
}

/* --- Methods that come without having been asked for --- */

static void settle(syrpc_link *link, uint64_t tag, bool multiple, bool is_confirmed) {
  /* Only the last one waits. */
  if (tag != link->published && !(multiple && (tag == 0 || tag > link->published))) return;
  link->verdict = is_confirmed ? SYRPC_CONFIRMED : SYRPC_REFUSED;
}

static bool take_method(syrpc_link *link, amqp_method_t method, syrpc_error *error) {
  switch (method.id) {
    case AMQP_BASIC_DELIVER_METHOD: {
      const amqp_basic_deliver_t *deliver = method.decoded;
      begin(link, true, deliver->delivery_tag);
      return true;
    }
    case AMQP_BASIC_RETURN_METHOD: {
      const amqp_basic_return_t *returned = method.decoded;
      const amqp_bytes_t text = returned->reply_text;
      begin(link, false, 0);
      snprintf(link->returned, sizeof link->returned, "%d %.*s", returned->reply_code, (int)text.len,
               text.bytes ? (const char *)text.bytes : "");
      return true;
    }
    case AMQP_BASIC_ACK_METHOD: {
      const amqp_basic_ack_t *ack = method.decoded;
      settle(link, ack->delivery_tag, ack->multiple, true);
      return true;
    }
    case AMQP_BASIC_NACK_METHOD: {
      const amqp_basic_nack_t *nack = method.decoded;
      settle(link, nack->delivery_tag, nack->multiple, false);
      return true;
    }
    case AMQP_BASIC_CANCEL_METHOD: link->is_cancelled_by_broker = true; return true;
    case AMQP_CHANNEL_CLOSE_METHOD: {
      const amqp_channel_close_t *close = method.decoded;
      return closed(link, method.id, close->reply_text, "the broker closed the channel", error);
    }
    case AMQP_CONNECTION_CLOSE_METHOD: {
      const amqp_connection_close_t *close = method.decoded;
      return closed(link, method.id, close->reply_text, "the broker closed the connection", error);
    }
    default: return true;
  }
}

bool syrpc_link_next(syrpc_link *link, double deadline, syrpc_error *error) {
  if (!syrpc_link_is_usable(link, error)) return false;
  amqp_frame_t frame;
  int status;
  do {
    double left = fmax(deadline - syrpc_now(), 0);
    /* No longer at once than every clock can say. */
    struct timeval wait = {.tv_sec = (time_t)fmin(left, 3600)};
    wait.tv_usec = left < 3600 ? (suseconds_t)((left - (double)wait.tv_sec) * 1e6) : 0;
    amqp_maybe_release_buffers(link->connection);
    status = amqp_simple_wait_frame_noblock(link->connection, &frame, &wait);
  } while (status == AMQP_STATUS_TIMEOUT && syrpc_now() < deadline);
  if (status == AMQP_STATUS_TIMEOUT) return syrpc_fail(error, SYRPC_TIMEOUT, "the time is over");
  if (!syrpc_link_check_status(link, status, "reading from the broker", error)) return false;

  switch (frame.frame_type) {
    case AMQP_FRAME_METHOD: return take_method(link, frame.payload.method, error);
    case AMQP_FRAME_HEADER: return take_header(link, frame.payload.properties.body_size, error);
    case AMQP_FRAME_BODY: return take_piece(link, frame.payload.body_fragment, error);
    default: return true;
  }
}

bool syrpc_link_pop(syrpc_link *link, syrpc_delivery *delivery) {
  syrpc_waiting *waiting = link->first;
  if (!waiting) return false;
  *delivery = waiting->delivery;
  link->first = waiting->next;
  if (!link->first) link->last = NULL;
  free(waiting);
  return true;
}
