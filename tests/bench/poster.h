/* tests/bench/poster.h -- the least that an HTTPS client can do: the limit for
 * one that does more. */
#ifndef TESTS_BENCH_POSTER_H
#define TESTS_BENCH_POSTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

struct poster {
	uint16_t port; /* on ::1 */
	const char *ca_file;
	size_t connections; /* at a time, each of a thread */
	size_t posts;	    /* of all together */
	bool anew;	    /* each post on a connection of its own */
	struct span body;
};

/* Seconds until all are answered. */
double poster_run(const struct poster *);

#endif
