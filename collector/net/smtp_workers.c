#include "net/smtp_workers.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"

/* Servers may wait 5 minutes for a command, RFC 5321 s4.5.3.2.7, and do not
 * like to. */
#define IDLE_S 2
#define CLOSE_PATIENCE_NS (5 * NS_PER_S)

struct smtp_workers {
	pthread_mutex_t lock; /* over all but give_up_ns */
	pthread_cond_t changed;
	STAILQ_HEAD(, smtp_transfer) waiting;
	size_t nwaiting, nbusy, nthreads, max;
	bool stop;
	_Atomic int64_t give_up_ns; /* monotonic; 0: do not stop */
	pthread_t threads[];
};

/* -- one worker -- */

static int64_t
now_ns(void)
{
	const struct clock clock = clock_machine(0);

	return clock_mono_ns(&clock);
}

/* The reply to a message that is there is worth waiting for. */
static bool
should_stop(const struct smtp_transfer *t)
{
	int64_t give_up_ns = atomic_load(&t->workers->give_up_ns);

	return give_up_ns != 0 &&
	    (t->stage != SMTP_STAGE_MESSAGE || now_ns() >= give_up_ns);
}

/* Once it is told the next may be given: not to another then. */
static void
finish(struct smtp_workers *w, struct smtp_transfer *t, CURLcode code)
{
	(void)pthread_mutex_lock(&w->lock);
	w->nbusy--;
	(void)pthread_mutex_unlock(&w->lock);
	transfers_finish(&t->base, code);
}

static void
carry_out(struct smtp_workers *w, struct smtp_transfer *t, CURL **easy)
{
	CURLcode code = CURLE_OUT_OF_MEMORY;

	if (*easy == NULL)
		*easy = curl_easy_init();
	if (*easy != NULL)
		code = smtp_transfer_perform(t, *easy, should_stop);
	finish(w, t, code);
}

/* False: for too long there was none. */
static bool
await_work(struct smtp_workers *w, bool for_ever)
{
	struct timespec until;
	int code = 0;

	(void)clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += IDLE_S;
	while (w->nwaiting == 0 && !w->stop && code == 0)
		code = for_ever
		    ? pthread_cond_wait(&w->changed, &w->lock)
		    : pthread_cond_timedwait(&w->changed, &w->lock, &until);
	return code == 0;
}

/* NULL: the connection is to be closed. */
static struct smtp_transfer *
next_mail(struct smtp_workers *w, bool for_ever, bool *ret_stop)
{
	struct smtp_transfer *t = NULL;

	(void)pthread_mutex_lock(&w->lock);
	if (await_work(w, for_ever) && w->nwaiting > 0) {
		t = STAILQ_FIRST(&w->waiting);
		STAILQ_REMOVE_HEAD(&w->waiting, next);
		w->nwaiting--;
		w->nbusy++;
	}
	*ret_stop = t == NULL && w->stop;
	(void)pthread_mutex_unlock(&w->lock);
	return t;
}

static void *
run(void *arg)
{
	struct smtp_workers *w = arg;
	struct smtp_transfer *t;
	CURL *easy = NULL;
	bool stop = false;

	while (!stop) {
		if ((t = next_mail(w, easy == NULL, &stop)) != NULL)
			carry_out(w, t, &easy);
		else
			easy_hang_up(&easy);
	}
	return NULL;
}

/* -- from outside -- */

enum err
smtp_workers_open(size_t max, struct smtp_workers **ret)
{
	struct smtp_workers *w = calloc(1,
	    sizeof(*w) + max * sizeof(w->threads[0]));
	pthread_condattr_t monotonic;

	if (w == NULL)
		return E_NOMEM;
	w->max = max;
	STAILQ_INIT(&w->waiting);
	(void)pthread_mutex_init(&w->lock, NULL);
	(void)pthread_condattr_init(&monotonic);
	(void)pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&w->changed, &monotonic);
	(void)pthread_condattr_destroy(&monotonic);
	*ret = w;
	return E_OK;
}

void
smtp_workers_close(struct smtp_workers *w)
{
	if (w == NULL)
		return;
	atomic_store(&w->give_up_ns, now_ns() + CLOSE_PATIENCE_NS);
	(void)pthread_mutex_lock(&w->lock);
	w->stop = true;
	(void)pthread_cond_broadcast(&w->changed);
	(void)pthread_mutex_unlock(&w->lock);
	for (size_t i = 0; i < w->nthreads; i++)
		(void)pthread_join(w->threads[i], NULL);
	(void)pthread_cond_destroy(&w->changed);
	(void)pthread_mutex_destroy(&w->lock);
	free(w);
}

/* False: there is none, and none can be had. Once it is to stop there will be
 * no more: who waits for all must know how many. */
static bool
have_worker(struct smtp_workers *w)
{
	if (w->nthreads >= w->nbusy + w->nwaiting || w->nthreads == w->max ||
	    w->stop)
		return true;
	if (pthread_create(&w->threads[w->nthreads], NULL, run, w) == 0)
		w->nthreads++;
	return w->nthreads > 0;
}

enum err
smtp_workers_take(struct smtp_workers *w, struct smtp_transfer *t)
{
	enum err e = E_OK;

	(void)pthread_mutex_lock(&w->lock);
	STAILQ_INSERT_TAIL(&w->waiting, t, next);
	w->nwaiting++;
	if (have_worker(w)) {
		(void)pthread_cond_signal(&w->changed);
	} else {
		STAILQ_REMOVE(&w->waiting, t, smtp_transfer, next);
		w->nwaiting--;
		e = E_NOMEM;
	}
	(void)pthread_mutex_unlock(&w->lock);
	return e;
}
