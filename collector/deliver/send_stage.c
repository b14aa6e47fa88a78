#include "deliver/send_stage.h"

#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "deliver/send_private.h"
#include "store/store_suppression.h"
#include "tlsrptd_version.h"

#define PASSWORD_MAX 1024
#define END_PATIENCE_NS (5 * NS_PER_S)
#define LOADED_AHEAD_BYTES ((size_t)16 << 20)

/* -- what came of attempts -- */

static void
tell(const struct send_job *j, bool is_lost)
{
	const struct delivery_outcome *o = &j->outcome;

	if (is_lost) {
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

static bool
is_over(const struct send_job *j)
{
	return j->phase == SEND_DONE && j->outcome.done_s != 0;
}

static bool
is_retried(const struct send_job *j)
{
	return j->phase == SEND_DONE && j->outcome.done_s == 0;
}

void
send_forget(struct send_stage *s, struct send_job *j)
{
	busy_hosts_end(&s->hosts, j->at);
	if (j->is_loaded) {
		s->nloaded--;
		s->bytes_loaded -= j->body.len;
	}
	send_job_free(j);
	s->njobs--;
}

/* What is settled in one transaction, for each waits for the disk: all that is
 * over, or what is tried again at one host. */
static bool
is_of(const struct send_job *j, const struct busy_host *at)
{
	return at == NULL ? is_over(j) : is_retried(j) && j->at == at;
}

static size_t
note_those(const struct send_stage *s, const struct busy_host *at,
    struct delivery_settling *v)
{
	size_t n = 0;

	for (struct send_job *j = s->jobs; j != NULL; j = j->next)
		if (is_of(j, at))
			v[n++] = (struct delivery_settling){ .claim = j->claim,
				.id = j->id,
				.outcome = &j->outcome,
				.own = j };
	return n;
}

static void
forget_those(struct send_stage *s, const struct busy_host *of)
{
	struct send_job **at = &s->jobs, *j;

	while ((j = *at) != NULL)
		if (is_of(j, of)) {
			*at = j->next;
			send_forget(s, j);
		} else {
			at = &j->next;
		}
}

static enum err
settle_those(struct send_stage *s, struct store *store,
    const struct busy_host *at, struct why *why)
{
	struct delivery_settling *v = calloc(s->njobs + 1, sizeof(*v));
	enum err e = E_OK;
	size_t n;

	if (v == NULL)
		return why_set(why, E_NOMEM, "out of memory");
	if ((n = note_those(s, at, v)) > 0)
		e = store_delivery_settle(store, v, n, why);
	if (e == E_OK) {
		for (size_t i = 0; i < n; i++)
			tell(v[i].own, v[i].is_lost);
		forget_those(s, at);
	}
	free(v);
	return e;
}

static const struct busy_host *
next_to_retry(const struct send_stage *s)
{
	for (const struct send_job *j = s->jobs; j != NULL; j = j->next)
		if (is_retried(j))
			return j->at;
	return NULL;
}

/* Note all that is done; the first failure is returned, and what is not noted
 * stays. */
static enum err
settle(struct send_stage *s, struct store *store, struct why *why)
{
	enum err e = settle_those(s, store, NULL, why);
	const struct busy_host *at;

	while (e == E_OK && (at = next_to_retry(s)) != NULL)
		e = settle_those(s, store, at, why);
	return e;
}

/* -- going on -- */

/* Whether there is time enough before another worker takes it over. */
static bool
is_in_time(const struct send_stage *s, const struct send_job *j)
{
	return clock_wall_s(s->clock) + s->config->deliver_timeout_ms / 1000 <=
	    j->claimed_until_s;
}

/* What is wrong with this one alone must not hold up the others. */
static enum err
own_trouble(const struct send_stage *s, struct send_job *j, enum err e,
    const struct why *fault, struct why *why)
{
	if (e == E_OK)
		return e;
	if (e != E_SYNTAX && e != E_RANGE && e != E_USAGE)
		return why_set(why, e, "%s", fault->text);
	send_job_finish(j, DELIVERY_GIVEN_UP, span_str(fault->text),
	    clock_wall_s(s->clock));
	return E_OK;
}

static enum err
begin(struct send_stage *s, struct send_job *j, struct store *store,
    struct why *why)
{
	struct why fault = { { 0 } };
	enum err e = send_load(s, j, store, &fault);

	if ((e = own_trouble(s, j, e, &fault, why)) != E_OK)
		return e;
	j->is_loaded = true;
	s->nloaded++;
	s->bytes_loaded += j->body.len;
	return j->phase == SEND_CLAIMED ? send_look(s, j, why) : E_OK;
}

/* What is claimed ahead must not take all memory. */
static bool
may_load(const struct send_stage *s)
{
	return s->nloaded < (size_t)s->config->deliver_connections ||
	    s->bytes_loaded < LOADED_AHEAD_BYTES;
}

static enum err
start(struct send_stage *s, struct send_job *j, struct why *why)
{
	struct why fault = { { 0 } };
	enum err e;

	if (!is_in_time(s, j)) {
		send_job_let_go(j, clock_wall_s(s->clock));
		j->outcome.attempt.answer = SPAN_LIT(
		    "its claim would have run out meanwhile");
		return E_OK;
	}
	e = j->to.kind == DESTINATION_MAIL ? send_mail(s, j, &fault)
					   : send_https(s, j, &fault);
	return own_trouble(s, j, e, &fault, why);
}

/* From one phase to the next, as far as it goes without waiting. */
static enum err
advance(struct send_stage *s, struct send_job *j, struct store *store,
    struct why *why)
{
	enum err e = E_OK;

	if (j->phase == SEND_CLAIMED && may_load(s))
		e = begin(s, j, store, why);
	if (e == E_OK && j->phase == SEND_LOOKED)
		e = send_looked(s, j, store, why);
	if (e == E_OK && j->phase == SEND_READY)
		e = start(s, j, why);
	return e;
}

static bool
has_claimed(const struct send_stage *s)
{
	for (const struct send_job *j = s->jobs; j != NULL; j = j->next)
		if (j->phase == SEND_CLAIMED)
			return true;
	return false;
}

static enum err
advance_all(struct send_stage *s, struct store *store, struct why *why)
{
	enum err e = E_OK;

	if (has_claimed(s))
		e = store_suppression_is_any(store, &s->any_suppressed, why);
	for (struct send_job *j = s->jobs; e == E_OK && j != NULL; j = j->next)
		e = advance(s, j, store, why);
	return e;
}

/* -- waiting -- */

static int64_t
time_left(const struct send_stage *s, int64_t max_ns)
{
	const int64_t now_ns = clock_mono_ns(s->clock);
	int64_t at = send_program_deadline_ns(s), dns = INT64_MAX;

	if (s->resolver != NULL)
		dns = resolver_next_deadline_ns(s->resolver);
	if (dns < at)
		at = dns;
	if (at <= now_ns)
		return 0;
	return at - now_ns < max_ns ? at - now_ns : max_ns;
}

static enum err
wait_for(struct send_stage *s, int64_t max_ns, struct why *why)
{
	enum err e = transfers_run(s->transfers, s->epoll_fd,
	    time_left(s, max_ns), why);

	if (s->resolver != NULL && e == E_OK)
		e = resolver_run(s->resolver, why);
	send_program_poll(s);
	return e;
}

/* -- opening -- */

static enum err
make_filter(struct send_stage *s, struct why *why)
{
	const struct list *list = &s->config->deliver_allow_networks;
	enum err e = E_OK;

	for (size_t i = 0; e == E_OK && i < list->n; i++)
		e = address_filter_add(&s->filter, span_str(list->v[i]), why);
	return e;
}

static const char *
given(const char *text)
{
	return text[0] == '\0' ? NULL : text;
}

static enum err
open_http(struct send_stage *s, struct why *why)
{
	const struct config *c = s->config;
	const struct http_client_options options = {
		.filter = &s->filter,
		.ca_file = given(c->deliver_ca_file),
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

static enum err
open_smtp(struct send_stage *s, struct why *why)
{
	const struct config *c = s->config;
	struct buf password = BUF_INIT(PASSWORD_MAX);
	enum err e = E_OK;

	if (c->deliver_mail_by == CONFIG_MAIL_BY_SENDMAIL)
		return E_OK;
	if (c->deliver_smtp_password_file[0] != '\0')
		e = file_read_secret(c->deliver_smtp_password_file, &password,
		    why);
	if (e == E_OK)
		e = smtp_client_open(s->transfers,
		    &(const struct smtp_client_options){
			.host = c->deliver_smtp_host,
			.port = (uint16_t)c->deliver_smtp_port,
			.tls = (enum smtp_tls)c->deliver_smtp_tls,
			.helo = given(c->deliver_smtp_helo),
			.user = given(c->deliver_smtp_user),
			.password = given(buf_str(&password)),
			.ca_file = given(c->deliver_ca_file),
			.cert_file = given(c->deliver_smtp_cert_file),
			.key_file = given(c->deliver_smtp_key_file),
			.connect_ms = c->deliver_timeout_ms,
			.total_ms = c->deliver_timeout_ms,
			.connections = (size_t)c->deliver_connections,
		    },
		    &s->smtp, why);
	if (password.p != NULL)
		explicit_bzero(password.p, password.len);
	buf_free(&password);
	return e;
}

static enum err
open_resolver(struct send_stage *s, struct why *why)
{
	const struct config *c = s->config;
	const struct resolver_options options = {
		.servers = c->dns_resolver,
		.trust_anchor = c->dns_trust_anchor,
		.timeout_ms = c->dns_timeout_ms,
	};

	if (strcmp(c->dns_resolver, "none") == 0)
		return E_OK;
	return resolver_open(&options, &s->resolver, why);
}

static enum err
watch(struct send_stage *s, int fd, struct why *why)
{
	struct epoll_event event = { .events = EPOLLIN };

	return epoll_ctl(s->epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0
	    ? E_OK
	    : why_errno(why, "epoll_ctl");
}

static enum err
open_all(struct send_stage *s, int wake_fd, struct why *why)
{
	enum err e = make_filter(s, why);

	if (e == E_OK)
		e = transfers_open(&s->transfers, why);
	if (e == E_OK)
		e = open_http(s, why);
	if (e == E_OK)
		e = open_smtp(s, why);
	if (e == E_OK)
		e = open_resolver(s, why);
	if (e == E_OK && (s->epoll_fd = epoll_create1(EPOLL_CLOEXEC)) == -1)
		e = why_errno(why, "epoll_create1");
	if (e == E_OK)
		e = watch(s, wake_fd, why);
	if (e == E_OK && s->resolver != NULL)
		e = watch(s, resolver_fd(s->resolver), why);
	return e;
}

/* -- from outside -- */

enum err
send_stage_new(const struct config *config, const struct clock *clock,
    int wake_fd, struct send_stage **ret, struct why *why)
{
	struct send_stage *s = calloc(1, sizeof(*s));
	enum err e;

	if (s == NULL)
		return why_set(why, E_NOMEM, "out of memory");
	s->config = config;
	s->clock = clock;
	s->epoll_fd = -1;
	busy_hosts_init(&s->hosts, (size_t)config->deliver_host_connections,
	    (size_t)config->deliver_connections);
	e = open_all(s, wake_fd, why);
	if (e != E_OK) {
		send_stage_free(s, NULL);
		return e;
	}
	*ret = s;
	return E_OK;
}

enum err
send_stage_run(struct send_stage *s, struct store *store, int64_t max_ns,
    struct why *why)
{
	enum err e = settle(s, store, why);

	if (e == E_OK)
		e = send_claim(s, store, why);
	if (e == E_OK)
		e = advance_all(s, store, why);
	if (e == E_OK)
		e = wait_for(s, max_ns, why);
	return e == E_OK ? settle(s, store, why) : e;
}

void
send_stage_go_on(struct send_stage *s, int64_t max_ns)
{
	struct why why = { { 0 } };

	if (wait_for(s, max_ns, &why) != E_OK)
		log_error("attempts at deliveries do not go on", LOG_WHY(&why));
}

/* What has not been sent yet. */
static void
let_go_others(struct send_stage *s)
{
	for (struct send_job *j = s->jobs; j != NULL; j = j->next) {
		if (j->phase == SEND_DONE)
			continue;
		send_job_let_go(j, clock_wall_s(s->clock));
		j->outcome.attempt.answer = SPAN_LIT(
		    "tlsrptd ended before it was sent");
	}
}

/* What is not settled is taken over when its claim has run out. */
void
send_stage_free(struct send_stage *s, struct store *store)
{
	struct send_job *j;

	if (s == NULL)
		return;
	/* A program that is killed may have queued its mail already. */
	send_program_end(s, END_PATIENCE_NS);
	resolver_close(s->resolver);
	smtp_client_close(s->smtp);
	http_client_close(s->http);
	transfers_close(s->transfers);
	let_go_others(s);
	if (store != NULL)
		(void)!settle(s, store, NULL);
	while ((j = s->jobs) != NULL) {
		s->jobs = j->next;
		send_forget(s, j);
	}
	busy_hosts_free(&s->hosts);
	if (s->epoll_fd != -1)
		(void)close(s->epoll_fd);
	free(s);
}
