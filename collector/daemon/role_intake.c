#include <sysexits.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "daemon/worker.h"
#include "intake/lmtp_server.h"
#include "intake/stream_socket.h"
#include "intake/worker.h"

/* Between two looks into the spool. */
#define PERIOD_NS (100 * NS_PER_MS)
#define LMTP_SESSIONS 100
#define LMTP_IDLE_NS (60 * NS_PER_S)
#define LMTP_SESSION_NS (600 * NS_PER_S)
#define NAME_SIZE 256

struct receiving {
	struct role_context *context;
	struct spool *spool;
	struct receipt_sink sink;
	char name[NAME_SIZE]; /* the host's */
	int lmtp_lock, lmtp_fd;
	struct lmtp_server *lmtp;
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
	r->sink = spool_sink(r->spool);
	r->worker.spool = r->spool;
	return E_OK;
}

/* -- LMTP -- */

static enum err
listen_lmtp(struct receiving *r, struct why *why)
{
	const struct config *c = r->context->config;
	struct buf lock = BUF_INIT(4096);
	enum err e;

	if (c->intake_lmtp_listen[0] != '/')
		return stream_socket_listen_tcp(c->intake_lmtp_listen,
		    &r->lmtp_fd, why);
	buf_addf(&lock, "%s.lock", c->intake_lmtp_listen);
	e = lock.err == E_OK ? file_lock(buf_str(&lock), &r->lmtp_lock, why)
			     : why_set(why, lock.err, "%s", err_text(lock.err));
	buf_free(&lock);
	return e == E_OK ? stream_socket_listen(
			       &(const struct stream_socket_options){
				   .path = c->intake_lmtp_listen,
				   .owner = "",
				   .group = "",
				   .mode = (mode_t)c->intake_lmtp_mode,
			       },
			       &r->lmtp_fd, why)
			 : e;
}

static enum err
open_lmtp(struct receiving *r, struct why *why)
{
	const struct config *c = r->context->config;
	enum err e;

	if (c->intake_lmtp_listen[0] == '\0')
		return E_OK;
	if ((e = listen_lmtp(r, why)) != E_OK)
		return e;
	return lmtp_server_start(
	    &(const struct lmtp_server_options){
		.dialogue = { .name = span_str(r->name),
		    .max_bytes = (uint64_t)c->intake_max_size_bytes,
		    .bounce = span_str(c->deliver_bounce_address) },
		.listen_fds = &r->lmtp_fd,
		.nlisten = 1,
		.sessions_max = LMTP_SESSIONS,
		.memory_max = 8 * (uint64_t)c->intake_max_size_bytes,
		.idle_ns = LMTP_IDLE_NS,
		.session_ns = LMTP_SESSION_NS,
		.clock = r->context->clock,
		.sink = &r->sink,
	    },
	    &r->lmtp, why);
}

/* -- the role -- */

/* s3: what is posted is vouched for by nobody; of mails nothing is known while
 * no signature is looked at. */
static enum err
judge(void *arg, const struct examined *x, const struct examined_report *r,
    struct take_trust *ret)
{
	(void)arg;
	(void)r;
	ret->rank = x->mail.n > 0 ? TAKE_NOT_COUNTED : TAKE_UNAUTHENTICATED;
	return E_OK;
}

static enum err
step(void *arg, struct store *store, struct why *why)
{
	struct receiving *r = arg;

	return intake_worker_run(&r->worker, store, why);
}

static enum err
open_all(struct receiving *r, struct why *why)
{
	enum err e = open_spool(r, why);

	return e == E_OK ? open_lmtp(r, why) : e;
}

/* Those that receive first: the spool has to be there until they end. */
static void
close_all(struct receiving *r)
{
	lmtp_server_stop(r->lmtp);
	spool_close(r->spool);
	if (r->lmtp_fd != -1)
		(void)close(r->lmtp_fd);
	if (r->lmtp_lock != -1)
		(void)close(r->lmtp_lock);
}

int
role_intake(struct role_context *context)
{
	struct receiving r = {
		.context = context,
		.lmtp_lock = -1,
		.lmtp_fd = -1,
		.worker = { .judge = judge },
	};
	struct why why = { { 0 } };
	int code = EX_UNAVAILABLE;

	if (gethostname(r.name, sizeof(r.name)) != 0 || r.name[0] == '\0')
		(void)strcpy(r.name, "localhost");
	r.name[sizeof(r.name) - 1] = '\0';
	if (open_all(&r, &why) == E_OK)
		code = worker_run(context,
		    &(const struct worker_task){ .step = step,
			.arg = &r,
			.period_ns = PERIOD_NS });
	else
		log_error("reports of others cannot be received",
		    LOG_WHY(&why));
	close_all(&r);
	return code;
}
