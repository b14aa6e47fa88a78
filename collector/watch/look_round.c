#include "watch/look_round.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/random.h"
#include "store/store_published.h"
#include "watch/history.h"

#define NAMES_BYTES_MAX ((size_t)LOOK_DOMAINS_MAX * 512)
#define SPREAD 5 /* a turn comes up to a fifth of the pace earlier */

struct looking {
	const struct look_round *round;
	struct arena names;
	struct span due[LOOK_DOMAINS_MAX];
	size_t ndue;
	struct watch_turn turn;
	int64_t every_s;
	char helo[256];
	struct pace pace;
	struct published_options options;
	struct published found;
	struct history history;
};

/* -- whose turn it is -- */

static enum err
note_due(void *arg, struct span domain)
{
	struct looking *l = arg;

	l->due[l->ndue] = arena_copy(&l->names, domain);
	return l->due[l->ndue++].p == NULL ? E_NOMEM : E_OK;
}

/* So that domains that were added at one time do not stay together. */
static int64_t
next_turn_s(const struct looking *l)
{
	int64_t now_s = clock_wall_s(l->round->clock);
	uint32_t number = 0;

	(void)(random_bytes(&number, sizeof(number)) == E_OK);
	return now_s + l->every_s - number % (l->every_s / SPREAD + 1);
}

static enum err
claim(struct looking *l, struct span domain, bool *ret, struct why *why)
{
	return store_watch_claim(l->round->store, domain, &l->turn,
	    next_turn_s(l), ret, why);
}

/* -- keeping -- */

static void
log_change(const struct published_value *v)
{
	log_info("what a domain publishes has changed",
	    LOG_S("domain", v->domain),
	    LOG_STR("kind", published_kind_text(v->kind)),
	    LOG_S("host", v->subject), LOG_S("now", v->value),
	    LOG_S("dnssec", v->dnssec));
}

static enum err
put_all(struct looking *l, bool *changed, struct why *why)
{
	struct history *h = &l->history;
	int64_t now_s = clock_wall_s(l->round->clock);
	enum err e = E_OK;

	for (size_t i = 0; e == E_OK && i < h->n; i++) {
		h->v[i].last_s = now_s;
		e = store_published_put(l->round->store, &h->v[i], &changed[i],
		    why);
	}
	return e == E_OK ? store_watch_put(l->round->store, l->found.domain,
			       &(const struct watch_state){ now_s,
				   buf_span(&h->not_measured) },
			       why)
			 : e;
}

static enum err
keep(struct looking *l, struct why *why)
{
	struct store *store = l->round->store;
	bool changed[HISTORY_ROWS_MAX] = { false };
	enum err e = store_begin(store, why);

	if (e != E_OK)
		return e;
	if ((e = put_all(l, changed, why)) != E_OK) {
		store_rollback(store);
		return e;
	}
	if ((e = store_commit(store, why)) != E_OK)
		return e;
	for (size_t i = 0; i < l->history.n; i++)
		if (changed[i])
			log_change(&l->history.v[i]);
	return E_OK;
}

/* -- looking -- */

static enum err
look_at(struct looking *l, struct span domain, struct why *why)
{
	bool is_mine = false;
	enum err e = claim(l, domain, &is_mine, why);

	if (e != E_OK || !is_mine)
		return e;
	e = published_look(domain, &l->options, &l->found, why);
	if (e == E_OK)
		e = history_of(&l->found, &l->history);
	if (e == E_OK)
		e = keep(l, why);
	history_free(&l->history);
	published_free(&l->found);
	/* It ends; the domain has its turn again later. */
	return e == E_BUSY && l->round->is_over() ? E_OK : e;
}

enum err
look_resolver(const struct look_round *round, struct resolver **ret,
    struct why *why)
{
	const struct config *c = round->config;

	return resolver_open(
	    &(const struct resolver_options){ .servers = c->dns_resolver,
		.trust_anchor = c->dns_trust_anchor,
		.timeout_ms = c->dns_timeout_ms },
	    ret, why);
}

static enum err
look_at_due(struct looking *l, struct why *why)
{
	int64_t end_ns = clock_mono_ns(l->round->clock) +
	    LOOK_ROUND_MS * NS_PER_MS;
	enum err e = look_resolver(l->round, &l->options.dns.resolver, why);

	for (size_t i = 0; e == E_OK && i < l->ndue && !l->round->is_over() &&
	     clock_mono_ns(l->round->clock) < end_ns;
	     i++)
		e = look_at(l, l->due[i], why);
	resolver_close(l->options.dns.resolver);
	return e;
}

void
look_options(const struct look_round *round, struct published_options *ret)
{
	const struct config *c = round->config;

	*ret = (struct published_options){
		.dns = { .is_over = round->is_over },
		.ca_file = c->watch_ca_file[0] == '\0' ? NULL
						       : c->watch_ca_file,
		.https_port = (uint16_t)c->watch_https_port,
		.timeout_ms = LOOK_CONNECTION_MS,
	};
}

static void
set_options(struct looking *l)
{
	const struct config *c = l->round->config;

	if (c->watch_helo[0] != '\0')
		(void)snprintf(l->helo, sizeof(l->helo), "%s", c->watch_helo);
	else if (gethostname(l->helo, sizeof(l->helo) - 1) != 0)
		(void)snprintf(l->helo, sizeof(l->helo), "localhost");
	/* It goes into a line. */
	l->helo[strcspn(l->helo, "\r\n ")] = '\0';
	look_options(l->round, &l->options);
	l->options.connects = c->watch_smtp;
	l->options.pace = &l->pace;
	l->options.helo = l->helo;
	l->options.smtp_port = (uint16_t)c->watch_smtp_port;
}

enum err
look_round_run(const struct look_round *round, struct why *why)
{
	const struct config *c = round->config;
	int64_t every_s = (c->watch_every_ms + 999) / 1000;
	int64_t now_s = clock_wall_s(round->clock);
	struct looking *l;
	enum err e;

	if (every_s == 0 || strcmp(c->dns_resolver, "none") == 0)
		return E_OK;
	if ((l = calloc(1, sizeof(*l))) == NULL)
		return why_set(why, E_NOMEM, "out of memory");
	l->round = round;
	l->names = ARENA_INIT(NAMES_BYTES_MAX);
	l->every_s = every_s;
	l->turn = (struct watch_turn){ now_s, now_s + every_s };
	set_options(l);
	e = store_watch_due(round->store, &l->turn, LOOK_DOMAINS_MAX, note_due,
	    l, why);
	if (e == E_OK && l->ndue > 0)
		e = look_at_due(l, why);
	arena_free(&l->names);
	free(l);
	return e;
}
