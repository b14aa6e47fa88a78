/* store/store_finding.h -- findings. Errors and lists as in store.h. */
#ifndef STORE_STORE_FINDING_H
#define STORE_STORE_FINDING_H

#include "model/finding.h"
#include "store/store.h"

#define FINDING_SEVERITIES 4 /* numbers, from 0 on */

typedef enum err finding_fn(void *arg, const struct finding *);

/* Those of the domain that are not closed, by kind and subject; in a
 * transaction nobody marks them before its end. */
MUST_CHECK enum err store_finding_current(struct store *, struct span domain,
    finding_fn *, void *arg, struct why *why);
/* E_ABSENT. */
MUST_CHECK enum err store_finding_get(struct store *, struct span id,
    finding_fn *, void *arg, struct why *why);

/* Which are meant. */
struct finding_filter {
	/* Domains that may be seen, "|a.example|b.example|"; empty: all, "|":
	 * none. */
	struct span allowed;
	struct span domain;	      /* empty: any */
	int state;		      /* enum finding_state; 0: any */
	struct span kind;	      /* empty: any */
	int64_t severity, conclusion; /* 0: any */
	int64_t first, last; /* seen on a day from first to last; 0: any */
	size_t max;
};
/* Those that are not closed first, then the gravest, then the latest. */
MUST_CHECK enum err store_finding_list(struct store *,
    const struct finding_filter *, finding_fn *, void *arg, struct why *why);

/* ret: those of the state by severity, at its number. */
MUST_CHECK enum err store_finding_count(struct store *, enum finding_state,
    uint64_t ret[FINDING_SEVERITIES], struct why *why);

/* Up to which time all has been judged; 0: nothing has. */
MUST_CHECK enum err store_finding_judged(struct store *, int64_t *ret_s,
    struct why *why);

/* -- by who judges -- */

/* A new one: its state is open. One of the same kind, domain and subject that
 * is not closed stays as it is. */
enum err store_finding_add(struct store *, const struct finding *,
    struct why *why);
/* State, severity, conclusion, confidence, days and evidence. */
enum err store_finding_update(struct store *, const struct finding *,
    struct why *why);
enum err store_finding_close(struct store *, struct span id, int64_t closed_s,
    struct why *why);

/* Those of domains that are ours no more are closed. */
enum err store_finding_disown(struct store *, int64_t closed_s,
    struct why *why);

enum err store_finding_set_judged(struct store *, int64_t as_of_s,
    struct why *why);

/* -- by a person -- */

/* E_ABSENT: there is none, or it is closed. until_s: of one that is muted; 0
 * for good. */
MUST_CHECK enum err store_finding_mark(struct store *, struct span id,
    enum finding_state, int64_t until_s, struct span reason, struct why *why);

#endif
