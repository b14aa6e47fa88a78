/* base/nearest.h -- the known word that a mistyped one was meant to be. */
#ifndef BASE_NEAREST_H
#define BASE_NEAREST_H

#include "base/span.h"

/* Insertions, deletions, replacements and swaps of neighbours from a to b.
 * Words over 63 bytes count as 64 apart. */
unsigned nearest_distance(struct span a, struct span b);

/* Keeps the best candidate offered so far; none at more than a third of the
 * word's length. */
struct nearest {
	struct span word;
	const char *best; /* NULL: nothing is near */
	unsigned distance;
};

void nearest_offer(struct nearest *, const char *candidate);

#endif
