#include <stdlib.h>
#include <sysexits.h>
#include <unistd.h>

#include "api/api.h"
#include "base/log.h"
#include "daemon/https.h"
#include "daemon/listen_fds.h"
#include "daemon/reload.h"
#include "daemon/stop.h"
#include "daemon/worker.h"
#include "http/listen.h"
#include "store/store_config.h"
#include "tlsrptd_version.h"

#define REQUEST_MS 30000
#define ANSWER_MS 60000
#define PER_ADDRESS 200
#define BODIES_MAX ((size_t)16 * 1024 * 1024)
#define SOCKET_MODE 0660
#define LOOK_EVERY_NS (3600 * NS_PER_S)

struct serving {
	const struct role_context *context;
	struct api *api;
	struct http_route routes[API_HTTP_ROUTES];
	struct https *server;
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
serve(struct serving *s, struct why *why)
{
	const struct config *c = s->context->config;
	const struct https_options options = {
		.routes = s->routes,
		.nroutes = API_HTTP_ROUTES,
		.fields = api_http_fields(s->api),
		.clock = s->context->clock,
		.certificate = c->web_certificate,
		.key = c->web_key,
		.proxies = &c->web_trusted_proxies,
		.request_ms = REQUEST_MS,
		.answer_ms = ANSWER_MS,
		.per_address = PER_ADDRESS,
		.bodies_max = BODIES_MAX,
	};
	int fd = -1;
	enum err e = E_OK;

	if (listen_fds_stream(LISTEN_FDS_PAGE, &fd) != E_OK)
		e = http_listen(c->web_listen, SOCKET_MODE, &fd, why);
	if (e != E_OK)
		return e;
	e = https_open(&options, fd, &s->server, why);
	if (e != E_OK)
		(void)close(fd);
	return e;
}

static void
reread(void *arg)
{
	https_reload(((struct serving *)arg)->server);
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
		e = serve(&s, &why);
	if (e == E_OK)
		e = reload_start(reread, &s, &why);
	if (e == E_OK && s.api != NULL)
		log_info("the page is served",
		    LOG_STR("listen", context->config->web_listen));
	if (e != E_OK)
		log_error("the page cannot be served", LOG_WHY(&why));
	while (e == E_OK && !stop_asked())
		worker_sleep(context, LOOK_EVERY_NS);
	reload_stop();
	https_close(s.server);
	api_close(s.api);
	return e == E_OK ? EX_OK : EX_UNAVAILABLE;
}
