#include <sysexits.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "daemon/worker.h"
#include "http/listen.h"
#include "http/server.h"
#include "intake/endpoint.h"
#include "intake/judge.h"
#include "intake/lmtp_server.h"
#include "intake/stream_socket.h"
#include "intake/worker.h"

/* Between two looks into the spool. */
#define PERIOD_NS (100 * NS_PER_MS)
#define LMTP_SESSIONS 100
#define LMTP_IDLE_NS (60 * NS_PER_S)
#define LMTP_SESSION_NS (600 * NS_PER_S)
#define HTTP_THREADS 2
#define HTTP_IDLE_MS 30000
#define HTTP_REQUEST_MS 60000
#define HTTP_CONNECTION_MS 600000
#define HTTP_ANSWER_MS 30000
#define HTTP_CONNECTIONS 2000
#define HTTP_PER_ADDRESS 50
#define HTTP_HEAD_MAX 16384
#define HTTP_SOCKET_MODE 0660
/* Largest messages that may be coming in at a time, over each protocol. */
#define MESSAGES 8
#define HTTP_GRACE_MS 3000
#define HTTP_ADDRESSES 100000 /* that are remembered for their rate */
#define PEM_MAX 1048576
#define NAME_SIZE 256

struct receiving {
	struct role_context *context;
	struct spool *spool;
	struct receipt_sink sink;
	char name[NAME_SIZE]; /* the host's */
	int lmtp_lock, lmtp_fd;
	struct lmtp_server *lmtp;
	struct endpoint *endpoint;
	struct http_route routes[ENDPOINT_ROUTES];
	struct http_server *http;
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
		    .max_bytes = (uint64_t)c->intake_message_max_bytes,
		    .bounce = span_str(c->deliver_bounce_address) },
		.listen_fds = &r->lmtp_fd,
		.nlisten = 1,
		.sessions_max = LMTP_SESSIONS,
		.memory_max = MESSAGES * (uint64_t)c->intake_message_max_bytes,
		.idle_ns = LMTP_IDLE_NS,
		.session_ns = LMTP_SESSION_NS,
		.clock = r->context->clock,
		.sink = &r->sink,
	    },
	    &r->lmtp, why);
}

/* -- HTTP -- */

static enum err
read_pem(const char *path, struct buf *ret, struct why *why)
{
	return path[0] == '\0' ? E_OK : file_read(path, ret, why);
}

static enum err
trust_proxies(const struct config *c, struct http_networks *ret,
    struct why *why)
{
	enum err e = E_OK;

	for (size_t i = 0; e == E_OK && i < c->intake_trusted_proxies.n; i++)
		e = http_networks_add(ret,
		    span_str(c->intake_trusted_proxies.v[i]), why);
	return e;
}

static enum err
serve(struct receiving *r, struct span certificate, struct span key,
    struct why *why)
{
	const struct config *c = r->context->config;
	struct http_options options = {
		.routes = r->routes,
		.nroutes = ENDPOINT_ROUTES,
		.clock = r->context->clock,
		.limits = { .idle_ms = HTTP_IDLE_MS,
		    .request_ms = HTTP_REQUEST_MS,
		    .connection_ms = HTTP_CONNECTION_MS,
		    .answer_ms = HTTP_ANSWER_MS,
		    .connections = HTTP_CONNECTIONS,
		    .per_address = HTTP_PER_ADDRESS,
		    .head_max = HTTP_HEAD_MAX,
		    .bodies_max = MESSAGES *
			(size_t)c->intake_message_max_bytes },
		.threads = HTTP_THREADS,
		.certificate = certificate,
		.key = key,
	};
	int fd = -1;
	enum err e = trust_proxies(c, &options.trusted, why);

	if (e == E_OK)
		e = http_listen(c->intake_http_listen, HTTP_SOCKET_MODE, &fd,
		    why);
	if (e != E_OK)
		return e;
	e = http_server_open(&options, fd, &r->http, why);
	if (e != E_OK)
		(void)close(fd);
	return e;
}

static enum err
open_http(struct receiving *r, struct why *why)
{
	const struct config *c = r->context->config;
	struct buf certificate = BUF_INIT(PEM_MAX), key = BUF_INIT(PEM_MAX);
	enum err e;

	if (c->intake_http_listen[0] == '\0')
		return E_OK;
	e = endpoint_open(
	    &(const struct endpoint_options){
		.sink = r->sink,
		.clock = r->context->clock,
		.body_max = (size_t)c->intake_message_max_bytes,
		.hourly = (uint64_t)c->intake_hourly,
		.burst = (uint64_t)c->intake_hourly,
		.addresses_max = HTTP_ADDRESSES,
	    },
	    &r->endpoint, why);
	if (e != E_OK)
		return e;
	endpoint_routes(r->endpoint, r->routes);
	e = read_pem(c->intake_http_certificate, &certificate, why);
	if (e == E_OK)
		e = read_pem(c->intake_http_key, &key, why);
	if (e == E_OK)
		e = serve(r, buf_span(&certificate), buf_span(&key), why);
	if (key.p != NULL)
		explicit_bzero(key.p, key.len);
	buf_free(&key);
	buf_free(&certificate);
	return e;
}

/* -- the role -- */

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

	if (e == E_OK)
		e = open_lmtp(r, why);
	return e == E_OK ? open_http(r, why) : e;
}

/* Those that receive first: the spool has to be there until they end. */
static void
close_all(struct receiving *r)
{
	http_server_close(r->http, HTTP_GRACE_MS);
	endpoint_close(r->endpoint);
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
		.worker = { .judge = judge_unverified },
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
