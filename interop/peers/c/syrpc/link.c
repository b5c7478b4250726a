#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

#include "frames.h"

enum {
  /* As the references have it; RabbitMQ 4.1 and later refuse less than 8192. */
  FRAME_MAX = 131072,
  HEARTBEAT_SECONDS = 60,
  CONNECT_SECONDS = 10,
  ANSWER_SECONDS = 20,
  CONFIRM_SECONDS = 25,
  /* How long the goodbye may take. */
  CLOSE_SECONDS = 5
};

static bool log_in(syrpc_link *link, const syrpc_settings *settings, syrpc_error *error) {
  /* So that the broker says when it cancels a consumer, as it does where the queue is deleted. */
  amqp_table_entry_t capability = {
      amqp_cstring_bytes("consumer_cancel_notify"), {.kind = AMQP_FIELD_KIND_BOOLEAN, .value.boolean = 1}};
  amqp_table_t capabilities = {1, &capability};
  amqp_table_entry_t property = {
      amqp_cstring_bytes("capabilities"), {.kind = AMQP_FIELD_KIND_TABLE, .value.table = capabilities}};
  amqp_table_t properties = {1, &property};
  amqp_rpc_reply_t reply = amqp_login_with_properties(
      link->connection, settings->virtual_host, SYRPC_CHANNEL, FRAME_MAX, HEARTBEAT_SECONDS, &properties,
      AMQP_SASL_METHOD_PLAIN, settings->user, settings->password);
  if (syrpc_link_check(link, reply, "logging in", error)) return true;
  link->is_dead = true; /* there is nothing to say goodbye to */
  return false;
}

static bool connect_to(syrpc_link *link, const syrpc_settings *settings, syrpc_error *error) {
  struct timeval limit = {.tv_sec = CONNECT_SECONDS}, answer = {.tv_sec = ANSWER_SECONDS};
  amqp_socket_t *socket = amqp_tcp_socket_new(link->connection); /* the connection frees it */
  if (!socket) return syrpc_link_lose(link, error, SYRPC_FAILED, "connecting", "out of memory");
  int status = amqp_socket_open_noblock(socket, settings->host, settings->port, &limit);
  if (!syrpc_link_check_status(link, status, "connecting", error)) return false;
  amqp_set_handshake_timeout(link->connection, &answer);
  amqp_set_rpc_timeout(link->connection, &answer);
  return log_in(link, settings, error);
}

static bool open_channel(syrpc_link *link, uint16_t prefetch, syrpc_error *error) {
  amqp_channel_open(link->connection, SYRPC_CHANNEL);
  if (!syrpc_link_check(link, amqp_get_rpc_reply(link->connection), "opening a channel", error)) return false;
  amqp_confirm_select(link->connection, SYRPC_CHANNEL);
  if (!syrpc_link_check(link, amqp_get_rpc_reply(link->connection), "asking for confirms", error)) return false;
  if (prefetch == 0) return true;
  amqp_basic_qos(link->connection, SYRPC_CHANNEL, 0, prefetch, 0);
  return syrpc_link_check(link, amqp_get_rpc_reply(link->connection), "setting the prefetch count", error);
}

syrpc_link *syrpc_link_open(const syrpc_settings *settings, uint16_t prefetch, syrpc_error *error) {
  syrpc_link *link = calloc(1, sizeof *link);
  if (link) link->connection = amqp_new_connection();
  if (!link || !link->connection) {
    free(link);
    syrpc_fail(error, SYRPC_FAILED, "out of memory");
    return NULL;
  }
  link->prefetch = prefetch;
  if (connect_to(link, settings, error) && open_channel(link, prefetch, error)) return link;
  syrpc_error ignored;
  syrpc_link_close(link, &ignored);
  return NULL;
}

