/* intake/taking_batch.h -- some of what was received goes into the store, in
 * transactions that hold up other writers for a moment only. */
#ifndef INTAKE_TAKING_BATCH_H
#define INTAKE_TAKING_BATCH_H

#include "intake/taking.h"

/* Many in one transaction cost the least: it adds up anew the days it touches.
 * Of mails as many as keys are asked for at once. */
#define TAKING_BATCH_MAX 256
#define TAKING_BATCH_MAILS_MAX KEYS_MAILS_MAX
/* After so long no further one is put into a transaction: the last one may be
 * of as many failure details as a report may have. */
#define TAKING_BATCH_NS (50 * NS_PER_MS)

struct taking_batch {
	const struct intake *intake;
	struct store *store;
	struct taking *v; /* not begun */
	size_t n;	  /* at most TAKING_BATCH_MAX, and so many mails */
	/* In a transaction, when v[from] and all before v[to] are in it. */
	enum err (*storing)(void *arg, size_t from, size_t to, struct why *why);
	/* The transaction is in the store. */
	void (*stored)(void *arg, size_t from, size_t to);
	void *arg;
};

/* All of them, in their order. One that the store does not take is kept as one
 * that cannot be read. E_NOMEM and the store's errors: what stored was called
 * for is there, and no other. */
MUST_CHECK enum err taking_batch_store(const struct taking_batch *,
    struct why *why);

#endif
