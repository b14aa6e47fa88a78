#include "aggregate/tally_table.h"

#include <assert.h>
#include <stdlib.h>

#include "aggregate/tally_rows.h"

struct tally_limits
tally_limits_default(void)
{
	return (struct tally_limits){
		.day_domains = DAY_DOMAINS_MAX,
		.domain_records = DOMAIN_RECORDS_MAX,
		.record_policies = RECORD_POLICIES_MAX,
		.policy_details = POLICY_DETAILS_MAX,
	};
}

enum err
tally_table_new(size_t max_bytes, const struct tally_limits *limits,
    struct ceiling *ceiling, struct tally_table **ret)
{
	struct tally_table *t = calloc(1, sizeof(*t));

	if (t == NULL)
		return E_NOMEM;
	t->arena = ARENA_INIT(max_bytes);
	t->scratch = ARENA_INIT(TALLY_SCRATCH_MAX);
	t->flushing = ARENA_INIT(max_bytes);
	t->key = BUF_INIT(TALLY_SCRATCH_MAX);
	t->limits = *limits;
	t->ceiling = ceiling;
	*ret = t;
	return E_OK;
}

void
tally_table_clear(struct tally_table *t)
{
	id_table_clear(&t->rows);
	id_table_clear(&t->repeats);
	t->records = NULL;
	arena_reset(&t->arena);
	t->nrecords = t->nrows = t->ndays = 0;
}

void
tally_table_free(struct tally_table *t)
{
	if (t == NULL)
		return;
	id_table_free(&t->rows);
	id_table_free(&t->repeats);
	arena_free(&t->arena);
	arena_free(&t->scratch);
	arena_free(&t->flushing);
	buf_free(&t->key);
	free(t);
}

size_t
tally_table_rows(const struct tally_table *t)
{
	return t->nrows;
}

size_t
tally_table_bytes(const struct tally_table *t)
{
	return t->arena.used + id_table_bytes(&t->rows) +
	    id_table_bytes(&t->repeats);
}

/* -- counters -- */

struct counters *
tally_table_counters(struct tally_table *t, int64_t day)
{
	size_t i = 0;

	while (i < t->ndays && t->days[i].day != day)
		i++;
	if (i == TALLY_DAYS_MAX) /* a clock gone mad: the first takes it */
		i = 0;
	else if (i == t->ndays)
		t->days[t->ndays++] = (struct day_counters){ .day = day };
	return &t->days[i].counters;
}

void
tally_table_day_counters(const struct tally_table *t,
    const struct day_counters **ret, size_t *ret_n)
{
	*ret = t->days;
	*ret_n = t->ndays;
}

/* -- counting -- */

static const struct failure_detail untold = {
	.type = RESULT_VALIDATION_FAILURE,
	.reason = { "unspecified", 11 },
};

static void
raise_by_one(struct tally_table *t, uint64_t *count)
{
	*count = count_add(*count, 1);
	if (t->nraised == REPEAT_COUNTS_MAX)
		t->unlike = true;
	else
		t->raised[t->nraised++] = count;
}

static enum err
count_detail(struct tally_table *t, struct record_row *record,
    struct policy_row *policy, const struct failure_detail *d)
{
	struct detail_row *row;
	enum err e = tally_detail_row(t, record, policy, d, &row);

	if (e != E_OK || row->last_session == t->session)
		return e;
	row->last_session = t->session;
	raise_by_one(t, &row->sessions);
	return E_OK;
}

static enum err
count_policy(struct tally_table *t, struct record_row *record,
    const struct session_policy *p)
{
	struct policy_row *row;
	enum err e = tally_policy_row(t, record, &p->policy, &row);

	if (e != E_OK)
		return e;
	/* A detail is the same within one policy of one session only. */
	t->session++;
	raise_by_one(t, p->failed ? &row->failed : &row->succeeded);
	for (size_t i = 0; i < p->ndetails && e == E_OK; i++)
		e = count_detail(t, record, row, &p->details[i]);
	if (e == E_OK && p->failed && p->ndetails == 0)
		e = count_detail(t, record, row, &untold);
	return e;
}

enum err
tally_table_add(struct tally_table *t, int64_t day, const struct session *s,
    const struct id *key)
{
	struct record_row *record;
	enum err e;

	arena_reset(&t->scratch);
	t->nraised = 0;
	t->unlike = false;
	e = tally_record_row(t, day, s, &record);
	for (size_t i = 0; i < s->npolicies && e == E_OK; i++)
		e = count_policy(t, record, &s->policies[i]);
	if (e == E_OK && key != NULL && !t->unlike)
		repeat_keep(&t->repeats, key, t->raised, t->nraised, &t->arena);
	return e;
}

static enum err
add_details(struct tally_table *t, struct record_row *record,
    struct policy_row *policy, const struct session_policy *p, uint64_t n)
{
	struct detail_row *row;
	enum err e;

	if (n == 0)
		return E_OK;
	e = tally_detail_row(t, record, policy,
	    p->ndetails == 0 ? &untold : &p->details[0], &row);
	if (e == E_OK)
		row->sessions = count_add(row->sessions, n);
	return e;
}

enum err
tally_table_add_sum(struct tally_table *t, int64_t day, const struct session *s,
    const struct tally_sum *sum)
{
	struct record_row *record;
	struct policy_row *policy;
	enum err e;

	assert(s->npolicies == 1 && s->policies[0].ndetails <= 1);
	arena_reset(&t->scratch);
	e = tally_record_row(t, day, s, &record);
	if (e == E_OK)
		e = tally_policy_row(t, record, &s->policies[0].policy,
		    &policy);
	if (e != E_OK)
		return e;
	policy->succeeded = count_add(policy->succeeded, sum->succeeded);
	policy->failed = count_add(policy->failed, sum->failed);
	return add_details(t, record, policy, &s->policies[0], sum->details);
}

bool
tally_table_repeat(struct tally_table *t, const struct id *key)
{
	return repeat_count(&t->repeats, key);
}
