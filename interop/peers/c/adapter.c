#include "adapter.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json_text.h"

/* Why a request gets an error for an answer. */
typedef struct {
  const char *kind;
  syrpc_error error; /* only its text counts */
} refusal;

static bool invalid(refusal *why, const char *name, const char *wanted) {
  why->kind = "invalid";
  return syrpc_fail(&why->error, SYRPC_FAILED, "\"%s\" is not %s", name, wanted);
}

/* What the implementation says. */
static bool failed(refusal *why) {
  switch (why->error.kind) {
    case SYRPC_TIMEOUT: why->kind = "timeout"; break;
    case SYRPC_CONNECTION: why->kind = "connection"; break;
    default: why->kind = "failed";
  }
  if (why->error.kind != SYRPC_TIMEOUT) fprintf(stderr, "%s: %s\n", why->kind, why->error.text);
  return false;
}

/* --- Fields of a request --- */

static const char *text_field(const json_t *from, const char *name, refusal *why) {
  const json_t *value = json_object_get(from, name);
  const char *text = json_string_value(value);
  if (text && strlen(text) == json_string_length(value)) return text;
  invalid(why, name, "a string, or has U+0000, which no string of C holds");
  return NULL;
}

static const json_t *object_field(const json_t *from, const char *name, refusal *why) {
  const json_t *value = json_object_get(from, name);
  if (json_is_object(value)) return value;
  invalid(why, name, "an object");
  return NULL;
}

static bool integer_field(const json_t *from, const char *name, json_int_t *value, refusal *why) {
  const json_t *field = json_object_get(from, name);
  *value = json_integer_value(field);
  return json_is_integer(field) || invalid(why, name, "an integer");
}

static bool number_field(const json_t *from, const char *name, double *value, refusal *why) {
  const json_t *field = json_object_get(from, name);
  *value = json_number_value(field);
  return json_is_number(field) || invalid(why, name, "a number");
}

static bool timeout_field(const json_t *from, double *value, refusal *why) {
  if (!number_field(from, "timeout", value, why)) return false;
  return *value > 0 || invalid(why, "timeout", "greater than zero");
}

/* The value that a payload is the text of. */
static json_t *payload_field(const json_t *from, refusal *why) {
  const json_t *text = json_object_get(from, "payload");
  if (!json_is_string(text)) {
    invalid(why, "payload", "a string");
    return NULL;
  }
  json_t *value = syrpc_read_json(json_string_value(text), json_string_length(text), &why->error);
  if (!value) failed(why);
  return value;
}

static syrpc *opened(const session *session, syrpc_side side, refusal *why) {
  if (session->rpc && session->side == side) return session->rpc;
  why->kind = "invalid";
  syrpc_fail(&why->error, SYRPC_FAILED, "not open as a %s", side == SYRPC_SERVER ? "server" : "client");
  return NULL;
}

/* --- Operations: each adds its fields to the answer --- */

static bool hello(session *session, const json_t *request, json_t *answer, refusal *why) {
  (void)session;
  (void)request;
#ifdef __clang__
  const char *compiler = "clang";
  int parts[] = {__clang_major__, __clang_minor__, __clang_patchlevel__};
#else
  const char *compiler = "GCC";
  int parts[] = {__GNUC__, __GNUC_MINOR__, __GNUC_PATCHLEVEL__};
#endif
  char runtime[64];
  snprintf(runtime, sizeof runtime, "%s %d.%d.%d", compiler, parts[0], parts[1], parts[2]);

  /* A compiled program has its implementation in it: it can be no other than that of the folder it was built from. */
  const char *reference = getenv("SYRPC_REFERENCE");
  bool is_reference = reference && *reference;
  if (is_reference && strcmp(reference, SYRPC_SOURCES) != 0) {
    syrpc_fail(&why->error, SYRPC_FAILED, "built from %s, and not from SYRPC_REFERENCE", SYRPC_SOURCES);
    return failed(why);
  }
  json_t *hello = json_pack(
      "{s:s, s:s, s:{s:s, s:s}, s:[], s:[s, s, s, s], s:o, s:b}", "implementation",
      /* Which version a checkout is, the harness finds out. */
      is_reference ? "syrpc-c" : "syrpc-c " SYRPC_VERSION, "runtime", runtime, "libraries", "librabbitmq",
      syrpc_librabbitmq_version(), "jansson", syrpc_jansson_version(), "bridged", "features", "put_request",
      "get_result", "serve", "result_id", "location", syrpc_readable(SYRPC_SOURCES), "reference", is_reference);
  return json_object_set_new(answer, "hello", hello) == 0;
}

