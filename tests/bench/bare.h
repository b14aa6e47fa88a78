/* tests/bench/bare.h -- the least that an HTTP server of libmicrohttpd can do
 * with a report: take it, inflate it, answer. In a process of its own. */
#ifndef TESTS_BENCH_BARE_H
#define TESTS_BENCH_BARE_H

#include <stdint.h>
#include <sys/types.h>

struct bare {
	pid_t pid;
	uint16_t port; /* of 127.0.0.1 */
};

/* cert, key: PEM files; both NULL: plain. */
void bare_start(struct bare *, const char *cert, const char *key);
void bare_stop(const struct bare *);

#endif
