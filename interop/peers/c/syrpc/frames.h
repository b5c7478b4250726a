/* What link.c and frames.c share: the state of a connection, and what comes in on it. */
#ifndef SYRPC_FRAMES_H
#define SYRPC_FRAMES_H

#if defined(__has_include)
#if __has_include(<rabbitmq-c/amqp.h>) /* since 0.12, which deprecates the other names */
#define SYRPC_RABBITMQ_C_FOLDER
#endif
#endif
#ifdef SYRPC_RABBITMQ_C_FOLDER
#include <rabbitmq-c/amqp.h>
#include <rabbitmq-c/framing.h>
#include <rabbitmq-c/tcp_socket.h>
#else
#include <amqp.h>
#include <amqp_framing.h>
#include <amqp_tcp_socket.h>
#endif

#include "link.h"

/* The only channel. */
enum { SYRPC_CHANNEL = 1 };

/* A delivery that waits to be taken. */
typedef struct syrpc_waiting {
  syrpc_delivery delivery;
  struct syrpc_waiting *next;
} syrpc_waiting;

struct syrpc_link {
  amqp_connection_state_t connection;
  uint16_t prefetch;
  /* Why it cannot be used any longer, if `is_lost`. If only the channel was closed, the connection can still say
   * goodbye. */
  bool is_lost, is_dead;
  syrpc_error loss;

  /* The message that is coming in, frame by frame. */
  enum { SYRPC_NOTHING, SYRPC_DELIVERED, SYRPC_RETURNED } incoming;
  syrpc_delivery content;
  size_t received;
  bool has_header;

  syrpc_waiting *first, *last;

  /* The number of the message that was published last, and what the broker has said of it. */
  uint64_t published;
  enum { SYRPC_UNSETTLED, SYRPC_CONFIRMED, SYRPC_REFUSED } verdict;
  char returned[100];

  bool is_consuming, is_cancelled_by_broker;
};

/* Whether it can be used; fills in the error if not. */
bool syrpc_link_is_usable(const syrpc_link *link, syrpc_error *error);

/* Notes that it cannot be used from now on, and fills in the error; always false. */
bool syrpc_link_lose(
    syrpc_link *link, syrpc_error *error, syrpc_error_kind kind, const char *doing, const char *reason);

/* Whether librabbitmq's last call did what it was to do. */
bool syrpc_link_check(syrpc_link *link, amqp_rpc_reply_t reply, const char *doing, syrpc_error *error);

/* The same for a call that gives its status. */
bool syrpc_link_check_status(syrpc_link *link, int status, const char *doing, syrpc_error *error);

/* Waits for one frame until `deadline`, and does what it says. */
bool syrpc_link_next(syrpc_link *link, double deadline, syrpc_error *error);

/* Drops the first of the messages that wait to be taken; their bodies are not freed. */
bool syrpc_link_pop(syrpc_link *link, syrpc_delivery *delivery);

#endif
