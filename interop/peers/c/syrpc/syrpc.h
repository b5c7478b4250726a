/*
 * SyRPC in C, on librabbitmq and jansson: a client and a server, of the size of an example.
 *
 *   syrpc_error error;
 *   syrpc_settings settings = SYRPC_DEFAULTS;
 *   settings.app_name = "shop";
 *   syrpc *client = syrpc_open(SYRPC_CLIENT, &settings, &error);
 *   char id[SYRPC_ID_SIZE];
 *   syrpc_put_request(client, "echo", NULL, json_string("hello"), id, &error);
 *   json_t *data = syrpc_get_result(client, id, 5, &error); // in this process or in any other
 *
 * Whatever can fail returns false or NULL then, and says why in the error. A client or a server belongs to one thread.
 */
#ifndef SYRPC_H
#define SYRPC_H

#include <jansson.h>
#include <stdbool.h>

#define SYRPC_VERSION "0.1.0"

/* A UUID as text, with its terminating zero. */
enum { SYRPC_ID_SIZE = 37 };

typedef enum {
  SYRPC_TIMEOUT,    /* the time given is over */
  SYRPC_CONNECTION, /* the broker cannot be reached or refuses the login, or the connection is lost */
  SYRPC_FAILED      /* anything else */
} syrpc_error_kind;

typedef struct {
  syrpc_error_kind kind;
  char text[400];
} syrpc_error;

typedef enum { SYRPC_CLIENT, SYRPC_SERVER } syrpc_side;

/* Times are in seconds. The strings are needed until syrpc_open returns. */
typedef struct {
  const char *host;
  int port;
  const char *virtual_host;
  const char *user;
  const char *password;
  const char *app_name;
  double ttl;     /* of a result queue that nobody uses */
  double msg_ttl; /* of a result */
  long num_queues;
} syrpc_settings;

#define SYRPC_DEFAULTS \
  { "localhost", 5672, "/", "guest", "guest", NULL, 10800, 10, 64 }

/* A connection to the broker, as a client or as a server. */
typedef struct syrpc syrpc;

/* Connects, and declares what requests go through. */
syrpc *syrpc_open(syrpc_side side, const syrpc_settings *settings, syrpc_error *error);

/* Closes the connection and frees it, also where it returns false: then the broker did not say goodbye. */
bool syrpc_close(syrpc *peer, syrpc_error *error);

/* How often, in seconds, syrpc_keep_alive has to be called while nothing else is: the broker closes a connection from
 * which no heartbeat comes. */
enum { SYRPC_KEEP_ALIVE_SECONDS = 15 };
void syrpc_keep_alive(syrpc *peer);

/* Puts a request, and returns when the broker has it. `id` is that to use, or NULL for a new one; `used` gets it, if it
 * fits, and may be NULL. */
bool syrpc_put_request(
    syrpc *client, const char *type, const char *id, json_t *data, char used[SYRPC_ID_SIZE], syrpc_error *error);

/* Waits for a result, and returns its data: a new reference. */
json_t *syrpc_get_result(syrpc *client, const char *id, double timeout, syrpc_error *error);

/* Does what a request asks for: returns the data of the result as a new reference; or NULL, with the error filled in,
 * for an exception. */
typedef json_t *(*syrpc_handler)(
    const char *type, const char *result_id, json_t *data, void *context, syrpc_error *error);

/*
 * Takes one request, calls the handler, and puts its result. The request is acknowledged after that: should the process
 * die in between, another server does it again.
 *
 * If the handler fails, or the request cannot be read or the result not be written, the result is an exception, and
 * this fails as well.
 */
bool syrpc_serve(syrpc *server, double timeout, syrpc_handler handler, void *context, syrpc_error *error);

/* The versions of the libraries below, as they are loaded. */
const char *syrpc_librabbitmq_version(void);
const char *syrpc_jansson_version(void);

#endif
