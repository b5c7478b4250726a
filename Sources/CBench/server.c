#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "link.h"
#include "message.h"
#include "siphash.h"

struct syrpc_bench_server {
  syrpc_bench_link requests, results;
  char request_name[256], result_exchange[256];
  int num_queues;
  syrpc_bench_text text;
  /* The delivery that a result answers, by the result's number. */
  uint64_t tags[SYRPC_BENCH_UNCONFIRMED];
};

void syrpc_bench_server_close(syrpc_bench_server *server) {
  char error[SYRPC_BENCH_ERROR_SIZE];
  server->requests.error = server->results.error = error;
  syrpc_bench_link_close(&server->requests);
  syrpc_bench_link_close(&server->results);
  free(server->text.bytes);
  free(server);
}

syrpc_bench_server *syrpc_bench_server_open(const syrpc_bench_settings *settings, char *error) {
  syrpc_bench_server *server = calloc(1, sizeof *server);
  if (!server) return NULL;
  server->num_queues = settings->num_queues;
  snprintf(server->request_name, sizeof server->request_name, "%s_request", settings->app_name);
  snprintf(server->result_exchange, sizeof server->result_exchange, "%s_result_exchange", settings->app_name);
  if (syrpc_bench_link_open(&server->requests, settings, false, error) &&
      syrpc_bench_link_open(&server->results, settings, settings->confirms, error)) {
    return server;
  }
  syrpc_bench_server_close(server);
  return NULL;
}

/* Answers the request that has just come. */
static bool answer(syrpc_bench_server *server) {
  json_t *request = syrpc_bench_parse(server->requests.body, server->requests.size);
  const char *id = json_string_value(json_object_get(request, "result_id"));
  json_t *data = json_object_get(request, "data");
  if (!id || !data) {
    json_decref(request);
    return syrpc_bench_fail(&server->requests, "a request that is none");
  }
  uint64_t hash = syrpc_siphash((const uint8_t *)"EdaeYa6eesh3ahSh", id, strlen(id));
  char routing_key[16];
  snprintf(routing_key, sizeof routing_key, "%d", (int)((hash & 0x7fffffff) % (uint64_t)server->num_queues));
  json_t *result = syrpc_bench_message(id, NULL, data);
  int status = syrpc_bench_write(result, &server->text);
  json_decref(result);
  json_decref(request);
  if (status != 0) return syrpc_bench_fail(&server->requests, "a result cannot be written");
  bool is_published = syrpc_bench_publish(
      &server->results, server->result_exchange, routing_key, server->text.bytes, server->text.size);
  server->tags[server->results.published % SYRPC_BENCH_UNCONFIRMED] = server->requests.tag;
  return is_published;
}

int syrpc_bench_serve(syrpc_bench_server *server, uint16_t concurrency, size_t count, int stop, char *error) {
  syrpc_bench_link *links[] = {&server->requests, &server->results};
  for (int i = 0; i < 2; i++) links[i]->error = error;
  if (!syrpc_bench_consume(&server->requests, server->request_name, concurrency)) return -1;
  uint64_t last = server->results.published + count, acknowledged = server->results.confirmed;
  bool is_good = true, is_stopping = false;
  while (is_good) {
    bool is_idle = server->results.published == server->results.confirmed;
    if (is_idle && (is_stopping || (count && server->results.published == last))) break;
    struct pollfd descriptors[3] = {{0}, {0}, {.fd = is_stopping ? -1 : stop, .events = POLLIN}};
    bool is_ready = false;
    for (int i = 0; i < 2; i++) {
      amqp_maybe_release_buffers(links[i]->connection);
      descriptors[i] = (struct pollfd){.fd = amqp_get_sockfd(links[i]->connection), .events = POLLIN};
      if (syrpc_bench_has_input(links[i])) is_ready = true;
    }
    /* Woken for heartbeats. */
    poll(descriptors, 3, is_ready ? 0 : 10000);
    if (descriptors[2].revents) is_stopping = true;
    for (int i = 0; is_good && i < 2; i++) {
      if (!descriptors[i].revents && !syrpc_bench_has_input(links[i])) continue;
      syrpc_bench_input input;
      do {
        input = syrpc_bench_read(links[i]);
        if (input == SYRPC_BENCH_DELIVERY && i == 0) is_good = answer(server);
      } while (is_good && input > 0 && syrpc_bench_has_input(links[i]));
      if (input == SYRPC_BENCH_FAILED) is_good = false;
    }
    if (is_good && server->results.confirmed > acknowledged) {
      acknowledged = server->results.confirmed;
      is_good = syrpc_bench_acknowledge(&server->requests, server->tags[acknowledged % SYRPC_BENCH_UNCONFIRMED]);
    }
  }
  return is_good && syrpc_bench_cancel(&server->requests, server->request_name) ? 0 : -1;
}
