#include "api/pool.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#define WAITING_MAX 256 /* jobs of a queue */
#define THREADS_MAX 64
#define HOUSE_EVERY_S 1

struct queue {
	pthread_mutex_t lock; /* over all below */
	pthread_cond_t more;
	struct api_jobs jobs;
	size_t n;
	bool is_closing;
};

struct api_pool {
	struct api_pool_options options;
	struct queue reading, writing;
	pthread_t threads[THREADS_MAX + 1];
	size_t nthreads;
	pthread_mutex_t lock; /* over the fault */
	struct fault fault;
};

struct hand {
	struct api_pool *pool;
	struct queue *queue;
	bool writes;
	struct store *store; /* NULL: to be opened */
};

/* -- queues -- */

static void
queue_init(struct queue *q)
{
	pthread_condattr_t attributes;

	(void)pthread_mutex_init(&q->lock, NULL);
	(void)pthread_condattr_init(&attributes);
	(void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&q->more, &attributes);
	(void)pthread_condattr_destroy(&attributes);
	STAILQ_INIT(&q->jobs);
}

static void
queue_close(struct queue *q)
{
	(void)pthread_mutex_lock(&q->lock);
	q->is_closing = true;
	(void)pthread_cond_broadcast(&q->more);
	(void)pthread_mutex_unlock(&q->lock);
}

static void
queue_free(struct queue *q)
{
	(void)pthread_cond_destroy(&q->more);
	(void)pthread_mutex_destroy(&q->lock);
}

enum err
api_pool_put(struct api_pool *pool, struct api_job *job, bool writes)
{
	struct queue *q = writes ? &pool->writing : &pool->reading;
	enum err e = E_OK;

	(void)pthread_mutex_lock(&q->lock);
	if (q->n == WAITING_MAX || q->is_closing) {
		e = E_FULL;
	} else {
		STAILQ_INSERT_TAIL(&q->jobs, job, next);
		q->n++;
		(void)pthread_cond_signal(&q->more);
	}
	(void)pthread_mutex_unlock(&q->lock);
	return e;
}

static struct timespec
soon(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_sec += HOUSE_EVERY_S;
	return t;
}

/* NULL: there is none; *ret_ended: nor will there be. */
static struct api_job *
take(struct queue *q, bool *ret_ended)
{
	struct timespec until = soon();
	struct api_job *job;

	(void)pthread_mutex_lock(&q->lock);
	while (q->n == 0 && !q->is_closing &&
	    pthread_cond_timedwait(&q->more, &q->lock, &until) == 0)
		;
	job = STAILQ_FIRST(&q->jobs);
	if (job != NULL) {
		STAILQ_REMOVE_HEAD(&q->jobs, next);
		q->n--;
	}
	*ret_ended = job == NULL && q->is_closing;
	(void)pthread_mutex_unlock(&q->lock);
	return job;
}

/* -- hands -- */

static void
note(struct api_pool *pool, enum err e, const struct why *why)
{
	(void)pthread_mutex_lock(&pool->lock);
	fault_note(&pool->fault, e, why);
	(void)pthread_mutex_unlock(&pool->lock);
}

static enum err
open_store(struct hand *h, struct why *why)
{
	const struct api_pool_options *o = &h->pool->options;

	return h->store != NULL
	    ? E_OK
	    : o->open_store(o->arg, !h->writes, &h->store, why);
}

static void
drop_store(struct hand *h)
{
	store_close(h->store);
	h->store = NULL;
}

/* A connection that has stood idle may be gone: where nothing is written it is
 * tried once more with a new one. */
static void
run(struct hand *h, struct api_job *job)
{
	const struct api_pool_options *o = &h->pool->options;
	bool may_retry = h->store != NULL && !h->writes;
	struct why why = { { 0 } };
	enum err e;

	for (;;) {
		e = open_store(h, &why);
		if (e != E_OK) {
			o->refuse(o->arg, job);
			api_job_free(job);
			break;
		}
		e = o->run(o->arg, h->store, job, may_retry, &why);
		if (e != E_OK)
			drop_store(h);
		if (e == E_OK || !may_retry)
			break;
		may_retry = false;
		why = (struct why){ { 0 } };
	}
	note(h->pool, e, &why);
}

static void
keep_house(struct hand *h)
{
	const struct api_pool_options *o = &h->pool->options;
	struct why why = { { 0 } };
	enum err e = open_store(h, &why);

	if (e == E_OK)
		e = o->keep_house(o->arg, h->store, &why);
	if (e != E_OK)
		drop_store(h);
	note(h->pool, e, &why);
}

static void *
work(void *arg)
{
	struct hand *h = arg;
	bool ended = false;

	while (!ended) {
		struct api_job *job = take(h->queue, &ended);

		if (job != NULL)
			run(h, job);
		else if (h->writes && !ended)
			keep_house(h);
	}
	store_close(h->store);
	free(h);
	return NULL;
}

static enum err
start(struct api_pool *pool, bool writes, struct why *why)
{
	struct hand *h = calloc(1, sizeof(*h));

	if (h == NULL)
		return why_set(why, E_NOMEM, "out of memory");
	h->pool = pool;
	h->writes = writes;
	h->queue = writes ? &pool->writing : &pool->reading;
	if (pthread_create(&pool->threads[pool->nthreads], NULL, work, h) !=
	    0) {
		free(h);
		return why_set(why, E_NOMEM, "no thread can be started");
	}
	pool->nthreads++;
	return E_OK;
}

enum err
api_pool_open(const struct api_pool_options *options, struct api_pool **ret,
    struct why *why)
{
	struct api_pool *pool = calloc(1, sizeof(*pool));
	enum err e;

	if (pool == NULL)
		return why_set(why, E_NOMEM, "out of memory");
	pool->options = *options;
	pool->fault.what = "the store cannot be asked, trying again";
	(void)pthread_mutex_init(&pool->lock, NULL);
	queue_init(&pool->reading);
	queue_init(&pool->writing);
	e = start(pool, true, why);
	for (unsigned i = 0;
	     e == E_OK && i < options->threads && i < THREADS_MAX; i++)
		e = start(pool, false, why);
	if (e == E_OK)
		*ret = pool;
	else
		api_pool_close(pool);
	return e;
}

void
api_pool_close(struct api_pool *pool)
{
	if (pool == NULL)
		return;
	queue_close(&pool->reading);
	queue_close(&pool->writing);
	for (size_t i = 0; i < pool->nthreads; i++)
		(void)pthread_join(pool->threads[i], NULL);
	queue_free(&pool->reading);
	queue_free(&pool->writing);
	(void)pthread_mutex_destroy(&pool->lock);
	free(pool);
}
