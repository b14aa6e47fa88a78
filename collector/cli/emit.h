/* cli/emit.h -- send datagrams to a collector's socket, waiting for room. */
#ifndef CLI_EMIT_H
#define CLI_EMIT_H

#include <stdint.h>

#include "base/err.h"

/* Send each line of the file as a datagram; "-" is standard input. Adds to
 * *ret_sent. */
MUST_CHECK enum err emit_file(const char *socket, const char *path,
    uint64_t *ret_sent, struct why *why);

/* How long a full queue is waited for. */
#define EMIT_PATIENCE_S 5

#endif
