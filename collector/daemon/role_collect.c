#include <sysexits.h>
#include <unistd.h>

#include "base/backoff.h"
#include "base/log.h"
#include "base/fault.h"
#include "daemon/log_reader.h"
#include "daemon/pipeline.h"
#include "daemon/receiver.h"
#include "daemon/stop.h"
#include "daemon/worker.h"

#define STORE_RETRY_FIRST_NS (500 * NS_PER_MS)
#define STORE_RETRY_MAX_NS (10 * NS_PER_S)
/* At a first start the schema is just being made. */
#define STORE_MAKING_NS (2 * NS_PER_S)
#define STORE_MAKING_RETRY_NS (50 * NS_PER_MS)
#define FINISH_NS (10 * NS_PER_S)

struct collect {
	struct role_context *context;
	struct receiver *receiver;
	struct claim *claim;
	struct log_reader *logs; /* NULL: there are none */
	struct store *store;
	struct pipeline *pipeline;
};

static void
close_store(struct collect *c)
{
	pipeline_free(c->pipeline);
	c->pipeline = NULL;
	store_close(c->store);
	c->store = NULL;
}

static enum err
open_store(struct collect *c, struct why *why)
{
	struct pipeline_options options = {
		.config = c->context->config,
		.clock = c->context->clock,
		.journal = receiver_journal(c->receiver),
		.claim = c->claim,
		.waker = c->context->waker,
	};
	enum err e = worker_open_store(c->context, &c->store, why);

	if (e != E_OK)
		return e;
	options.store = c->store;
	e = pipeline_new(&options, &c->pipeline, why);
	if (e != E_OK)
		close_store(c);
	return e;
}

static void
tell_failure(struct fault *fault, enum err e, const struct why *why)
{
	if (e != E_CONFLICT) {
		fault_note(fault, e, why);
		return;
	}
	if (fault->kind != e)
		log_error("the store does not take this collector, the journal "
			  "keeps the datagrams",
		    LOG_WHY(why));
	fault->kind = e;
	fault->failed++;
}

/* Until the store can be used. False: asked to end before. */
static bool
wait_for_store(struct collect *c)
{
	struct fault fault = {
		.what = "store is away, the journal keeps the datagrams"
	};
	struct backoff backoff = BACKOFF_INIT(STORE_RETRY_FIRST_NS,
	    STORE_RETRY_MAX_NS);
	int64_t since = clock_mono_ns(c->context->clock);
	unsigned attempts = 0;

	while (!stop_asked()) {
		bool making = clock_mono_ns(c->context->clock) <
		    since + STORE_MAKING_NS;
		struct why why = { { 0 } };
		enum err e = open_store(c, &why);

		attempts++;
		if (e == E_OK) {
			log_info("collecting",
			    LOG_I("store_attempts", attempts));
			return true;
		}
		if (!making || (e != E_ABSENT && e != E_VERSION))
			tell_failure(&fault, e, &why);
		worker_sleep(c->context,
		    making ? STORE_MAKING_RETRY_NS : backoff_next_ns(&backoff));
	}
	return false;
}

static void
collect_until_asked(struct collect *c)
{
	while (!stop_asked()) {
		struct why why = { { 0 } };

		if (c->pipeline == NULL && !wait_for_store(c))
			return;
		if (pipeline_run(c->pipeline, &why) == E_OK)
			continue;
		log_error("reading the journal again from the store's position",
		    LOG_WHY(&why));
		close_store(c);
		claim_doubt(c->claim);
	}
}

static void
finish(struct collect *c)
{
	pipeline_finish(c->pipeline, FINISH_NS);
	pipeline_free(c->pipeline);
	c->pipeline = NULL;
	claim_end(c->claim, c->store);
}

int
role_collect(struct role_context *context)
{
	struct collect c = { .context = context };
	const pid_t supervisor = getppid();
	struct why why = { { 0 } };
	enum err e = receiver_start(context, &c.receiver, &why);

	if (e == E_OK)
		e = claim_new(receiver_identity(c.receiver), context->clock,
		    &c.claim, &why);
	if (e == E_OK)
		e = log_reader_start(context,
		    identity_id(receiver_identity(c.receiver)), &c.logs, &why);
	if (e == E_OK)
		collect_until_asked(&c);
	else
		log_error("collector does not start", LOG_WHY(&why));
	/* Whoever sends meanwhile is received all the same. Without its
	 * supervisor this process is in the way of the next one. */
	if (c.pipeline != NULL && getppid() == supervisor)
		finish(&c);
	log_reader_stop(c.logs);
	close_store(&c);
	claim_free(c.claim);
	receiver_stop(c.receiver);
	return e == E_OK ? EX_OK : EX_UNAVAILABLE;
}
