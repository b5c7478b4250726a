#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "link.h"
#include "message.h"

enum { ID_SIZE = 37, PATIENCE_MILLISECONDS = 30000 };

typedef struct {
  char id[ID_SIZE];
  uint64_t began;
} slot;

struct syrpc_bench_client {
  syrpc_bench_link requests, results;
  char request_name[256];
  syrpc_bench_text text;
  uint64_t random[2];
  slot *slots;
  int slot_count;
};

void syrpc_bench_client_close(syrpc_bench_client *client) {
  char error[SYRPC_BENCH_ERROR_SIZE];
  client->requests.error = client->results.error = error;
  syrpc_bench_link_close(&client->requests);
  syrpc_bench_link_close(&client->results);
  free(client->text.bytes);
  free(client->slots);
  free(client);
}

syrpc_bench_client *syrpc_bench_client_open(const syrpc_bench_settings *settings, char *error) {
  syrpc_bench_client *client = calloc(1, sizeof *client);
  if (!client) return NULL;
  client->random[0] = syrpc_bench_now();
  client->random[1] = (uint64_t)(uintptr_t)client;
  snprintf(client->request_name, sizeof client->request_name, "%s_request", settings->app_name);
  bool is_open = syrpc_bench_link_open(&client->requests, settings, settings->confirms, error) &&
                 syrpc_bench_link_open(&client->results, settings, false, error);
  for (int i = 0; is_open && i < settings->num_queues; i++) {
    char queue[256];
    snprintf(queue, sizeof queue, "%s_result_queue_%d", settings->app_name, i);
    is_open = syrpc_bench_consume(&client->results, queue, 0);
  }
  if (is_open) return client;
  syrpc_bench_client_close(client);
  return NULL;
}

/* xorshift128+: ids need to differ, not to be secret. */
static uint64_t next_random(uint64_t state[2]) {
  uint64_t a = state[0], b = state[1];
  state[0] = b;
  a ^= a << 23;
  state[1] = a ^ b ^ (a >> 17) ^ (b >> 26);
  return state[1] + b;
}

/* A version 4 UUID whose last group is the number of its slot. */
static void new_id(syrpc_bench_client *client, int index, char id[ID_SIZE]) {
  uint64_t bits = next_random(client->random);
  snprintf(
      id, ID_SIZE, "%08x-%04x-4%03x-a%03x-%012x", (unsigned)(bits >> 32), (unsigned)(bits >> 16 & 0xffff),
      (unsigned)(bits >> 4 & 0xfff), (unsigned)(next_random(client->random) & 0xfff), (unsigned)index);
}

static bool put(syrpc_bench_client *client, int index, json_t *data) {
  slot *slot = &client->slots[index];
  slot->began = syrpc_bench_now();
  new_id(client, index, slot->id);
  json_t *message = syrpc_bench_message(slot->id, "echo", data);
  int status = syrpc_bench_write(message, &client->text);
  json_decref(message);
  if (status != 0) return syrpc_bench_fail(&client->requests, "a request cannot be written");
  return syrpc_bench_publish(
      &client->requests, client->request_name, client->request_name, client->text.bytes, client->text.size);
}

static json_t *begin(syrpc_bench_client *client, const syrpc_bench_load *load, char *error) {
  client->requests.error = client->results.error = error;
  free(client->slots);
  client->slots = calloc((size_t)load->outstanding, sizeof *client->slots);
  client->slot_count = load->outstanding;
  char *text = malloc(load->body + 1);
  json_t *data = NULL;
  if (text) {
    memset(text, 'x', load->body);
    data = json_stringn(text, load->body);
  }
  free(text);
  if (!client->slots || !data) syrpc_bench_fail(&client->requests, "out of memory");
  return data;
}

typedef struct {
  const syrpc_bench_load *load;
  uint64_t end;
  size_t begun;
} budget;

static bool may_begin(const budget *budget) {
  if (budget->load->count) return budget->begun < budget->load->count;
  return syrpc_bench_now() < budget->end;
}

/* Waits until one of the two has something. */
static bool wait_for_input(syrpc_bench_client *client, struct pollfd descriptors[2]) {
  syrpc_bench_link *links[] = {&client->requests, &client->results};
  bool is_ready = false;
  for (int i = 0; i < 2; i++) {
    amqp_maybe_release_buffers(links[i]->connection);
    descriptors[i] = (struct pollfd){.fd = amqp_get_sockfd(links[i]->connection), .events = POLLIN};
    if (syrpc_bench_has_input(links[i])) is_ready = true;
  }
  if (poll(descriptors, 2, is_ready ? 0 : PATIENCE_MILLISECONDS) == 0 && !is_ready) {
    return syrpc_bench_fail(&client->requests, "nothing came for %d s", PATIENCE_MILLISECONDS / 1000);
  }
  for (int i = 0; i < 2; i++) {
    if (syrpc_bench_has_input(links[i])) descriptors[i].revents |= POLLIN;
  }
  return true;
}

