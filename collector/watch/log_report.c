#include "watch/log_report.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "store/store_log_report.h"
#include "watch/log_settle.h"

#define NAMES_BYTES_MAX ((size_t)4 << 20) /* with the answers to them */

struct reporting {
	const struct look_round *round;
	struct published_options options;
	struct address_filter filter;
	struct log_look look;
	struct arena names;
	struct span due[LOOK_DOMAINS_MAX];
	size_t ndue;
	struct dns_question records[LOOK_DOMAINS_MAX];
	int64_t end_ns; /* monotonic: no other domain is begun */
	struct published found;
};

static bool
is_over(const struct reporting *r)
{
	return r->round->is_over() ||
	    clock_mono_ns(r->round->clock) >= r->end_ns;
}

/* -- one domain -- */

static void
log_count(const struct reporting *r, struct span domain,
    const struct log_settle_count *c)
{
	char day[DAY_TEXT_SIZE];

	day_text(r->look.day, day);
	log_debug("sessions of logs are settled", LOG_S("domain", domain),
	    LOG_STR("day", day), LOG_I("in-reports", c->reported),
	    LOG_I("left-out", c->left_out), LOG_I("waiting", c->waiting));
}

static enum err
settle(struct reporting *r, struct span domain, struct published *found,
    struct why *why)
{
	struct why conflict = { { 0 } };
	struct log_settle_count count;
	enum err e = log_settle(r->round->store, r->look.day, domain, found,
	    &count, &conflict);

	if (e == E_OK)
		log_count(r, domain, &count);
	/* Who was faster has done it. */
	return e == E_OK || e == E_CONFLICT
	    ? E_OK
	    : why_set(why, e, "%s", conflict.text);
}

/* No record: nobody asks for reports. */
static enum err
look_and_settle(struct reporting *r, struct span domain, struct why *why)
{
	enum err e = published_look(domain, &r->options, &r->found, why);

	if (e == E_OK && r->found.tlsrpt.outcome == TXT_FOUND)
		e = settle(r, domain,
		    r->found.record_err == E_OK ? &r->found : NULL, why);
	published_free(&r->found);
	return e;
}

static enum err
take_domain(struct reporting *r, size_t i, struct why *why)
{
	const struct dns_question *record = &r->records[i];
	bool is_mine = false;
	enum err e = store_log_look_claim(r->round->store, &r->look, r->due[i],
	    &is_mine, why);

	if (e != E_OK || !is_mine)
		return e;
	if (record->outcome == TXT_NONE)
		return settle(r, r->due[i], NULL, why);
	return record->outcome == TXT_FOUND ? look_and_settle(r, r->due[i], why)
					    : E_OK;
}

/* -- one day -- */

static enum err
note_due(void *arg, struct span domain)
{
	struct reporting *r = arg;

	r->due[r->ndue] = arena_copy(&r->names, domain);
	return r->due[r->ndue++].p == NULL ? E_NOMEM : E_OK;
}

/* Most domains ask for no reports: of those this is all that is asked. */
static enum err
ask_records(struct reporting *r, struct why *why)
{
	for (size_t i = 0; i < r->ndue; i++)
		dns_question_set(&r->records[i], "_smtp._tls.", r->due[i],
		    DNS_TXT);
	return dns_ask(&r->options.dns, r->records, r->ndue, &r->names, why);
}

static enum err
take_day(struct reporting *r, int64_t day, struct why *why)
{
	int64_t now_s = clock_wall_s(r->round->clock);
	enum err e;

	r->look = (struct log_look){ day, now_s - LOG_LOOK_EVERY_S, now_s };
	if (day_end_s(day) <= now_s && r->look.latest_s < day_end_s(day) - 1)
		r->look.latest_s = day_end_s(day) - 1;
	r->ndue = 0;
	arena_reset(&r->names);
	e = store_log_look_due(r->round->store, &r->look, LOOK_DOMAINS_MAX,
	    note_due, r, why);
	if (e == E_OK && r->ndue > 0)
		e = ask_records(r, why);
	for (size_t i = 0; e == E_OK && i < r->ndue && !is_over(r); i++)
		e = take_domain(r, i, why);
	return e;
}

/* -- a round -- */

static enum err
set_options(struct reporting *r, struct why *why)
{
	const struct config *c = r->round->config;
	const struct list *networks = &c->watch_allow_networks;
	enum err e = E_OK;

	for (size_t i = 0; e == E_OK && i < networks->n; i++)
		e = address_filter_add(&r->filter, span_str(networks->v[i]),
		    why);
	look_options(r->round, &r->options);
	r->options.connects = false;
	r->options.filter = &r->filter;
	return e;
}

static enum err
run(struct reporting *r, struct why *why)
{
	int64_t now_s = clock_wall_s(r->round->clock);
	int64_t day = day_of_s(now_s - LOG_LATE_S);
	enum err e = set_options(r, why);

	if (e == E_OK)
		e = look_resolver(r->round, &r->options.dns.resolver, why);
	for (; e == E_OK && day <= day_of_s(now_s) && !is_over(r); day++)
		e = take_day(r, day, why);
	resolver_close(r->options.dns.resolver);
	/* It ends; who is due has a turn later. */
	return e == E_BUSY && r->round->is_over() ? E_OK : e;
}

enum err
log_report_run(const struct look_round *round, struct why *why)
{
	const struct config *c = round->config;
	struct reporting *r;
	enum err e;

	if (!c->collect_logs_in_reports || strcmp(c->dns_resolver, "none") == 0)
		return E_OK;
	if ((r = calloc(1, sizeof(*r))) == NULL)
		return why_set(why, E_NOMEM, "out of memory");
	r->round = round;
	r->names = ARENA_INIT(NAMES_BYTES_MAX);
	r->end_ns = clock_mono_ns(round->clock) + LOOK_ROUND_MS * NS_PER_MS;
	e = run(r, why);
	arena_free(&r->names);
	free(r);
	return e;
}
