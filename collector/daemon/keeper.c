#include "daemon/keeper.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/log.h"

struct keeper {
	struct journal *journal;
	const struct clock *clock;
	int64_t sync_ns;
	pthread_t thread;
	struct waker waker;
	atomic_bool stop;
};

/* Failure is said when it begins, each minute that it lasts, and at its end. */
static void
tell(struct keeper *k, enum err e, const struct why *why, bool *failing,
    struct log_limit *limit)
{
	uint64_t left_out;

	if (e != E_OK &&
	    log_limit_pass(limit, clock_mono_ns(k->clock), &left_out))
		log_error("journal is not synced", LOG_WHY(why),
		    LOG_STR("then", "a power loss would cost sessions"));
	if (e == E_OK && *failing)
		log_info("journal is synced again");
	*failing = e != E_OK;
}

static void
tell_full(struct keeper *k, bool *full)
{
	struct journal_usage usage = journal_usage(k->journal);

	if (usage.full == *full)
		return;
	*full = usage.full;
	if (usage.full)
		log_error("journal is full: datagrams are lost and counted",
		    LOG_I("bytes", usage.bytes),
		    LOG_STR("do",
			"bring back the store, or make room on the "
			"disk or in collect.journal_max"));
	else
		log_info("journal has room again");
}

static void *
run(void *arg)
{
	struct log_limit limit = { .period_ns = 60 * NS_PER_S, .burst = 1 };
	struct keeper *k = arg;
	bool failing = false, full = false;

	while (!atomic_load(&k->stop)) {
		struct why why = { { 0 } };
		enum err e = journal_keep(k->journal, &why);

		tell(k, e, &why, &failing, &limit);
		tell_full(k, &full);
		waker_prepare(&k->waker);
		if (!atomic_load(&k->stop))
			waker_sleep(&k->waker, k->sync_ns);
	}
	return NULL;
}

enum err
keeper_start(struct journal *journal, const struct clock *clock,
    int64_t sync_ns, struct keeper **ret, struct why *why)
{
	struct keeper *k = calloc(1, sizeof(*k));
	enum err e;

	if (k == NULL)
		return why_set(why, E_NOMEM, "out of memory");
	k->journal = journal;
	k->clock = clock;
	k->sync_ns = sync_ns;
	atomic_init(&k->stop, false);
	if ((e = waker_open(&k->waker, why)) != E_OK) {
		free(k);
		return e;
	}
	if (pthread_create(&k->thread, NULL, run, k) != 0) {
		waker_close(&k->waker);
		free(k);
		return why_set(why, E_IO, "cannot start the keeper thread");
	}
	*ret = k;
	return E_OK;
}

void
keeper_stop(struct keeper *k)
{
	if (k == NULL)
		return;
	atomic_store(&k->stop, true);
	waker_wake(&k->waker);
	(void)pthread_join(k->thread, NULL);
	waker_close(&k->waker);
	free(k);
}
