/* api/query.h -- the query of a request: which parameters there are, and what
 * each may be. Pure. */
#ifndef API_QUERY_H
#define API_QUERY_H

#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "model/result_type.h"

#define API_QUERY_BYTES_MAX 4096 /* of the whole query */
#define API_TEXT_MAX 320	 /* of one value, decoded; an address fits */
#define API_CURSOR_MAX 1024	 /* of a cursor as it stands there */
#define API_LIMIT_MAX 500
#define API_LIMIT_DEFAULT 100
#define API_EXPORT_ROWS 5000 /* of CSV without a limit, asked for at a time */
#define API_DAYS_MAX 1100    /* of a range: three years */
#define API_DAYS_DEFAULT 30

enum api_trust {
	API_TRUST_COUNTED,
	API_TRUST_AUTHENTICATED,
	API_TRUST_UNAUTHENTICATED,
	API_TRUST_ALL,
};

enum api_group {
	API_GROUP_TYPE,
	API_GROUP_MX,
	API_GROUP_RECEIVING_IP,
	API_GROUP_REPORTER,
	API_GROUP_SENDING_IP,
	API_GROUP_POLICY,
};

/* A bit for each row of parameters.def. */
enum api_parameter {
#define PARAMETER(NAME, name, reader, sentence) API_BIT_##NAME,
#include "api/parameters.def"
#undef PARAMETER
	API_NPARAMETERS
};
#define P(NAME) (1U << API_BIT_##NAME)
#define P_NONE 0U
#define P_RANGE (P(FROM) | P(TO))
#define P_LIST (P(CURSOR) | P(LIMIT) | P(FORMAT))

/* Texts that were not given are SPAN_NONE. They are untrusted, but UTF-8
 * without control characters; names and IP addresses are in their one spelling.
 */
struct api_query {
	struct span domain;   /* A-labels, lower case */
	int64_t from, to;     /* days, inclusive, from <= to */
	bool has_range;	      /* one of them was given */
	struct span reporter; /* the domain of who reports */
	bool has_result_type;
	enum result_type result_type;
	struct span mx;
	struct span receiving_ip, sending_ip;
	enum api_trust trust;
	/* Codes of model/trust.h, inbox_state.h, levels.h, delivery_state.h,
	 * finding.h; 0: any. */
	int64_t verdict, state, level, delivery_state, finding_state;
	int64_t severity, conclusion; /* of findings; likewise */
	struct span kind;	      /* of insight/findings.def */
	enum api_group group;
	struct span text;   /* q: what is searched for */
	int64_t date;	    /* -1: not given */
	struct span cursor; /* what api_row was given; untrusted; SPAN_NONE:
			     * from the start */
	size_t limit;
	bool csv, is_whole; /* is_whole: CSV without a limit */
};

/* text: behind the "?", untrusted. allowed: bits of parameters. today: the
 * range's default ends there. Texts are copied to the arena.
 * E_USAGE: a parameter there is none of, or that stands there twice; E_SYNTAX,
 * E_RANGE: a value. why names the parameter, and none of the bytes. */
MUST_CHECK enum err api_query_read(struct span text, unsigned allowed,
    int64_t today, struct arena *, struct api_query *ret, struct why *why);

/* For a cursor in a URL: base64 as of RFC 4648 s5. */
void api_cursor_write(struct span cursor, struct buf *out);

struct api_parameter_row {
	const char *name, *sentence;
};
const struct api_parameter_row *api_parameter(enum api_parameter);

#endif
