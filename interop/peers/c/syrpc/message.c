#include "message.h"

#include <stdlib.h>
#include <string.h>

#include "json_text.h"

static const char white_space[] = " \t\n\v\f\r";

/* The text of a member; NULL if it is no string, or has U+0000, which no C string can hold. */
static const char *text_of(const json_t *object, const char *key) {
  const json_t *value = json_object_get(object, key);
  const char *text = json_string_value(value);
  return text && strlen(text) == json_string_length(value) ? text : NULL;
}

static bool read_body(const char *body, size_t size, syrpc_message *message, syrpc_error *error) {
  memset(message, 0, sizeof *message);
  message->value = syrpc_read_json(body, size, error);
  if (!message->value) return false;
  message->result_id = text_of(message->value, "result_id");
  message->data = json_object_get(message->value, "data");
  if (message->result_id && message->data) return true;
  syrpc_message_clear(message);
  return syrpc_fail(error, SYRPC_FAILED, "not an object with a text \"result_id\" and with \"data\"");
}

bool syrpc_read_result(const char *body, size_t size, syrpc_message *message, syrpc_error *error) {
  return read_body(body, size, message, error);
}

/* White space around the type is no part of it, for the references. */
static json_t *trimmed(const char *type) {
  type += strspn(type, white_space);
  size_t size = strlen(type);
  while (size > 0 && strchr(white_space, type[size - 1])) size--;
  return json_stringn(type, size);
}

bool syrpc_read_request(const char *body, size_t size, syrpc_message *message, syrpc_error *error) {
  if (!read_body(body, size, message, error)) return false;
  const char *type = text_of(message->value, "type");
  if (type && json_object_set_new(message->value, "type", trimmed(type)) == 0) {
    message->type = text_of(message->value, "type");
    return true;
  }
  syrpc_message_clear(message);
  return syrpc_fail(error, SYRPC_FAILED, "a request without a text \"type\"");
}

void syrpc_message_clear(syrpc_message *message) {
  json_decref(message->value);
  memset(message, 0, sizeof *message);
}

/* Behind what is expected at a place, and the white space after it; NULL if something else is there. */
static const char *after(const char *at, const char *end, const char *expected) {
  size_t size = strlen(expected);
  if ((size_t)(end - at) < size || memcmp(at, expected, size) != 0) return NULL;
  for (at += size; at < end && strchr(white_space, *at) && *at; at++) continue;
  return at;
}

char *syrpc_id_of_unreadable(const char *body, size_t size) {
  const char *end = body + size, *found = NULL;
  size_t length = 0;
  for (const char *at = body; at < end; at++) {
    const char *value = after(at, end, "\"result_id\"");
    if (value) value = after(value, end, ":");
    if (!value || value == end || *value++ != '"') continue;
    if (found) return NULL;
    found = value;
    /* An id has no escapes; what has is no id. */
    for (length = 0; value + length < end && value[length] && !strchr("\"\\", value[length]); length++) continue;
    if (value + length == end || value[length] != '"') return NULL;
  }
  char *id = found ? malloc(length + 1) : NULL;
  if (!id) return NULL;
  memcpy(id, found, length);
  id[length] = 0;
  return id;
}

/* Takes the envelope. */
static char *write_body(json_t *envelope, syrpc_error *error) {
  char *body = NULL;
  if (envelope) {
    body = syrpc_write_json(envelope, error);
  } else {
    syrpc_fail(error, SYRPC_FAILED, "an id or a type that is not UTF-8");
  }
  json_decref(envelope);
  return body;
}

char *syrpc_write_request(const char *id, const char *type, json_t *data, syrpc_error *error) {
  return write_body(json_pack("{s:s, s:o, s:O}", "result_id", id, "type", trimmed(type), "data", data), error);
}

char *syrpc_write_result(const char *id, json_t *data, syrpc_error *error) {
  return write_body(json_pack("{s:s, s:O}", "result_id", id, "data", data), error);
}
