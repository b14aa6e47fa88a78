#include "intake/admission.h"

#include <pthread.h>
#include <stdlib.h>

#include "intake/rate_limit.h"
#include "intake/signers.h"
#include "intake/source.h"

#define SHIFT_MAX 63
#define HOURS 24
#define NEWS_S S_PER_DAY

struct admission {
	struct admission_options options;
	pthread_mutex_t lock; /* over all below */
	struct signers *signers;
	struct rate_limit *sources; /* or NULL */
	bool store_is_full;
	uint64_t refused[INBOX_EVENTS + 1];
};

/* -- the rule -- */

static bool
fits_share(uint64_t reserve, const struct admission_standing *s, uint64_t bytes)
{
	unsigned shift = s->failed < SHIFT_MAX ? s->failed : SHIFT_MAX;

	return s->waiting == 0 ||
	    s->waiting + bytes <= reserve / ADMISSION_SHARES >> shift;
}

enum admission_answer
admission_decide(const struct admission_room *r,
    const struct admission_standing *s, uint64_t bytes)
{
	uint64_t reserve = r->max / 100 * r->reserve;

	if (r->store_is_full)
		return ADMISSION_STORE_FULL;
	if (s != NULL && s->is_spent)
		return ADMISSION_SPENT;
	if (r->waiting + bytes <= r->max - reserve)
		return ADMISSION_OPEN;
	if (s != NULL && r->waiting + bytes <= r->max &&
	    fits_share(reserve, s, bytes))
		return ADMISSION_RESERVE;
	return ADMISSION_NO_ROOM;
}

/* -- the door; under the lock -- */

static int64_t
now_s(const struct admission *a)
{
	return clock_wall_s(a->options.clock);
}

/* Whoever claims a known signer is charged once that is proved. */
static bool
source_is_spent(struct admission *a, const struct receipt_facts *facts)
{
	char text[SOURCE_SIZE];
	struct span source = source_of(facts, text);

	return a->sources != NULL && source.len > 0 &&
	    rate_limit_take_name(a->sources, source,
		clock_mono_ns(a->options.clock)) > 0;
}

static enum admission_answer
decide(struct admission *a, const struct receipt_facts *facts,
    const struct signer *g, uint64_t waiting, uint64_t bytes)
{
	const struct admission_options *o = &a->options;
	struct admission_standing s = { .waiting = 0 };
	enum admission_answer may;

	if (g != NULL)
		s = (struct admission_standing){ g->waiting,
			signer_failed(g, now_s(a)),
			o->daily > 0 && signer_today(g, now_s(a)) >= o->daily };
	may = admission_decide(&(const struct admission_room){ waiting,
				   o->spool_max, o->reserve, a->store_is_full },
	    g == NULL ? NULL : &s, bytes);
	if (may == ADMISSION_OPEN && g == NULL && source_is_spent(a, facts))
		may = ADMISSION_SPENT;
	return may;
}

static enum err
refuse(struct admission *a, enum admission_answer may, struct why *why)
{
	switch (may) {
	case ADMISSION_SPENT:
		a->refused[INBOX_EVENT_REFUSED_SOURCE]++;
		return why_set(why, E_BUSY,
		    "its source has sent enough today: intake.daily");
	case ADMISSION_STORE_FULL:
		a->refused[INBOX_EVENT_REFUSED_STORE]++;
		return why_set(why, E_FULL,
		    "the inbox is full: intake.store_max");
	case ADMISSION_NO_ROOM:
		a->refused[INBOX_EVENT_REFUSED_ROOM]++;
		return why_set(why, E_FULL,
		    "the spool has no room but the reserve of known signers");
	default:
		return E_OK;
	}
}

static enum err
enter(struct admission *a, const struct receipt_facts *facts,
    const struct claims *claims, uint64_t bytes, struct why *why)
{
	uint64_t waiting = a->options.waiting(a->options.arg);
	struct signer *g;
	enum err e;

	(void)pthread_mutex_lock(&a->lock);
	g = signers_claimed(a->signers, claims, now_s(a));
	e = refuse(a, decide(a, facts, g, waiting, bytes), why);
	if (e == E_OK && g != NULL)
		g->waiting += bytes;
	(void)pthread_mutex_unlock(&a->lock);
	return e;
}

