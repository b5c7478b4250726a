/* The operations of the peer protocol (../README.rst), on the implementation in syrpc/. */
#ifndef ADAPTER_H
#define ADAPTER_H

#include "syrpc.h"

typedef struct {
  syrpc *rpc; /* NULL while nothing is open */
  syrpc_side side;
} session;

/* The answer to one line, whatever it is and whatever happens: JSON text, to be freed. NULL only if there is no
 * memory. */
char *answer_to(session *session, const char *line, size_t size);

/* Closes what is open, if anything is. */
bool close_open(session *session, syrpc_error *error);

#endif
