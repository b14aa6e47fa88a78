/* store/store_tally.c -- tallies read back: records, then their policies and
 * details by two more statements in the same order, fitted together here. */
#include "store/store_private.h"

struct reader {
	struct arena *arena;
	int64_t day;
	struct tally *tallies;
	size_t n;
	size_t at;     /* of policies and details: the tally they belong to */
	size_t policy; /* of details: the policy in it */
	size_t room;   /* of the array that grows */
};

struct tally_cursor
tally_cursor_at(const struct tally *t)
{
	return (struct tally_cursor){ t->domain, t->record_key, t->part };
}

static bool
copy_text(struct reader *r, const struct db_value *v, struct span *ret)
{
	*ret = arena_copy(r->arena,
	    v->bytes.p == NULL ? SPAN_LIT("") : v->bytes);
	return ret->p != NULL;
}

static enum err
add_record(void *arg, const struct db_value *row)
{
	struct reader *r = arg;
	struct tally *t = &r->tallies[r->n];

	*t = (struct tally){
		.day = r->day,
		.record_key = content_key_of(&row[1]),
		.part = row[2].num,
	};
	if (!copy_text(r, &row[0], &t->domain) ||
	    !copy_text(r, &row[3], &t->record) ||
	    !copy_text(r, &row[4], &t->rua))
		return E_NOMEM;
	r->n++;
	return E_OK;
}

static enum err
add_listed_record(void *arg, const struct db_value *row)
{
	struct reader *r = arg;
	enum err e = add_record(r, row);

	if (e == E_OK &&
	    !copy_text(r, &row[5], &r->tallies[r->n - 1].no_report))
		e = E_NOMEM;
	return e;
}

/* The tally that a row with these first columns belongs to: the rows are sorted
 * as the tallies are. NULL: one that came after the records were read. */
static struct tally *
find_tally(struct reader *r, const struct db_value *row)
{
	struct content_key key = content_key_of(&row[1]);

	for (; r->at < r->n; r->at++, r->policy = 0, r->room = 0) {
		struct tally *t = &r->tallies[r->at];

		if (span_eq(t->domain, row[0].bytes) &&
		    content_key_cmp(&t->record_key, &key) == 0 &&
		    t->part == row[2].num)
			return t;
	}
	return NULL;
}

/* Room for one more behind the n in v. */
static void *
grow(struct reader *r, void *v, size_t n, size_t size)
{
	if (n < r->room)
		return v;
	r->room = n == 0 ? 4 : n * 2;
	return arena_grow(r->arena, v, n, r->room, size);
}

static enum err
add_policy(void *arg, const struct db_value *row)
{
	struct reader *r = arg;
	struct tally *t = find_tally(r, row);
	struct tally_policy *p;

	if (t == NULL)
		return E_OK;
	p = grow(r, t->policies, t->npolicies, sizeof(*p));
	if (p == NULL)
		return E_NOMEM;
	t->policies = p;
	p += t->npolicies;
	*p = (struct tally_policy){
		.key = content_key_of(&row[3]),
		.succeeded = (uint64_t)row[8].num,
		.failed = (uint64_t)row[9].num,
	};
	if (policy_type_from_code(row[4].num, &p->type) != E_OK)
		return E_SYNTAX;
	if (!copy_text(r, &row[5], &p->domain) ||
	    !copy_text(r, &row[6], &p->strings) ||
	    !copy_text(r, &row[7], &p->mx_hosts))
		return E_NOMEM;
	t->npolicies++;
	return E_OK;
}

static struct tally_policy *
find_policy(struct reader *r, const struct db_value *row)
{
	struct content_key key = content_key_of(&row[3]);
	struct tally *t = find_tally(r, row);

	if (t == NULL)
		return NULL;
	for (; r->policy < t->npolicies; r->policy++, r->room = 0)
		if (content_key_cmp(&t->policies[r->policy].key, &key) == 0)
			return &t->policies[r->policy];
	return NULL;
}

