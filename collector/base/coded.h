/* base/coded.h -- words that the store keeps as numbers: what a .def table of
 * (code, NAME, "text", "sentence") is made into. */
#ifndef BASE_CODED_H
#define BASE_CODED_H

#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

struct coded {
	int64_t code;
	const char *text;     /* one word */
	const char *sentence; /* what it means, for a person */
};

struct coded_table {
	const struct coded *v;
	size_t n;
};

#define CODED_TABLE(rows) \
	((struct coded_table){ (rows), sizeof(rows) / sizeof((rows)[0]) })

/* NULL: there is none. */
const struct coded *coded_of(struct coded_table, int64_t code);
const struct coded *coded_named(struct coded_table, struct span text);

#endif
