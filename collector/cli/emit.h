/* cli/emit.h -- send datagrams to a collector's socket, waiting for room. */
#ifndef CLI_EMIT_H
#define CLI_EMIT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

/* Send each line of the file as a datagram; "-" is standard input. Adds to
 * *ret_sent. E_RANGE: a line is longer than a datagram. */
MUST_CHECK enum err emit_file(const char *socket, const char *path,
    uint64_t *ret_sent, struct why *why);

/* Somebody listens: a socket file alone may be left over. */
bool emit_reaches(const char *socket);

/* What errno of a call on the socket means. E_AWAY: nobody listens; E_BUSY: the
 * queue stayed full; E_RANGE: too long a datagram; E_DENIED. */
enum err emit_errno(const char *socket, struct why *why);

/* How long a full queue is waited for. */
#define EMIT_PATIENCE_S 5

#endif