bool syrpc_link_recover(syrpc_link *link, syrpc_error *error) {
  if (!link->is_lost || link->is_dead) return syrpc_link_is_usable(link, error);
  syrpc_delivery delivery;
  while (syrpc_link_pop(link, &delivery)) free(delivery.body);
  link->incoming = SYRPC_NOTHING;
  link->published = 0;
  link->is_consuming = false;
  link->is_lost = false;
  return open_channel(link, link->prefetch, error);
}

bool syrpc_link_close(syrpc_link *link, syrpc_error *error) {
  bool closed = true;
  if (!link->is_dead) {
    struct timeval limit = {.tv_sec = CLOSE_SECONDS};
    amqp_set_rpc_timeout(link->connection, &limit);
    amqp_rpc_reply_t reply = amqp_connection_close(link->connection, AMQP_REPLY_SUCCESS);
    closed = reply.reply_type == AMQP_RESPONSE_NORMAL;
    if (!closed) syrpc_fail(error, SYRPC_CONNECTION, "closing: the broker did not say goodbye");
  }
  amqp_destroy_connection(link->connection);
  syrpc_delivery delivery;
  while (syrpc_link_pop(link, &delivery)) free(delivery.body);
  free(link->content.body);
  free(link);
  return closed;
}

void syrpc_link_keep_alive(syrpc_link *link) {
  syrpc_error ignored; /* it is noted in the link, and told at the next call */
  while (syrpc_link_next(link, 0, &ignored)) continue;
}

bool syrpc_link_declare(
    syrpc_link *link, const char *exchange, const char *queue, const char *routing_key, int64_t expires,
    int64_t message_ttl, syrpc_error *error) {
  if (!syrpc_link_is_usable(link, error)) return false;
  amqp_bytes_t from = amqp_cstring_bytes(exchange), to = amqp_cstring_bytes(queue);
  amqp_exchange_declare(
      link->connection, SYRPC_CHANNEL, from, amqp_cstring_bytes("direct"), 0, 1, 0, 0, amqp_empty_table);
  if (!syrpc_link_check(link, amqp_get_rpc_reply(link->connection), "declaring an exchange", error)) return false;

  amqp_table_entry_t entries[] = {
      {amqp_cstring_bytes("x-expires"), {.kind = AMQP_FIELD_KIND_I64, .value.i64 = expires}},
      {amqp_cstring_bytes("x-message-ttl"), {.kind = AMQP_FIELD_KIND_I64, .value.i64 = message_ttl}}};
  amqp_table_t arguments = {expires > 0 ? 2 : 0, entries};
  amqp_queue_declare(link->connection, SYRPC_CHANNEL, to, 0, 1, 0, 0, arguments);
  if (!syrpc_link_check(link, amqp_get_rpc_reply(link->connection), "declaring a queue", error)) return false;

  amqp_queue_bind(
      link->connection, SYRPC_CHANNEL, to, from, amqp_cstring_bytes(routing_key), amqp_empty_table);
  return syrpc_link_check(link, amqp_get_rpc_reply(link->connection), "binding a queue", error);
}

bool syrpc_link_publish(
    syrpc_link *link, const char *exchange, const char *routing_key, const char *body, syrpc_error *error) {
  /* What the broker has said meanwhile: that it closes the channel, perhaps. */
  syrpc_link_keep_alive(link);
  if (!syrpc_link_is_usable(link, error)) return false;

  amqp_basic_properties_t properties = {
      ._flags = AMQP_BASIC_CONTENT_TYPE_FLAG | AMQP_BASIC_CONTENT_ENCODING_FLAG | AMQP_BASIC_DELIVERY_MODE_FLAG,
      .content_type = amqp_cstring_bytes("application/json"),
      .content_encoding = amqp_cstring_bytes("utf-8"),
      .delivery_mode = AMQP_DELIVERY_PERSISTENT};
  link->published++;
  link->verdict = SYRPC_UNSETTLED;
  link->returned[0] = 0;
  int status = amqp_basic_publish(
      link->connection, SYRPC_CHANNEL, amqp_cstring_bytes(exchange), amqp_cstring_bytes(routing_key), 1, 0, &properties,
      amqp_cstring_bytes(body));
  if (!syrpc_link_check_status(link, status, "publishing", error)) return false;

  double deadline = syrpc_now() + CONFIRM_SECONDS;
  while (link->verdict == SYRPC_UNSETTLED) {
    if (syrpc_link_next(link, deadline, error)) continue;
    if (error->kind != SYRPC_TIMEOUT) return false;
    /* It may still be taken, and its confirm would be held for the next one's. */
    return syrpc_link_lose(link, error, SYRPC_CONNECTION, "publishing", "the broker did not confirm the message");
  }
  /* The broker sends back what reaches no queue, then confirms it. */
  if (link->returned[0]) return syrpc_fail(error, SYRPC_FAILED, "no queue took the message: %s", link->returned);
  if (link->verdict == SYRPC_CONFIRMED) return true;
  return syrpc_fail(error, SYRPC_FAILED, "the broker refused the message");
}