/* A result came: whose slot it is, or -1 if it is nobody's. */
static int slot_of(syrpc_bench_client *client) {
  json_t *message = syrpc_bench_parse(client->results.body, client->results.size);
  const char *id = json_string_value(json_object_get(message, "result_id"));
  int index = -1;
  if (id && strlen(id) == ID_SIZE - 1) {
    unsigned long number = strtoul(id + 24, NULL, 16);
    if (number < (unsigned long)client->slot_count && strcmp(client->slots[number].id, id) == 0) index = (int)number;
  }
  json_decref(message);
  return index;
}

int syrpc_bench_call(syrpc_bench_client *client, const syrpc_bench_load *load, char *error) {
  json_t *data = begin(client, load, error);
  if (!data) return -1;
  budget budget = {load, syrpc_bench_now() + (uint64_t)(load->seconds * 1e9), 0};
  int running = 0;
  bool is_good = true;
  for (int i = 0; is_good && i < load->outstanding && may_begin(&budget); i++, running++, budget.begun++) {
    is_good = put(client, i, data);
  }
  while (is_good && (running > 0 || client->requests.confirmed < client->requests.published)) {
    struct pollfd descriptors[2];
    is_good = wait_for_input(client, descriptors);
    syrpc_bench_input input = SYRPC_BENCH_NOTHING;
    if (is_good && descriptors[0].revents) {
      do { input = syrpc_bench_read(&client->requests); } while (input > 0 && syrpc_bench_has_input(&client->requests));
      if (input == SYRPC_BENCH_FAILED) is_good = false;
    }
    if (!is_good || !descriptors[1].revents) continue;
    uint64_t last = 0;
    do {
      input = syrpc_bench_read(&client->results);
      if (input != SYRPC_BENCH_DELIVERY) continue;
      last = client->results.tag;
      int index = slot_of(client);
      if (index < 0) continue;
      load->record(load->context, syrpc_bench_now() - client->slots[index].began);
      client->slots[index].id[0] = 0;
      running--;
      if (may_begin(&budget)) {
        is_good = put(client, index, data);
        running++;
        budget.begun++;
      }
    } while (is_good && input > 0 && syrpc_bench_has_input(&client->results));
    if (input == SYRPC_BENCH_FAILED) is_good = false;
    if (is_good && last) is_good = syrpc_bench_acknowledge(&client->results, last);
  }
  json_decref(data);
  return is_good ? 0 : -1;
}

/* Asks something of the broker, which it answers when it has read all that was published. */
static bool settle(syrpc_bench_client *client) {
  amqp_basic_qos(client->requests.connection, SYRPC_BENCH_CHANNEL, 0, 0, 0);
  return amqp_get_rpc_reply(client->requests.connection).reply_type == AMQP_RESPONSE_NORMAL ||
         syrpc_bench_fail(&client->requests, "the broker did not answer");
}

int syrpc_bench_put(syrpc_bench_client *client, const syrpc_bench_load *load, char *error) {
  json_t *data = begin(client, load, error);
  if (!data) return -1;
  syrpc_bench_link *link = &client->requests;
  budget budget = {load, syrpc_bench_now() + (uint64_t)(load->seconds * 1e9), 0};
  bool is_good = true;
  uint64_t first = link->published, told = link->published;
  for (;;) {
    while (is_good && link->published - link->confirmed < (uint64_t)load->outstanding && may_begin(&budget)) {
      is_good = put(client, (int)((link->published - first) % (uint64_t)load->outstanding), data);
      budget.begun++;
      if (!link->confirms) break;
    }
    if (!is_good || (told == link->published && !may_begin(&budget))) break;
    if (link->confirms) {
      struct pollfd descriptors[2];
      syrpc_bench_input input = SYRPC_BENCH_NOTHING;
      is_good = wait_for_input(client, descriptors);
      if (is_good && descriptors[0].revents) {
        do { input = syrpc_bench_read(link); } while (input > 0 && syrpc_bench_has_input(link));
        if (input == SYRPC_BENCH_FAILED) is_good = false;
      }
    }
    for (uint64_t now = syrpc_bench_now(); told < link->confirmed; told++) {
      load->record(load->context, now - client->slots[(told - first) % (uint64_t)load->outstanding].began);
    }
  }
  if (is_good && !link->confirms) is_good = settle(client);
  json_decref(data);
  return is_good ? 0 : -1;
}
