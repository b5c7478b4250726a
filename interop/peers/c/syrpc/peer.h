/* What a client and a server share. */
#ifndef SYRPC_PEER_H
#define SYRPC_PEER_H

#include "link.h"
#include "topology.h"

struct syrpc {
  syrpc_topology topology;
  syrpc_link *link;
  /* A server's results have a connection of their own: where the broker refuses one, it closes the channel, and the
   * request could not be acknowledged there. NULL in a client. */
  syrpc_link *results;
};

/* Declares what requests go through. */
bool syrpc_declare_requests(syrpc *peer, syrpc_error *error);

/* Declares the queue that carries a result; each time, for one that nobody consumes expires. */
bool syrpc_declare_results(syrpc *peer, const char *result_id, syrpc_result_queue *queue, syrpc_error *error);

#endif
