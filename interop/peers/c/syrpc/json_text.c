#include "json_text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *syrpc_jansson_version(void) {
#if JANSSON_VERSION_HEX >= 0x020d00
  return jansson_version_str();
#else
  return JANSSON_VERSION; /* of the headers; the library does not say before 2.13 */
#endif
}

json_t *syrpc_read_json(const char *bytes, size_t size, syrpc_error *error) {
  json_error_t reason;
  json_t *value = json_loadb(bytes, size, JSON_DECODE_ANY | JSON_ALLOW_NUL, &reason);
  if (!value) syrpc_fail(error, SYRPC_FAILED, "jansson: %s, at byte %d", reason.text, reason.position);
  return value;
}

typedef struct {
  char *bytes;
  size_t size, room;
} text;

/* In the form of json_dump_callback_t: 0 if there is memory. */
static int append(const char *bytes, size_t size, void *to) {
  text *out = to;
  if (out->room - out->size < size) {
    size_t room = (out->size + size) * 2;
    char *grown = realloc(out->bytes, room);
    if (!grown) return -1;
    out->bytes = grown;
    out->room = room;
  }
  memcpy(out->bytes + out->size, bytes, size);
  out->size += size;
  return 0;
}

static bool put(text *out, const char *characters) { return append(characters, strlen(characters), out) == 0; }

static bool write_scalar(text *out, const json_t *value) {
  return json_dump_callback(value, append, out, JSON_ENCODE_ANY | JSON_ENSURE_ASCII) == 0;
}

/* The fewest digits that read back equal. */
static bool write_real(text *out, double value) {
  char digits[40];
  if (!isfinite(value)) return false;
  for (int precision = 1; precision <= 17; precision++) {
    snprintf(digits, sizeof digits, "%.*g", precision, value);
    if (strtod(digits, NULL) == value) break;
  }
  return put(out, digits) && (strpbrk(digits, ".e") || put(out, ".0"));
}

static bool write_key(text *out, const char *key) {
  json_t *string = json_string(key);
  bool written = string && write_scalar(out, string) && put(out, ":");
  json_decref(string);
  return written;
}

static bool write_value(text *out, const json_t *value, int depth) {
  /* What is nested deeper, jansson would not read again. */
  if (depth > JSON_PARSER_MAX_DEPTH) return false;
  if (json_is_real(value)) return write_real(out, json_real_value(value));

  if (json_is_array(value)) {
    if (!put(out, "[")) return false;
    for (size_t i = 0; i < json_array_size(value); i++) {
      if ((i > 0 && !put(out, ",")) || !write_value(out, json_array_get(value, i), depth + 1)) return false;
    }
    return put(out, "]");
  }

  if (json_is_object(value)) {
    json_t *object = (json_t *)value; /* iterating changes nothing */
    bool first = true;
    if (!put(out, "{")) return false;
    for (void *at = json_object_iter(object); at; at = json_object_iter_next(object, at), first = false) {
      if (!first && !put(out, ",")) return false;
      if (!write_key(out, json_object_iter_key(at)) || !write_value(out, json_object_iter_value(at), depth + 1)) {
        return false;
      }
    }
    return put(out, "}");
  }
  return write_scalar(out, value);
}

char *syrpc_write_json(const json_t *value, syrpc_error *error) {
  text out = {NULL, 0, 0};
  if (value && write_value(&out, value, 1) && append("", 1, &out) == 0) return out.bytes;
  free(out.bytes);
  syrpc_fail(error, SYRPC_FAILED, "a value that has no form in JSON, is nested too deeply, or is too large for memory");
  return NULL;
}
