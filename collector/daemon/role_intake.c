#include <sys/resource.h>
#include <sysexits.h>

#include "base/log.h"
#include "daemon/intake_bounds.h"
#include "daemon/intake_http.h"
#include "daemon/intake_imap.h"
#include "daemon/intake_lmtp.h"
#include "daemon/reload.h"
#include "daemon/worker.h"
#include "intake/key_lookup.h"
#include "intake/posted_fill.h"
#include "intake/worker.h"

/* Between two looks into the spool. */
#define PERIOD_NS (100 * NS_PER_MS)
#define WORKER_NICE 10

struct receiving {
	struct role_context *context;
	struct spool *spool;
	struct intake_bounds *bounds;
	struct receipt_sink sink;
	struct posted *posted; /* NULL: nothing is */
	struct intake_lmtp *lmtp;
	struct intake_http *http;
	struct intake_imap *imap;
	struct key_lookup *lookup; /* NULL: no key is looked up */
	struct intake_worker worker;
};

/* -- the spool -- */

static void
tell_recovery(const struct spool_recovery *r)
{
	log_info("spool opened", LOG_I("segments", r->segments),
	    LOG_I("bytes", r->bytes), LOG_I("torn", r->torn));
	if (r->damaged > 0 || r->aside > 0)
		log_error("parts of the spool are damaged; they are kept aside",
		    LOG_I("stretches", r->damaged),
		    LOG_I("segments", r->aside));
}

static enum err
open_spool(struct receiving *r, struct why *why)
{
	const struct config *c = r->context->config;
	struct buf folder = BUF_INIT(4096);
	struct spool_recovery recovery;
	enum err e;

	buf_addf(&folder, "%s/spool", c->daemon_data_dir);
	if (folder.err != E_OK)
		return why_set(why, folder.err, "%s", err_text(folder.err));
	e = spool_open(
	    &(const struct spool_options){
		.folder = buf_str(&folder),
		.max_bytes = (uint64_t)c->intake_spool_max_bytes,
		.segment_bytes = SPOOL_SEGMENT_BYTES,
	    },
	    &r->spool, &recovery, why);
	buf_free(&folder);
	if (e != E_OK)
		return e;
	tell_recovery(&recovery);
	r->worker.spool = r->spool;
	return E_OK;
}

static enum err
open_bounds(struct receiving *r, struct why *why)
{
	enum err e = intake_bounds_open(r->context, r->spool, &r->bounds, why);

	if (e != E_OK)
		return e;
	r->sink = intake_bounds_sink(r->bounds);
	intake_bounds_join(r->bounds, &r->worker);
	return E_OK;
}

/* Posts are taken when what the spool has of earlier ones is known. */
static enum err
open_posted(struct receiving *r, struct why *why)
{
	if (r->context->config->intake_http_listen[0] == '\0')
		return E_OK;
	if (posted_open(POSTED_MAX, &r->posted) != E_OK)
		return why_set(why, E_NOMEM, "out of memory");
	posted_fill_from_spool(r->posted, r->spool);
	r->worker.posted = r->posted;
	r->worker.upkeep->options.posted = r->posted;
	return E_OK;
}

/* -- the role -- */

static bool
has_work(void *arg)
{
	const struct receiving *r = arg;

	return intake_worker_has_work(&r->worker);
}

static enum err
step(void *arg, struct store *store, struct why *why)
{
	struct receiving *r = arg;

	waker_prepare(r->context->waker);
	return intake_worker_run(&r->worker, store, why);
}

static void
end(void *arg, struct store *store)
{
	struct receiving *r = arg;

	intake_worker_end(&r->worker, store);
}

/* A keys_ask_fn: what needs a key keeps waiting. */
static void
ask_nobody(void *arg, struct keys *keys)
{
	(void)arg;
	(void)keys;
}

/* What cannot be asked does not matter before anything is received. */
static enum err
open_lookup(struct receiving *r, struct why *why)
{
	const struct role_context *context = r->context;
	const struct config *c = context->config;
	const bool listens = c->intake_http_listen[0] != '\0' ||
	    c->intake_lmtp_listen[0] != '\0';
	enum err e = key_lookup_open(c, context->waker->fd, &r->lookup,
	    listens ? why : NULL);

	r->worker.looked_ns = clock_mono_ns(context->clock);
	if (e == E_OK)
		r->worker.intake = intake_of(c, context->clock, key_lookup_ask,
		    r->lookup);
	else if (!listens)
		r->worker.intake = intake_of(c, context->clock, ask_nobody, r);
	return listens ? e : E_OK;
}

/* The certificate, and the mailboxes' passwords. */
static void
reread(void *arg)
{
	struct receiving *r = arg;
	struct why why = { { 0 } };

	intake_http_reload(r->http);
	intake_imap_close(r->imap);
	r->imap = NULL;
	if (intake_imap_open(r->context, &r->sink, &r->imap, &why) != E_OK)
		log_error("no mailbox is looked into", LOG_WHY(&why));
}

static enum err
open_all(struct receiving *r, struct why *why)
{
	enum err e = open_lookup(r, why);

	if (e == E_OK)
		e = open_spool(r, why);
	if (e == E_OK)
		e = open_bounds(r, why);
	if (e == E_OK)
		e = open_posted(r, why);
	if (e == E_OK)
		e = intake_lmtp_open(r->context, r->sink, &r->lmtp, why);
	if (e == E_OK)
		e = intake_imap_open(r->context, &r->sink, &r->imap, why);
	if (e == E_OK)
		e = intake_http_open(r->context, r->sink, r->posted, &r->http,
		    why);
	return e == E_OK ? reload_start(reread, r, why) : e;
}

static int
work(struct receiving *r)
{
	/* Of this thread alone, in Linux: who posts is waiting, and what is in
	 * the spool can. */
	(void)setpriority(PRIO_PROCESS, 0, WORKER_NICE);
	return worker_run(r->context,
	    &(const struct worker_task){ .has_work = has_work,
		.step = step,
		.end = end,
		.arg = r,
		.period_ns = PERIOD_NS });
}

/* Those that receive first: the spool has to be there until they end. */
static void
close_all(struct receiving *r)
{
	reload_stop();
	intake_http_close(r->http);
	intake_lmtp_close(r->lmtp);
	intake_imap_close(r->imap);
	spool_close(r->spool);
	intake_bounds_close(r->bounds);
	posted_close(r->posted);
	key_lookup_close(r->lookup);
}

int
role_intake(struct role_context *context)
{
	struct receiving r = {
		.context = context,
	};
	struct why why = { { 0 } };
	int code = EX_UNAVAILABLE;

	if (open_all(&r, &why) == E_OK)
		code = work(&r);
	else
		log_error("reports of others cannot be received",
		    LOG_WHY(&why));
	close_all(&r);
	return code;
}
