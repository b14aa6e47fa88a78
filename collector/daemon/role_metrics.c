#include <pthread.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/log.h"
#include "daemon/https.h"
#include "daemon/metrics_page.h"
#include "daemon/worker.h"
#include "http/listen.h"
#include "model/metric_text.h"
#include "store/store_delivery.h"
#include "store/store_inbox_account.h"
#include "store/store_outgoing.h"

#define REQUEST_MS 10000
#define ANSWER_MS 10000
#define PER_ADDRESS 8
#define BODIES_MAX 4096 /* no request has one */
#define PAGE_MAX ((size_t)256 * 1024)
#define SOCKET_MODE 0660
/* However often and by whomever it is asked, the store is so seldom. */
#define LOOK_NS (5 * NS_PER_S)
#define OLD_NS (30 * NS_PER_S)
#define DAYS_MAX 7 /* among which the last closed one is looked for */

struct telling {
	const struct clock *clock;
	int64_t opened_ns;    /* monotonic */
	pthread_mutex_t lock; /* over both below */
	int64_t looked_ns;    /* monotonic; 0: not yet */
	struct metrics_store looked;
};

/* -- answers -- */

static struct metrics_store
what_is_known(struct telling *t)
{
	struct metrics_store ret;

	(void)pthread_mutex_lock(&t->lock);
	ret = t->looked;
	ret.answers = t->looked_ns != 0 &&
	    clock_mono_ns(t->clock) - t->looked_ns < OLD_NS;
	(void)pthread_mutex_unlock(&t->lock);
	return ret;
}

static void
answer(void *arg, struct http_request *request)
{
	const struct metrics_store known = what_is_known(arg);
	struct buf page = BUF_INIT(PAGE_MAX);

	metrics_page(&known, &page);
	if (page.err == E_OK)
		http_answer(request, 200, METRIC_TEXT_TYPE, buf_span(&page),
		    NULL);
	else
		http_refuse(request, 503, "There is no memory for an answer.",
		    NULL);
	buf_free(&page);
}

/* -- the store -- */

static enum err
add_collector(void *arg, const struct collector *c)
{
	struct metrics_store *s = arg;

	if (c->forgotten)
		return E_OK;
	if (s->collectors++ == 0 || c->watermark_s < s->watermark_s)
		s->watermark_s = c->watermark_s;
	return E_OK;
}

static enum err
add_class(void *arg, enum inbox_class class, uint64_t n, uint64_t bytes)
{
	struct metrics_store *s = arg;

	s->inbox[class] = n;
	s->inbox_bytes[class] = bytes;
	return E_OK;
}

static enum err
add_open(void *arg, int64_t day, int64_t due)
{
	struct metrics_store *s = arg;

	(void)day, (void)due;
	s->open_days++;
	return E_OK;
}

/* Adding up a day that is due would be dear, each time. */
struct last {
	int64_t today, day;    /* 0: none */
	uint64_t days_are_due; /* a bit for each before today */
};

static enum err
note_due(void *arg, int64_t day, int64_t due)
{
	struct last *l = arg;

	(void)due;
	if (day < l->today && day >= l->today - DAYS_MAX)
		l->days_are_due |= UINT64_C(1) << (l->today - day);
	return E_OK;
}

static enum err
keep_last(void *arg, int64_t day, int64_t due)
{
	struct last *l = arg;

	(void)due;
	if (day < l->today && !(l->days_are_due >> (l->today - day) & 1))
		l->day = day;
	return E_OK;
}

static enum err
add_levels(void *arg, int64_t day, const struct levels *levels)
{
	struct metrics_store *s = arg;

	(void)day;
	for (size_t i = 0; i < NLEVELS; i++)
		s->sent.n[i] += levels->n[i];
	s->sent.is_told |= levels->is_told;
	return E_OK;
}

static enum err
look_at_days(struct store *store, int64_t today, struct metrics_store *s,
    struct why *why)
{
	struct last last = { .today = today };
	enum err e = store_day_open(store, today, add_open, s, why);

	if (e == E_OK)
		e = store_day_due(store, note_due, &last, why);
	if (e == E_OK)
		e = store_day_closed(store, today - DAYS_MAX, keep_last, &last,
		    why);
	s->day = last.day;
	if (e == E_OK && s->day > 0)
		e = store_outgoing_levels(store, s->day, s->day, add_levels, s,
		    why);
	return e;
}

static enum err
look(void *arg, struct store *store, struct why *why)
{
	struct telling *t = arg;
	const int64_t now_s = clock_wall_s(t->clock);
	struct metrics_store s = { .answers = true };
	struct delivery_work work;
	enum err e = store_delivery_work(store, now_s, now_s, &work, why);

	if (e == E_OK)
		e = store_collector_list(store, add_collector, &s, why);
	if (e == E_OK)
		e = store_finding_count(store, FINDING_OPEN, s.findings, why);
	if (e == E_OK)
		e = store_inbox_sums(store, add_class, &s, why);
	if (e == E_OK)
		e = look_at_days(store, day_of_s(now_s), &s, why);
	if (e != E_OK)
		return e;
	s.waiting = work.waiting;
	s.oldest_s = work.oldest_s;
	(void)pthread_mutex_lock(&t->lock);
	t->looked = s;
	t->looked_ns = clock_mono_ns(t->clock);
	(void)pthread_mutex_unlock(&t->lock);
	return E_OK;
}

/* At the first start the schema is just being made. */
static bool
may_look(void *arg)
{
	const struct telling *t = arg;

	return clock_mono_ns(t->clock) - t->opened_ns >= LOOK_NS / 2;
}

/* -- the role -- */

static enum err
serve(struct telling *t, const struct config *c,
    const struct http_route *routes, struct https **ret, struct why *why)
{
	static const struct list nobody;
	const struct https_options options = {
		.routes = routes,
		.nroutes = 1,
		.clock = t->clock,
		.certificate = "",
		.key = "",
		.proxies = &nobody,
		.request_ms = REQUEST_MS,
		.answer_ms = ANSWER_MS,
		.per_address = PER_ADDRESS,
		.bodies_max = BODIES_MAX,
	};
	int fd;
	enum err e = http_listen(c->metrics_listen, SOCKET_MODE, &fd, why);

	if (e != E_OK)
		return e;
	e = https_open(&options, fd, ret, why);
	if (e != E_OK)
		(void)close(fd);
	return e;
}

int
role_metrics(struct role_context *context)
{
	struct telling t = { .clock = context->clock,
		.opened_ns = clock_mono_ns(context->clock),
		.lock = PTHREAD_MUTEX_INITIALIZER };
	const struct http_route route = { "GET", "/metrics", 0, NULL, answer,
		&t };
	struct https *server = NULL;
	struct why why = { { 0 } };
	int code = EX_UNAVAILABLE;

	if (serve(&t, context->config, &route, &server, &why) == E_OK) {
		log_info("metrics are served",
		    LOG_STR("listen", context->config->metrics_listen));
		code = worker_run(context,
		    &(const struct worker_task){ .step = look,
			.arg = &t,
			.period_ns = LOOK_NS,
			.has_work = may_look });
	} else {
		log_error("metrics cannot be served", LOG_WHY(&why));
	}
	https_close(server);
	return code;
}
