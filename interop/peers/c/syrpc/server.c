#include <stdlib.h>

#include "message.h"
#include "peer.h"

static bool put_result(syrpc *server, const char *id, json_t *data, syrpc_error *error) {
  char *body = syrpc_write_result(id, data, error);
  if (!body) return false;
  syrpc_result_queue queue;
  bool put = syrpc_link_recover(server->results, error) && syrpc_declare_results(server, id, &queue, error) &&
             syrpc_link_publish(server->results, server->topology.result_exchange, queue.routing_key, body, error);
  free(body);
  return put;
}

/* The convention of the Node implementation. */
static void put_exception(syrpc *server, const char *id, const char *text) {
  json_t *data = json_pack("{s:o}", "exception", syrpc_readable(text));
  syrpc_error ignored; /* what made it necessary is told already */
  if (data) put_result(server, id, data, &ignored);
  json_decref(data);
}

static bool answer(
    syrpc *server, const syrpc_message *request, syrpc_handler handler, void *context, syrpc_error *error) {
  json_t *result = handler(request->type, request->result_id, request->data, context, error);
  bool answered = result && put_result(server, request->result_id, result, error);
  json_decref(result);
  if (!answered) put_exception(server, request->result_id, error->text);
  return answered;
}

/* Takes one request off the queue, and leaves the others to other servers. */
static bool take(syrpc *server, double deadline, syrpc_delivery *request, syrpc_error *error) {
  if (!syrpc_link_consume(server->link, server->topology.requests, error)) return false;
  bool taken = syrpc_link_take(server->link, deadline, request, error);
  syrpc_error lost;
  if (syrpc_link_cancel(server->link, &lost)) return taken;
  if (taken) free(request->body);
  *error = lost;
  return false;
}

bool syrpc_serve(syrpc *server, double timeout, syrpc_handler handler, void *context, syrpc_error *error) {
  syrpc_delivery delivery;
  if (!take(server, syrpc_now() + timeout, &delivery, error)) return false;

  syrpc_message request;
  bool answered = false;
  if (syrpc_read_request(delivery.body, delivery.size, &request, error)) {
    answered = answer(server, &request, handler, context, error);
    syrpc_message_clear(&request);
  } else {
    char *id = syrpc_id_of_unreadable(delivery.body, delivery.size);
    if (id) put_exception(server, id, error->text);
    free(id);
  }
  free(delivery.body);

  /* It goes to another server if it could not be answered from here. If it cannot be answered at all, it would come
   * again and again. */
  if (!answered && error->kind == SYRPC_CONNECTION) {
    syrpc_error ignored;
    syrpc_link_give_back(server->link, delivery.tag, &ignored);
    return false;
  }
  syrpc_error lost;
  if (syrpc_link_acknowledge(server->link, delivery.tag, &lost)) return answered;
  if (answered) *error = lost;
  return false;
}
