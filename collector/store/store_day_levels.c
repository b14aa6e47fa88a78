#include "codec/lines.h"
#include "store/store_outgoing.h"
#include "store/store_private.h"

#define POLICY_BYTES ((size_t)4 << 20) /* strings of one policy */

struct list {
	outgoing_levels_fn *fn;
	void *arg;
	struct arena strings; /* of a policy */
};

/* -- what is added up from tallies -- */

static void
add_results(struct levels *sum, const struct policy *policy, bool tlsa_invalid,
    uint64_t succeeded, uint64_t failed)
{
	sum->n[level_of_success(protection_of(policy, true, tlsa_invalid)) -
	    1] += succeeded;
	sum->n[level_of_failure(failure_effect_of(policy, true, tlsa_invalid)) -
	    1] += failed;
}

/* A row that no program of ours wrote tells nothing, and holds up nobody: who
 * builds the reports has logged it. */
static enum err
hand_over(void *arg, const struct db_value *row)
{
	struct list *list = arg;
	struct policy policy = { .domain = SPAN_NONE };
	struct levels levels = { .is_told = true };

	arena_reset(&list->strings);
	if (policy_type_from_code(row[1].num, &policy.type) != E_OK ||
	    lines_split(row[2].bytes, &list->strings, &policy.strings) != E_OK)
		return E_OK;
	add_results(&levels, &policy, row[3].num != 0, (uint64_t)row[4].num,
	    (uint64_t)row[5].num);
	return list->fn(list->arg, row[0].num, &levels);
}

static enum err
add_up(struct store *store, int64_t first, int64_t last, outgoing_levels_fn *fn,
    void *arg, struct why *why)
{
	struct list list = { .fn = fn,
		.arg = arg,
		.strings = ARENA_INIT(POLICY_BYTES) };
	enum err e = db_read(store->db, QUERY_OUTGOING_LEVELS, hand_over, &list,
	    why, DB_I(first), DB_I(last));

	arena_free(&list.strings);
	return e;
}

/* -- what is kept of a day -- */

static enum err
add(void *arg, int64_t day, const struct levels *part)
{
	struct levels *sum = arg;

	(void)day;
	for (size_t i = 0; i < NLEVELS; i++)
		sum->n[i] += part->n[i];
	return E_OK;
}

enum err
day_keep_levels(struct store *store, int64_t day, struct why *why)
{
	struct levels sum = { .is_told = true };
	enum err e = add_up(store, day, day, add, &sum, why);

	if (e != E_OK)
		return e;
	return db_write(store->db, QUERY_DAY_LEVELS_PUT, why, DB_I(day),
	    DB_I(sum.n[LEVEL_AUTHENTICATED - 1]),
	    DB_I(sum.n[LEVEL_TESTING - 1]), DB_I(sum.n[LEVEL_ENCRYPTED - 1]),
	    DB_I(sum.n[LEVEL_CLEARTEXT - 1]), DB_I(sum.n[LEVEL_NOT_SENT - 1]));
}

/* -- what comes late -- */

static bool
has_invalid_tlsa(const struct tally_policy *p)
{
	for (size_t i = 0; i < p->ndetails; i++)
		if (p->details[i].detail.type == RESULT_TLSA_INVALID)
			return true;
	return false;
}

enum err
day_late_add(struct day_late *late, const struct tally_policy *p)
{
	struct policy policy = { .type = p->type, .domain = p->domain };
	enum err e;

	arena_reset(&late->strings);
	late->strings.max = POLICY_BYTES;
	e = lines_split(p->strings, &late->strings, &policy.strings);
	if (e != E_OK)
		return e;
	late->succeeded += p->succeeded;
	late->failed += p->failed;
	add_results(&late->levels, &policy, has_invalid_tlsa(p), p->succeeded,
	    p->failed);
	return E_OK;
}

enum err
day_late_put(struct store *store, const struct day_late *late)
{
	const uint64_t *n = late->levels.n;

	return db_write(store->db, QUERY_DAY_ADD_LATE, NULL, DB_I(late->day),
	    DB_I(late->succeeded), DB_I(late->failed),
	    DB_I(n[LEVEL_AUTHENTICATED - 1]), DB_I(n[LEVEL_TESTING - 1]),
	    DB_I(n[LEVEL_ENCRYPTED - 1]), DB_I(n[LEVEL_CLEARTEXT - 1]),
	    DB_I(n[LEVEL_NOT_SENT - 1]));
}

/* -- as it is looked at -- */

static enum err
hand_over_kept(void *arg, const struct db_value *row)
{
	const struct list *list = arg;
	struct levels levels = { .is_told = true };

	for (size_t i = 0; i < NLEVELS; i++)
		levels.n[i] = (uint64_t)row[1 + i].num;
	return list->fn(list->arg, row[0].num, &levels);
}

static enum err
note_first(void *arg, const struct db_value *row)
{
	if (row[0].type != DB_NULL)
		*(int64_t *)arg = row[0].num;
	return E_OK;
}

/* The kept ones, and what tallies say of the days from the first on of which
 * nothing is kept. */
enum err
store_outgoing_levels(struct store *store, int64_t first, int64_t last,
    outgoing_levels_fn *fn, void *arg, struct why *why)
{
	struct list list = { .fn = fn, .arg = arg };
	int64_t from = INT64_MAX;
	enum err e = db_read(store->db, QUERY_DAY_LEVELS_MISSING, note_first,
	    &from, why, DB_I(first), DB_I(last));

	if (e == E_OK)
		e = db_read(store->db, QUERY_DAY_LEVELS, hand_over_kept, &list,
		    why, DB_I(first), DB_I(last), DB_I(from));
	if (e == E_OK && from <= last)
		e = add_up(store, from, last, fn, arg, why);
	return e;
}
