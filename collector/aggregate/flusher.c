#include "aggregate/flusher.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/backoff.h"
#include "base/fault.h"
#include "model/metric.h"

#define BACKOFF_FIRST_NS (100 * NS_PER_MS)
#define BACKOFF_MAX_NS (5 * NS_PER_S)

enum state {
	EMPTY,
	FULL,	   /* handed over */
	COMMITTED, /* to be reclaimed */
};

struct flusher {
	struct flusher_options options;
	pthread_t thread;
	pthread_mutex_t lock; /* over all below */
	pthread_cond_t changed;
	enum state state;
	struct tally_table *table;
	struct position committed, to;
	int64_t watermark_ns;
	bool stop;
	enum err failure;
	struct why why;
};

/* -- one flush -- */

static bool
same_position(const struct position *a, const struct position *b)
{
	return uuid_eq(&a->journal, &b->journal) && a->segment == b->segment &&
	    a->offset == b->offset;
}

static enum err
make_flush(struct flusher *f, struct flush *ret)
{
	struct tally_source tallies;
	enum err e = tally_table_sort(f->table, &tallies);

	if (e != E_OK)
		return e;
	*ret = (struct flush){
		.collector = f->options.collector,
		.claim = f->options.claim,
		.host = span_str(f->options.host),
		.from = f->committed,
		.to = f->to,
		.watermark_s = f->watermark_ns / NS_PER_S,
		.tallies = tallies,
	};
	tally_table_day_counters(f->table, &ret->counters, &ret->ncounters);
	return E_OK;
}

struct asked {
	const struct flush *flush;
	bool is_ours, has_moved, is_where_it_was;
};

static enum err
compare(void *arg, const struct collector *c)
{
	struct asked *asked = arg;

	asked->is_ours = span_eq(c->claim, asked->flush->claim);
	asked->has_moved = same_position(&c->position, &asked->flush->to);
	asked->is_where_it_was = same_position(&c->position,
	    &asked->flush->from);
	return E_OK;
}

/* Whether the commit has happened after all: the store's position
 * tells. E_CONFLICT: it is somewhere else, or another's. */
static enum err
ask_position(struct flusher *f, const struct flush *flush, bool *ret_done,
    struct why *why)
{
	struct asked asked = { .flush = flush };
	struct why none = { { 0 } };
	enum err e = store_collector_get(f->options.store, &flush->collector,
	    compare, &asked, &none);

	if (e == E_ABSENT) /* a store of before its first start */
		return why_set(why, E_CONFLICT, "%s", none.text);
	if (e != E_OK)
		return why_set(why, e, "%s", none.text);
	if (!asked.is_ours)
		return why_set(why, E_CONFLICT,
		    "the store has been claimed by another tlsrptd, or put "
		    "back");
	*ret_done = asked.has_moved;
	if (asked.has_moved || asked.is_where_it_was)
		return E_OK;
	return why_set(why, E_CONFLICT,
	    "the store is at another place of the journal than this "
	    "collector left it");
}

static enum err
attempt(struct flusher *f, struct flush *flush, struct why *why)
{
	bool done = false;
	enum err e;

	flush->now_s = clock_wall_s(f->options.clock);
	e = store_flush(f->options.store, flush, why);
	if (e != E_UNCERTAIN && e != E_CONFLICT)
		return e;
	*why = (struct why){ { 0 } };
	e = ask_position(f, flush, &done, why);
	if (e == E_OK && !done)
		return why_set(why, E_BUSY, "the commit did not happen");
	return e;
}

static bool
is_final(enum err e)
{
	return e == E_OK || e == E_CONFLICT || e == E_NOMEM || e == E_VERSION;
}

static struct timespec
time_from_now(int64_t ns)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	ns += t.tv_nsec;
	t.tv_sec += ns / NS_PER_S;
	t.tv_nsec = ns % NS_PER_S;
	return t;
}

/* Wait out a failed attempt. False: the flusher is to stop. */
static bool
back_off(struct flusher *f, int64_t ns)
{
	struct timespec until = time_from_now(ns);
	bool stop;

	(void)pthread_mutex_lock(&f->lock);
	while (!f->stop &&
	    pthread_cond_timedwait(&f->changed, &f->lock, &until) == 0)
		continue;
	stop = f->stop;
	(void)pthread_mutex_unlock(&f->lock);
	return !stop;
}

/* Try until it succeeds or cannot. The table is the flusher's meanwhile. */
static enum err
flush_table(struct flusher *f, struct why *why)
{
	struct fault fault = {
		.what = "store does not take tallies, the journal keeps them",
		.again = "store takes tallies again",
	};
	struct backoff backoff = BACKOFF_INIT(BACKOFF_FIRST_NS, BACKOFF_MAX_NS);
	struct flush flush;
	enum err e = make_flush(f, &flush);

	if (e != E_OK)
		return why_set(why, e, "no memory for a flush");
	if (f->options.before != NULL)
		f->options.before(f->options.before_arg);
	while (e = attempt(f, &flush, why), !is_final(e)) {
		fault_note(&fault, e, why);
		if (!back_off(f, backoff_next_ns(&backoff)))
			return e;
		*why = (struct why){ { 0 } };
	}
	if (e == E_OK)
		fault_note(&fault, E_OK, NULL);
	return e;
}

