#include "support.h"

#include <stdarg.h>
#include <stdio.h>
#include <time.h>

bool syrpc_fail(syrpc_error *error, syrpc_error_kind kind, const char *format, ...) {
  va_list values;
  va_start(values, format);
  error->kind = kind;
  vsnprintf(error->text, sizeof error->text, format, values);
  va_end(values);
  return false;
}

json_t *syrpc_readable(const char *text) {
  json_t *string = json_string(text);
  if (string) return string;
  char ascii[sizeof((syrpc_error *)0)->text];
  size_t size = 0;
  for (; text[size] && size < sizeof ascii; size++) ascii[size] = (unsigned char)text[size] < 0x80 ? text[size] : '?';
  return json_stringn(ascii, size);
}

double syrpc_now(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

bool syrpc_new_id(char id[SYRPC_ID_SIZE], syrpc_error *error) {
  unsigned char bytes[16];
  FILE *random = fopen("/dev/urandom", "rb");
  size_t count = random ? fread(bytes, 1, sizeof bytes, random) : 0;
  if (random) fclose(random);
  if (count != sizeof bytes) return syrpc_fail(error, SYRPC_FAILED, "/dev/urandom cannot be read");

  bytes[6] = (unsigned char)((bytes[6] & 0x0f) | 0x40); /* the version */
  bytes[8] = (unsigned char)((bytes[8] & 0x3f) | 0x80); /* the variant */
  char *end = id;
  for (int i = 0; i < 16; i++) {
    end += sprintf(end, "%s%02x", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", bytes[i]);
  }
  return true;
}
