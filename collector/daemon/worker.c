#include "daemon/worker.h"

#include <stdio.h>
#include <sysexits.h>

#include "base/backoff.h"
#include "base/fault.h"
#include "daemon/stop.h"
#include "store/store_config.h"

#define BACKOFF_MAX_NS (30 * NS_PER_S)

enum err
worker_connect(const struct role_context *context, bool make,
    struct store **ret, struct why *why)
{
	char name[64];

	(void)snprintf(name, sizeof(name), "tlsrptd %s", context->role);
	return store_open_config(context->config,
	    &(const struct store_user){ name, stop_asked }, make, ret, why);
}

enum err
worker_open_store(const struct role_context *context, struct store **ret,
    struct why *why)
{
	struct store_schema schema;
	struct store *store;
	enum err e = worker_connect(context, false, &store, why);

	if (e != E_OK)
		return e;
	if ((e = store_check(store, &schema, why)) != E_OK) {
		store_close(store);
		return e;
	}
	*ret = store;
	return E_OK;
}

struct worker {
	struct role_context *context;
	const struct worker_task *task;
	struct store *store;
	struct fault fault;
};

static enum err
work(struct worker *w, struct why *why)
{
	const struct worker_task *task = w->task;
	enum err e = E_OK;

	if (task->has_work != NULL && !task->has_work(task->arg))
		return E_OK;
	if (w->store == NULL)
		e = worker_open_store(w->context, &w->store, why);
	if (e == E_OK)
		e = task->step(task->arg, w->store, why);
	if (e == E_OK)
		return E_OK;
	store_close(w->store);
	w->store = NULL;
	return e;
}

void
worker_sleep(const struct role_context *context, int64_t ns)
{
	int64_t until = clock_mono_ns(context->clock) + ns;
	int64_t left = ns;

	while (!stop_asked() && left > 0) {
		waker_prepare(context->waker);
		if (stop_asked())
			break;
		waker_sleep(context->waker, left);
		left = until - clock_mono_ns(context->clock);
	}
}

int
worker_run(struct role_context *context, const struct worker_task *task)
{
	struct worker w = { context, task,
		.fault = { .what = "does not work, trying again" } };
	struct backoff backoff = BACKOFF_INIT(2 * task->period_ns,
	    BACKOFF_MAX_NS);

	while (!stop_asked()) {
		struct why why = { { 0 } };
		enum err e = work(&w, &why);
		int64_t ns = task->period_ns;

		fault_note(&w.fault, e, &why);
		if (e == E_OK)
			backoff_reset(&backoff);
		else
			ns = backoff_next_ns(&backoff);
		if (task->wait != NULL)
			task->wait(task->arg, ns);
		else
			worker_sleep(context, ns);
	}
	if (task->end != NULL)
		task->end(task->arg, w.store);
	store_close(w.store);
	return EX_OK;
}
