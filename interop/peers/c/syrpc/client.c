#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "message.h"
#include "peer.h"

bool syrpc_put_request(
    syrpc *client, const char *type, const char *id, json_t *data, char used[SYRPC_ID_SIZE], syrpc_error *error) {
  char new_id[SYRPC_ID_SIZE];
  if (!id) {
    if (!syrpc_new_id(new_id, error)) return false;
    id = new_id;
  }
  char *body = syrpc_write_request(id, type, data, error);
  if (!body) return false;
  const char *requests = client->topology.requests;
  bool put = syrpc_link_publish(client->link, requests, requests, body, error);
  /* The queue is gone: somebody has deleted it meanwhile. */
  if (!put && syrpc_link_was_returned(client->link) && syrpc_declare_requests(client, error)) {
    put = syrpc_link_publish(client->link, requests, requests, body, error);
  }
  free(body);
  if (put && used) snprintf(used, SYRPC_ID_SIZE, "%s", id);
  return put;
}

/*
 * Results for others that came by, and go back together after a pause.
 *
 * A client that gave them back at once would get them again at once, thousands of times a second; and a quorum queue
 * drops what was given back more often than its delivery limit, 20 by default on RabbitMQ 4. So each pause is twice
 * as long as the one before: 5 ms to a second, or a quarter of the time that a result lives.
 */
typedef struct {
  uint64_t *tags;
  size_t count, room;
  double pause, longest;
  double due; /* when they go back */
} foreign_results;

static const double first_pause = 0.005;

static bool hold(foreign_results *foreign, uint64_t tag, syrpc_error *error) {
  if (foreign->count == foreign->room) {
    size_t room = foreign->room * 2 + 16;
    uint64_t *tags = realloc(foreign->tags, room * sizeof *tags);
    if (!tags) return syrpc_fail(error, SYRPC_FAILED, "out of memory");
    foreign->tags = tags;
    foreign->room = room;
  }
  if (foreign->count == 0) {
    double now = syrpc_now();
    /* Up to a quarter less, by the clock's last digits, lest two clients keep in step. */
    foreign->due = now + foreign->pause * (1 - fmod(now * 1e6, 256) / 1024);
    foreign->pause = fmin(foreign->pause * 2, foreign->longest);
  }
  foreign->tags[foreign->count++] = tag;
  return true;
}

static bool give_back(foreign_results *foreign, syrpc_link *link, syrpc_error *error) {
  size_t count = foreign->count;
  foreign->count = 0;
  for (size_t i = 0; i < count; i++) {
    if (!syrpc_link_give_back(link, foreign->tags[i], error)) return false;
  }
  return true;
}

typedef enum { MINE, SOMEBODY_ELSES, NOBODYS } owner;

/* Whose result it is; the data if it is the one that is asked for and can be read. */
static owner look(const syrpc_delivery *delivery, const char *id, json_t **data, syrpc_error *error) {
  syrpc_message message;
  if (syrpc_read_result(delivery->body, delivery->size, &message, error)) {
    bool mine = strcmp(message.result_id, id) == 0;
    if (mine) *data = json_incref(message.data);
    syrpc_message_clear(&message);
    return mine ? MINE : SOMEBODY_ELSES;
  }
  char *found = syrpc_id_of_unreadable(delivery->body, delivery->size);
  owner whose = !found ? NOBODYS : strcmp(found, id) == 0 ? MINE : SOMEBODY_ELSES;
  free(found);
  return whose;
}

/* Takes results until the one that is asked for has come; that has been acknowledged then. */
static json_t *wait_for(
    syrpc_link *link, const char *id, double deadline, foreign_results *foreign, syrpc_error *error) {
  while (true) {
    bool is_holding = foreign->count > 0;
    syrpc_delivery delivery;
    if (!syrpc_link_take(link, is_holding ? fmin(deadline, foreign->due) : deadline, &delivery, error)) {
      if (error->kind != SYRPC_TIMEOUT || !is_holding || foreign->due >= deadline) return NULL;
      if (!give_back(foreign, link, error)) return NULL;
      continue;
    }
    json_t *data = NULL;
    owner whose = look(&delivery, id, &data, error);
    free(delivery.body);
    if (whose == SOMEBODY_ELSES) {
      if (!hold(foreign, delivery.tag, error)) return NULL;
      continue;
    }
    syrpc_error lost;
    if (!syrpc_link_acknowledge(link, delivery.tag, &lost)) {
      *error = lost;
      json_decref(data);
      return NULL;
    }
    if (whose == MINE) return data;
    /* It would come again and again to everybody. */
    fprintf(stderr, "syrpc: a result was dropped that is none: %s\n", error->text);
  }
}

json_t *syrpc_get_result(syrpc *client, const char *id, double timeout, syrpc_error *error) {
  double deadline = syrpc_now() + timeout;
  syrpc_result_queue queue;
  if (!syrpc_declare_results(client, id, &queue, error)) return NULL;
  if (!syrpc_link_consume(client->link, queue.queue, error)) return NULL;

  double quarter = (double)client->topology.message_ttl / 4000;
  foreign_results foreign = {.pause = first_pause, .longest = fmin(1, quarter)};
  json_t *data = wait_for(client->link, id, deadline, &foreign, error);

  /* Results for others go back when they can no longer come here again. */
  syrpc_error lost;
  bool left = syrpc_link_cancel(client->link, &lost) && give_back(&foreign, client->link, &lost);
  free(foreign.tags);
  /* A result that is there is worth more than how the rest went: the next call will say. */
  if (!left && !data) *error = lost;
  return data;
}