static void
subtract(struct signer *g, uint64_t bytes)
{
	g->waiting -= bytes < g->waiting ? bytes : g->waiting;
}

/* It did not come in after all. */
static void
leave(struct admission *a, const struct claims *claims, uint64_t bytes,
    enum err e)
{
	struct signer *g;

	(void)pthread_mutex_lock(&a->lock);
	g = signers_claimed(a->signers, claims, now_s(a));
	if (g != NULL)
		subtract(g, bytes);
	if (e == E_FULL)
		a->refused[INBOX_EVENT_REFUSED_ROOM]++;
	(void)pthread_mutex_unlock(&a->lock);
}

static enum err
put(void *arg, const struct receipt_facts *facts, struct span body,
    void (*done)(void *done_arg, enum err, const struct uuid *id),
    void *done_arg, struct why *why)
{
	struct admission *a = arg;
	const struct receipt_sink *sink = &a->options.sink;
	struct claims claims = { .n = 0 };
	enum err e;

	if (facts->is_mail)
		claims_read(body, &claims);
	if ((e = enter(a, facts, &claims, body.len, why)) != E_OK)
		return e;
	e = sink->put(sink->arg, facts, body, done, done_arg, why);
	if (e != E_OK)
		leave(a, &claims, body.len, e);
	return e;
}

/* -- open and close -- */

enum err
admission_open(const struct admission_options *o, struct admission **ret)
{
	uint64_t hourly = o->daily / HOURS > 0 ? o->daily / HOURS : 1;
	struct admission *a = calloc(1, sizeof(*a));
	enum err e;

	if (a == NULL)
		return E_NOMEM;
	a->options = *o;
	(void)pthread_mutex_init(&a->lock, NULL);
	e = signers_open(&a->signers);
	if (e == E_OK && o->daily > 0)
		e = rate_limit_open(hourly, o->daily, o->sources_max,
		    &a->sources);
	if (e != E_OK) {
		admission_close(a);
		return e;
	}
	*ret = a;
	return E_OK;
}

void
admission_close(struct admission *a)
{
	if (a == NULL)
		return;
	signers_close(a->signers);
	rate_limit_close(a->sources);
	(void)pthread_mutex_destroy(&a->lock);
	free(a);
}

struct receipt_sink
admission_sink(struct admission *a)
{
	return (struct receipt_sink){ put, a };
}

/* -- the worker's side -- */

/* Under the lock. */
static bool
learn_true(struct admission *a, const struct signer *claimed, struct span name)
{
	struct id id = signer_id(name);
	struct signer *g = signers_find(a->signers, &id, now_s(a));
	bool is_news = g == NULL || g->last_s < now_s(a) - NEWS_S;

	if (g != NULL && g == claimed)
		signer_claim_held(g);
	g = signers_learn(a->signers, &id, now_s(a), now_s(a));
	if (g != NULL)
		signer_count(g, now_s(a));
	return is_news;
}

bool
admission_judged(struct admission *a, const struct claims *claims,
    uint64_t bytes, enum admission_outcome outcome, struct span signer)
{
	bool is_news = false;
	struct signer *g;

	(void)pthread_mutex_lock(&a->lock);
	g = signers_claimed(a->signers, claims, now_s(a));
	if (g != NULL)
		subtract(g, bytes);
	if (g != NULL && outcome == ADMISSION_FALSE)
		signer_claim_failed(g, now_s(a));
	if (outcome == ADMISSION_TRUE)
		is_news = learn_true(a, g, signer);
	(void)pthread_mutex_unlock(&a->lock);
	return is_news;
}

void
admission_learn(struct admission *a, struct span signer, int64_t seen_s)
{
	struct id id = signer_id(signer);

	(void)pthread_mutex_lock(&a->lock);
	(void)signers_learn(a->signers, &id, seen_s, now_s(a));
	(void)pthread_mutex_unlock(&a->lock);
}

void
admission_store_is_full(struct admission *a, bool is_full)
{
	(void)pthread_mutex_lock(&a->lock);
	a->store_is_full = is_full;
	(void)pthread_mutex_unlock(&a->lock);
}

uint64_t
admission_take_refused(struct admission *a, enum inbox_event event)
{
	uint64_t n;

	(void)pthread_mutex_lock(&a->lock);
	n = a->refused[event];
	a->refused[event] = 0;
	(void)pthread_mutex_unlock(&a->lock);
	return n;
}
