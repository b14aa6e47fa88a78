/* store/store_view_report.c -- reports one by one, and searching. */
#include "base/buf.h"
#include "store/store_private.h"
#include "store/store_view.h"

/* -- reports -- */

struct reports {
	view_report_fn *fn;
	void *arg;
	bool any;
};

static enum err
hand_over_report(void *arg, const struct db_value *row)
{
	struct reports *list = arg;
	struct inbox_row r;

	if (inbox_row_of(row + 1, &r) != E_OK)
		return E_SYNTAX;
	list->any = true;
	return list->fn(list->arg, row[0].num, &r);
}

enum err
store_view_reports(struct store *store, const struct view_filter *f,
    const struct view_place *after, size_t max, view_report_fn *fn, void *arg,
    struct why *why)
{
	struct reports list = { .fn = fn, .arg = arg };
	const bool is_for_all = f->allowed.len == 0 && f->domain.len == 0;

	return db_read(store->db,
	    is_for_all ? QUERY_VIEW_REPORTS : QUERY_VIEW_REPORTS_OF,
	    hand_over_report, &list, why, DB_I(f->first), DB_I(f->last),
	    DB_I(after->day), DB_T(after->intake), DB_I(after->part), DB_I(max),
	    DB_I(f->states), DB_I(f->verdicts), DB_T(f->reporter), DB_T(f->mx),
	    DB_T(f->receiving_ip), DB_T(f->sending_ip), DB_I(f->result_type),
	    DB_T(f->domain), DB_T(f->allowed), DB_I(f->level));
}

enum err
store_view_report(struct store *store, struct span allowed, struct span intake,
    int64_t part, view_report_fn *fn, void *arg, struct why *why)
{
	struct reports list = { .fn = fn, .arg = arg };
	enum err e = db_read(store->db, QUERY_VIEW_REPORT, hand_over_report,
	    &list, why, DB_T(intake), DB_I(part), DB_T(allowed));

	if (e == E_OK && !list.any)
		e = why_set(why, E_ABSENT, "there is no such report");
	return e;
}

/* -- what is in one -- */

struct policies {
	view_report_policy_fn *fn;
	void *arg;
};

static enum err
hand_over_policy(void *arg, const struct db_value *row)
{
	const struct policies *list = arg;
	struct view_report_policy p = {
		.row = { .number = row[0].num,
		    .domain = row[1].bytes,
		    .unknown_type = row[3].bytes,
		    .policy_domain = row[4].bytes,
		    .strings = row[5].bytes,
		    .mx_hosts = row[6].bytes,
		    .succeeded = (uint64_t)row[7].num,
		    .failed = (uint64_t)row[8].num,
		    .has_succeeded = row[9].num != 0,
		    .has_failed = row[10].num != 0 },
		.succeeded_level = row[11].num,
		.failed_level = row[12].num,
		.details = (uint64_t)row[13].num,
	};

	if (policy_type_from_code(row[2].num, &p.row.type) != E_OK)
		return E_SYNTAX;
	return list->fn(list->arg, &p);
}

enum err
store_view_report_policies(struct store *store, struct span allowed,
    struct span intake, int64_t part, view_report_policy_fn *fn, void *arg,
    struct why *why)
{
	struct policies list = { fn, arg };

	return db_read(store->db, QUERY_VIEW_REPORT_POLICIES, hand_over_policy,
	    &list, why, DB_T(intake), DB_I(part), DB_T(allowed));
}

struct details {
	view_detail_fn *fn;
	void *arg;
};

static enum err
hand_over_detail(void *arg, const struct db_value *row)
{
	const struct details *list = arg;
	struct inbox_detail d;

	return inbox_detail_of(row, &d) == E_OK ? list->fn(list->arg, &d)
						: E_SYNTAX;
}

enum err
store_view_report_details(struct store *store, struct span allowed,
    struct span intake, int64_t part, int64_t policy, int64_t detail,
    size_t max, view_detail_fn *fn, void *arg, struct why *why)
{
	struct details list = { fn, arg };

	return db_read(store->db, QUERY_VIEW_REPORT_DETAILS, hand_over_detail,
	    &list, why, DB_T(intake), DB_I(part), DB_T(allowed), DB_I(policy),
	    DB_I(detail), DB_I(max));
}

static enum err
note_number(void *arg, const struct db_value *row)
{
	*(int64_t *)arg = row[0].num;
	return E_OK;
}

enum err
store_view_is_open(struct store *store, struct span allowed, struct span intake,
    bool *ret, struct why *why)
{
	int64_t hidden = 0;
	enum err e = db_read(store->db, QUERY_VIEW_HIDDEN, note_number, &hidden,
	    why, DB_T(intake), DB_T(allowed));

	*ret = hidden == 0;
	return e;
}

/* -- searching -- */

/* Behind all texts that begin with text: by bytes, as the columns are. */
static void
end_of(struct span text, struct buf *ret)
{
	buf_add(ret, text);
	buf_adds(ret, "\xf4\x8f\xbf\xbf"); /* U+10FFFF */
}

#define PREFIX_MAX 4096

enum err
store_view_search_domains(struct store *store, struct span allowed,
    struct span text, size_t max, view_name_fn *fn, void *arg, struct why *why)
{
	struct text_taker list = { fn, arg };

	return db_read(store->db, QUERY_VIEW_SEARCH_DOMAINS, text_hand, &list,
	    why, DB_T(text), DB_T(allowed), DB_I(max));
}

enum err
store_view_search_reporters(struct store *store, struct span allowed,
    struct span text, size_t max, view_name_fn *fn, void *arg, struct why *why)
{
	struct text_taker list = { fn, arg };
	struct buf end = BUF_INIT(PREFIX_MAX);
	enum err e;

	end_of(text, &end);
	e = db_read(store->db,
	    allowed.len == 0 ? QUERY_VIEW_SEARCH_REPORTERS
			     : QUERY_VIEW_SEARCH_REPORTERS_OF,
	    text_hand, &list, why, DB_T(text), DB_T(buf_span(&end)), DB_I(max),
	    DB_T(allowed));
	buf_free(&end);
	return e;
}

struct found {
	view_found_fn *fn;
	void *arg;
};

static enum err
hand_over_found(void *arg, const struct db_value *row)
{
	const struct found *list = arg;

	return list->fn(list->arg, row[0].bytes, row[1].num, row[2].bytes);
}

enum err
store_view_search_reports(struct store *store, struct span allowed,
    struct span text, size_t max, view_found_fn *fn, void *arg, struct why *why)
{
	struct found list = { fn, arg };
	struct buf end = BUF_INIT(PREFIX_MAX);
	enum err e;

	end_of(text, &end);
	e = db_read(store->db, QUERY_VIEW_SEARCH_REPORTS, hand_over_found,
	    &list, why, DB_T(text), DB_T(buf_span(&end)), DB_I(max),
	    DB_T(allowed));
	buf_free(&end);
	return e;
}
