#include "message.h"

#include <stdlib.h>

int syrpc_bench_write(const json_t *json, syrpc_bench_text *text) {
  for (;;) {
    text->size = json_dumpb(json, text->bytes, text->room, JSON_COMPACT | JSON_ENSURE_ASCII);
    if (text->size == 0) return -1;
    if (text->size <= text->room) return 0;
    free(text->bytes);
    text->room = text->size * 2;
    text->bytes = malloc(text->room);
    if (!text->bytes) return -1;
  }
}

json_t *syrpc_bench_parse(const char *bytes, size_t size) {
  return json_loadb(bytes, size, JSON_ALLOW_NUL | JSON_DECODE_ANY, NULL);
}

json_t *syrpc_bench_message(const char *result_id, const char *type, json_t *data) {
  json_t *message = json_object();
  json_object_set_new_nocheck(message, "result_id", json_string_nocheck(result_id));
  if (type) json_object_set_new_nocheck(message, "type", json_string_nocheck(type));
  json_object_set_nocheck(message, "data", data);
  return message;
}