/* Settings that are absent are left to the implementation. */
static bool read_settings(const json_t *from, syrpc_settings *settings, refusal *why) {
  json_int_t count = 0;
  settings->app_name = text_field(from, "app_name", why);
  if (!settings->app_name) return false;
  if (json_object_get(from, "ttl") && !number_field(from, "ttl", &settings->ttl, why)) return false;
  if (json_object_get(from, "msg_ttl") && !number_field(from, "msg_ttl", &settings->msg_ttl, why)) return false;
  if (!json_object_get(from, "num_queues")) return true;
  if (!integer_field(from, "num_queues", &count, why)) return false;
  settings->num_queues = (long)count;
  return true;
}

static bool read_broker(const json_t *from, syrpc_settings *settings, refusal *why) {
  json_int_t port = 0;
  settings->host = text_field(from, "host", why);
  if (!settings->host || !integer_field(from, "port", &port, why)) return false;
  if (port < 1 || port > 65535) return invalid(why, "port", "a port");
  settings->port = (int)port;
  return (settings->virtual_host = text_field(from, "virtual_host", why)) &&
         (settings->user = text_field(from, "user", why)) && (settings->password = text_field(from, "password", why));
}

static bool open_connection(session *session, const json_t *request, json_t *answer, refusal *why) {
  (void)answer;
  if (session->rpc) {
    why->kind = "invalid";
    return syrpc_fail(&why->error, SYRPC_FAILED, "a connection is open already");
  }
  const char *role = text_field(request, "role", why);
  if (!role) return false;
  bool is_server = strcmp(role, "server") == 0;
  if (!is_server && strcmp(role, "putter") != 0 && strcmp(role, "getter") != 0) return invalid(why, "role", "a role");
  const json_t *broker = object_field(request, "broker", why);
  const json_t *options = broker ? object_field(request, "settings", why) : NULL;
  syrpc_settings settings = SYRPC_DEFAULTS;
  if (!options || !read_broker(broker, &settings, why) || !read_settings(options, &settings, why)) return false;

  session->side = is_server ? SYRPC_SERVER : SYRPC_CLIENT;
  session->rpc = syrpc_open(session->side, &settings, &why->error);
  return session->rpc || failed(why);
}

static bool put_request(session *session, const json_t *request, json_t *answer, refusal *why) {
  syrpc *client = opened(session, SYRPC_CLIENT, why);
  const char *type = client ? text_field(request, "type", why) : NULL;
  if (!type) return false;
  const char *id = NULL;
  if (json_object_get(request, "result_id") && !(id = text_field(request, "result_id", why))) return false;
  json_t *data = payload_field(request, why);
  if (!data) return false;
  char new_id[SYRPC_ID_SIZE];
  bool put = syrpc_put_request(client, type, id, data, new_id, &why->error);
  json_decref(data);
  return put ? json_object_set_new(answer, "result_id", json_string(id ? id : new_id)) == 0 : failed(why);
}

/* Adds a value to an object as text. */
static bool add_payload(json_t *to, const json_t *data, syrpc_error *error) {
  char *text = syrpc_write_json(data, error);
  bool added = text && json_object_set_new(to, "payload", json_string(text)) == 0;
  free(text);
  return added;
}

