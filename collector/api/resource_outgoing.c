/* api/resource_outgoing.c -- what our own servers saw, and what became of the
 * reports about that. */
#include <stdio.h>

#include "api/view.h"
#include "base/clock.h"
#include "base/num.h"
#include "codec/gzip.h"
#include "store/store_outgoing.h"

#define REPORT_MAX ((size_t)16 * 1024 * 1024) /* bytes of its JSON */
#define DELIVERIES_MAX 100		      /* of one report */

/* -- days -- */

static const struct api_column day_columns[] = {
	{ "date", API_DATE },
	{ "sessions-succeeded", API_COUNT },
	{ "sessions-failed", API_COUNT },
	{ "sessions-late", API_COUNT },
	{ "domains", API_COUNT },
	{ "reports", API_COUNT },
	{ "reports-delivered", API_COUNT },
	{ "state", API_TEXT },
	{ "closed-at", API_TIME },
	{ "closed-by", API_TEXT },
	{ "missing", API_TEXTS },
	{ "levels", API_LEVEL_COUNTS },
	{ NULL, API_END },
};

struct days {
	const struct api_request *request;
	struct api_list *list;
	uint64_t domains[API_DAYS_MAX];
	struct levels levels[API_DAYS_MAX];
};

static enum err
keep_domains(void *arg, int64_t day, uint64_t domains)
{
	struct days *d = arg;

	d->domains[day - d->request->query->from] = domains;
	return E_OK;
}

static enum err
add_levels(void *arg, int64_t day, const struct levels *levels)
{
	struct days *d = arg;

	view_add(&d->levels[day - d->request->query->from], levels);
	return E_OK;
}

/* Names with ", " between. */
static struct span_list
split_missing(struct span text, struct span *v, size_t max)
{
	struct span_list list = { v, 0 };

	while (text.len > 0 && list.n < max)
		list.v[list.n++] = span_trim(span_until(&text, ','));
	return list;
}

static enum err
put_day(void *arg, const struct day_state *day)
{
	const struct days *d = arg;
	const struct api_query *q = d->request->query;
	struct span missing[64];
	struct api_levels room;

	if (day->day > q->to || !api_row(d->list, SPAN_NONE, SPAN_NONE))
		return E_OK;
	api_date(d->list, day->day);
	api_count(d->list, day->succeeded);
	api_count(d->list, day->failed);
	api_count(d->list, day->late);
	api_count(d->list, d->domains[day->day - q->from]);
	api_count(d->list, day->reports);
	api_count(d->list, day->delivered);
	api_text(d->list,
	    day->closed_s == 0 ? SPAN_LIT("open") : SPAN_LIT("closed"));
	api_time(d->list, day->closed_s);
	api_text(d->list, day->closed_s == 0 ? SPAN_NONE : day->closed_by);
	api_texts(d->list, split_missing(day->missing, missing, 64));
	api_levels(d->list,
	    view_levels_or_null(&d->levels[day->day - q->from], &room));
	return E_OK;
}

enum err
api_get_outgoing_days(const struct api_request *r, struct api_answer *a,
    struct why *why)
{
	const struct api_query *q = r->query;
	struct days *d = arena_zalloc(r->arena, sizeof(*d));
	enum err e;

	if (d == NULL)
		return E_NOMEM;
	d->request = r;
	d->list = api_list(a, day_columns);
	e = store_outgoing_days(r->store, q->from, q->to, keep_domains, d, why);
	if (e == E_OK)
		e = store_outgoing_levels(r->store, q->from, q->to, add_levels,
		    d, why);
	return e == E_OK ? store_day_list(r->store, q->from, put_day, d, why)
			 : e;
}

/* -- reports -- */

static const struct api_column report_columns[] = {
	{ "report-id", API_TEXT },
	{ "date", API_DATE },
	{ "domain", API_TEXT },
	{ "succeeded", API_COUNT },
	{ "failed", API_COUNT },
	{ "deliveries", API_COUNTS },
	{ NULL, API_END },
};

static enum err
put_report(void *arg, const struct outgoing_report *r)
{
	struct api_list *list = arg;
	struct buf cursor = BUF_INIT(1024);
	bool is_shown;

	buf_addf(&cursor, "%lld %.*s %.*s", (long long)r->day,
	    SPAN_ARG(r->domain), SPAN_ARG(r->id));
	is_shown = api_row(list, r->domain, buf_span(&cursor));
	buf_free(&cursor);
	if (!is_shown)
		return E_OK;
	api_text(list, r->id);
	api_date(list, r->day);
	api_text(list, r->domain);
	api_count(list, r->succeeded);
	api_count(list, r->failed);
	api_counts(list);
	for (size_t i = 0; i < r->ndeliveries; i++)
		api_counts_add(list,
		    delivery_state_text(r->deliveries[i].state),
		    r->deliveries[i].n);
	api_counts_end(list);
	return E_OK;
}

/* "20000 example.com id"; one that is none is the start. */
static struct report_cursor
report_cursor_of(struct span text)
{
	struct report_cursor cursor = REPORT_CURSOR_START;

	if (num_parse(span_until(&text, ' '), 0, DAY_MAX, &cursor.day) != E_OK)
		return REPORT_CURSOR_START;
	cursor.domain = span_until(&text, ' ');
	cursor.id = text;
	return cursor;
}

