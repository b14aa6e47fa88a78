#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/log.h"
#include "daemon/fault.h"
#include "daemon/identity.h"
#include "daemon/keeper.h"
#include "daemon/listen_fds.h"
#include "daemon/pipeline.h"
#include "daemon/stop.h"
#include "daemon/uids.h"
#include "daemon/worker.h"
#include "ingest/drain.h"
#include "ingest/segment_watch.h"

#define STORE_RETRY_NS (500 * NS_PER_MS)
/* At a first start the schema is just being made. */
#define STORE_MAKING_NS (2 * NS_PER_S)
#define STORE_MAKING_RETRY_NS (50 * NS_PER_MS)
#define FINISH_NS (10 * NS_PER_S)
#define STEP_BACK_NICE 5

struct collect {
	struct role_context *context;
	struct uuid id;
	int fd;
	struct uids allow;
	struct journal *journal;
	struct keeper *keeper;
	struct drain *drain;
	struct store *store;
	struct pipeline *pipeline;
};

/* What a kill leaves is in memory that outlives the process, not the machine's
 * run. */
static void
landing_path(const struct uuid *collector, char *ret, size_t size)
{
	char id[UUID_TEXT_SIZE];

	uuid_text(collector, id);
	(void)snprintf(ret, size, "/dev/shm/tlsrptd-%s", id);
}

static void
tell_recovery(const struct journal_recovery *found, const char *folder)
{
	if (found->damaged > 0)
		log_error("journal segments are damaged and put aside",
		    LOG_I("segments", found->damaged), LOG_STR("in", folder),
		    LOG_STR("do", "check the disk, then remove *.damaged"));
	if (found->not_in_memory.text[0] != '\0')
		log_warning("datagrams are received on disk: a kill -9 may "
			    "lose the last one",
		    LOG_WHY(&found->not_in_memory),
		    LOG_STR("do", "let tlsrptd write to /dev/shm"));
	log_info(found->made ? "journal made" : "journal opened",
	    LOG_STR("in", folder), LOG_I("segments", found->segments),
	    LOG_I("adopted", found->unpublished));
}

static enum err
open_journal(struct collect *c, struct why *why)
{
	const struct config *config = c->context->config;
	struct journal_recovery found;
	struct why own = { { 0 } };
	char folder[4096], landing[64];
	struct journal_options options = {
		.folder = folder,
		.landing = landing,
		.collector = c->id,
		.segment_bytes = SEGMENT_BYTES,
		.max_bytes = (uint64_t)config->collect_journal_max_bytes,
		.keep_ns = config->collect_journal_keep_ms * NS_PER_MS,
		.clock = c->context->clock,
		.waker = c->context->waker,
	};
	enum err e;

	identity_boot(c->context->clock, &options.boot);
	landing_path(&c->id, landing, sizeof(landing));
	(void)snprintf(folder, sizeof(folder), "%s/journal",
	    config->daemon_data_dir);
	e = journal_open(&options, &c->journal, &found, &own);
	if (e != E_OK)
		return why_set(why, e, "journal in %s (segments of %d MiB): %s",
		    folder, (int)(SEGMENT_BYTES >> 20), own.text);
	tell_recovery(&found, folder);
	return E_OK;
}

static enum err
get_socket(struct collect *c, struct why *why)
{
	if (listen_fds_datagram(&c->fd) != E_OK)
		return why_set(why, E_ABSENT,
		    "no socket was handed over: start tlsrptd without --role, "
		    "or by socket activation");
	return uids_resolve(&c->context->config->collect_allow_uids, &c->allow,
	    why);
}

static void
prefer_drain(struct drain *drain)
{
	struct why why = { { 0 } };

	if (drain_prefer(drain, &why) != E_OK)
		log_warning("no real-time priority for receiving: on a busy "
			    "machine bursts are lost at the sender",
		    LOG_WHY(&why),
		    LOG_STR("do", "give it CAP_SYS_NICE or LimitRTPRIO=1"));
}

/* This thread and those that it starts from here on: what they do can wait, and
 * in a flood the drain does without real-time priority. */
static void
step_back(void)
{
	(void)setpriority(PRIO_PROCESS, (id_t)gettid(), STEP_BACK_NICE);
}

/* Receive first: whatever the store does, datagrams are safe from here on. */
static enum err
start_receiving(struct collect *c, struct why *why)
{
	const struct config *config = c->context->config;
	struct drain_options drain = { .clock = c->context->clock };
	enum err e = identity_get(config->daemon_data_dir, c->context->clock,
	    &c->id, why);

	if (e == E_OK)
		e = get_socket(c, why);
	if (e == E_OK)
		e = segment_watch_start(why);
	if (e == E_OK)
		e = open_journal(c, why);
	if (e == E_OK)
		e = keeper_start(c->journal, c->context->clock,
		    config->collect_journal_sync_ms * NS_PER_MS, &c->keeper,
		    why);
	if (e != E_OK)
		return e;
	drain.fd = c->fd;
	drain.journal = c->journal;
	drain.allow_uids = c->allow.v;
	drain.nallow_uids = c->allow.n;
	if ((e = drain_start(&drain, &c->drain, why)) != E_OK)
		return e;
	prefer_drain(c->drain);
	step_back();
	return E_OK;
}

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
		.journal = c->journal,
		.collector = c->id,
		.waker = c->context->waker,
	};
	enum err e = worker_open_store(c->context->config, &c->store, why);

	if (e != E_OK)
		return e;
	options.store = c->store;
	e = pipeline_new(&options, &c->pipeline, why);
	if (e != E_OK)
		close_store(c);
	return e;
}

/* Until the store can be used. False: asked to end before. */
static bool
wait_for_store(struct collect *c)
{
	struct fault fault = {
		.what = "store is away, the journal keeps the datagrams"
	};
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
			fault_note(&fault, e, &why);
		worker_sleep(c->context,
		    making ? STORE_MAKING_RETRY_NS : STORE_RETRY_NS);
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
	}
}

int
role_collect(struct role_context *context)
{
	struct collect c = { .context = context, .fd = -1 };
	const pid_t supervisor = getppid();
	struct why why = { { 0 } };
	enum err e = start_receiving(&c, &why);

	if (e == E_OK)
		collect_until_asked(&c);
	else
		log_error("collector does not start", LOG_WHY(&why));
	/* Whoever sends meanwhile is received all the same. Without its
	 * supervisor this process is in the way of the next one. */
	if (c.pipeline != NULL && getppid() == supervisor)
		pipeline_finish(c.pipeline, FINISH_NS);
	drain_stop(c.drain);
	keeper_stop(c.keeper);
	close_store(&c);
	journal_close(c.journal);
	uids_free(&c.allow);
	return e == E_OK ? EX_OK : EX_UNAVAILABLE;
}
