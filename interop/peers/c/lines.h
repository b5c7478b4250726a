/* The two ends of the peer protocol: lines on standard input, lines on standard output. */
#ifndef LINES_H
#define LINES_H

#include <stdbool.h>
#include <stddef.h>

typedef struct {
  char *bytes;
  size_t start, size, room;
} line_reader;

typedef enum { LINE, NO_LINE_YET, NO_MORE_LINES } line_state;

/* Waits for a line, so many milliseconds, or for ever if that is -1. The line has no line feed, can hold any other
 * byte, and stays until the next call. */
line_state read_line(line_reader *reader, int milliseconds, const char **line, size_t *size);

/* Writes a line to a descriptor; false if nobody reads it. */
bool write_line(int descriptor, const char *line);

#endif