enum err
api_get_outgoing_reports(const struct api_request *r, struct api_answer *a,
    struct why *why)
{
	const struct api_query *q = r->query;
	struct outgoing_filter filter = {
		.first = q->date >= 0 ? q->date : q->from,
		.last = q->date >= 0 ? q->date : q->to,
		.domain = q->domain,
		.state = q->delivery_state,
		.after = report_cursor_of(q->cursor),
		.max = q->limit + 1,
	};
	enum err e = view_allowed(r, &filter.allowed);

	return e == E_OK ? store_outgoing_reports(r->store, &filter, put_report,
			       api_list(a, report_columns), why)
			 : e;
}

/* -- deliveries -- */

static const struct api_column delivery_columns[] = {
	{ "id", API_TEXT },
	{ "report-id", API_TEXT },
	{ "domain", API_TEXT },
	{ "uri", API_TEXT },
	{ "state", API_TEXT },
	{ "reason", API_TEXT },
	{ "attempts", API_COUNT },
	{ "queued-at", API_TIME },
	{ "next-at", API_TIME },
	{ "answer", API_TEXT },
	{ NULL, API_END },
};

static struct span
or_null(struct span text)
{
	return text.len == 0 ? SPAN_NONE : text;
}

static enum err
put_delivery(void *arg, const struct outgoing_delivery *d)
{
	struct api_list *list = arg;
	char cursor[128];

	(void)snprintf(cursor, sizeof(cursor), "%lld %.*s",
	    (long long)d->queued_s, SPAN_ARG(span_head(d->id, 64)));
	if (!api_row(list, d->domain, span_str(cursor)))
		return E_OK;
	api_text(list, d->id);
	api_text(list, d->report);
	api_text(list, d->domain);
	api_text(list, d->uri);
	api_text(list, span_str(delivery_state_text(d->state)));
	api_text(list, or_null(d->reason));
	api_count(list, (uint64_t)d->attempts);
	api_time(list, d->queued_s);
	api_time(list, d->next_s);
	api_text(list, or_null(d->answer));
	return E_OK;
}

enum err
api_get_outgoing_deliveries(const struct api_request *r, struct api_answer *a,
    struct why *why)
{
	struct outgoing_delivery_filter filter = {
		.domain = r->query->domain,
		.state = r->query->delivery_state,
		.before_s = INT64_MAX,
		.max = r->query->limit + 1,
	};
	struct span cursor = r->query->cursor;
	enum err e = view_allowed(r, &filter.allowed);

	if (num_parse(span_until(&cursor, ' '), 0, INT64_MAX,
		&filter.before_s) == E_OK)
		filter.before_id = cursor;
	return e == E_OK ? store_outgoing_deliveries(r->store, &filter,
			       put_delivery, api_list(a, delivery_columns), why)
			 : e;
}

/* -- one report -- */

struct shown {
	const struct api_request *request;
	struct api_answer *answer;
	struct json_out *out; /* NULL: it is not his to see */
};

static enum err
put_whole(void *arg, const struct report_row *row)
{
	struct shown *s = arg;
	struct buf json = BUF_INIT(REPORT_MAX);
	enum err e;

	if (!api_sees(s->request->account, row->domain))
		return E_ABSENT;
	e = gzip_expand(row->body, &json);
	if (e == E_OK) {
		s->out = api_object(s->answer);
		json_out_text(s->out, "report-id", row->id);
		api_json_date(s->out, "date", row->day);
		json_out_text(s->out, "domain", row->domain);
		json_out_count(s->out, "succeeded", row->succeeded);
		json_out_count(s->out, "failed", row->failed);
		json_out_text(s->out, "file-name", row->file_name);
		api_json_time(s->out, "built-at", row->built_s);
		json_out_text(s->out, "json", buf_span(&json));
	}
	buf_free(&json);
	return e;
}

static enum err
put_its_delivery(void *arg, const struct outgoing_delivery *d)
{
	struct json_out *out = arg;

	json_out_object(out, NULL);
	json_out_text(out, "id", d->id);
	json_out_text(out, "uri", d->uri);
	json_out_text(out, "state", span_str(delivery_state_text(d->state)));
	json_out_text(out, "reason", d->reason);
	json_out_int(out, "attempts", d->attempts);
	api_json_time(out, "next-at", d->next_s);
	json_out_text(out, "answer", d->answer);
	json_out_end(out);
	return E_OK;
}

enum err
api_get_outgoing_report(const struct api_request *r, struct api_answer *a,
    struct why *why)
{
	struct shown s = { .request = r, .answer = a };
	const struct outgoing_delivery_filter filter = {
		.report = r->segments[0],
		.before_s = INT64_MAX,
		.max = DELIVERIES_MAX,
	};
	enum err e = store_report_get(r->store, r->segments[0], put_whole, &s,
	    why);

	if (e != E_OK)
		return e;
	json_out_array(s.out, "deliveries");
	e = store_outgoing_deliveries(r->store, &filter, put_its_delivery,
	    s.out, why);
	json_out_end(s.out);
	return e;
}
