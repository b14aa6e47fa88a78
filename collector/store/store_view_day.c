/* store/store_view_day.c -- what is read out of the roll-ups. */
#include "base/buf.h"
#include "base/clock.h"
#include "store/store_private.h"
#include "store/store_view.h"

/* -- sums -- */

struct sums {
	view_sum_fn *fn;
	void *arg;
};

static struct view_sum
sum_of(const struct db_value *row)
{
	struct view_sum sum = {
		.domain = row[0].bytes,
		.day = row[1].num,
		.state = row[2].num,
		.verdict = row[3].num,
		.reports = (uint64_t)row[4].num,
		.reporters = (uint64_t)row[5].num,
		.received_s = row[6].num,
		.levels.is_told = row[12].num != 0,
		.worst_type = row[13].num,
	};

	for (int i = 0; i < NLEVELS; i++)
		sum.levels.n[i] = (uint64_t)row[7 + i].num;
	return sum;
}

static enum err
hand_over_sum(void *arg, const struct db_value *row)
{
	const struct sums *s = arg;
	const struct view_sum sum = sum_of(row);

	return s->fn(s->arg, &sum);
}

static bool
is_for_all(const struct view_filter *f)
{
	return f->allowed.len == 0 && f->domain.len == 0;
}

static enum err
domains_by(struct store *store, const struct view_filter *f, struct sums *s,
    struct why *why)
{
	if (is_for_all(f))
		return db_read(store->db, QUERY_VIEW_DOMAINS_BY, hand_over_sum,
		    s, why, DB_I(f->first), DB_I(f->last), DB_T(f->reporter));
	return db_read(store->db, QUERY_VIEW_DOMAINS_BY_OF, hand_over_sum, s,
	    why, DB_I(f->first), DB_I(f->last), DB_T(f->reporter),
	    DB_T(f->domain), DB_T(f->allowed));
}

/* A week's rows are added up already: whole ones are read of those, and what is
 * before and behind them by days. */
static enum err
domains_of_all(struct store *store, const struct view_filter *f, struct sums *s,
    struct why *why)
{
	int64_t week = week_of_day(f->first + 6);
	int64_t end = week_of_day(f->last + 1); /* the first behind them */

	if (week >= end)
		week = end = f->last + 1;
	return db_read(store->db, QUERY_VIEW_DOMAINS, hand_over_sum, s, why,
	    DB_I(week), DB_I(end - 1), DB_I(f->first), DB_I(week - 1),
	    DB_I(end), DB_I(f->last));
}

enum err
store_view_domains(struct store *store, const struct view_filter *f,
    view_sum_fn *fn, void *arg, struct why *why)
{
	struct sums s = { fn, arg };

	if (f->reporter.len > 0)
		return domains_by(store, f, &s, why);
	if (is_for_all(f))
		return domains_of_all(store, f, &s, why);
	return db_read(store->db, QUERY_VIEW_DOMAINS_OF, hand_over_sum, &s, why,
	    DB_I(f->first), DB_I(f->last), DB_T(f->domain), DB_T(f->allowed));
}

enum err
store_view_days(struct store *store, const struct view_filter *f,
    view_sum_fn *fn, void *arg, struct why *why)
{
	struct sums s = { fn, arg };

	return db_read(store->db,
	    f->reporter.len > 0 ? QUERY_VIEW_DAYS_BY : QUERY_VIEW_DAYS,
	    hand_over_sum, &s, why, DB_T(f->domain), DB_I(f->first),
	    DB_I(f->last), DB_T(f->allowed), DB_T(f->reporter));
}

enum err
store_view_days_of(struct store *store, const struct view_filter *f,
    view_sum_fn *fn, void *arg, struct why *why)
{
	struct sums s = { fn, arg };

	return db_read(store->db, QUERY_VIEW_DAYS_OF, hand_over_sum, &s, why,
	    DB_T(f->allowed), DB_I(f->first), DB_I(f->last));
}

enum err
store_view_report_domains(struct store *store, struct span allowed,
    struct span intake, int64_t part, view_sum_fn *fn, void *arg,
    struct why *why)
{
	struct sums s = { fn, arg };

	return db_read(store->db, QUERY_VIEW_REPORT_DOMAINS, hand_over_sum, &s,
	    why, DB_T(intake), DB_I(part), DB_T(allowed));
}

struct report_sums {
	view_report_sum_fn *fn;
	void *arg;
};

static enum err
hand_over_report_sum(void *arg, const struct db_value *row)
{
	const struct report_sums *s = arg;
	const struct view_report_id id = { row[14].bytes, row[15].num };
	const struct view_sum sum = sum_of(row);

	return s->fn(s->arg, &id, &sum);
}

#define REPORT_IDS_MAX ((size_t)4 << 20) /* bytes */

