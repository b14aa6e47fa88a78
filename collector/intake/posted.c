#include "intake/posted.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/queue.h>

#include "base/siphash.h"
#include "codec/canonical.h"

#define SET_SIZE 16 /* places that a key may have */

/* Who waits for the answer to a post. */
struct waiter {
	SLIST_ENTRY(waiter) next;
	posted_done_fn *done;
	void *arg;
};

/* One that is on its way to the disk. */
struct posting {
	struct posted *posted;
	struct content_key key;
	struct waiter first;
	SLIST_HEAD(, waiter) again;
};

/* Free, and the first to be taken, if all is zero: an intake's id begins with
 * its time. */
struct place {
	struct content_key key;
	struct uuid intake;
	struct posting *coming; /* the intake is not known yet; or NULL */
};

struct posted {
	pthread_mutex_t lock; /* over all below */
	uint64_t again;
	size_t nsets;
	struct place places[];
};

enum err
posted_open(size_t max, struct posted **ret)
{
	size_t nsets = (max + SET_SIZE - 1) / SET_SIZE;
	struct posted *p = calloc(1,
	    sizeof(*p) + nsets * SET_SIZE * sizeof(p->places[0]));

	if (p == NULL)
		return E_NOMEM;
	(void)pthread_mutex_init(&p->lock, NULL);
	p->nsets = nsets;
	*ret = p;
	return E_OK;
}

void
posted_close(struct posted *p)
{
	if (p == NULL)
		return;
	(void)pthread_mutex_destroy(&p->lock);
	free(p);
}

enum err
posted_key(struct span body, struct content_key *ret)
{
	return content_key(body, ret);
}

/* -- places; under the lock -- */

static struct place *
set_of(struct posted *p, const struct content_key *key)
{
	/* Keyed: nobody chooses whose place his bodies take. */
	return &p->places[siphash_table(key->b, sizeof(key->b)) % p->nsets *
	    SET_SIZE];
}

static bool
is_free(const struct place *at)
{
	static const struct uuid none;

	return at->coming == NULL &&
	    memcmp(&at->intake, &none, sizeof(none)) == 0;
}

static struct place *
find(struct posted *p, const struct content_key *key)
{
	struct place *set = set_of(p, key);

	for (struct place *at = set; at < set + SET_SIZE; at++)
		if (!is_free(at) && content_key_cmp(&at->key, key) == 0)
			return at;
	return NULL;
}

/* The oldest of its set; NULL: all are of those that are on their way. */
static struct place *
oldest(struct posted *p, const struct content_key *key)
{
	struct place *set = set_of(p, key), *best = NULL;

	for (struct place *at = set; at < set + SET_SIZE; at++)
		if (at->coming == NULL &&
		    (best == NULL ||
			memcmp(&at->intake, &best->intake, sizeof(at->intake)) <
			    0))
			best = at;
	return best;
}

void
posted_note(struct posted *p, const struct content_key *key,
    const struct uuid *intake)
{
	struct place *at;

	(void)pthread_mutex_lock(&p->lock);
	at = find(p, key);
	if (at == NULL) {
		at = oldest(p, key);
		if (at != NULL &&
		    memcmp(intake, &at->intake, sizeof(*intake)) > 0)
			*at = (struct place){ *key, *intake, NULL };
	} else if (at->coming == NULL &&
	    memcmp(intake, &at->intake, sizeof(*intake)) < 0) {
		at->intake = *intake;
	}
	(void)pthread_mutex_unlock(&p->lock);
}

void
posted_forget(struct posted *p, const struct content_key *key,
    const struct uuid *intake)
{
	struct place *at;

	(void)pthread_mutex_lock(&p->lock);
	at = find(p, key);
	if (at != NULL && at->coming == NULL && uuid_eq(&at->intake, intake))
		*at = (struct place){ .coming = NULL };
	(void)pthread_mutex_unlock(&p->lock);
}

