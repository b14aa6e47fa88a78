/* store/store_suppression.h -- where nothing is sent, whoever asks for it.
 * Errors and lists as in store.h. */
#ifndef STORE_STORE_SUPPRESSION_H
#define STORE_STORE_SUPPRESSION_H

#include "store/store_delivery.h"

enum suppression_kind {
	SUPPRESSION_RUA,    /* a destination: as in delivery.uri */
	SUPPRESSION_HOST,   /* all destinations there: as in delivery.host */
	SUPPRESSION_DOMAIN, /* all reports about it: as in report.domain */
};

/* "rua", "host", "domain". E_ABSENT: no such kind. */
const char *suppression_kind_text(enum suppression_kind);
MUST_CHECK enum err suppression_kind_from_text(struct span,
    enum suppression_kind *ret);

struct suppression {
	enum suppression_kind kind;
	struct span value;
	struct span reason; /* for a person; may be empty */
	int64_t added_s;
	int64_t until_s; /* 0: for good */
};

/* It takes the place of one of that kind and value; those that are past their
 * time go. May stand inside a transaction. */
MUST_CHECK enum err store_suppression_add(struct store *,
    const struct suppression *, struct why *why);
/* E_ABSENT. */
MUST_CHECK enum err store_suppression_remove(struct store *,
    enum suppression_kind, struct span value, struct why *why);

typedef enum err suppression_fn(void *arg, const struct suppression *);
/* Those in force, by kind and value. */
MUST_CHECK enum err store_suppression_list(struct store *, int64_t now_s,
    suppression_fn *, void *arg, struct why *why);

/* Whether there is one at all, be it past its time. */
MUST_CHECK enum err store_suppression_is_any(struct store *, bool *ret,
    struct why *why);

/* What keeps the delivery from being sent, its texts in the arena. Of the
 * delivery report, uri, target and host are looked at. E_ABSENT: nothing does;
 * why stays empty. */
MUST_CHECK enum err store_suppression_find(struct store *,
    const struct delivery *, int64_t now_s, struct arena *,
    struct suppression *ret, struct why *why);

#endif
