#include "daemon/log_reader.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/backoff.h"
#include "base/fault.h"
#include "base/log.h"
#include "daemon/stop.h"
#include "daemon/worker.h"
#include "ingest/log_tail.h"

#define LOOK_EVERY_NS (500 * NS_PER_MS)
#define RETRY_FIRST_NS (100 * NS_PER_MS)
#define RETRY_MAX_NS (10 * NS_PER_S)
/* At a first start the schema is just being made. */
#define STORE_MAKING_NS (2 * NS_PER_S)

struct log {
	const char *path;
	struct log_tail *tail;
	struct fault fault;
	struct backoff backoff;
	int64_t retry_ns; /* not before */
};

struct log_reader {
	const struct role_context *context;
	char collector[UUID_TEXT_SIZE];
	struct store *store; /* NULL: away */
	struct log *logs;
	size_t nlogs;
	int64_t since_ns;
	pthread_t thread;
	bool is_running;
	atomic_bool stop;
	pthread_mutex_t lock; /* over nothing: for changed */
	pthread_cond_t changed;
};

/* -- the thread -- */

static bool
should_stop(const struct log_reader *r)
{
	return atomic_load(&r->stop) || stop_asked();
}

static void
wait_a_while(struct log_reader *r)
{
	struct timespec until;
	int code = 0;

	(void)clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_nsec += LOOK_EVERY_NS;
	until.tv_sec += until.tv_nsec / NS_PER_S;
	until.tv_nsec %= NS_PER_S;
	(void)pthread_mutex_lock(&r->lock);
	while (!atomic_load(&r->stop) && code == 0)
		code = pthread_cond_timedwait(&r->changed, &r->lock, &until);
	(void)pthread_mutex_unlock(&r->lock);
}

/* To its end, as it is now. */
static enum err
read_log(struct log_reader *r, struct log *log, struct why *why)
{
	enum err e = E_OK;

	if (r->store == NULL)
		e = worker_open_store(r->context, &r->store, why);
	while (e == E_OK && !should_stop(r))
		e = log_tail_run(log->tail, r->store, why);
	if (log_tail_lost(log->tail))
		log_warning("a log was rotated, and what it had last is gone",
		    LOG_STR("log", log->path));
	return e == E_ABSENT && r->store != NULL ? E_OK : e;
}

static bool
is_being_made(const struct log_reader *r, enum err e, int64_t now_ns)
{
	return r->store == NULL && (e == E_ABSENT || e == E_VERSION) &&
	    now_ns < r->since_ns + STORE_MAKING_NS;
}

static void
note(struct log_reader *r, struct log *log, enum err e, const struct why *why)
{
	int64_t now_ns = clock_mono_ns(r->context->clock);

	if (!should_stop(r) && !is_being_made(r, e, now_ns))
		fault_note(&log->fault, e, why);
	if (e == E_OK) {
		backoff_reset(&log->backoff);
		return;
	}
	log->retry_ns = now_ns + backoff_next_ns(&log->backoff);
	store_close(r->store);
	r->store = NULL;
}

static void
look(struct log_reader *r, struct log *log)
{
	struct why why = { { 0 } };
	enum err e;

	if (log->retry_ns > clock_mono_ns(r->context->clock))
		return;
	e = read_log(r, log, &why);
	note(r, log, e, &why);
}

static void *
run(void *arg)
{
	struct log_reader *r = arg;

	while (!should_stop(r)) {
		for (size_t i = 0; i < r->nlogs && !should_stop(r); i++)
			look(r, &r->logs[i]);
		wait_a_while(r);
	}
	return NULL;
}

/* -- from outside -- */

static enum err
open_log(struct log_reader *r, const char *path, struct log *ret,
    struct why *why)
{
	const struct log_tail_options options = {
		.path = path,
		.collector = span_str(r->collector),
		.clock = r->context->clock,
	};

	*ret = (struct log){ .path = path,
		.backoff = BACKOFF_INIT(RETRY_FIRST_NS, RETRY_MAX_NS),
		.fault = { .what = "a log cannot be followed, trying again",
		    .again = "a log is followed again" } };
	return log_tail_new(&options, &ret->tail, why);
}

static enum err
open_logs(struct log_reader *r, struct why *why)
{
	const struct list *paths = &r->context->config->collect_logs;
	enum err e = E_OK;

	r->logs = calloc(paths->n, sizeof(*r->logs));
	if (r->logs == NULL)
		return why_set(why, E_NOMEM, "out of memory");
	for (; e == E_OK && r->nlogs < paths->n; r->nlogs++)
		e = open_log(r, paths->v[r->nlogs], &r->logs[r->nlogs], why);
	return e;
}

static struct log_reader *
make(const struct role_context *context, const struct uuid *collector)
{
	struct log_reader *r = calloc(1, sizeof(*r));
	pthread_condattr_t monotonic;

	if (r == NULL)
		return NULL;
	r->context = context;
	r->since_ns = clock_mono_ns(context->clock);
	uuid_text(collector, r->collector);
	atomic_init(&r->stop, false);
	(void)pthread_mutex_init(&r->lock, NULL);
	(void)pthread_condattr_init(&monotonic);
	(void)pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&r->changed, &monotonic);
	(void)pthread_condattr_destroy(&monotonic);
	return r;
}

enum err
log_reader_start(const struct role_context *context,
    const struct uuid *collector, struct log_reader **ret, struct why *why)
{
	struct log_reader *r;
	enum err e;

	*ret = NULL;
	if (context->config->collect_logs.n == 0)
		return E_OK;
	if ((r = make(context, collector)) == NULL)
		return why_set(why, E_NOMEM, "out of memory");
	e = open_logs(r, why);
	if (e == E_OK && pthread_create(&r->thread, NULL, run, r) != 0)
		e = why_set(why, E_IO, "cannot start a thread");
	if (e != E_OK) {
		log_reader_stop(r);
		return e;
	}
	r->is_running = true;
	*ret = r;
	return E_OK;
}

void
log_reader_stop(struct log_reader *r)
{
	if (r == NULL)
		return;
	atomic_store(&r->stop, true);
	(void)pthread_mutex_lock(&r->lock);
	(void)pthread_cond_broadcast(&r->changed);
	(void)pthread_mutex_unlock(&r->lock);
	if (r->is_running)
		(void)pthread_join(r->thread, NULL);
	for (size_t i = 0; i < r->nlogs; i++)
		log_tail_free(r->logs[i].tail);
	store_close(r->store);
	(void)pthread_cond_destroy(&r->changed);
	(void)pthread_mutex_destroy(&r->lock);
	free(r->logs);
	free(r);
}
