#include "deliver/send_stage.h"

#include <stdlib.h>

#include "base/log.h"
#include "deliver/plan.h"
#include "deliver/report_body.h"
#include "deliver/send_job.h"
#include "deliver/suppressed.h"
#include "tlsrptd_version.h"

/* More than an attempt may take, by far: past it another worker begins. */
#define LEASE_MARGIN_S 300
#define HOSTS_MAX ((size_t)1 << 20) /* bytes */

struct send_stage {
	const struct config *config;
	const struct clock *clock;
	struct address_filter filter;
	struct transfers *transfers;
	struct http_client *http;
	struct send_job *jobs;
	size_t njobs;
};

/* -- what came of attempts -- */

static void
tell(const struct send_job *j, enum err e)
{
	const struct delivery_outcome *o = &j->outcome;

	if (e == E_CONFLICT) {
		log_warning("delivery was taken over or stopped meanwhile",
		    LOG_S("delivery", j->id), LOG_S("report", j->report),
		    LOG_I("status", o->attempt.status),
		    LOG_S("answer", o->attempt.answer));
		return;
	}
	log_put(o->state == DELIVERY_GIVEN_UP ? LOG_LEVEL_WARNING
					      : LOG_LEVEL_INFO,
	    "delivery attempted",
	    LOG_STR("state", delivery_state_text(o->state)),
	    LOG_S("report", j->report), LOG_STR("to", j->url),
	    LOG_I("attempt", o->attempt.number),
	    LOG_I("status", o->attempt.status), LOG_S("tls", o->attempt.tls),
	    LOG_S("answer", o->attempt.answer), LOG_S("why", o->reason));
}

static enum err
settle_one(struct store *store, const struct send_job *j, struct why *why)
{
	struct why own = { { 0 } };
	enum err e = store_delivery_settle(store, &j->claim, j->id, &j->outcome,
	    &own);

	if (e != E_OK && e != E_CONFLICT)
		return why_set(why, e, "%s", own.text);
	tell(j, e);
	return E_OK;
}

/* Note all that is done; the first failure is returned, and what is not noted
 * stays. */
static enum err
settle(struct send_stage *s, struct store *store, struct why *why)
{
	struct send_job **at = &s->jobs, *j;
	enum err e = E_OK;

	while (e == E_OK && (j = *at) != NULL) {
		if (!j->is_done) {
			at = &j->next;
			continue;
		}
		if ((e = settle_one(store, j, why)) != E_OK)
			break;
		*at = j->next;
		send_job_free(j);
		s->njobs--;
	}
	return e;
}

struct post {
	struct send_stage *stage;
	struct send_job *job;
};

static void
answered(void *arg, const struct http_result *r)
{
	struct post *p = arg;

	send_job_answered(p->job, p->stage->config,
	    clock_wall_s(p->stage->clock), r);
	free(p);
}

/* -- posting -- */

static enum err
keep_body(void *arg, const struct report_row *r)
{
	struct send_job *j = arg;

	buf_add(&j->body, r->body);
	return j->body.err;
}

static enum err
load(const struct send_stage *s, struct send_job *j, struct store *store,
    struct why *why)
{
	const int64_t now_s = clock_wall_s(s->clock);
	enum err e = suppressed_stop(store, j, now_s, why);

	if (e != E_OK || j->is_done || j->body.len > 0)
		return e;
	e = store_report_get(store, j->report, keep_body, j, why);
	if (e == E_ABSENT) {
		send_job_give_up(j, now_s,
		    "the report is not in the store any more");
		*why = (struct why){ { 0 } };
		return E_OK;
	}
	if (e == E_OK)
		e = report_body_format(s->config, &j->body);
	if (e != E_RANGE && e != E_SYNTAX)
		return e;
	send_job_give_up(j, now_s,
	    "the report cannot be unpacked, or is larger than report.max_size");
	*why = (struct why){ { 0 } };
	return E_OK;
}

static enum err
post(struct send_stage *s, struct send_job *j, struct why *why)
{
	const struct http_post request = {
		.url = j->url,
		.content_type = report_body_type(s->config),
		.body = buf_span(&j->body),
		.verify = !j->unverified,
	};
	struct post *p = malloc(sizeof(*p));
	enum err e;

	if (p == NULL)
		return why_set(why, E_NOMEM, "out of memory");
	*p = (struct post){ s, j };
	e = http_client_post(s->http, &request, answered, p, why);
	if (e != E_OK)
		free(p);
	else
		j->is_posted = true;
	return e;
}

static enum err
post_all(struct send_stage *s, struct store *store, struct why *why)
{
	const int64_t timeout_s = s->config->deliver_timeout_ms / 1000;
	enum err e = E_OK;

	for (struct send_job *j = s->jobs; e == E_OK && j != NULL;
	     j = j->next) {
		if (j->is_posted || j->is_done)
			continue;
		if (clock_wall_s(s->clock) + timeout_s > j->claimed_until_s)
			send_job_let_go(j, clock_wall_s(s->clock),
			    "its claim would have run out meanwhile");
		else
			e = load(s, j, store, why);
		if (e == E_OK && !j->is_done)
			e = post(s, j, why);
	}
	return e;
}

/* -- claiming -- */

struct claiming {
	struct send_stage *stage;
	struct uuid id;
	int64_t until_s;
};

static enum err
note_claimed(void *arg, const struct delivery *d)
{
	const struct claiming *c = arg;
	struct send_job *j = send_job_new(&c->id, d);

	if (j == NULL)
		return E_NOMEM;
	j->claimed_until_s = c->until_s;
	j->next = c->stage->jobs;
	c->stage->jobs = j;
	c->stage->njobs++;
	return E_OK;
}

