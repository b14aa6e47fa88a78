#include "daemon/https.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/log.h"

#define THREADS 2
#define IDLE_MS 30000
#define CONNECTION_MS 600000
#define CONNECTIONS 2000
#define HEAD_MAX 16384
#define GRACE_MS 3000
#define PEM_MAX 1048576

struct https {
	struct https_options options;
	int listen_fd; /* until it is open */
	struct http_server *server;
};

/* -- files -- */

static enum err
read_pem(const char *path, struct buf *ret, struct why *why)
{
	return path[0] == '\0' ? E_OK : file_read(path, ret, why);
}

/* What the configuration names, for as long as fn takes. */
static enum err
with_files(struct https *h,
    enum err (*fn)(struct https *, struct span certificate, struct span key,
	struct why *why),
    struct why *why)
{
	struct buf certificate = BUF_INIT(PEM_MAX), key = BUF_INIT(PEM_MAX);
	enum err e = read_pem(h->options.certificate, &certificate, why);

	if (e == E_OK)
		e = read_pem(h->options.key, &key, why);
	if (e == E_OK)
		e = fn(h, buf_span(&certificate), buf_span(&key), why);
	if (key.p != NULL)
		explicit_bzero(key.p, key.len);
	buf_free(&key);
	buf_free(&certificate);
	return e;
}

/* -- the server -- */

static enum err
trust(const struct list *proxies, struct http_networks *ret, struct why *why)
{
	enum err e = E_OK;

	for (size_t i = 0; e == E_OK && i < proxies->n; i++)
		e = http_networks_add(ret, span_str(proxies->v[i]), why);
	return e;
}

static enum err
serve(struct https *h, struct span certificate, struct span key,
    struct why *why)
{
	const struct https_options *o = &h->options;
	struct http_options options = {
		.routes = o->routes,
		.nroutes = o->nroutes,
		.clock = o->clock,
		.limits = { .idle_ms = IDLE_MS,
		    .request_ms = o->request_ms,
		    .connection_ms = CONNECTION_MS,
		    .answer_ms = o->answer_ms,
		    .connections = CONNECTIONS,
		    .per_address = o->per_address,
		    .head_max = HEAD_MAX,
		    .bodies_max = o->bodies_max },
		.threads = THREADS,
		.certificate = certificate,
		.key = key,
		.fields = o->fields,
	};
	enum err e = trust(o->proxies, &options.trusted, why);

	return e == E_OK
	    ? http_server_open(&options, h->listen_fd, &h->server, why)
	    : e;
}

enum err
https_open(const struct https_options *options, int listen_fd,
    struct https **ret, struct why *why)
{
	struct https *h = calloc(1, sizeof(*h));
	enum err e;

	if (h == NULL)
		return why_set(why, E_NOMEM, "out of memory");
	h->options = *options;
	h->listen_fd = listen_fd;
	e = with_files(h, serve, why);
	if (e == E_OK)
		*ret = h;
	else
		free(h);
	return e;
}

static enum err
show(struct https *h, struct span certificate, struct span key, struct why *why)
{
	return http_server_set_certificate(h->server, certificate, key, why);
}

void
https_reload(struct https *h)
{
	struct why why = { { 0 } };

	if (h == NULL || h->options.certificate[0] == '\0')
		return;
	if (with_files(h, show, &why) == E_OK)
		log_info("certificate read again",
		    LOG_STR("file", h->options.certificate));
	else
		log_error("certificate not taken, the old one stays",
		    LOG_STR("file", h->options.certificate), LOG_WHY(&why));
}

void
https_close(struct https *h)
{
	if (h == NULL)
		return;
	http_server_close(h->server, GRACE_MS);
	free(h);
}
