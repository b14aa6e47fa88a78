#include "base/nearest.h"

#define WORD_MAX 63

static unsigned
least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

unsigned
nearest_distance(struct span a, struct span b)
{
	unsigned rows[3][WORD_MAX + 1] = { { 0 } };
	unsigned *before = rows[0], *last = rows[1], *row = rows[2], *spare;

	if (a.len > WORD_MAX || b.len > WORD_MAX)
		return WORD_MAX + 1;
	for (unsigned j = 0; j <= b.len; j++)
		last[j] = j;
	for (unsigned i = 1; i <= a.len; i++) {
		row[0] = i;
		for (unsigned j = 1; j <= b.len; j++) {
			bool same = a.p[i - 1] == b.p[j - 1];

			row[j] = least(least(last[j], row[j - 1]) + 1,
			    last[j - 1] + !same);
			if (i > 1 && j > 1 && a.p[i - 1] == b.p[j - 2] &&
			    a.p[i - 2] == b.p[j - 1])
				row[j] = least(row[j], before[j - 2] + 1);
		}
		spare = before;
		before = last;
		last = row;
		row = spare;
	}
	return last[b.len];
}

void
nearest_offer(struct nearest *n, const char *candidate)
{
	unsigned d = nearest_distance(n->word, span_str(candidate));

	if (d > WORD_MAX || d > (n->word.len + 2) / 3 ||
	    (n->best != NULL && d >= n->distance))
		return;
	n->best = candidate;
	n->distance = d;
}
