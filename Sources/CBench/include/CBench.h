/* The calls of SyRPC by C on librabbitmq and jansson: what the library is measured against.
 *
 * What a program that does nothing else would do: one thread, one poll for both connections, acknowledgements gathered, ids
 * that name their own slot. The messages, names and properties are those of SyRPC. The queues must be declared before.
 */
#ifndef SYRPC_CBENCH_H
#define SYRPC_CBENCH_H

#include <stddef.h>
#include <stdint.h>

enum { SYRPC_BENCH_ERROR_SIZE = 256 };

typedef struct {
  const char *host, *virtual_host, *user, *password;
  int port;
  const char *app_name;
  int num_queues;
  /* Whether what is published is confirmed, and only then counts as put. */
  int confirms;
} syrpc_bench_settings;

typedef struct {
  /* How many calls, or unconfirmed puts, there are at a time. */
  int outstanding;
  /* When to begin no more: after so many seconds, or so many of them, whichever is not 0. */
  double seconds;
  size_t count;
  /* The `data` of each request: a string of so many bytes. */
  size_t body;
  /* Told of each call, or put, when it is done. */
  void (*record)(void *context, uint64_t nanoseconds);
  void *context;
} syrpc_bench_load;

typedef struct syrpc_bench_client syrpc_bench_client;
typedef struct syrpc_bench_server syrpc_bench_server;

/* NULL on failure, with the reason in `error`, of SYRPC_BENCH_ERROR_SIZE bytes; as for the others. */
syrpc_bench_client *syrpc_bench_client_open(const syrpc_bench_settings *settings, char *error);
/* Puts requests and waits for their results; 0 on success. */
int syrpc_bench_call(syrpc_bench_client *client, const syrpc_bench_load *load, char *error);
/* Puts requests; 0 on success. */
int syrpc_bench_put(syrpc_bench_client *client, const syrpc_bench_load *load, char *error);
void syrpc_bench_client_close(syrpc_bench_client *client);

syrpc_bench_server *syrpc_bench_server_open(const syrpc_bench_settings *settings, char *error);
/* Answers each request with its own data, `concurrency` of them at a time, until `count` are done, if that is not 0, or
 * something can be read from `stop`; 0 on success. */
int syrpc_bench_serve(
    syrpc_bench_server *server, uint16_t concurrency, size_t count, int stop, char *error);
void syrpc_bench_server_close(syrpc_bench_server *server);

#endif
