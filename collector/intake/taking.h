/* intake/taking.h -- what was received on its way into the store: first all
 * that may take its time, and then a transaction that waits for nobody. Many of
 * them at once: taking_batch.h. */
#ifndef INTAKE_TAKING_H
#define INTAKE_TAKING_H

#include "intake/judge.h"
#include "intake/returned.h"
#include "store/store.h"

struct intake {
	const struct config *config;
	const struct clock *clock;
	struct judge judge;
	struct span account; /* store_inbox_account.h; "import" */
};

/* ask_arg NULL: no key is looked up. */
struct intake intake_of(const struct config *, const struct clock *,
    keys_ask_fn *ask, void *ask_arg);

/* All of it lasts until taking_end. */
struct taking {
	struct uuid id;
	struct receipt_facts facts;
	struct span body;
	const struct content_key *posted; /* its key, if it was; or NULL */
	/* Why it is kept as one that cannot be read, without a look; or NULL.
	 */
	const struct why *parked;
	/* What became of it, set by taking_put where something was kept; NULL:
	 * nobody asks. */
	struct taken *taken;

	/* Private. */
	struct proof proof;
	struct opened opened;
	enum { TAKING_REPORT, TAKING_DONE, TAKING_LATER } what;
	struct why why; /* of TAKING_LATER */
};

/* Look up the keys of mails, and see to mails of ours that came back, each in a
 * transaction of its own. End it in any case. E_NOMEM; E_IO; errors of the
 * store. */
MUST_CHECK enum err taking_begin(const struct intake *, struct store *,
    struct taking *, size_t n, struct why *why);

/* Take it apart, which needs memory until taking_close. E_NOMEM. */
MUST_CHECK enum err taking_open(struct taking *, struct why *why);

/* One that is open, in a transaction of the caller's. *ret_kept: there is
 * something of it. */
MUST_CHECK enum err taking_put(const struct intake *, struct store *,
    struct taking *, bool *ret_kept, struct why *why);

void taking_close(struct taking *); /* one that is not open is fine */
void taking_end(struct taking *, size_t n);

#endif
