#ifndef SYRPC_CJANSSON_H
#define SYRPC_CJANSSON_H

#include <jansson.h>
#include <string.h>

/* What jansson has or lacks in a version is asked here, and nowhere else: 2.10 to 2.15. */

#if JANSSON_VERSION_HEX < 0x020a00
#error "jansson 2.10 or newer is needed"
#endif

/* json_typeof and json_is_* are macros, which Swift does not see. */
static inline json_type syrpc_json_typeof(const json_t *json) { return json_typeof(json); }

/* How many bytes a key has. Before 2.14, as after it, a text with U+0000 in a key is refused. */
static inline size_t syrpc_json_object_iter_key_len(void *iterator) {
#if JANSSON_VERSION_HEX >= 0x020e00
  return json_object_iter_key_len(iterator);
#else
  return strlen(json_object_iter_key(iterator));
#endif
}

/* The version that is linked; before 2.13, which cannot be asked, that of the header. */
static inline const char *syrpc_jansson_version(void) {
#if JANSSON_VERSION_HEX >= 0x020d00
  return jansson_version_str();
#else
  return JANSSON_VERSION;
#endif
}

#endif