bool syrpc_link_was_returned(const syrpc_link *link) { return link->returned[0] != 0; }

static amqp_bytes_t consumer_tag(void) { return amqp_cstring_bytes("syrpc"); }

bool syrpc_link_consume(syrpc_link *link, const char *queue, syrpc_error *error) {
  if (!syrpc_link_is_usable(link, error)) return false;
  link->is_cancelled_by_broker = false;
  amqp_basic_consume(
      link->connection, SYRPC_CHANNEL, amqp_cstring_bytes(queue), consumer_tag(), 0, 0, 0, amqp_empty_table);
  link->is_consuming = syrpc_link_check(link, amqp_get_rpc_reply(link->connection), "consuming", error);
  return link->is_consuming;
}

bool syrpc_link_cancel(syrpc_link *link, syrpc_error *error) {
  if (!link->is_consuming) return true;
  link->is_consuming = false;
  if (!syrpc_link_is_usable(link, error)) return false;
  amqp_basic_cancel(link->connection, SYRPC_CHANNEL, consumer_tag());
  if (!syrpc_link_check(link, amqp_get_rpc_reply(link->connection), "cancelling a consumer", error)) return false;

  /* librabbitmq has kept what came before the answer; nothing comes after it. */
  while (amqp_frames_enqueued(link->connection) || link->incoming != SYRPC_NOTHING) {
    if (!syrpc_link_next(link, syrpc_now() + ANSWER_SECONDS, error)) {
      return syrpc_link_lose(link, error, SYRPC_CONNECTION, "cancelling a consumer", "half a message was left");
    }
  }
  syrpc_delivery delivery;
  while (syrpc_link_pop(link, &delivery)) {
    free(delivery.body);
    if (!syrpc_link_give_back(link, delivery.tag, error)) return false;
  }
  return true;
}

bool syrpc_link_take(syrpc_link *link, double deadline, syrpc_delivery *delivery, syrpc_error *error) {
  while (!syrpc_link_pop(link, delivery)) {
    if (link->is_cancelled_by_broker) {
      return syrpc_fail(error, SYRPC_FAILED, "the broker cancelled the consumer: its queue is gone");
    }
    if (!syrpc_link_next(link, deadline, error)) return false;
  }
  return true;
}

bool syrpc_link_acknowledge(syrpc_link *link, uint64_t tag, syrpc_error *error) {
  if (!syrpc_link_is_usable(link, error)) return false;
  int status = amqp_basic_ack(link->connection, SYRPC_CHANNEL, tag, 0);
  return syrpc_link_check_status(link, status, "acknowledging", error);
}

bool syrpc_link_give_back(syrpc_link *link, uint64_t tag, syrpc_error *error) {
  if (!syrpc_link_is_usable(link, error)) return false;
  int status = amqp_basic_reject(link->connection, SYRPC_CHANNEL, tag, 1);
  return syrpc_link_check_status(link, status, "giving a message back", error);
}
