#include "daemon/receiver.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/log.h"
#include "daemon/keeper.h"
#include "daemon/listen_fds.h"
#include "daemon/uids.h"
#include "ingest/drain.h"
#include "ingest/segment_watch.h"

#define STEP_BACK_NICE 5

struct receiver {
	const struct role_context *context;
	struct identity *identity;
	int fd; /* the socket, for as long as the process lives */
	struct uids allow;
	struct journal *journal;
	struct keeper *keeper;
	struct drain *drain;
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
		    LOG_STR("do",
			"let tlsrptd write to /dev/shm; where data_dir is a "
			"copy, remove its collector-id and journal"));
	log_info(found->made ? "journal made" : "journal opened",
	    LOG_STR("in", folder), LOG_I("segments", found->segments),
	    LOG_I("adopted", found->unpublished));
}

static enum err
open_journal(struct receiver *r, struct why *why)
{
	const struct config *config = r->context->config;
	struct journal_recovery found;
	struct why own = { { 0 } };
	char folder[4096], landing[64];
	struct journal_options options = {
		.folder = folder,
		.landing = landing,
		.collector = *identity_id(r->identity),
		.segment_bytes = SEGMENT_BYTES,
		.max_bytes = (uint64_t)config->collect_journal_max_bytes,
		.keep_ns = config->collect_journal_keep_ms * NS_PER_MS,
		.clock = r->context->clock,
		.waker = r->context->waker,
	};
	enum err e;

	identity_boot(r->context->clock, &options.boot);
	landing_path(identity_id(r->identity), landing, sizeof(landing));
	(void)snprintf(folder, sizeof(folder), "%s/journal",
	    config->daemon_data_dir);
	e = journal_open(&options, &r->journal, &found, &own);
	if (e != E_OK)
		return why_set(why, e, "journal in %s (segments of %d MiB): %s",
		    folder, (int)(SEGMENT_BYTES >> 20), own.text);
	tell_recovery(&found, folder);
	return E_OK;
}

static enum err
get_socket(struct receiver *r, struct why *why)
{
	if (listen_fds_datagram(&r->fd) != E_OK)
		return why_set(why, E_ABSENT,
		    "no socket was handed over: start tlsrptd without --role, "
		    "or by socket activation");
	return uids_resolve(&r->context->config->collect_allow_uids, &r->allow,
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

static enum err
start_threads(struct receiver *r, struct why *why)
{
	const struct clock *clock = r->context->clock;
	const struct drain_options drain = { r->fd, r->journal, clock,
		r->allow.v, r->allow.n };
	enum err e = keeper_start(r->journal, clock,
	    r->context->config->collect_journal_sync_ms * NS_PER_MS, &r->keeper,
	    why);

	if (e == E_OK)
		e = drain_start(&drain, &r->drain, why);
	return e;
}

enum err
receiver_start(const struct role_context *context, struct receiver **ret,
    struct why *why)
{
	struct receiver *r = calloc(1, sizeof(*r));
	enum err e;

	if (r == NULL)
		return why_set(why, E_NOMEM, "out of memory");
	r->context = context;
	e = identity_open(context->config->daemon_data_dir, context->clock,
	    &r->identity, why);
	if (e == E_OK)
		e = get_socket(r, why);
	if (e == E_OK)
		e = segment_watch_start(why);
	if (e == E_OK)
		e = open_journal(r, why);
	if (e == E_OK)
		e = start_threads(r, why);
	if (e != E_OK) {
		receiver_stop(r);
		return e;
	}
	prefer_drain(r->drain);
	step_back();
	*ret = r;
	return E_OK;
}

void
receiver_stop(struct receiver *r)
{
	if (r == NULL)
		return;
	drain_stop(r->drain);
	keeper_stop(r->keeper);
	journal_close(r->journal);
	uids_free(&r->allow);
	identity_free(r->identity);
	free(r);
}

struct journal *
receiver_journal(struct receiver *r)
{
	return r->journal;
}

struct identity *
receiver_identity(struct receiver *r)
{
	return r->identity;
}
