#include "peer.h"

#include <stdlib.h>

syrpc *syrpc_open(syrpc_side side, const syrpc_settings *settings, syrpc_error *error) {
  syrpc *peer = calloc(1, sizeof *peer);
  if (!peer) {
    syrpc_fail(error, SYRPC_FAILED, "out of memory");
    return NULL;
  }
  /* A server gets one request at a time. A client gets all that is in a queue: with a prefetch count, results for
   * others would keep its own from it. */
  if (syrpc_topology_of(settings, &peer->topology, error)) {
    peer->link = syrpc_link_open(settings, side == SYRPC_SERVER ? 1 : 0, error);
  }
  if (peer->link && side == SYRPC_SERVER) peer->results = syrpc_link_open(settings, 0, error);
  bool is_connected = peer->link && (peer->results || side == SYRPC_CLIENT);
  if (is_connected && syrpc_declare_requests(peer, error)) return peer;
  syrpc_error ignored;
  syrpc_close(peer, &ignored);
  return NULL;
}

bool syrpc_close(syrpc *peer, syrpc_error *error) {
  bool closed = !peer->results || syrpc_link_close(peer->results, error);
  if (peer->link && !syrpc_link_close(peer->link, error)) closed = false;
  free(peer);
  return closed;
}

void syrpc_keep_alive(syrpc *peer) {
  syrpc_link_keep_alive(peer->link);
  if (peer->results) syrpc_link_keep_alive(peer->results);
}

bool syrpc_declare_requests(syrpc *peer, syrpc_error *error) {
  const char *requests = peer->topology.requests;
  return syrpc_link_declare(peer->link, requests, requests, requests, 0, 0, error);
}

bool syrpc_declare_results(
    syrpc *peer, const char *result_id, syrpc_result_queue *queue, syrpc_error *error) {
  const syrpc_topology *topology = &peer->topology;
  return syrpc_result_queue_of(topology, result_id, queue, error) &&
         syrpc_link_declare(
             peer->results ? peer->results : peer->link, topology->result_exchange, queue->queue, queue->routing_key,
             topology->expires, topology->message_ttl, error);
}
