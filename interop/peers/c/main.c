/* Adapter of the C implementation: speaks the peer protocol (../README.rst). */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "adapter.h"
#include "lines.h"

int main(void) {
  /* Only answers may go to standard output, whatever a library prints. */
  int answers = dup(STDOUT_FILENO);
  if (answers < 0 || dup2(STDERR_FILENO, STDOUT_FILENO) < 0) return EXIT_FAILURE;
  signal(SIGPIPE, SIG_IGN);

  session session = {0};
  line_reader reader = {0};
  const char *line;
  size_t size;
  bool is_read = true;
  while (is_read) {
    line_state state = read_line(&reader, session.rpc ? SYRPC_KEEP_ALIVE_SECONDS * 1000 : -1, &line, &size);
    if (state == NO_MORE_LINES) break;
    if (state == NO_LINE_YET) {
      syrpc_keep_alive(session.rpc);
      continue;
    }
    char *answer = answer_to(&session, line, size);
    is_read = answer && write_line(answers, answer);
    free(answer);
  }
  syrpc_error error;
  if (!close_open(&session, &error)) fprintf(stderr, "%s\n", error.text); /* nobody is left to answer to */
  free(reader.bytes);
  return EXIT_SUCCESS;
}
