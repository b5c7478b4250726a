/* A connection to the broker with one channel, which confirms what is published. */
#ifndef SYRPC_LINK_H
#define SYRPC_LINK_H

#include <stdint.h>

#include "support.h"

typedef struct syrpc_link syrpc_link;

/* A message that was delivered and is to be settled. */
typedef struct {
  uint64_t tag;
  char *body; /* to be freed */
  size_t size;
} syrpc_delivery;

/* `prefetch` is how many unsettled messages the broker delivers, or 0 for all that there are. */
syrpc_link *syrpc_link_open(const syrpc_settings *settings, uint16_t prefetch, syrpc_error *error);
bool syrpc_link_close(syrpc_link *link, syrpc_error *error);

/* Opens the channel again if the broker has closed it. What was delivered on it has gone back to its queue. */
bool syrpc_link_recover(syrpc_link *link, syrpc_error *error);

/* Sends a heartbeat if one is due, and reads what has come. */
void syrpc_link_keep_alive(syrpc_link *link);

/* Declares an exchange and a queue, and binds one to the other. `expires` and `message_ttl` are the queue's arguments
 * in milliseconds; 0 for none. */
bool syrpc_link_declare(
    syrpc_link *link, const char *exchange, const char *queue, const char *routing_key, int64_t expires,
    int64_t message_ttl, syrpc_error *error);

/* Publishes, and returns when the broker has taken the message into a queue. */
bool syrpc_link_publish(
    syrpc_link *link, const char *exchange, const char *routing_key, const char *body, syrpc_error *error);

/* Whether the broker sent the last message back, since it reached no queue. */
bool syrpc_link_was_returned(const syrpc_link *link);

/* Consumes a queue until syrpc_link_cancel, after which nothing is delivered. What was delivered and not taken goes
 * back to the queue then. */
bool syrpc_link_consume(syrpc_link *link, const char *queue, syrpc_error *error);
bool syrpc_link_cancel(syrpc_link *link, syrpc_error *error);

/* Waits for the next message, until `deadline` on syrpc_now's clock. */
bool syrpc_link_take(syrpc_link *link, double deadline, syrpc_delivery *delivery, syrpc_error *error);

bool syrpc_link_acknowledge(syrpc_link *link, uint64_t tag, syrpc_error *error);
/* Rejects a message with requeue. */
bool syrpc_link_give_back(syrpc_link *link, uint64_t tag, syrpc_error *error);

#endif