/* Hosts with as many attempts as may be; one that is slow holds up no other. */
static void
busy_hosts(const struct send_stage *s, struct buf *ret)
{
	for (const struct send_job *j = s->jobs; j != NULL; j = j->next) {
		int64_t n = 0;

		for (const struct send_job *o = s->jobs; o != NULL; o = o->next)
			n += span_eq(o->host, j->host);
		if (n >= s->config->deliver_host_connections)
			buf_addf(ret, ",%.*s,", SPAN_ARG(j->host));
	}
}

/* The transaction was rolled back, or nobody knows: then another claims them
 * when this claim has run out. */
static void
forget_claimed(struct send_stage *s, const struct uuid *claim)
{
	struct send_job *j;

	while ((j = s->jobs) != NULL && uuid_eq(&j->claim, claim)) {
		s->jobs = j->next;
		send_job_free(j);
		s->njobs--;
	}
}

/* One, so that no host gets more than may be begun at once: what waits for its
 * host takes a place from all others, and its claim runs out. */
static enum err
claim_one(struct send_stage *s, struct store *store, struct why *why)
{
	const int64_t timeout_s = s->config->deliver_timeout_ms / 1000;
	struct buf hosts = BUF_INIT(HOSTS_MAX);
	struct claiming c = { .stage = s,
		.id = uuid_new(clock_wall_ns(s->clock)) };
	struct delivery_wish wish = {
		.now_s = clock_wall_s(s->clock),
		.lease_s = 2 * timeout_s + LEASE_MARGIN_S,
		.max = 1,
		.host_hourly = s->config->deliver_host_hourly,
		.mailbox_hourly = s->config->deliver_mailbox_hourly,
	};
	enum err e;

	c.until_s = wish.now_s + wish.lease_s;
	busy_hosts(s, &hosts);
	wish.but_hosts = buf_span(&hosts);
	if ((e = hosts.err) == E_OK)
		e = store_delivery_claim(store, &c.id, &wish, note_claimed, &c,
		    why);
	if (e != E_OK)
		forget_claimed(s, &c.id);
	buf_free(&hosts);
	return e;
}

static enum err
claim(struct send_stage *s, struct store *store, struct why *why)
{
	const size_t most = (size_t)s->config->deliver_connections;
	enum err e = E_OK;
	size_t before;

	if (s->config->deliver_mode != DELIVER_ON)
		return E_OK;
	do {
		before = s->njobs;
		if (before < most)
			e = claim_one(s, store, why);
	} while (e == E_OK && s->njobs > before);
	return e;
}

/* -- from outside -- */

static enum err
make_filter(struct send_stage *s, struct why *why)
{
	const struct list *list = &s->config->deliver_allow_networks;
	enum err e = E_OK;

	for (size_t i = 0; e == E_OK && i < list->n; i++)
		e = address_filter_add(&s->filter, span_str(list->v[i]), why);
	return e;
}

static enum err
open_client(struct send_stage *s, struct why *why)
{
	const struct config *c = s->config;
	const struct http_client_options options = {
		.filter = &s->filter,
		.ca_file = c->deliver_ca_file[0] == '\0' ? NULL
							 : c->deliver_ca_file,
		.user_agent = "tlsrptd/" TLSRPTD_VERSION,
		.use_proxy = c->deliver_environment_proxy,
		.any_port = c->deliver_any_port,
		.connect_ms = c->deliver_timeout_ms,
		.total_ms = c->deliver_timeout_ms,
		.per_host = (size_t)c->deliver_host_connections,
		.total = (size_t)c->deliver_connections,
	};

	return http_client_open(s->transfers, &options, &s->http, why);
}

enum err
send_stage_new(const struct config *config, const struct clock *clock,
    struct send_stage **ret, struct why *why)
{
	struct send_stage *s = calloc(1, sizeof(*s));
	enum err e;

	if (s == NULL)
		return why_set(why, E_NOMEM, "out of memory");
	s->config = config;
	s->clock = clock;
	e = make_filter(s, why);
	if (e == E_OK)
		e = transfers_open(&s->transfers, why);
	if (e == E_OK)
		e = open_client(s, why);
	if (e != E_OK) {
		send_stage_free(s, NULL);
		return e;
	}
	*ret = s;
	return E_OK;
}

enum err
send_stage_run(struct send_stage *s, struct store *store, int wake_fd,
    int64_t max_ns, struct why *why)
{
	enum err e = settle(s, store, why);

	if (e == E_OK)
		e = claim(s, store, why);
	if (e == E_OK)
		e = post_all(s, store, why);
	if (e == E_OK)
		e = transfers_run(s->transfers, wake_fd, max_ns, why);
	return e == E_OK ? settle(s, store, why) : e;
}

void
send_stage_go_on(struct send_stage *s, int wake_fd, int64_t max_ns)
{
	struct why why = { { 0 } };

	if (transfers_run(s->transfers, wake_fd, max_ns, &why) != E_OK)
		log_error("attempts at deliveries do not go on", LOG_WHY(&why));
}

/* What is not settled is taken over when its claim has run out. */
void
send_stage_free(struct send_stage *s, struct store *store)
{
	struct send_job *j;

	if (s == NULL)
		return;
	http_client_close(s->http);
	transfers_close(s->transfers);
	if (store != NULL)
		(void)!settle(s, store, NULL);
	while ((j = s->jobs) != NULL) {
		s->jobs = j->next;
		send_job_free(j);
	}
	free(s);
}
