#include "api/resource.h"
#include "base/clock.h"
#include "store/store_outgoing.h"

#define COUNTED_DAYS 30

static const struct api_column columns[] = {
	{ "collector", API_TEXT },
	{ "host", API_TEXT },
	{ "seen-at", API_TIME },
	{ "watermark", API_TIME },
	{ "lag-seconds", API_COUNT },
	{ "counters", API_COUNTS },
	{ "forgotten", API_FLAG },
	{ NULL, API_END },
};

struct count {
	char collector[UUID_TEXT_SIZE];
	enum counter counter;
	uint64_t n;
};

struct listing {
	const struct api_request *request;
	struct api_list *list;
	struct count *counts;
	size_t n, room;
};

/* One that a newer program counts is left out. */
static enum err
keep_count(void *arg, struct span collector, struct span counter, uint64_t n)
{
	struct listing *l = arg;
	int which = 0;

	while (which < NCOUNTERS &&
	    !span_eq(span_str(counter_text((enum counter)which)), counter))
		which++;
	if (which == NCOUNTERS || collector.len >= UUID_TEXT_SIZE)
		return E_OK;
	if (l->n == l->room) {
		l->room = l->room == 0 ? 64 : 2 * l->room;
		l->counts = arena_grow(l->request->arena, l->counts, l->n,
		    l->room, sizeof(*l->counts));
		if (l->counts == NULL)
			return E_NOMEM;
	}
	l->counts[l->n] = (struct count){ .counter = (enum counter)which,
		.n = n };
	memcpy(l->counts[l->n++].collector, collector.p, collector.len);
	return E_OK;
}

static enum err
put_collector(void *arg, const struct collector *c)
{
	const struct listing *l = arg;
	int64_t lag_s = l->request->now_s - c->watermark_s;
	char id[UUID_TEXT_SIZE];

	if (!api_row(l->list, SPAN_NONE, SPAN_NONE))
		return E_OK;
	uuid_text(&c->id, id);
	api_text(l->list, span_str(id));
	api_text(l->list, c->host);
	api_time(l->list, c->seen_s);
	api_time(l->list, c->watermark_s);
	if (c->watermark_s == 0)
		api_null(l->list);
	else
		api_count(l->list, lag_s < 0 ? 0 : (uint64_t)lag_s);
	api_counts(l->list);
	for (size_t i = 0; i < l->n; i++)
		if (strcmp(l->counts[i].collector, id) == 0)
			api_counts_add(l->list,
			    counter_text(l->counts[i].counter), l->counts[i].n);
	api_counts_end(l->list);
	api_flag(l->list, c->forgotten);
	return E_OK;
}

/* The counters are those of the last days: what was lost long ago is no news.
 */
enum err
api_get_collectors(const struct api_request *r, struct api_answer *a,
    struct why *why)
{
	struct listing l = { .request = r, .list = api_list(a, columns) };
	enum err e = store_collector_counters(r->store,
	    day_of_s(r->now_s) - COUNTED_DAYS + 1, keep_count, &l, why);

	return e == E_OK
	    ? store_collector_list(r->store, put_collector, &l, why)
	    : e;
}
