/* aggregate/tally_batch.c -- a table's rows as sorted tallies, one at a time,
 * as the store wants them. */
#include <stdlib.h>

#include "aggregate/tally_rows.h"

static int
compare_details(const void *a, const void *b)
{
	const struct tally_detail *x = a, *y = b;

	return content_key_cmp(&x->key, &y->key);
}

static int
compare_policies(const void *a, const void *b)
{
	const struct tally_policy *x = a, *y = b;

	return content_key_cmp(&x->key, &y->key);
}

static int
compare_records(const void *a, const void *b)
{
	const struct record_row *x = *(struct record_row *const *)a;
	const struct record_row *y = *(struct record_row *const *)b;
	int c = (x->day > y->day) - (x->day < y->day);

	if (c == 0)
		c = span_cmp(x->domain, y->domain);
	return c != 0 ? c : content_key_cmp(&x->row.key, &y->row.key);
}

static enum err
batch_details(struct tally_table *t, const struct policy_row *from,
    struct tally_policy *to)
{
	struct tally_detail *d;

	if (from->ndetails == 0)
		return E_OK;
	d = to->details = arena_alloc(&t->flushing,
	    from->ndetails * sizeof(*d));
	if (d == NULL)
		return E_NOMEM;
	for (const struct detail_row *row = from->details; row != NULL;
	     row = row->next, d++)
		*d = (struct tally_detail){ .key = row->row.key,
			.detail = row->detail,
			.sessions = row->sessions };
	to->ndetails = from->ndetails;
	qsort(to->details, to->ndetails, sizeof(*d), compare_details);
	return E_OK;
}

static enum err
batch_policies(struct tally_table *t, const struct record_row *from,
    struct tally *to)
{
	struct tally_policy *p;
	enum err e;

	if (from->npolicies == 0)
		return E_OK;
	p = to->policies = arena_alloc(&t->flushing,
	    from->npolicies * sizeof(*p));
	if (p == NULL)
		return E_NOMEM;
	for (const struct policy_row *row = from->policies; row != NULL;
	     row = row->next, p++) {
		*p = (struct tally_policy){
			.key = row->row.key,
			.type = row->type,
			.domain = row->domain,
			.strings = row->strings,
			.mx_hosts = row->mx_hosts,
			.succeeded = row->succeeded,
			.failed = row->failed,
		};
		if ((e = batch_details(t, row, p)) != E_OK)
			return e;
	}
	to->npolicies = from->npolicies;
	qsort(to->policies, to->npolicies, sizeof(*p), compare_policies);
	return E_OK;
}

static enum err
get_tally(void *table, size_t i, struct tally *ret)
{
	struct tally_table *t = table;
	const struct record_row *from = t->sorted[i];

	arena_reset(&t->flushing);
	*ret = (struct tally){
		.record_key = from->row.key,
		.day = from->day,
		.domain = from->domain,
		.record = from->record,
		.rua = from->rua,
	};
	return batch_policies(t, from, ret);
}

enum err
tally_table_sort(struct tally_table *t, struct tally_source *ret)
{
	struct record_row **v = arena_alloc(&t->arena,
	    (t->nrecords + 1) * sizeof(struct record_row *));
	size_t n = 0;

	if (v == NULL)
		return E_NOMEM;
	for (struct record_row *row = t->records; row != NULL; row = row->next)
		v[n++] = row;
	qsort(v, n, sizeof(*v), compare_records);
	t->sorted = v;
	*ret = (struct tally_source){ get_tally, t, n };
	return E_OK;
}