static bool get_result(session *session, const json_t *request, json_t *answer, refusal *why) {
  double timeout;
  syrpc *client = opened(session, SYRPC_CLIENT, why);
  const char *id = client ? text_field(request, "result_id", why) : NULL;
  if (!id || !timeout_field(request, &timeout, why)) return false;
  json_t *data = syrpc_get_result(client, id, timeout, &why->error);
  bool got = data && add_payload(answer, data, &why->error);
  json_decref(data);
  return got || failed(why);
}

/* The service: notes the request, and answers with its own data. */
static json_t *echo(const char *type, const char *result_id, json_t *data, void *context, syrpc_error *error) {
  json_t *seen = json_pack("{s:s, s:s}", "type", type, "result_id", result_id);
  bool noted = seen && add_payload(seen, data, error) && json_array_append(context, seen) == 0;
  json_decref(seen);
  return noted ? json_incref(data) : NULL;
}

static bool serve(session *session, const json_t *request, json_t *answer, refusal *why) {
  double timeout;
  json_int_t count = 0;
  syrpc *server = opened(session, SYRPC_SERVER, why);
  if (!server || !integer_field(request, "count", &count, why) || !timeout_field(request, &timeout, why)) return false;
  double deadline = syrpc_now() + timeout;
  /* In the answer from the start: should a request fail, it still tells of those before. */
  json_t *seen = json_array();
  if (json_object_set_new(answer, "requests", seen) != 0) return false;
  for (json_int_t served = 0; served < count; served++) {
    double left = fmax(deadline - syrpc_now(), 0);
    if (!syrpc_serve(server, left, echo, seen, &why->error)) return failed(why);
  }
  return true;
}

bool close_open(session *session, syrpc_error *error) {
  syrpc *rpc = session->rpc;
  session->rpc = NULL;
  return !rpc || syrpc_close(rpc, error);
}

static bool close_connection(session *session, const json_t *request, json_t *answer, refusal *why) {
  (void)request;
  (void)answer;
  return close_open(session, &why->error) || failed(why);
}

/* --- Requests and answers --- */

static const struct {
  const char *name;
  bool (*perform)(session *, const json_t *request, json_t *answer, refusal *);
} operations[] = {{"hello", hello},           {"open", open_connection}, {"put_request", put_request},
                  {"get_result", get_result}, {"serve", serve},          {"close", close_connection}};

static bool perform(session *session, const json_t *request, json_t *answer, refusal *why) {
  const char *name = text_field(request, "op", why);
  if (!name) return false;
  for (size_t i = 0; i < sizeof operations / sizeof *operations; i++) {
    if (strcmp(name, operations[i].name) == 0) return operations[i].perform(session, request, answer, why);
  }
  why->kind = "unsupported";
  return syrpc_fail(&why->error, SYRPC_FAILED, "no such operation: \"%s\"", name);
}

char *answer_to(session *session, const char *line, size_t size) {
  refusal why = {"failed", {SYRPC_FAILED, "out of memory"}};
  json_t *request = json_loadb(line, size, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
  json_t *id = json_object_get(request, "id");
  json_t *answer = json_pack("{s:n, s:b}", "id", "ok", 1);
  bool done = false;
  if (json_is_integer(id)) {
    json_object_set(answer, "id", id);
    done = perform(session, request, answer, &why);
  } else {
    why.kind = "invalid";
    syrpc_fail(&why.error, SYRPC_FAILED, request ? "not an object with an integer \"id\"" : "not a line of JSON");
  }
  if (!done) {
    json_object_set_new(answer, "ok", json_false());
    json_object_set_new(
        answer, "error", json_pack("{s:s, s:o}", "kind", why.kind, "message", syrpc_readable(why.error.text)));
  }
  char *text = syrpc_write_json(answer, &why.error);
  json_decref(answer);
  json_decref(request);
  return text;
}
