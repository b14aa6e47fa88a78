#include "intake/imap_poller.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/fault.h"
#include "base/siphash.h"
#include "codec/imap_url.h"

#define BACKOFF_MIN_NS (30 * NS_PER_S)
#define BACKOFF_MAX_NS (900 * NS_PER_S)
#define AGAIN_SIZE (IMAP_URL_MAX + 64)
#define TEXTS_MAX ((size_t)8 * 1024)

struct imap_poller {
	struct arena texts;
	int64_t period_ns;
	struct span name;
	struct imap_client *client;
	struct imap_poll *poll;
	struct fault fault;
	char again[AGAIN_SIZE];
	pthread_t thread;
	bool is_running;
	atomic_bool stop;
	pthread_mutex_t lock; /* over nothing: for changed */
	pthread_cond_t changed;
};

/* -- the link -- */

static enum err
ask(void *arg, const char *command, struct buf *lines, struct why *why)
{
	return imap_client_ask(arg, command, lines, why);
}

static enum err
fetch(void *arg, uint32_t uid, struct buf *body, struct why *why)
{
	return imap_client_fetch(arg, uid, body, why);
}

static void
pin(void *arg, uint32_t uid_validity)
{
	imap_client_pin(arg, uid_validity);
}

static bool
should_stop(void *arg)
{
	const struct imap_poller *p = arg;

	return atomic_load(&p->stop);
}

/* -- the thread -- */

int64_t
imap_poller_backoff_ns(int64_t period_ns, unsigned failed, uint64_t random)
{
	int64_t ns = period_ns < BACKOFF_MIN_NS ? period_ns : BACKOFF_MIN_NS;
	int64_t max_ns = period_ns > BACKOFF_MAX_NS ? period_ns
						    : BACKOFF_MAX_NS;

	for (unsigned n = 1; n < failed && ns < max_ns; n++)
		ns *= 2;
	if (ns > max_ns)
		ns = max_ns;
	return ns - ns / 5 + (int64_t)(random % (uint64_t)(2 * (ns / 5) + 1));
}

static uint64_t
random_of(const struct imap_poller *p, int64_t now_ns)
{
	uint64_t both[2] = { siphash_table(p->name.p, p->name.len),
		(uint64_t)now_ns };

	return siphash_table(both, sizeof(both));
}

static void
sleep_for(struct imap_poller *p, int64_t ns)
{
	struct timespec until;
	int code = 0;

	(void)clock_gettime(CLOCK_MONOTONIC, &until);
	ns += until.tv_nsec;
	until.tv_sec += ns / NS_PER_S;
	until.tv_nsec = ns % NS_PER_S;
	(void)pthread_mutex_lock(&p->lock);
	while (!atomic_load(&p->stop) && code == 0)
		code = pthread_cond_timedwait(&p->changed, &p->lock, &until);
	(void)pthread_mutex_unlock(&p->lock);
}

/* True: at once again. */
static bool
look(struct imap_poller *p)
{
	struct why own = { { 0 } }, why = { { 0 } };
	bool more = false;
	enum err e = imap_poll_run(p->poll, &more, &own);

	imap_client_hang_up(p->client);
	if (e == E_BUSY)
		return false;
	if (e != E_OK)
		(void)why_set(&why, e, "%.*s: %s", SPAN_ARG(p->name), own.text);
	fault_note(&p->fault, e, &why);
	return more;
}

static int64_t
pause_ns(const struct imap_poller *p)
{
	const struct clock clock = clock_machine(0);

	if (p->fault.failed == 0)
		return p->period_ns;
	return imap_poller_backoff_ns(p->period_ns, p->fault.failed,
	    random_of(p, clock_mono_ns(&clock)));
}

static void *
run(void *arg)
{
	struct imap_poller *p = arg;

	while (!atomic_load(&p->stop))
		if (!look(p))
			sleep_for(p, pause_ns(p));
	return NULL;
}

/* -- from outside -- */

static struct imap_poller *
make(const struct imap_poller_options *o)
{
	struct imap_poller *p = calloc(1, sizeof(*p));
	pthread_condattr_t monotonic;

	if (p == NULL)
		return NULL;
	p->texts = ARENA_INIT(TEXTS_MAX);
	p->name = arena_copy(&p->texts, o->poll.name);
	p->period_ns = o->period_ns;
	p->fault.what = "a mailbox cannot be looked into, trying again";
	p->fault.again = p->again;
	(void)snprintf(p->again, sizeof(p->again),
	    "the mailbox is looked into again: %.*s", SPAN_ARG(p->name));
	atomic_init(&p->stop, false);
	(void)pthread_mutex_init(&p->lock, NULL);
	(void)pthread_condattr_init(&monotonic);
	(void)pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&p->changed, &monotonic);
	(void)pthread_condattr_destroy(&monotonic);
	return p;
}

static enum err
open_all(struct imap_poller *p, const struct imap_poller_options *o,
    struct why *why)
{
	struct imap_client_options client = o->client;
	struct imap_poll_options poll = o->poll;
	enum err e;

	if (p->name.p == NULL)
		return why_set(why, E_NOMEM, "out of memory");
	client.should_stop = should_stop;
	client.arg = p;
	if ((e = imap_client_open(&client, &p->client, why)) != E_OK)
		return e;
	poll.name = p->name;
	poll.link = (struct imap_link){ ask, fetch, pin, p->client };
	if ((e = imap_poll_open(&poll, &p->poll, why)) != E_OK)
		return e;
	if (pthread_create(&p->thread, NULL, run, p) != 0)
		return why_set(why, E_IO, "cannot start a thread");
	p->is_running = true;
	return E_OK;
}

enum err
imap_poller_start(const struct imap_poller_options *o, struct imap_poller **ret,
    struct why *why)
{
	struct imap_poller *p = make(o);
	enum err e;

	if (p == NULL)
		return why_set(why, E_NOMEM, "out of memory");
	if ((e = open_all(p, o, why)) == E_OK)
		*ret = p;
	else
		imap_poller_stop(p);
	return e;
}

void
imap_poller_let_go(struct imap_poller *p)
{
	atomic_store(&p->stop, true);
	(void)pthread_mutex_lock(&p->lock);
	(void)pthread_cond_broadcast(&p->changed);
	(void)pthread_mutex_unlock(&p->lock);
}

void
imap_poller_stop(struct imap_poller *p)
{
	if (p == NULL)
		return;
	imap_poller_let_go(p);
	if (p->is_running)
		(void)pthread_join(p->thread, NULL);
	imap_poll_close(p->poll);
	imap_client_close(p->client);
	(void)pthread_cond_destroy(&p->changed);
	(void)pthread_mutex_destroy(&p->lock);
	arena_free(&p->texts);
	free(p);
}
