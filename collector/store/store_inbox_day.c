#include "store/store_inbox_day.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/crc32c.h"
#include "store/store_private.h"

#define NAMES_MAX ((size_t)256 << 20) /* bytes, of one transaction */
#define LOCKS 256

/* -- what is concerned -- */

static enum err
out_of_memory(struct why *why)
{
	return why_set(why, E_NOMEM, "no memory for what is to be added up");
}

static bool
is_last(const struct rolls *r, int64_t day, struct span name)
{
	return r->n > 0 && r->v[r->n - 1].day == day &&
	    span_eq(r->v[r->n - 1].name, name);
}

static enum err
note(struct rolls *r, int64_t day, struct span name)
{
	if (is_last(r, day, name))
		return E_OK;
	if (r->n == r->room) {
		size_t room = r->room == 0 ? 64 : 2 * r->room;
		struct roll *v = realloc(r->v, room * sizeof(*v));

		if (v == NULL)
			return E_NOMEM;
		r->v = v;
		r->room = room;
	}
	if (name.len > 0)
		name = arena_copy(&r->names, name);
	if (name.p == NULL)
		return E_NOMEM;
	r->v[r->n++] = (struct roll){ day, name };
	return E_OK;
}

enum err
inbox_touch(struct store *store, int64_t day, struct span domain,
    struct span reporter, struct why *why)
{
	struct inbox_touched *t = &store->touched;

	t->domains.names.max = t->reporters.names.max = NAMES_MAX;
	if (note(&t->domains, day, domain) != E_OK ||
	    note(&t->reporters, day, reporter) != E_OK)
		return out_of_memory(why);
	return E_OK;
}

static void
clear(struct rolls *r)
{
	r->n = 0;
	arena_reset(&r->names);
}

void
inbox_touched_clear(struct inbox_touched *t)
{
	clear(&t->domains);
	clear(&t->reporters);
	t->weeks.n = 0;
}

void
inbox_touched_free(struct inbox_touched *t)
{
	free(t->domains.v);
	arena_free(&t->domains.names);
	free(t->reporters.v);
	arena_free(&t->reporters.names);
	free(t->weeks.v);
}

struct touching {
	struct store *store;
	struct why *why;
};

static enum err
touch_row(void *arg, const struct db_value *row)
{
	const struct touching *t = arg;

	return inbox_touch(t->store, row[0].num, row[1].bytes, row[2].bytes,
	    t->why);
}

enum err
inbox_touch_intake(struct store *store, struct span intake, struct why *why)
{
	struct touching t = { store, why };

	return db_read(store->db, QUERY_INBOX_LEVEL_TOUCHED, touch_row, &t, why,
	    DB_T(intake));
}

enum err
inbox_touch_rivals(struct store *store, const struct content_key *identity,
    struct why *why)
{
	struct touching t = { store, why };

	return db_read(store->db, QUERY_INBOX_LEVEL_RIVALS, touch_row, &t, why,
	    DB_B(content_key_span(identity)));
}

/* -- adding up -- */

static int
compare(const void *va, const void *vb)
{
	const struct roll *a = va, *b = vb;

	if (a->day != b->day)
		return a->day < b->day ? -1 : 1;
	return span_cmp(a->name, b->name);
}

/* Sorted, and each once. */
static void
settle(struct rolls *r)
{
	size_t n = 0;

	if (r->n > 0)
		qsort(r->v, r->n, sizeof(*r->v), compare);
	for (size_t i = 0; i < r->n; i++)
		if (n == 0 || compare(&r->v[n - 1], &r->v[i]) != 0)
			r->v[n++] = r->v[i];
	r->n = n;
}

/* The weeks of the domains' days. False: out of memory. */
static bool
settle_weeks(struct inbox_touched *t)
{
	const struct rolls *days = &t->domains;
	struct rolls *weeks = &t->weeks;

	if (weeks->room < days->n) {
		free(weeks->v);
		*weeks = (struct rolls){ .v = calloc(days->n,
					     sizeof(*weeks->v)) };
		if (weeks->v == NULL)
			return false;
		weeks->room = days->n;
	}
	for (size_t i = 0; i < days->n; i++)
		weeks->v[i] = (struct roll){ week_of_day(days->v[i].day),
			days->v[i].name };
	weeks->n = days->n;
	settle(weeks);
	return true;
}

static void
mark_places(const struct rolls *r, uint32_t seed, bool places[LOCKS])
{
	for (size_t i = 0; i < r->n; i++) {
		uint32_t sum = crc32c(seed, &r->v[i].day, sizeof(r->v[i].day));

		sum = crc32c(sum, r->v[i].name.p, r->v[i].name.len);
		places[sum % LOCKS] = true;
	}
}

static void
lock(struct store *store)
{
	struct db_batch batch = DB_BATCH_INIT(store->db, QUERY_INBOX_ROLL_LOCK,
	    1);
	bool places[LOCKS] = { false };

	mark_places(&store->touched.domains, 0, places);
	mark_places(&store->touched.reporters, 1, places);
	mark_places(&store->touched.weeks, 2, places);
	for (int i = 0; i < LOCKS; i++)
		if (places[i])
			db_batch_add(&batch, (struct db_value[]){ DB_I(i) });
	db_batch_run(&batch);
	db_batch_free(&batch);
}

static void
run_for_each(struct store *store, enum query query, const struct rolls *r)
{
	struct db_batch batch = DB_BATCH_INIT(store->db, query, 2);

	for (size_t i = 0; i < r->n; i++) {
		if (db_batch_is_full(&batch))
			db_batch_run(&batch);
		db_batch_add(&batch,
		    (struct db_value[]){ DB_I(r->v[i].day),
			DB_T(r->v[i].name) });
	}
	db_batch_run(&batch);
	db_batch_free(&batch);
}

enum err
store_inbox_day_refresh(struct store *store, struct why *why)
{
	struct inbox_touched *t = &store->touched;

	if (t->domains.n == 0)
		return E_OK;
	settle(&t->domains);
	settle(&t->reporters);
	if (!settle_weeks(t)) /* it sticks, as those of statements do */
		return store->db->err = out_of_memory(&store->db->why);
	lock(store);
	run_for_each(store, QUERY_INBOX_DAY_CLEAR, &t->domains);
	run_for_each(store, QUERY_INBOX_DAY_SUM, &t->domains);
	run_for_each(store, QUERY_INBOX_WEEK_CLEAR, &t->weeks);
	run_for_each(store, QUERY_INBOX_WEEK_SUM, &t->weeks);
	run_for_each(store, QUERY_INBOX_REPORTER_CLEAR, &t->reporters);
	run_for_each(store, QUERY_INBOX_REPORTER_SUM, &t->reporters);
	inbox_touched_clear(t);
	return store->db->err == E_OK
	    ? E_OK
	    : why_set(why, store->db->err, "%s", store->db->why.text);
}