static enum err
add_detail(void *arg, const struct db_value *row)
{
	struct reader *r = arg;
	struct tally_policy *p = find_policy(r, row);
	struct tally_detail *d;
	enum err e;

	if (p == NULL)
		return E_OK;
	d = grow(r, p->details, p->ndetails, sizeof(*d));
	if (d == NULL)
		return E_NOMEM;
	p->details = d;
	d += p->ndetails;
	if ((e = tally_detail_of(row + 4, d)) != E_OK)
		return e;
	if (!copy_text(r, &row[6], &d->detail.sending_ip) ||
	    !copy_text(r, &row[7], &d->detail.mx_hostname) ||
	    !copy_text(r, &row[8], &d->detail.helo) ||
	    !copy_text(r, &row[9], &d->detail.receiving_ip) ||
	    !copy_text(r, &row[10], &d->detail.info) ||
	    !copy_text(r, &row[11], &d->detail.reason))
		return E_NOMEM;
	p->ndetails++;
	return E_OK;
}

/* Fill the records in r with what the query says of them. */
static enum err
read_contents(struct store *store, struct reader *r, enum query query,
    db_row_fn *row, struct why *why)
{
	const struct tally *first = &r->tallies[0];
	const struct tally *last = &r->tallies[r->n - 1];

	r->at = r->policy = r->room = 0;
	return db_read(store->db, query, row, r, why, DB_I(r->day),
	    DB_T(first->domain), DB_B(content_key_span(&first->record_key)),
	    DB_I(first->part), DB_T(last->domain),
	    DB_B(content_key_span(&last->record_key)), DB_I(last->part));
}

enum err
store_tally_read(struct store *store, int64_t day,
    const struct tally_cursor *after, size_t max, struct arena *arena,
    struct tally **ret, size_t *ret_n, struct why *why)
{
	struct reader r = { .arena = arena, .day = day };
	enum err e;

	r.tallies = arena_zalloc(arena, max * sizeof(*r.tallies));
	if (r.tallies == NULL)
		return why_set(why, E_NOMEM, "out of memory");
	e = db_read(store->db, QUERY_TALLY_RECORD_LIST, add_listed_record, &r,
	    why, DB_I(day), DB_T(after->domain),
	    DB_B(content_key_span(&after->record_key)), DB_I(after->part),
	    DB_I(max));
	if (e == E_OK && r.n > 0)
		e = read_contents(store, &r, QUERY_TALLY_POLICY_LIST,
		    add_policy, why);
	if (e == E_OK && r.n > 0)
		e = read_contents(store, &r, QUERY_TALLY_DETAIL_LIST,
		    add_detail, why);
	if (e != E_OK)
		return e;
	*ret = r.tallies;
	*ret_n = r.n;
	return E_OK;
}

enum err
store_tally_get(struct store *store, int64_t day, const struct tally_cursor *at,
    struct arena *arena, struct tally *ret, struct why *why)
{
	struct tally tally;
	struct reader r = { .arena = arena, .day = day, .tallies = &tally };
	enum err e = db_read(store->db, QUERY_TALLY_RECORD_LOCK, add_record, &r,
	    why, DB_I(day), DB_T(at->domain),
	    DB_B(content_key_span(&at->record_key)), DB_I(at->part));

	if (e == E_OK && r.n == 0)
		e = why_set(why, E_ABSENT, "no such tally");
	if (e == E_OK)
		e = read_contents(store, &r, QUERY_TALLY_POLICY_LIST,
		    add_policy, why);
	if (e == E_OK)
		*ret = tally;
	return e;
}

struct sum_list {
	tally_sum_fn *fn;
	void *arg;
};

static enum err
hand_over_sum(void *arg, const struct db_value *row)
{
	const struct sum_list *list = arg;
	enum policy_type type;

	if (policy_type_from_code(row[0].num, &type) != E_OK)
		return E_SYNTAX;
	return list->fn(list->arg, type, (uint64_t)row[1].num,
	    (uint64_t)row[2].num);
}

enum err
store_tally_sums(struct store *store, int64_t day, struct span domain,
    tally_sum_fn *fn, void *arg, struct why *why)
{
	struct sum_list list = { fn, arg };

	return db_read(store->db, QUERY_TALLY_SUMS, hand_over_sum, &list, why,
	    DB_I(day), DB_T(domain));
}

struct counter_list {
	counter_fn *fn;
	void *arg;
};

static enum err
hand_over_counter(void *arg, const struct db_value *row)
{
	const struct counter_list *list = arg;

	return list->fn(list->arg, row[0].bytes, (uint64_t)row[1].num);
}

enum err
store_counter_list(struct store *store, int64_t first, int64_t last,
    counter_fn *fn, void *arg, struct why *why)
{
	struct counter_list list = { fn, arg };

	return db_read(store->db, QUERY_COUNT_LIST, hand_over_counter, &list,
	    why, DB_I(first), DB_I(last));
}
