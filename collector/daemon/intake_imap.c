#include "daemon/intake_imap.h"

#include <stdlib.h>

#include "base/file.h"
#include "base/log.h"
#include "config/imap_word.h"
#include "intake/imap_poller.h"

#define PASSWORD_MAX 4096

struct intake_imap {
	size_t n;
	struct imap_poller *pollers[];
};

static enum err
start_with(const struct role_context *context, const struct receipt_sink *sink,
    const struct imap_word *w, const char *password, struct imap_poller **ret,
    struct why *why)
{
	const struct config *c = context->config;
	const char *ca_file = c->intake_imap_ca_file;

	return imap_poller_start(
	    &(const struct imap_poller_options){
		.client = { .host = w->url.host.p,
		    .port = w->url.port,
		    .is_implicit = w->url.is_implicit,
		    .user = w->url.user.p,
		    .password = password,
		    .folder = w->url.folder.p,
		    .ca_file = ca_file[0] == '\0' ? NULL : ca_file,
		    .question_ms = c->intake_imap_timeout_ms },
		.poll = { .name = w->text,
		    .taken = (enum imap_taken)c->intake_imap_taken,
		    .folder = c->intake_imap_folder,
		    .message_max = (size_t)c->intake_message_max_bytes,
		    .clock = context->clock,
		    .sink = sink },
		.period_ns = c->intake_imap_period_ms * NS_PER_MS,
	    },
	    ret, why);
}

static enum err
start(const struct role_context *context, const struct receipt_sink *sink,
    const char *word, struct imap_poller **ret, struct why *why)
{
	struct arena arena = ARENA_INIT((size_t)4 * IMAP_URL_MAX);
	struct buf password = BUF_INIT(PASSWORD_MAX);
	struct imap_word w;
	enum err e = imap_word_parse(word, &arena, &w, why);

	if (e == E_OK)
		e = file_read_secret(w.path, &password, why);
	if (e == E_OK)
		e = start_with(context, sink, &w, buf_str(&password), ret, why);
	if (password.p != NULL)
		explicit_bzero(password.p, password.len);
	buf_free(&password);
	arena_free(&arena);
	return e;
}

enum err
intake_imap_open(const struct role_context *context,
    const struct receipt_sink *sink, struct intake_imap **ret, struct why *why)
{
	const struct list *list = &context->config->intake_imap;
	struct intake_imap *all;

	if (list->n == 0)
		return E_OK;
	all = calloc(1, sizeof(*all) + list->n * sizeof(all->pollers[0]));
	if (all == NULL)
		return why_set(why, E_NOMEM, "out of memory");
	for (size_t i = 0; i < list->n; i++) {
		struct span rest = span_str(list->v[i]);
		struct why own = { { 0 } };

		if (start(context, sink, list->v[i], &all->pollers[all->n],
			&own) == E_OK)
			all->n++;
		else
			log_error("a mailbox cannot be looked into",
			    LOG_S("mailbox", span_until(&rest, '=')),
			    LOG_WHY(&own));
	}
	*ret = all;
	return E_OK;
}

void
intake_imap_close(struct intake_imap *all)
{
	if (all == NULL)
		return;
	for (size_t i = 0; i < all->n; i++)
		imap_poller_let_go(all->pollers[i]);
	for (size_t i = 0; i < all->n; i++)
		imap_poller_stop(all->pollers[i]);
	free(all);
}
