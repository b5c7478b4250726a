/* The names of an application's exchanges and queues. */
#ifndef SYRPC_TOPOLOGY_H
#define SYRPC_TOPOLOGY_H

#include <stdint.h>

#include "support.h"

/* A short string of AMQP 0-9-1 has at most 255 bytes (§4.2.5.3). */
enum { SYRPC_NAME_SIZE = 256 };

typedef struct {
  /* Of the request exchange and the request queue, and the routing key. */
  char requests[SYRPC_NAME_SIZE];
  char result_exchange[SYRPC_NAME_SIZE];
  char app_name[SYRPC_NAME_SIZE];
  long num_queues;
  /* Arguments of result queues, in milliseconds. */
  int64_t expires;
  int64_t message_ttl;
} syrpc_topology;

/* Which result queue carries a result. */
typedef struct {
  char queue[SYRPC_NAME_SIZE];
  char routing_key[24];
} syrpc_result_queue;

bool syrpc_topology_of(const syrpc_settings *settings, syrpc_topology *topology, syrpc_error *error);
bool syrpc_result_queue_of(
    const syrpc_topology *topology, const char *result_id, syrpc_result_queue *queue, syrpc_error *error);

#endif