void
posted_forget_all(struct posted *p)
{
	(void)pthread_mutex_lock(&p->lock);
	for (size_t i = 0; i < p->nsets * SET_SIZE; i++)
		if (p->places[i].coming == NULL)
			p->places[i] = (struct place){ .coming = NULL };
	(void)pthread_mutex_unlock(&p->lock);
}

/* -- posting -- */

/* The posting is over: who waited for the other is told what became of it. */
static void
settle(struct posting *g, enum err e, const struct uuid *intake)
{
	struct posted *p = g->posted;
	struct place *at;
	struct waiter *w;

	(void)pthread_mutex_lock(&p->lock);
	at = find(p, &g->key);
	if (at != NULL && at->coming == g) {
		*at = (struct place){ .coming = NULL };
		if (e == E_OK)
			*at = (struct place){ g->key, *intake, NULL };
	}
	(void)pthread_mutex_unlock(&p->lock);
	while ((w = SLIST_FIRST(&g->again)) != NULL) {
		SLIST_REMOVE_HEAD(&g->again, next);
		w->done(w->arg, e, intake, true);
		free(w);
	}
	free(g);
}

static void
on_kept(void *posting, enum err e, const struct uuid *intake)
{
	struct posting *g = posting;

	g->first.done(g->first.arg, e, intake, false);
	settle(g, e, intake);
}

/* Under the lock. What has no place is kept, and not remembered. */
static enum err
begin(struct posted *p, const struct content_key *key, posted_done_fn *done,
    void *arg, struct posting **ret)
{
	struct posting *g = calloc(1, sizeof(*g));
	struct place *at = oldest(p, key);

	if (g == NULL)
		return E_NOMEM;
	g->posted = p;
	g->key = *key;
	g->first.done = done;
	g->first.arg = arg;
	SLIST_INIT(&g->again);
	if (at != NULL)
		*at = (struct place){ .key = *key, .coming = g };
	*ret = g;
	return E_OK;
}

/* Under the lock. */
static enum err
join(struct posting *g, posted_done_fn *done, void *arg)
{
	struct waiter *w = calloc(1, sizeof(*w));

	if (w == NULL)
		return E_NOMEM;
	w->done = done;
	w->arg = arg;
	SLIST_INSERT_HEAD(&g->again, w, next);
	return E_OK;
}

/* *ret_intake: of one that is durable; *ret: a new one. Both stay as they are
 * for one that waits. */
static enum err
look(struct posted *p, const struct content_key *key, posted_done_fn *done,
    void *arg, struct uuid *ret_intake, bool *ret_durable, struct posting **ret)
{
	struct place *at;
	enum err e = E_OK;

	(void)pthread_mutex_lock(&p->lock);
	at = find(p, key);
	if (at == NULL) {
		e = begin(p, key, done, arg, ret);
	} else if (at->coming != NULL) {
		e = join(at->coming, done, arg);
	} else {
		*ret_intake = at->intake;
		*ret_durable = true;
	}
	p->again += at != NULL && e == E_OK;
	(void)pthread_mutex_unlock(&p->lock);
	return e;
}

enum err
posted_put(struct posted *p, const struct receipt_sink *sink,
    const struct receipt_facts *facts, struct span body, posted_done_fn *done,
    void *arg, struct why *why)
{
	struct posting *fresh = NULL;
	struct content_key key;
	struct uuid intake;
	bool is_durable = false;
	enum err e = posted_key(body, &key);

	if (e == E_OK)
		e = look(p, &key, done, arg, &intake, &is_durable, &fresh);
	if (e != E_OK)
		return why_set(why, e, "%s", err_text(e));
	if (is_durable)
		done(arg, E_OK, &intake, true);
	if (fresh == NULL)
		return E_OK;
	e = sink->put(sink->arg, facts, body, on_kept, fresh, why);
	if (e != E_OK)
		settle(fresh, e, NULL);
	return e;
}

uint64_t
posted_again(struct posted *p)
{
	uint64_t n;

	(void)pthread_mutex_lock(&p->lock);
	n = p->again;
	(void)pthread_mutex_unlock(&p->lock);
	return n;
}
