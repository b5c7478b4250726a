/* A connection with one channel, and the messages on it. */
#ifndef SYRPC_BENCH_LINK_H
#define SYRPC_BENCH_LINK_H

#include <stdbool.h>

#include "../CRabbitMQ/shim.h"
#include "CBench.h"

enum { SYRPC_BENCH_CHANNEL = 1 };

typedef struct {
  amqp_connection_state_t connection;
  bool confirms;
  /* How many messages were published, and how many of them the broker has confirmed, with none before them left out. */
  uint64_t published, confirmed;
  /* Which of those after it are confirmed already, by their number modulo the size. */
  bool *is_confirmed;
  /* The body that is coming in; what it is of; how much of it is missing. */
  char *body;
  size_t size, room, missing;
  uint64_t tag;
  bool is_delivery;
  char *error;
} syrpc_bench_link;

/* The most messages that may be unconfirmed. */
enum { SYRPC_BENCH_UNCONFIRMED = 65536 };

/* All give whether they succeeded; if not, the reason is in the link's `error`. */
bool syrpc_bench_link_open(
    syrpc_bench_link *link, const syrpc_bench_settings *settings, bool confirms, char *error);
void syrpc_bench_link_close(syrpc_bench_link *link);

bool syrpc_bench_consume(syrpc_bench_link *link, const char *queue, uint16_t prefetch);
bool syrpc_bench_cancel(syrpc_bench_link *link, const char *queue);
bool syrpc_bench_publish(
    syrpc_bench_link *link, const char *exchange, const char *routing_key, const char *body, size_t size);
/* Acknowledges a delivery, and all before it. */
bool syrpc_bench_acknowledge(syrpc_bench_link *link, uint64_t tag);

/* Whether something is there that poll does not show. */
bool syrpc_bench_has_input(const syrpc_bench_link *link);
/* Reads one frame, if one is there. */
typedef enum { SYRPC_BENCH_FAILED = -1, SYRPC_BENCH_NOTHING, SYRPC_BENCH_FRAME, SYRPC_BENCH_DELIVERY } syrpc_bench_input;
syrpc_bench_input syrpc_bench_read(syrpc_bench_link *link);

bool syrpc_bench_fail(syrpc_bench_link *link, const char *format, ...) __attribute__((format(printf, 2, 3)));
uint64_t syrpc_bench_now(void);

#endif
