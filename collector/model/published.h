/* model/published.h -- what domains of ours publish, and since when. */
#ifndef MODEL_PUBLISHED_H
#define MODEL_PUBLISHED_H

#include <stdint.h>

#include "base/err.h"
#include "base/span.h"

/* The store keeps the number. */
enum published_kind {
#define PUBLISHED(code, name, text, sentence) PUBLISHED_##name = code,
#include "model/published.def"
#undef PUBLISHED
};

/* "mx"; "" for what is none. */
const char *published_kind_text(int64_t code);

/* One value of one thing, that was seen at each look from the first to the
 * last. */
struct published_value {
	struct span domain; /* A-labels, lower case */
	enum published_kind kind;
	struct span subject; /* an MX host; "": the domain itself */
	/* As codec/lines.h has it, sorted but for a policy; "": there is
	 * none. */
	struct span value;
	struct span dnssec;	 /* "secure"; "": not by DNS */
	int64_t first_s, last_s; /* UTC */
};

#endif
