/* api/resource_logs.c -- what the logs of our own mail servers told. */
#include "api/view.h"
#include "base/clock.h"
#include "base/num.h"
#include "store/store_log_level.h"

static const struct api_column log_columns[] = {
	{ "date", API_DATE },
	{ "domain", API_TEXT },
	{ "mx-host", API_TEXT },
	{ "receiving-ip", API_TEXT },
	{ "level", API_TEXT },
	{ "tls", API_TEXT },
	{ "sessions", API_COUNT },
	{ "with-datagram", API_COUNT },
	{ "in-reports", API_COUNT },
	{ "first-at", API_TIME },
	{ "last-at", API_TIME },
	{ NULL, API_END },
};

static struct span
or_null(struct span text)
{
	return text.len == 0 ? SPAN_NONE : text;
}

static enum err
put_level(void *arg, const struct log_level_row *l)
{
	struct api_list *list = arg;
	struct buf cursor = BUF_INIT(1024);
	bool is_shown;

	buf_addf(&cursor, "%lld %.*s %.*s %.*s %d %d", (long long)l->day,
	    SPAN_ARG(l->domain), SPAN_ARG(l->mx_host), SPAN_ARG(l->peer_ip),
	    (int)l->tls, (int)l->level);
	is_shown = api_row(list, l->domain, buf_span(&cursor));
	buf_free(&cursor);
	if (!is_shown)
		return E_OK;
	api_date(list, l->day);
	api_text(list, l->domain);
	api_text(list, or_null(l->mx_host));
	api_text(list, or_null(l->peer_ip));
	api_text(list, span_str(level_text(l->level)));
	api_text(list, span_str(tls_seen_text(l->tls)));
	api_count(list, l->sessions);
	api_count(list, l->datagrams);
	api_count(list, l->reported);
	api_time(list, l->first_s);
	api_time(list, l->last_s);
	return E_OK;
}

/* "20000 example.com mx.example.com 192.0.2.1 3 2"; one that is none is the
 * start. */
static struct log_level_cursor
cursor_of(struct span text)
{
	const struct log_level_cursor start = { .day = DAY_MAX };
	struct log_level_cursor c = start;

	if (num_parse(span_until(&text, ' '), 0, DAY_MAX, &c.day) != E_OK)
		return start;
	c.domain = span_until(&text, ' ');
	c.mx_host = span_until(&text, ' ');
	c.peer_ip = span_until(&text, ' ');
	if (num_parse(span_until(&text, ' '), 0, INT32_MAX, &c.tls) != E_OK ||
	    num_parse(text, 0, INT32_MAX, &c.level) != E_OK)
		return start;
	return c;
}

enum err
api_get_outgoing_logs(const struct api_request *r, struct api_answer *a,
    struct why *why)
{
	const struct api_query *q = r->query;
	struct log_level_filter filter = {
		.first = q->date >= 0 ? q->date : q->from,
		.last = q->date >= 0 ? q->date : q->to,
		.domain = q->domain,
		.level = q->level,
		.after = cursor_of(q->cursor),
		.max = q->limit + 1,
	};
	enum err e = view_allowed(r, &filter.allowed);

	return e == E_OK ? store_log_page(r->store, &filter, put_level,
			       api_list(a, log_columns), why)
			 : e;
}