enum err
store_view_report_domains_of(struct store *store, struct span allowed,
    const struct view_report_id *ids, size_t n, view_report_sum_fn *fn,
    void *arg, struct why *why)
{
	struct report_sums s = { fn, arg };
	struct buf text = BUF_INIT(REPORT_IDS_MAX);
	enum err e;

	for (size_t i = 0; i < n; i++)
		buf_addf(&text, "%s%.*s %lld", i == 0 ? "" : "|",
		    SPAN_ARG(ids[i].intake), (long long)ids[i].part);
	if ((e = text.err) == E_OK && n > 0)
		e = db_read(store->db, QUERY_VIEW_REPORT_DOMAINS_OF,
		    hand_over_report_sum, &s, why, DB_T(buf_span(&text)),
		    DB_T(allowed));
	buf_free(&text);
	return e;
}

/* -- domains -- */

enum err
store_view_names(struct store *store, const struct view_filter *f,
    view_name_fn *fn, void *arg, struct why *why)
{
	struct text_taker n = { fn, arg };

	return db_read(store->db, QUERY_VIEW_NAMES, text_hand, &n, why,
	    DB_T(f->domain), DB_T(f->allowed));
}

struct domains {
	view_domain_fn *fn;
	void *arg;
};

static enum err
hand_over_domain(void *arg, const struct db_value *row)
{
	const struct domains *d = arg;

	return d->fn(d->arg,
	    &(const struct view_domain){ .domain = row[0].bytes,
		.added_s = row[1].num,
		.token = row[2].bytes,
		.received_s = row[3].num });
}

enum err
store_view_owned(struct store *store, const struct view_filter *f,
    struct span after, size_t max, view_domain_fn *fn, void *arg,
    struct why *why)
{
	struct domains d = { fn, arg };

	return db_read(store->db, QUERY_VIEW_OWNED, hand_over_domain, &d, why,
	    DB_T(after), DB_T(f->domain), DB_T(f->allowed), DB_I(max),
	    DB_I(INBOX_COUNTED));
}

static enum err
note_number(void *arg, const struct db_value *row)
{
	*(int64_t *)arg = row[0].num;
	return E_OK;
}

enum err
store_view_newest(struct store *store, const struct view_filter *f,
    int64_t *ret_s, struct why *why)
{
	*ret_s = 0;
	if (is_for_all(f))
		return db_read(store->db, QUERY_VIEW_NEWEST, note_number, ret_s,
		    why, DB_I(INBOX_COUNTED));
	return db_read(store->db, QUERY_VIEW_NEWEST_OF, note_number, ret_s, why,
	    DB_I(INBOX_COUNTED), DB_T(f->domain), DB_T(f->allowed));
}

/* -- reporters -- */

struct reporters {
	view_reporter_fn *fn;
	void *arg;
};

static enum err
hand_over_reporter(void *arg, const struct db_value *row)
{
	const struct reporters *r = arg;

	return r->fn(r->arg,
	    &(const struct view_reporter){ .reporter = row[0].bytes,
		.first = row[1].num,
		.last = row[2].num,
		.days = (uint64_t)row[3].num,
		.received_s = row[4].num,
		.reports = (uint64_t)row[5].num,
		.sessions = (uint64_t)row[6].num });
}

enum err
store_view_reporters(struct store *store, const struct view_filter *f,
    int64_t since, view_reporter_fn *fn, void *arg, struct why *why)
{
	struct reporters r = { fn, arg };

	if (is_for_all(f))
		return db_read(store->db, QUERY_VIEW_REPORTERS,
		    hand_over_reporter, &r, why, DB_I(since), DB_I(f->last),
		    DB_I(f->first), DB_I(f->states), DB_I(f->verdicts));
	return db_read(store->db, QUERY_VIEW_REPORTERS_OF, hand_over_reporter,
	    &r, why, DB_I(since), DB_I(f->last), DB_I(f->first),
	    DB_I(f->states), DB_I(f->verdicts), DB_T(f->domain),
	    DB_T(f->allowed));
}

struct reporter_counts {
	view_count_fn *fn;
	void *arg;
};

static enum err
hand_over_count(void *arg, const struct db_value *row)
{
	const struct reporter_counts *c = arg;

	return c->fn(c->arg, row[0].bytes, (uint64_t)row[1].num);
}

enum err
store_view_reporter_counts(struct store *store, const struct view_filter *f,
    view_count_fn *fn, void *arg, struct why *why)
{
	struct reporter_counts c = { fn, arg };

	return db_read(store->db, QUERY_VIEW_REPORTER_COUNTS, hand_over_count,
	    &c, why, DB_T(f->allowed), DB_I(f->first), DB_I(f->last),
	    DB_I(f->states), DB_I(f->verdicts));
}

enum err
store_view_reporter_count(struct store *store, const struct view_filter *f,
    uint64_t *ret, struct why *why)
{
	int64_t n = 0;
	enum err e = db_read(store->db, QUERY_VIEW_REPORTER_COUNT, note_number,
	    &n, why, DB_T(f->domain), DB_I(f->first), DB_I(f->last),
	    DB_I(f->states), DB_I(f->verdicts), DB_T(f->allowed));

	*ret = (uint64_t)n;
	return e;
}
