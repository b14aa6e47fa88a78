#include "net/http_client.h"

#include <assert.h>
#include <stdlib.h>

#include "net/easy.h"
#include "net/http_workers.h"

struct http_client {
	struct transfer_group group;
	struct http_client_options options;
	struct http_workers *workers;
	char *ca_file, *user_agent;
};

static enum err
copy_options(struct http_client *c, const struct http_client_options *o)
{
	c->options = *o;
	if ((c->user_agent = strdup(o->user_agent)) == NULL)
		return E_NOMEM;
	c->options.user_agent = c->user_agent;
	if (o->ca_file == NULL)
		return E_OK;
	if ((c->ca_file = strdup(o->ca_file)) == NULL)
		return E_NOMEM;
	c->options.ca_file = c->ca_file;
	return E_OK;
}

enum err
http_client_open(struct transfers *transfers,
    const struct http_client_options *options, struct http_client **ret,
    struct why *why)
{
	struct http_client *c;
	enum err e;

	assert(options->connect_ms > 0 && options->total_ms > 0);
	if (options->ca_file != NULL &&
	    (e = easy_check_file(options->ca_file, why)) != E_OK)
		return e;
	if ((c = calloc(1, sizeof(*c))) == NULL)
		return why_set(why, E_NOMEM, "out of memory");
	transfers_join(transfers, &c->group, &http_transfer_kind,
	    options->per_host, options->total);
	if (copy_options(c, options) != E_OK ||
	    http_workers_open(options->total, &c->workers) != E_OK) {
		http_client_close(c);
		return why_set(why, E_NOMEM, "out of memory");
	}
	*ret = c;
	return E_OK;
}

void
http_client_close(struct http_client *c)
{
	if (c == NULL)
		return;
	transfers_stop(&c->group);
	http_workers_close(c->workers);
	transfers_leave(&c->group);
	free(c->ca_file);
	free(c->user_agent);
	free(c);
}

enum err
http_client_post(struct http_client *c, const struct http_post *post,
    http_done_fn *done, void *arg, struct why *why)
{
	struct http_transfer *t;
	enum err e;

	if (http_transfer_new(&c->options, post, &t) != E_OK)
		return why_set(why, E_NOMEM, "out of memory");
	t->workers = c->workers;
	t->done = done;
	t->arg = arg;
	if (http_transfer_is_refused(t)) {
		http_transfer_end(t, CURLE_OK);
		transfers_refuse(&c->group, &t->base);
		return E_OK;
	}
	if ((e = transfers_add(&c->group, &t->base, t->host, why)) != E_OK)
		http_transfer_free(t);
	return e;
}
