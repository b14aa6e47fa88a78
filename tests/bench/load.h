/* tests/bench/load.h -- many clients in a few threads, each of which posts,
 * waits for the answer, and posts again. No two bodies are the same. */
#ifndef TESTS_BENCH_LOAD_H
#define TESTS_BENCH_LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

#define LOAD_PER_ADDRESS 20 /* clients of one 127.x.y.z */
#define LOAD_THREADS_MAX 4

struct load {
	uint16_t port; /* of 127.0.0.1 */
	bool has_tls;
	bool anew;	  /* a connection for each post */
	struct span body; /* gzip: its time is changed for each post */
	size_t clients;	  /* of all threads together */
	size_t threads;	  /* 0: one, that of the caller */
	int64_t ns;	  /* how long */
};

struct load_result {
	uint64_t posts; /* that were answered by 2xx */
	double rate;	/* of them, a second */
	double busy;	/* processors that all this took */
	int64_t longest_ns;
};

void load_run(const struct load *, struct load_result *);

struct load_idle;
/* Connect, with TLS if it says so, and keep still. */
struct load_idle *load_idle_begin(const struct load *);
void load_idle_end(struct load_idle *);

/* Post a body of so many bytes, again and again, until *stop. */
struct load_large {
	uint16_t port;
	size_t bytes;
	bool *stop;
	uint64_t posts;
};
void *load_large_run(void *);

#endif