/* What is in the store now, once, however often it was tried. */
static void
count(const struct flusher *f)
{
	const struct day_counters *days;
	size_t ndays;

	tally_table_day_counters(f->table, &days, &ndays);
	for (size_t i = 0; i < ndays; i++)
		for (unsigned c = 0; c < NCOUNTERS; c++)
			if (days[i].counters.n[c] > 0)
				metric_add(METRIC_COUNTED, c,
				    days[i].counters.n[c]);
}

static void
settle(struct flusher *f, enum err e, const struct why *why)
{
	if (e == E_OK) {
		count(f);
		f->committed = f->to;
		f->state = COMMITTED;
	} else {
		f->failure = e;
		f->why = *why;
	}
	(void)pthread_cond_broadcast(&f->changed);
}

static void *
run(void *arg)
{
	struct flusher *f = arg;

	(void)pthread_mutex_lock(&f->lock);
	for (;;) {
		if (f->state == FULL && f->failure == E_OK) {
			struct why why = { { 0 } };
			enum err e;

			(void)pthread_mutex_unlock(&f->lock);
			e = flush_table(f, &why);
			(void)pthread_mutex_lock(&f->lock);
			settle(f, e, &why);
			if (f->options.waker != NULL)
				waker_wake(f->options.waker);
		} else if (f->stop) {
			break;
		} else {
			(void)pthread_cond_wait(&f->changed, &f->lock);
		}
	}
	(void)pthread_mutex_unlock(&f->lock);
	return NULL;
}

/* -- from outside -- */

enum err
flusher_start(const struct flusher_options *options, struct flusher **ret,
    struct why *why)
{
	struct flusher *f = calloc(1, sizeof(*f));
	pthread_condattr_t monotonic;

	if (f == NULL)
		return why_set(why, E_NOMEM, "out of memory");
	f->options = *options;
	f->committed = options->start;
	(void)pthread_mutex_init(&f->lock, NULL);
	(void)pthread_condattr_init(&monotonic);
	(void)pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&f->changed, &monotonic);
	(void)pthread_condattr_destroy(&monotonic);
	if (pthread_create(&f->thread, NULL, run, f) != 0) {
		free(f);
		return why_set(why, E_IO, "cannot start the flush thread");
	}
	*ret = f;
	return E_OK;
}

void
flusher_wait(struct flusher *f, int64_t max_ns)
{
	struct timespec until = time_from_now(max_ns > 0 ? max_ns : 0);

	(void)pthread_mutex_lock(&f->lock);
	while (f->state == FULL && f->failure == E_OK &&
	    pthread_cond_timedwait(&f->changed, &f->lock, &until) == 0)
		continue;
	(void)pthread_mutex_unlock(&f->lock);
}

struct tally_table *
flusher_stop(struct flusher *f)
{
	struct tally_table *table;

	if (f == NULL)
		return NULL;
	(void)pthread_mutex_lock(&f->lock);
	f->stop = true;
	(void)pthread_cond_broadcast(&f->changed);
	(void)pthread_mutex_unlock(&f->lock);
	(void)pthread_join(f->thread, NULL);
	(void)pthread_cond_destroy(&f->changed);
	(void)pthread_mutex_destroy(&f->lock);
	table = f->table;
	free(f);
	return table;
}

bool
flusher_offer(struct flusher *f, struct tally_table *table,
    const struct position *to, int64_t watermark_ns)
{
	bool taken;

	(void)pthread_mutex_lock(&f->lock);
	taken = f->state == EMPTY && f->failure == E_OK;
	if (taken) {
		f->state = FULL;
		f->table = table;
		f->to = *to;
		f->watermark_ns = watermark_ns;
		(void)pthread_cond_broadcast(&f->changed);
	}
	(void)pthread_mutex_unlock(&f->lock);
	return taken;
}

struct tally_table *
flusher_reclaim(struct flusher *f)
{
	struct tally_table *table = NULL;

	(void)pthread_mutex_lock(&f->lock);
	if (f->state == COMMITTED) {
		table = f->table;
		f->table = NULL;
		f->state = EMPTY;
	}
	(void)pthread_mutex_unlock(&f->lock);
	return table;
}

struct position
flusher_committed(struct flusher *f)
{
	struct position at;

	(void)pthread_mutex_lock(&f->lock);
	at = f->committed;
	(void)pthread_mutex_unlock(&f->lock);
	return at;
}

enum err
flusher_failure(struct flusher *f, struct why *why)
{
	enum err e;

	(void)pthread_mutex_lock(&f->lock);
	e = f->failure;
	if (e != E_OK)
		(void)why_set(why, e, "%s", f->why.text);
	(void)pthread_mutex_unlock(&f->lock);
	return e;
}
