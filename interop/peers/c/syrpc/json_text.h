#ifndef SYRPC_JSON_TEXT_H
#define SYRPC_JSON_TEXT_H

#include "support.h"

/*
 * Reads one JSON text. A payload may be a bare number or string (RFC 8259), and U+0000 may stand in a string. jansson
 * refuses integers beyond 64 bits, U+0000 in a key, and half of a surrogate pair: an error, never another value.
 */
json_t *syrpc_read_json(const char *bytes, size_t size, syrpc_error *error);

/*
 * Writes a value as compact text in ASCII, with a terminating zero, to be freed; NULL if it cannot be written.
 *
 * Not json_dumps alone, for jansson prints 0.1 with seventeen digits. ASCII, for the published Python client on CPython
 * 2.7 cannot read a result with anything else.
 */
char *syrpc_write_json(const json_t *value, syrpc_error *error);

#endif
