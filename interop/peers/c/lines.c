#include "lines.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Takes a line out of what has been read; looks for its end from `from` on. */
static bool take(line_reader *reader, size_t from, const char **line, size_t *size) {
  char *end = from < reader->size ? memchr(reader->bytes + from, '\n', reader->size - from) : NULL;
  if (!end) return false;
  *line = reader->bytes + reader->start;
  *size = (size_t)(end - *line);
  reader->start += *size + 1;
  return true;
}

static bool make_room(line_reader *reader) {
  if (reader->start > 0) {
    reader->size -= reader->start;
    memmove(reader->bytes, reader->bytes + reader->start, reader->size);
    reader->start = 0;
  }
  if (reader->room - reader->size >= 1 << 16) return true;
  size_t room = reader->room * 2 + (1 << 17);
  char *grown = realloc(reader->bytes, room);
  if (!grown) return false;
  reader->bytes = grown;
  reader->room = room;
  return true;
}

line_state read_line(line_reader *reader, int milliseconds, const char **line, size_t *size) {
  size_t from = reader->start;
  while (!take(reader, from, line, size)) {
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    int ready = poll(&input, 1, milliseconds);
    if (ready == 0) return NO_LINE_YET;
    if (ready < 0 && errno == EINTR) continue;
    if (ready < 0 || !make_room(reader)) return NO_MORE_LINES;
    from = reader->size;
    ssize_t count = read(STDIN_FILENO, reader->bytes + reader->size, reader->room - reader->size);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return NO_MORE_LINES;
    reader->size += (size_t)count;
  }
  return LINE;
}

static bool write_all(int descriptor, const char *bytes, size_t size) {
  while (size > 0) {
    ssize_t count = write(descriptor, bytes, size);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    bytes += count;
    size -= (size_t)count;
  }
  return true;
}

bool write_line(int descriptor, const char *line) {
  return write_all(descriptor, line, strlen(line)) && write_all(descriptor, "\n", 1);
}
