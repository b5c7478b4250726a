/* What the other files share: errors, time, and ids. */
#ifndef SYRPC_SUPPORT_H
#define SYRPC_SUPPORT_H

#include "syrpc.h"

/* Fills in the error; always false. */
#ifdef __GNUC__
__attribute__((format(printf, 3, 4)))
#endif
bool syrpc_fail(syrpc_error *error, syrpc_error_kind kind, const char *format, ...);

/* A text of unknown origin as a JSON string: what is not UTF-8, as where it was cut, has `?` for all beyond ASCII. */
json_t *syrpc_readable(const char *text);

/* Seconds on a clock that nobody sets. */
double syrpc_now(void);

/* A new UUID, version 4 (RFC 9562), in lower case. */
bool syrpc_new_id(char id[SYRPC_ID_SIZE], syrpc_error *error);

#endif
