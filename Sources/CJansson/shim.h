#ifndef SYRPC_CJANSSON_H
#define SYRPC_CJANSSON_H

#include <jansson.h>

/* json_typeof and json_is_* are macros, which Swift does not see. */
static inline json_type syrpc_json_typeof(const json_t *json) { return json_typeof(json); }

#endif
