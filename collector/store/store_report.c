#include "store/store_private.h"

struct list {
	report_fn *fn;
	void *arg;
	/* The last row's place, for the next page. */
	int64_t day;
	char domain[512], id[64];
	size_t n;
};

/* -- what is due -- */

struct due {
	struct arena *arena;
	struct tally_cursor *v;
	size_t n;
};

static enum err
note_due(void *arg, const struct db_value *row)
{
	struct due *due = arg;
	struct span domain = arena_copy(due->arena, row[0].bytes);

	if (domain.p == NULL)
		return E_NOMEM;
	due->v[due->n++] = (struct tally_cursor){ domain,
		content_key_of(&row[1]), row[2].num };
	return E_OK;
}

enum err
store_report_due(struct store *store, int64_t day,
    const struct tally_cursor *after, bool late, size_t max,
    struct arena *arena, struct tally_cursor **ret, size_t *ret_n,
    struct why *why)
{
	struct due due = { .arena = arena };
	enum err e;

	due.v = arena_alloc(arena, max * sizeof(*due.v));
	if (due.v == NULL)
		return why_set(why, E_NOMEM, "out of memory");
	e = db_read(store->db, QUERY_REPORT_DUE, note_due, &due, why, DB_I(day),
	    DB_T(after->domain), DB_B(content_key_span(&after->record_key)),
	    DB_I(after->part), DB_I(late), DB_I(max));
	if (e != E_OK)
		return e;
	*ret = due.v;
	*ret_n = due.n;
	return E_OK;
}

enum err
store_no_report_put(struct store *store, int64_t day, struct span domain,
    struct span reason, struct why *why)
{
	return db_write(store->db, QUERY_NO_REPORT_PUT, why, DB_I(day),
	    DB_T(domain), DB_T(reason));
}

enum err
store_report_put(struct store *store, const struct report_row *r,
    struct why *why)
{
	return db_write(store->db, QUERY_REPORT_PUT, why, DB_T(r->id),
	    DB_I(r->day), DB_T(r->domain),
	    DB_B(content_key_span(&r->record_key)), DB_I(r->part), DB_T(r->rua),
	    DB_T(r->file_name), DB_B(r->body), DB_I(r->json_bytes),
	    DB_I(r->policies), DB_I(r->succeeded), DB_I(r->failed),
	    DB_I(r->folded), DB_I(r->built_s));
}

/* -- lists -- */

/* The columns that report_list and report_get share. */
static struct report_row
row_of(const struct db_value *row)
{
	return (struct report_row){
		.id = row[0].bytes,
		.day = row[1].num,
		.domain = row[2].bytes,
		.part = row[3].num,
		.rua = row[4].bytes,
		.file_name = row[5].bytes,
		.json_bytes = (uint64_t)row[6].num,
		.body_bytes = (uint64_t)row[7].num,
		.policies = (uint64_t)row[8].num,
		.succeeded = (uint64_t)row[9].num,
		.failed = (uint64_t)row[10].num,
		.folded = (uint64_t)row[11].num,
		.built_s = row[12].num,
		.stale = row[13].num != 0,
		.frozen_s = row[14].num,
		.delivered_s = row[15].num,
	};
}

static void
remember(struct list *list, const struct report_row *r)
{
	size_t n;

	list->day = r->day;
	n = span_head(r->domain, sizeof(list->domain) - 1).len;
	memcpy(list->domain, r->domain.p, n);
	list->domain[n] = '\0';
	n = span_head(r->id, sizeof(list->id) - 1).len;
	memcpy(list->id, r->id.p, n);
	list->id[n] = '\0';
	list->n++;
}

static enum err
hand_over(void *arg, const struct db_value *row)
{
	struct list *list = arg;
	struct report_row r = row_of(row);

	remember(list, &r);
	return list->fn(list->arg, &r);
}

#define PAGE 1000

enum err
store_report_list(struct store *store, int64_t first, int64_t last,
    report_fn *fn, void *arg, struct why *why)
{
	struct list list = { .fn = fn, .arg = arg, .day = first };
	enum err e;

	do {
		list.n = 0;
		e = db_read(store->db, QUERY_REPORT_LIST, hand_over, &list, why,
		    DB_I(first), DB_I(last), DB_I(list.day),
		    DB_T(span_str(list.domain)), DB_T(span_str(list.id)),
		    DB_I(PAGE));
	} while (e == E_OK && list.n == PAGE);
	return e;
}

static enum err
hand_over_whole(void *arg, const struct db_value *row)
{
	struct list *list = arg;
	struct report_row r = row_of(row);

	r.body = row[16].bytes;
	list->n++;
	return list->fn(list->arg, &r);
}

enum err
store_report_get(struct store *store, struct span id, report_fn *fn, void *arg,
    struct why *why)
{
	struct list list = { .fn = fn, .arg = arg };
	enum err e = db_read(store->db, QUERY_REPORT_GET, hand_over_whole,
	    &list, why, DB_T(id));

	if (e == E_OK && list.n == 0)
		e = why_set(why, E_ABSENT, "no report %.*s", SPAN_ARG(id));
	return e;
}

/* -- delivery -- */

static enum err
hand_over_undelivered(void *arg, const struct db_value *row)
{
	const struct list *list = arg;
	struct report_row r = {
		.id = row[0].bytes,
		.day = row[1].num,
		.domain = row[2].bytes,
	};

	return list->fn(list->arg, &r);
}

enum err
store_report_undelivered(struct store *store, const struct report_cursor *after,
    size_t max, report_fn *fn, void *arg, struct why *why)
{
	struct list list = { .fn = fn, .arg = arg };

	return db_read(store->db, QUERY_REPORT_UNDELIVERED_LIST,
	    hand_over_undelivered, &list, why, DB_I(after->day),
	    DB_T(after->domain), DB_T(after->id), DB_I(max));
}

enum err
store_report_freeze(struct store *store, struct span id, int64_t now_s,
    struct why *why)
{
	const struct db_value params[] = { DB_T(id), DB_I(now_s) };
	int64_t changed = 0;
	enum err e = db_run(store->db,
	    &(const struct db_statement){ .query = QUERY_REPORT_FREEZE,
		.params = params,
		.nparams = sizeof(params) / sizeof(params[0]) },
	    &changed, why);

	if (e == E_OK && changed != 1)
		e = why_set(why, E_CONFLICT, "report %.*s is stale",
		    SPAN_ARG(id));
	return e;
}

enum err
store_report_delivered(struct store *store, struct span id, int64_t now_s,
    struct why *why)
{
	return db_write(store->db, QUERY_REPORT_DELIVERED, why, DB_T(id),
	    DB_I(now_s));
}
