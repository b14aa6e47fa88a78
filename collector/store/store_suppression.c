#include "store/store_suppression.h"

#include "store/store_private.h"

static const char *const kinds[] = {
	[SUPPRESSION_RUA] = "rua",
	[SUPPRESSION_HOST] = "host",
	[SUPPRESSION_DOMAIN] = "domain",
};

#define NKINDS (sizeof(kinds) / sizeof(kinds[0]))

const char *
suppression_kind_text(enum suppression_kind kind)
{
	return kinds[kind];
}

enum err
suppression_kind_from_text(struct span text, enum suppression_kind *ret)
{
	for (size_t i = 0; i < NKINDS; i++)
		if (span_eq(span_str(kinds[i]), text)) {
			*ret = (enum suppression_kind)i;
			return E_OK;
		}
	return E_ABSENT;
}

/* -- writing -- */

enum err
store_suppression_add(struct store *store, const struct suppression *s,
    struct why *why)
{
	enum err e = db_write(store->db, QUERY_SUPPRESSION_EXPIRE, why,
	    DB_I(s->added_s));

	if (e != E_OK)
		return e;
	return db_write(store->db, QUERY_SUPPRESSION_ADD, why,
	    DB_T(span_str(kinds[s->kind])), DB_T(s->value), DB_T(s->reason),
	    DB_I(s->added_s),
	    s->until_s == 0 ? (struct db_value){ .type = DB_NULL }
			    : DB_I(s->until_s));
}

enum err
store_suppression_remove(struct store *store, enum suppression_kind kind,
    struct span value, struct why *why)
{
	const struct db_value params[] = { DB_T(span_str(kinds[kind])),
		DB_T(value) };
	int64_t changed = 0;
	enum err e = db_run(store->db,
	    &(const struct db_statement){ .query = QUERY_SUPPRESSION_REMOVE,
		.params = params,
		.nparams = sizeof(params) / sizeof(params[0]) },
	    &changed, why);

	if (e == E_OK && changed == 0)
		e = why_set(why, E_ABSENT, "%s %.*s is not suppressed",
		    kinds[kind], SPAN_ARG(value));
	return e;
}

/* -- reading -- */

static enum err
row_of(const struct db_value *row, struct suppression *ret)
{
	*ret = (struct suppression){
		.value = row[1].bytes,
		.reason = row[2].bytes,
		.added_s = row[3].num,
		.until_s = row[4].num,
	};
	return suppression_kind_from_text(row[0].bytes, &ret->kind) == E_OK
	    ? E_OK
	    : E_SYNTAX;
}

struct list {
	suppression_fn *fn;
	void *arg;
};

static enum err
hand_over(void *arg, const struct db_value *row)
{
	const struct list *list = arg;
	struct suppression s;
	enum err e = row_of(row, &s);

	return e == E_OK ? list->fn(list->arg, &s) : e;
}

enum err
store_suppression_list(struct store *store, int64_t now_s, suppression_fn *fn,
    void *arg, struct why *why)
{
	struct list list = { fn, arg };

	return db_read(store->db, QUERY_SUPPRESSION_LIST, hand_over, &list, why,
	    DB_I(now_s));
}

static enum err
note_any(void *arg, const struct db_value *row)
{
	(void)row;
	*(bool *)arg = true;
	return E_OK;
}

enum err
store_suppression_is_any(struct store *store, bool *ret, struct why *why)
{
	bool is_any = false;
	enum err e = db_run(store->db,
	    &(const struct db_statement){ .query = QUERY_SUPPRESSION_ANY,
		.row = note_any,
		.arg = &is_any },
	    NULL, why);

	if (e == E_OK)
		*ret = is_any;
	return e;
}

struct find {
	struct arena *arena;
	struct suppression found;
	bool is_found;
};

static enum err
keep(void *arg, const struct suppression *s)
{
	struct find *f = arg;

	f->found = *s;
	f->found.value = arena_copy(f->arena, s->value);
	f->found.reason = arena_copy(f->arena, s->reason);
	f->is_found = true;
	return f->found.value.p == NULL || f->found.reason.p == NULL ? E_NOMEM
								     : E_OK;
}

enum err
store_suppression_find(struct store *store, const struct delivery *d,
    int64_t now_s, struct arena *arena, struct suppression *ret,
    struct why *why)
{
	struct find find = { .arena = arena };
	struct list list = { keep, &find };
	enum err e = db_read(store->db, QUERY_SUPPRESSION_FIND, hand_over,
	    &list, why, DB_T(d->report), DB_T(d->uri), DB_T(d->target),
	    DB_T(d->host), DB_I(now_s));

	if (e != E_OK)
		return e;
	if (!find.is_found)
		return E_ABSENT;
	*ret = find.found;
	return E_OK;
}
