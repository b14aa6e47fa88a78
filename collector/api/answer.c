#include "api/answer.h"

#include <assert.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/num.h"
#include "http/problem.h"

#define SMALL 4096

bool
api_answer_init(struct api_answer *a, const struct api_request *request,
    bool shows_all)
{
	*a = (struct api_answer){
		.body = BUF_INIT(API_ANSWER_MAX),
		.out = json_out_new(),
		.request = request,
		.shows_all = shows_all,
		.list = { .last = BUF_INIT(SMALL),
		    .words = BUF_INIT(API_ANSWER_MAX) },
	};
	return a->out != NULL;
}

void
api_answer_free(struct api_answer *a)
{
	json_out_free(a->out);
	buf_free(&a->body);
	buf_free(&a->list.last);
	buf_free(&a->list.words);
}

/* -- status -- */

enum err
api_refuse(struct api_answer *a, unsigned status, const char *detail)
{
	a->status = status;
	a->detail = detail;
	return E_USAGE;
}

void
api_created(struct api_answer *a)
{
	a->status = 201;
}

void
api_done(struct api_answer *a)
{
	a->status = 204;
}

void
api_retry_after(struct api_answer *a, int64_t s)
{
	a->retry_after_s = s;
}

void
api_cookie(struct api_answer *a, const char *cookie)
{
	(void)snprintf(a->cookie, sizeof(a->cookie), "%s", cookie);
}

void
api_bytes(struct api_answer *a, const char *content_type, struct span bytes,
    const char *file_name)
{
	a->content_type = content_type;
	buf_add(&a->body, bytes);
	(void)snprintf(a->file_name, sizeof(a->file_name), "%s", file_name);
}

/* -- an object -- */

struct json_out *
api_object(struct api_answer *a)
{
	assert(!a->has_object);
	a->has_object = true;
	json_out_object(a->out, NULL);
	return a->out;
}

void
api_json_time(struct json_out *out, const char *key, int64_t s)
{
	char text[TIME_TEXT_SIZE];

	if (s == 0) {
		json_out_null(out, key);
		return;
	}
	time_text(s, text);
	json_out_text(out, key, span_str(text));
}

void
api_json_date(struct json_out *out, const char *key, int64_t day)
{
	char text[DAY_TEXT_SIZE];

	if (day < 0) {
		json_out_null(out, key);
		return;
	}
	day_text(day, text);
	json_out_text(out, key, span_str(text));
}

static const char *const level_names[API_LEVELS] = { "authenticated", "testing",
	"encrypted", "cleartext-or-unknown", "not-sent" };

void
api_json_levels(struct json_out *out, const char *key,
    const struct api_levels *levels)
{
	if (levels == NULL) {
		json_out_null(out, key);
		return;
	}
	json_out_object(out, key);
	for (size_t i = 0; i < API_LEVELS; i++)
		json_out_count(out, level_names[i], levels->v[i]);
	json_out_end(out);
}

/* -- a list -- */

static void
put_head(struct api_list *l)
{
	char name[128];

	for (const struct api_column *c = l->columns; c->type != API_END; c++)
		switch (c->type) {
		case API_LEVEL_COUNTS:
			for (size_t i = 0; i < API_LEVELS; i++) {
				(void)snprintf(name, sizeof(name), "%s.%s",
				    c->name, level_names[i]);
				csv_text(&l->csv, span_str(name));
			}
			break;
		case API_PAIR:
			(void)snprintf(name, sizeof(name), "%s.succeeded",
			    c->name);
			csv_text(&l->csv, span_str(name));
			(void)snprintf(name, sizeof(name), "%s.failed",
			    c->name);
			csv_text(&l->csv, span_str(name));
			break;
		default:
			csv_text(&l->csv, span_str(c->name));
		}
	csv_end_row(&l->csv);
}

/* The cursor of a list whose rows the frame counts. Another's is none. */
static uint64_t
rows_to_skip(struct span cursor)
{
	int64_t n = 0;

	if (cursor.p == NULL ||
	    num_parse(cursor, 0, INT64_C(1) << 40, &n) != E_OK)
		return 0;
	return (uint64_t)n;
}

struct api_list *
api_list(struct api_answer *a, const struct api_column *columns)
{
	const struct api_query *query = a->request->query;
	struct api_list *l = &a->list;

	a->is_list = true;
	l->columns = columns;
	l->csv.out = &a->body;
	l->account = a->request->account;
	l->shows_all = a->shows_all;
	l->limit = query->limit;
	l->skip = rows_to_skip(query->cursor);
	if (query->csv) {
		a->content_type = "text/csv; charset=utf-8";
		(void)snprintf(a->file_name, sizeof(a->file_name),
		    "tlsrpt.csv");
		put_head(l);
		return l;
	}
	l->out = api_object(a);
	json_out_array(l->out, "rows");
	return l;
}

