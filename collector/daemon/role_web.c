#include <stdlib.h>
#include <sysexits.h>
#include <unistd.h>

#include "api/api.h"
#include "base/file.h"
#include "base/log.h"
#include "daemon/stop.h"
#include "daemon/worker.h"
#include "http/listen.h"
#include "http/server.h"
#include "store/store_config.h"
#include "tlsrptd_version.h"

#define THREADS 2
#define IDLE_MS 30000
#define REQUEST_MS 30000
#define CONNECTION_MS 600000
#define ANSWER_MS 60000
#define CONNECTIONS 2000
#define PER_ADDRESS 200
#define HEAD_MAX 16384
#define BODIES_MAX ((size_t)16 * 1024 * 1024)
#define SOCKET_MODE 0660
#define GRACE_MS 3000
#define PEM_MAX 1048576
#define LOOK_EVERY_NS (3600 * NS_PER_S)

struct serving {
	const struct role_context *context;
	struct api *api;
	struct http_route routes[API_HTTP_ROUTES];
	struct http_server *server;
};

/* -- the store -- */

/* By a thread of the API. */
static enum err
open_store(void *arg, bool read_only, struct store **ret, struct why *why)
{
	const struct role_context *context = arg;
	struct store_schema schema;
	struct store *store;
	const struct store_user user = { "tlsrptd web", stop_asked };
	enum err e = read_only
	    ? store_open_config_to_read(context->config, &user, &store, why)
	    : store_open_config(context->config, &user, false, &store, why);

	if (e != E_OK)
		return e;
	if ((e = store_check(store, &schema, why)) != E_OK) {
		store_close(store);
		return e;
	}
	*ret = store;
	return E_OK;
}

static enum err
open_api(struct serving *s, struct why *why)
{
	const struct config *c = s->context->config;
	enum err e = api_open(
	    &(const struct api_options){
		.clock = s->context->clock,
		.open_store = open_store,
		.arg = (void *)(uintptr_t)s->context,
		.threads = (unsigned)c->web_threads,
		.version = TLSRPTD_VERSION,
		.public_url = c->web_public_url,
		.listen = c->web_listen,
		.is_tls = c->web_certificate[0] != '\0',
		.session_idle_s = c->web_session_idle_ms / 1000,
		.session_max_s = c->web_session_max_ms / 1000,
		.audit_keep_s = c->web_audit_keep_ms / 1000,
		.answer_age_ns = c->web_answer_age_ms * 1000000,
	    },
	    &s->api, why);

	if (e == E_OK)
		api_http_routes(s->api, s->routes);
	return e;
}

/* -- the server -- */

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

	for (size_t i = 0; e == E_OK && i < c->web_trusted_proxies.n; i++)
		e = http_networks_add(ret,
		    span_str(c->web_trusted_proxies.v[i]), why);
	return e;
}

static enum err
serve(struct serving *s, struct span certificate, struct span key,
    struct why *why)
{
	const struct config *c = s->context->config;
	struct http_options options = {
		.routes = s->routes,
		.nroutes = API_HTTP_ROUTES,
		.clock = s->context->clock,
		.limits = { .idle_ms = IDLE_MS,
		    .request_ms = REQUEST_MS,
		    .connection_ms = CONNECTION_MS,
		    .answer_ms = ANSWER_MS,
		    .connections = CONNECTIONS,
		    .per_address = PER_ADDRESS,
		    .head_max = HEAD_MAX,
		    .bodies_max = BODIES_MAX },
		.threads = THREADS,
		.certificate = certificate,
		.key = key,
		.fields = api_http_fields(s->api),
	};
	int fd = -1;
	enum err e = trust_proxies(c, &options.trusted, why);

	if (e == E_OK)
		e = http_listen(c->web_listen, SOCKET_MODE, &fd, why);
	if (e != E_OK)
		return e;
	e = http_server_open(&options, fd, &s->server, why);
	if (e != E_OK)
		(void)close(fd);
	return e;
}

static enum err
serve_files(struct serving *s, struct why *why)
{
	const struct config *c = s->context->config;
	struct buf certificate = BUF_INIT(PEM_MAX), key = BUF_INIT(PEM_MAX);
	enum err e = read_pem(c->web_certificate, &certificate, why);

	if (e == E_OK)
		e = read_pem(c->web_key, &key, why);
	if (e == E_OK)
		e = serve(s, buf_span(&certificate), buf_span(&key), why);
	if (key.p != NULL)
		explicit_bzero(key.p, key.len);
	buf_free(&key);
	buf_free(&certificate);
	return e;
}

/* -- the role -- */

int
role_web(struct role_context *context)
{
	struct serving s = { .context = context };
	struct why why = { { 0 } };
	enum err e = E_OK;

	if (context->config->web_listen[0] != '\0')
		e = open_api(&s, &why);
	if (e == E_OK && s.api != NULL)
		e = serve_files(&s, &why);
	if (e == E_OK && s.api != NULL)
		log_info("the page is served",
		    LOG_STR("listen", context->config->web_listen));
	if (e != E_OK)
		log_error("the page cannot be served", LOG_WHY(&why));
	while (e == E_OK && !stop_asked())
		worker_sleep(context, LOOK_EVERY_NS);
	http_server_close(s.server, GRACE_MS);
	api_close(s.api);
	return e == E_OK ? EX_OK : EX_UNAVAILABLE;
}
