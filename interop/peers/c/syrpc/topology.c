#include "topology.h"

#include <stdio.h>
#include <string.h>

#include "siphash.h"

static const uint8_t hash_key[] = "EdaeYa6eesh3ahSh";

/* Milliseconds, as the broker takes them: not more than 32 bits without a sign. */
static bool milliseconds(double seconds, const char *name, int64_t *value, syrpc_error *error) {
  if (!(seconds >= 0.001 && seconds <= 4294967.295)) {
    return syrpc_fail(error, SYRPC_FAILED, "%s is %g s; RabbitMQ takes 1 ms to 4294967.295 s", name, seconds);
  }
  *value = (int64_t)(seconds * 1000 + 0.5);
  return true;
}

bool syrpc_topology_of(const syrpc_settings *settings, syrpc_topology *topology, syrpc_error *error) {
  const char *name = settings->app_name;
  if (!name || !*name) return syrpc_fail(error, SYRPC_FAILED, "there is no app_name");
  if (settings->num_queues < 1) return syrpc_fail(error, SYRPC_FAILED, "num_queues is %ld", settings->num_queues);
  topology->num_queues = settings->num_queues;

  snprintf(topology->app_name, SYRPC_NAME_SIZE, "%s", name);
  snprintf(topology->requests, SYRPC_NAME_SIZE, "%s_request", name);
  int size = snprintf(topology->result_exchange, SYRPC_NAME_SIZE, "%s_result_exchange", name);
  if (size >= SYRPC_NAME_SIZE) {
    return syrpc_fail(error, SYRPC_FAILED, "an app_name of %zu bytes leaves no room in AMQP's names", strlen(name));
  }
  return milliseconds(settings->ttl, "ttl", &topology->expires, error) &&
         milliseconds(settings->msg_ttl, "msg_ttl", &topology->message_ttl, error);
}

bool syrpc_result_queue_of(
    const syrpc_topology *topology, const char *result_id, syrpc_result_queue *queue, syrpc_error *error) {
  uint64_t hash = syrpc_siphash(hash_key, result_id, strlen(result_id));
  long index = (long)((hash & 0x7fffffff) % (uint64_t)topology->num_queues);
  snprintf(queue->routing_key, sizeof queue->routing_key, "%ld", index);
  int size = snprintf(queue->queue, SYRPC_NAME_SIZE, "%s_result_queue_%ld", topology->app_name, index);
  if (size < SYRPC_NAME_SIZE) return true;
  return syrpc_fail(error, SYRPC_FAILED, "the app_name leaves no room for the name of result queue %ld", index);
}
