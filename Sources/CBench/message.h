/* The bodies of requests and results. */
#ifndef SYRPC_BENCH_MESSAGE_H
#define SYRPC_BENCH_MESSAGE_H

#include <jansson.h>
#include <stddef.h>

/* Bytes that are written anew and again. */
typedef struct {
  char *bytes;
  size_t size, room;
} syrpc_bench_text;

/* Writes compact ASCII text; 0 on success. */
int syrpc_bench_write(const json_t *json, syrpc_bench_text *text);
json_t *syrpc_bench_parse(const char *bytes, size_t size);
/* A request with a reference to `data`, or a result without `type`. */
json_t *syrpc_bench_message(const char *result_id, const char *type, json_t *data);

#endif
