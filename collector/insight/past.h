/* insight/past.h -- what the domain published, as we saw it ourselves, against
 * what a report tells of those days. Pure. */
#ifndef INSIGHT_PAST_H
#define INSIGHT_PAST_H

#include "insight/found.h"

/* One value for as long as it was there. */
struct past {
	enum published_kind kind;
	struct span subject; /* an MX host; "": the domain itself */
	struct span value;   /* lines; "": there was none */
	struct span_list lines;
	int64_t first_s, last_s; /* UTC; not past the time of judging */
};

/* Between two looks there may be another value: so long it is not missed. */
#define PAST_GAP_S 21600
/* What was there is in caches and queues for so long. */
#define PAST_CACHED_DAYS 7
/* Looked at for so long: what was not seen was not there. */
#define PAST_KNOWN_DAYS 30

/* Each value of a thing from the first to the last of these days is known. */
bool past_covers(const struct evidence *, enum published_kind,
    struct span subject, int64_t first, int64_t last);
/* The value that was there on all of these days, and no other. NULL: there is
 * none, or it is not known. */
const struct past *past_of_days(const struct evidence *, enum published_kind,
    struct span subject, int64_t first, int64_t last);
/* The newest; NULL: it was never looked at. */
const struct past *past_newest(const struct evidence *, enum published_kind,
    struct span subject);

/* The value has this line, case aside. */
bool past_has_line(const struct past *, struct span line);

/* The host was an MX host on one of these days, or is in caches still. */
bool past_has_host(const struct evidence *, struct span host, int64_t first,
    int64_t last);

enum past_address {
	PAST_ADDRESS_NOT_KNOWN,
	PAST_ADDRESS_OURS,    /* it was published then, or lately */
	PAST_ADDRESS_FOREIGN, /* others were, and none near it */
};

/* host may be empty: then it is ours or not known. is_near: whether two
 * addresses are in one network. */
enum past_address past_address(const struct evidence *, struct span host,
    struct span ip, int64_t first, int64_t last,
    bool (*is_near)(struct span a, struct span b));

enum past_policy {
	PAST_POLICY_NOT_KNOWN,
	PAST_POLICY_CURRENT, /* it was published on that day */
	PAST_POLICY_CACHED,  /* and until then: its max_age is not over */
	PAST_POLICY_STALE,   /* long before */
	PAST_POLICY_NEVER,
};

/* What the reporter went by, against what was there. *ret is what was published
 * on that day, or before, or NULL. */
enum past_policy past_policy(const struct evidence *,
    const struct seen_policy *, const struct past **ret);
/* There was a policy, of a mode other than none. */
bool past_is_policy(const struct past *);

/* A row of evidence: what we saw. NULL: none. */
void past_row(struct found *, const struct past *);

#endif
