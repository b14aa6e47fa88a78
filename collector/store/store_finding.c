#include "store/store_finding.h"

#include <string.h>

#include "store/store_private.h"

struct list {
	finding_fn *fn;
	void *arg;
	bool any;
};

static enum err
hand_over(void *arg, const struct db_value *row)
{
	struct list *list = arg;

	list->any = true;
	return list->fn(list->arg,
	    &(const struct finding){ .id = row[0].bytes,
		.kind = row[1].bytes,
		.domain = row[2].bytes,
		.subject = row[3].bytes,
		.state = (enum finding_state)row[4].num,
		.severity = row[5].num,
		.conclusion = row[6].num,
		.confidence = row[7].num,
		.first_day = row[8].num,
		.last_day = row[9].num,
		.opened_s = row[10].num,
		.closed_s = row[11].num,
		.muted_until_s = row[12].num,
		.reason = row[13].bytes,
		.evidence = row[14].bytes });
}

enum err
store_finding_current(struct store *store, struct span domain, finding_fn *fn,
    void *arg, struct why *why)
{
	struct list list = { fn, arg, false };

	return db_read(store->db, QUERY_FINDING_CURRENT, hand_over, &list, why,
	    DB_T(domain));
}

static enum err
absent(struct span id, struct why *why)
{
	return why_set(why, E_ABSENT,
	    "there is no finding %.*s, or it is closed", SPAN_ARG(id));
}

enum err
store_finding_get(struct store *store, struct span id, finding_fn *fn,
    void *arg, struct why *why)
{
	struct list list = { fn, arg, false };
	enum err e = db_read(store->db, QUERY_FINDING_GET, hand_over, &list,
	    why, DB_T(id));

	return e == E_OK && !list.any
	    ? why_set(why, E_ABSENT, "there is no finding %.*s", SPAN_ARG(id))
	    : e;
}

enum err
store_finding_list(struct store *store, const struct finding_filter *f,
    finding_fn *fn, void *arg, struct why *why)
{
	struct list list = { fn, arg, false };

	return db_read(store->db, QUERY_FINDING_LIST, hand_over, &list, why,
	    DB_T(f->domain), DB_T(f->allowed), DB_I(f->state),
	    DB_T(f->kind.p == NULL ? SPAN_LIT("") : f->kind), DB_I(f->severity),
	    DB_I(f->conclusion), DB_I(f->first), DB_I(f->last), DB_I(f->max));
}

static enum err
note_count(void *arg, const struct db_value *row)
{
	uint64_t *ret = arg;

	if (row[0].num < 0 || row[0].num >= FINDING_SEVERITIES)
		return E_SYNTAX;
	ret[row[0].num] = (uint64_t)row[1].num;
	return E_OK;
}

enum err
store_finding_count(struct store *store, enum finding_state state,
    uint64_t ret[FINDING_SEVERITIES], struct why *why)
{
	memset(ret, 0, FINDING_SEVERITIES * sizeof(*ret));
	return db_read(store->db, QUERY_FINDING_COUNT, note_count, ret, why,
	    DB_I(state));
}

/* -- how far it was judged: a place in time, beside those in spools -- */

#define JUDGED SPAN_LIT("judged") /* no spool: those have UUIDs */

static enum err
note_judged(void *arg, const struct db_value *row)
{
	int64_t *ret_s = arg;

	*ret_s = row[1].num;
	return E_OK;
}

enum err
store_finding_judged(struct store *store, int64_t *ret_s, struct why *why)
{
	int64_t judged_s = 0;
	enum err e = db_read(store->db, QUERY_INTAKE_PLACE, note_judged,
	    &judged_s, why, DB_T(JUDGED));

	if (e == E_OK)
		*ret_s = judged_s;
	return e;
}

enum err
store_finding_set_judged(struct store *store, int64_t as_of_s, struct why *why)
{
	return db_write(store->db, QUERY_INTAKE_MOVE, why, DB_T(JUDGED),
	    DB_I(0), DB_I(as_of_s));
}

/* -- what becomes of one -- */

enum err
store_finding_add(struct store *store, const struct finding *f, struct why *why)
{
	return db_write(store->db, QUERY_FINDING_ADD, why, DB_T(f->id),
	    DB_T(f->kind), DB_T(f->domain), DB_T(f->subject),
	    DB_I(FINDING_OPEN), DB_I(f->severity), DB_I(f->conclusion),
	    DB_I(f->confidence), DB_I(f->first_day), DB_I(f->last_day),
	    DB_I(f->opened_s), DB_T(f->evidence));
}

enum err
store_finding_update(struct store *store, const struct finding *f,
    struct why *why)
{
	return db_write(store->db, QUERY_FINDING_UPDATE, why, DB_T(f->id),
	    DB_I(f->state), DB_I(f->severity), DB_I(f->conclusion),
	    DB_I(f->confidence), DB_I(f->first_day), DB_I(f->last_day),
	    DB_T(f->evidence));
}

enum err
store_finding_close(struct store *store, struct span id, int64_t closed_s,
    struct why *why)
{
	return db_write(store->db, QUERY_FINDING_CLOSE, why, DB_T(id),
	    DB_I(FINDING_CLOSED), DB_I(closed_s));
}

enum err
store_finding_disown(struct store *store, int64_t closed_s, struct why *why)
{
	return db_write(store->db, QUERY_FINDING_DISOWN, why,
	    DB_I(FINDING_CLOSED), DB_I(closed_s));
}

enum err
store_finding_mark(struct store *store, struct span id,
    enum finding_state state, int64_t until_s, struct span reason,
    struct why *why)
{
	const struct db_value params[] = { DB_T(id), DB_I(state),
		until_s == 0 ? (struct db_value){ .type = DB_NULL }
			     : DB_I(until_s),
		DB_T(reason) };
	int64_t changed = 0;
	enum err e = db_run(store->db,
	    &(const struct db_statement){ .query = QUERY_FINDING_MARK,
		.params = params,
		.nparams = 4 },
	    &changed, why);

	return e == E_OK && changed == 0 ? absent(id, why) : e;
}
