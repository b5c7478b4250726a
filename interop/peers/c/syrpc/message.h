/* The bodies of requests and results. */
#ifndef SYRPC_MESSAGE_H
#define SYRPC_MESSAGE_H

#include "support.h"

/* A body that was read. The strings belong to the value. */
typedef struct {
  json_t *value;
  const char *result_id;
  const char *type; /* without the white space around it; NULL in a result */
  json_t *data;
} syrpc_message;

/* Reads a request's body, or a result's. syrpc_message_clear frees what it holds. */
bool syrpc_read_request(const char *body, size_t size, syrpc_message *message, syrpc_error *error);
bool syrpc_read_result(const char *body, size_t size, syrpc_message *message, syrpc_error *error);
void syrpc_message_clear(syrpc_message *message);

/* The id in a body that cannot be read, to be freed; NULL if there is none, or more than one: that may be in the data.
 * Whoever waits for an answer is to get one. */
char *syrpc_id_of_unreadable(const char *body, size_t size);

/* Bodies, to be freed. */
char *syrpc_write_request(const char *id, const char *type, json_t *data, syrpc_error *error);
char *syrpc_write_result(const char *id, json_t *data, syrpc_error *error);

#endif