static void
end_row(struct api_list *l)
{
	if (!l->in_row)
		return;
	assert(l->at->type == API_END); /* a value for each column */
	l->in_row = false;
	if (l->out != NULL)
		json_out_end(l->out);
	else
		csv_end_row(&l->csv);
}

static bool
is_shown(const struct api_list *l, struct span domain)
{
	if (l->shows_all)
		return true;
	return domain.p == NULL ? !l->account->is_bound
				: api_sees(l->account, domain);
}

/* Whether the page has room for the row, and begins no later than with it. */
static bool
is_on_page(struct api_list *l, bool is_seen, struct span cursor)
{
	if (cursor.p == NULL) {
		l->by_count = true;
		if (!is_seen || l->passed++ < l->skip)
			return false;
	}
	if (l->shown >= l->limit) {
		l->has_more = true;
		return false;
	}
	return true;
}

bool
api_row(struct api_list *l, struct span domain, struct span cursor)
{
	bool is_seen = is_shown(l, domain);

	end_row(l);
	if (!is_on_page(l, is_seen, cursor))
		return false;
	/* One that is not shown counts for the page all the same: the store has
	 * been asked for so many. */
	l->shown++;
	buf_clear(&l->last);
	buf_add(&l->last, cursor);
	if (!is_seen)
		return false;
	l->in_row = true;
	l->at = l->columns;
	if (l->out != NULL)
		json_out_object(l->out, NULL);
	return true;
}

static const char *
take_column(struct api_list *l, enum api_type type)
{
	assert(l->in_row && l->at->type == type);
	return (l->at++)->name;
}

void
api_text(struct api_list *l, struct span utf8)
{
	const char *name = take_column(l, API_TEXT);

	if (l->out == NULL)
		csv_text(&l->csv, utf8);
	else if (utf8.p == NULL)
		json_out_null(l->out, name);
	else
		json_out_text(l->out, name, utf8);
}

void
api_time(struct api_list *l, int64_t s)
{
	const char *name = take_column(l, API_TIME);
	char text[TIME_TEXT_SIZE] = "";

	if (l->out != NULL) {
		api_json_time(l->out, name, s);
		return;
	}
	if (s != 0)
		time_text(s, text);
	csv_text(&l->csv, span_str(text));
}

void
api_date(struct api_list *l, int64_t day)
{
	const char *name = take_column(l, API_DATE);
	char text[DAY_TEXT_SIZE] = "";

	if (l->out != NULL) {
		api_json_date(l->out, name, day);
		return;
	}
	if (day >= 0)
		day_text(day, text);
	csv_text(&l->csv, span_str(text));
}

void
api_count(struct api_list *l, uint64_t n)
{
	const char *name = take_column(l, API_COUNT);

	if (l->out != NULL)
		json_out_count(l->out, name, n);
	else
		csv_count(&l->csv, n);
}

void
api_number(struct api_list *l, int64_t n)
{
	const char *name = take_column(l, API_NUMBER);

	if (l->out != NULL)
		json_out_int(l->out, name, n);
	else
		csv_int(&l->csv, n);
}

void
api_flag(struct api_list *l, bool is)
{
	const char *name = take_column(l, API_FLAG);

	if (l->out != NULL)
		json_out_bool(l->out, name, is);
	else
		csv_text(&l->csv, is ? SPAN_LIT("yes") : SPAN_LIT("no"));
}

void
api_levels(struct api_list *l, const struct api_levels *levels)
{
	const char *name = take_column(l, API_LEVEL_COUNTS);

	if (l->out != NULL) {
		api_json_levels(l->out, name, levels);
		return;
	}
	for (size_t i = 0; i < API_LEVELS; i++)
		if (levels == NULL)
			csv_empty(&l->csv);
		else
			csv_count(&l->csv, levels->v[i]);
}

void
api_pair(struct api_list *l, uint64_t succeeded, uint64_t failed)
{
	const char *name = take_column(l, API_PAIR);

	if (l->out == NULL) {
		csv_count(&l->csv, succeeded);
		csv_count(&l->csv, failed);
		return;
	}
	json_out_object(l->out, name);
	json_out_count(l->out, "succeeded", succeeded);
	json_out_count(l->out, "failed", failed);
	json_out_end(l->out);
}

