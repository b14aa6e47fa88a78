/* tests/bench/corpus.h -- datagrams as a busy relay sends them: libtlsrpt's
 * wire text, 90 % successes, 10 % failures with one to three details, domains
 * by Zipf's law. */
#ifndef TESTS_BENCH_CORPUS_H
#define TESTS_BENCH_CORPUS_H

#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

struct corpus {
	struct span *v;
	size_t n;
	uint64_t bytes, failures;
	char *text; /* of all */
};

/* n datagrams over so many domains; the same for the same seed. */
void corpus_make(struct corpus *, size_t n, size_t domains, uint64_t seed);
void corpus_free(struct corpus *);

#endif
