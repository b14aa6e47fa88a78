/* model/levels.h -- the sessions of a report by how well they were protected.
 */
#ifndef MODEL_LEVELS_H
#define MODEL_LEVELS_H

#include "model/protection.h"
#include "model/session_totals.h"

/* The store keeps the number. */
enum level {
#define LEVEL(code, name, text, sentence) LEVEL_##name = code,
#include "model/levels.def"
#undef LEVEL
};

#define NLEVELS 5

/* Sessions of one report at one level: a number past all reason, which forged
 * reports have. So sums over millions of them do not overflow. */
#define LEVEL_COUNT_MAX UINT64_C(1000000000000)

/* Each session once. */
struct levels {
	uint64_t n[NLEVELS]; /* of the level with that number, less one */
	bool is_told;	     /* or there are no counts at all: all are 0 */
};

/* E_ABSENT: no such level. */
MUST_CHECK enum err level_from_text(struct span, enum level *ret);

const char *level_text(enum level);	/* "not-sent" */
const char *level_sentence(enum level); /* for a person */

enum level level_of_success(enum protection);
enum level level_of_failure(enum failure_effect);

/* An element of a report's policies. */
struct level_policy {
	struct policy_totals totals;
	enum level succeeded, failed; /* what its sessions are */
};

/* As session_totals counts them. A session under several policies has the best
 * of their levels if it succeeded (RFC 8461 s2), the hardest if it failed. n is
 * at most INCOMING_POLICIES_MAX. */
void levels_of(const struct level_policy *, size_t n, struct levels *ret);

static inline uint64_t
levels_failed(const struct levels *l)
{
	return l->n[LEVEL_CLEARTEXT - 1] + l->n[LEVEL_NOT_SENT - 1];
}

static inline uint64_t
levels_sessions(const struct levels *l)
{
	return l->n[LEVEL_AUTHENTICATED - 1] + l->n[LEVEL_TESTING - 1] +
	    l->n[LEVEL_ENCRYPTED - 1] + levels_failed(l);
}

#endif