void
api_texts(struct api_list *l, struct span_list texts)
{
	const char *name = take_column(l, API_TEXTS);

	if (l->out != NULL)
		json_out_array(l->out, name);
	buf_clear(&l->words);
	for (size_t i = 0; i < texts.n; i++) {
		if (l->out != NULL) {
			json_out_text(l->out, NULL, texts.v[i]);
			continue;
		}
		buf_adds(&l->words, i > 0 ? "; " : "");
		buf_add(&l->words, texts.v[i]);
	}
	if (l->out != NULL)
		json_out_end(l->out);
	else
		csv_text(&l->csv, buf_span(&l->words));
}

void
api_counts(struct api_list *l)
{
	const char *name = take_column(l, API_COUNTS);

	buf_clear(&l->words);
	if (l->out != NULL)
		json_out_object(l->out, name);
}

void
api_counts_add(struct api_list *l, const char *name, uint64_t n)
{
	if (l->out != NULL)
		json_out_count(l->out, name, n);
	else
		buf_addf(&l->words, "%s%s=%llu", l->words.len > 0 ? " " : "",
		    name, (unsigned long long)n);
}

void
api_counts_end(struct api_list *l)
{
	if (l->out != NULL)
		json_out_end(l->out);
	else
		csv_text(&l->csv, buf_span(&l->words));
}

void
api_null(struct api_list *l)
{
	const struct api_column *c = l->at++;
	size_t n = c->type == API_LEVEL_COUNTS ? API_LEVELS
	    : c->type == API_PAIR	       ? 2
					       : 1;

	assert(l->in_row && c->type != API_END);
	if (l->out != NULL) {
		json_out_null(l->out, c->name);
		return;
	}
	for (size_t i = 0; i < n; i++)
		csv_empty(&l->csv);
}

static void
put_next(struct api_list *l)
{
	struct buf next = BUF_INIT(SMALL);

	if (l->by_count) {
		buf_clear(&l->last);
		buf_addf(&l->last, "%llu",
		    (unsigned long long)(l->skip + l->shown));
	}
	api_cursor_write(buf_span(&l->last), &next);
	if (l->has_more)
		json_out_text(l->out, "next", buf_span(&next));
	else
		json_out_null(l->out, "next");
	buf_free(&next);
}

static void
end_rows(struct api_list *l)
{
	end_row(l);
	if (l->rows_ended)
		return;
	l->rows_ended = true;
	if (l->out == NULL)
		return;
	json_out_end(l->out);
	put_next(l);
}

struct json_out *
api_list_beside(struct api_list *l)
{
	end_rows(l);
	return l->out;
}

/* -- the end -- */

static unsigned
status_of(enum err e)
{
	switch (e) {
	case E_ABSENT:
		return 404;
	case E_SYNTAX:
	case E_RANGE:
	case E_USAGE:
		return 400;
	case E_EXISTS:
	case E_CONFLICT:
		return 409;
	case E_AWAY:
	case E_BUSY:
	case E_FULL:
	case E_VERSION:
	case E_UNCERTAIN:
		return 503;
	default:
		return 500;
	}
}

static const char *
detail_of(unsigned status, const struct why *why)
{
	switch (status) {
	case 400:
		return why->text[0] == '\0' ? "the request is malformed"
					    : why->text;
	case 404:
		return "there is nothing here";
	case 409:
		return "it is there already, or has been changed meanwhile";
	case 503:
		return "the store cannot be reached at the moment";
	default:
		return "something is wrong here; the log says what";
	}
}

/* The detail goes into a JSON text as it is. */
static void
put_problem(struct api_answer *a, const struct why *why)
{
	char detail[WHY_MAX];

	(void)snprintf(detail, sizeof(detail), "%s",
	    a->detail != NULL ? a->detail : detail_of(a->status, why));
	for (char *c = detail; *c != '\0'; c++)
		if ((unsigned char)*c < 0x20 || (unsigned char)*c >= 0x7f ||
		    *c == '"' || *c == '\\')
			*c = '?';
	buf_clear(&a->body);
	http_problem_text(a->status, detail, &a->body);
	a->content_type = HTTP_PROBLEM_TYPE;
	a->file_name[0] = '\0';
}

static enum err
end_body(struct api_answer *a)
{
	enum err e = E_OK;

	if (a->is_list)
		end_rows(&a->list);
	if (a->has_object) {
		json_out_end(a->out);
		a->content_type = "application/json";
		e = json_out_finish(a->out, JSON_COMPACT_STYLE, &a->body);
	}
	if (e == E_OK)
		e = a->body.err;
	if (e != E_OK)
		a->status = 500;
	return e;
}

void
api_answer_finish(struct api_answer *a, enum err e, const struct why *why)
{
	if (e == E_OK)
		e = end_body(a);
	if (e == E_OK) {
		a->status = a->status == 0 ? 200 : a->status;
		return;
	}
	if (a->status < 400)
		a->status = status_of(e);
	put_problem(a, why);
}
