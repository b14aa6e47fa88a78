/* api/list.c -- an answer that is a list, as JSON or CSV. */
#include <assert.h>
#include <stdio.h>

#include "api/answer.h"
#include "base/clock.h"
#include "base/num.h"

#define SMALL 4096
/* Bytes of a table: no row begins behind them. */
#define CSV_FULL ((size_t)24 * 1024 * 1024)

/* -- its begin -- */

static void
put_head(struct api_list *l)
{
	char name[128];

	for (const struct api_column *c = l->columns; c->type != API_END; c++)
		switch (c->type) {
		case API_LEVEL_COUNTS:
			for (size_t i = 0; i < API_LEVELS; i++) {
				(void)snprintf(name, sizeof(name), "%s.%s",
				    c->name, api_level_name(i));
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
	bool goes_on = a->is_list;

	a->is_list = true;
	l->columns = columns;
	l->csv.out = &a->body;
	l->account = a->request->account;
	l->shows_all = a->shows_all;
	l->limit = query->limit;
	l->skip = rows_to_skip(query->cursor);
	if (goes_on)
		return l;
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

static bool
is_full(const struct api_list *l)
{
	return l->shown >= l->limit ||
	    (l->out == NULL && l->csv.out->len >= CSV_FULL);
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
	if (is_full(l)) {
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

void
api_count_if(struct api_list *l, bool is_told, uint64_t n)
{
	if (is_told)
		api_count(l, n);
	else
		api_null(l);
}

/* The cursor of what is behind the page. */
static struct span
place_behind(struct api_list *l)
{
	if (l->by_count) {
		buf_clear(&l->last);
		buf_addf(&l->last, "%llu",
		    (unsigned long long)(l->skip + l->shown));
	}
	return buf_span(&l->last);
}

static void
put_next(struct api_list *l)
{
	struct buf next = BUF_INIT(SMALL);

	api_cursor_write(place_behind(l), &next);
	if (l->has_more)
		json_out_text(l->out, "next", buf_span(&next));
	else
		json_out_null(l->out, "next");
	if (l->is_cut)
		json_out_bool(l->out, "cut", true);
	buf_free(&next);
}

bool
api_answer_turn_page(struct api_answer *a, struct buf *cursor)
{
	struct api_list *l = &a->list;

	if (!a->is_list)
		return false;
	end_row(l);
	if (!l->has_more || l->csv.out->len >= CSV_FULL)
		return false;
	buf_clear(cursor);
	buf_add(cursor, place_behind(l));
	l->has_more = l->rows_ended = false;
	l->shown = l->passed = 0;
	return cursor->err == E_OK;
}

/* Whoever sees the table sees that it ends before its end. */
static void
put_last_line(struct api_list *l, const char *words)
{
	csv_text(&l->csv, span_str(words));
	csv_end_row(&l->csv);
}

static void
end_csv(struct api_answer *a)
{
	struct api_list *l = &a->list;
	struct buf next = BUF_INIT(API_NEXT_MAX - 1);

	if (l->has_more) {
		api_cursor_write(place_behind(l), &next);
		(void)snprintf(a->next, sizeof(a->next), "%s", buf_str(&next));
	}
	if (l->is_cut)
		put_last_line(l,
		    "NOT ALL ROWS: there are more than one answer is made of; "
		    "ask for fewer days");
	else if (l->has_more && a->request->query->is_whole)
		put_last_line(l,
		    "NOT ALL ROWS: one answer is full; the field Link of its "
		    "head says where the others are");
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

void
api_list_cut(struct api_list *l)
{
	l->is_cut = true;
}

struct json_out *
api_list_beside(struct api_list *l)
{
	end_rows(l);
	return l->out;
}

void
api_list_end(struct api_answer *a)
{
	end_rows(&a->list);
	if (a->list.out == NULL)
		end_csv(a);
}
