/* The store contract: collectors, tallies and counters. Sums are checked
 * against a model of arrays that knows no SQL. */
#include "store_fixture.h"

#include <pthread.h>

/* -- collectors -- */

struct seen {
	struct collector c;
	char host[64];
	size_t n;
};

static enum err
note_collector(void *arg, const struct collector *c)
{
	struct seen *s = arg;

	s->c = *c;
	(void)snprintf(s->host, sizeof(s->host), "%.*s", SPAN_ARG(c->host));
	s->n++;
	return E_OK;
}

static void
test_a_collector_keeps_its_position(void **state)
{
	struct fixture *f = *state;
	struct position other = position(f, 77, 777), got;
	struct why why = { { 0 } };
	struct seen seen = { .n = 0 };

	register_collector(f);
	flush_one(f, 0, 100, DAY, "a.example", 1, 0);
	assert_ok_why(store_collector_register(f->store, &f->collector,
			  SPAN_LIT("mx1"), &other, NOW_S, &got, &why),
	    &why);
	assert_true(uuid_eq(&f->journal, &got.journal));
	assert_int_equal(1, got.segment);
	assert_int_equal(100, got.offset);
	assert_ok_why(store_collector_list(f->store, note_collector, &seen,
			  &why),
	    &why);
	assert_int_equal(1, seen.n);
	assert_string_equal("mx1", seen.host);
	assert_true(uuid_eq(&f->collector, &seen.c.id));
	assert_int_equal(NOW_S + 100, seen.c.watermark_s);
	assert_false(seen.c.forgotten);
}

static bool
is_forgotten(struct fixture *f)
{
	struct seen seen = { .n = 0 };
	struct why why = { { 0 } };

	assert_ok_why(store_collector_list(f->store, note_collector, &seen,
			  &why),
	    &why);
	assert_int_equal(1, seen.n);
	return seen.c.forgotten;
}

static void
test_a_collector_is_forgotten_until_it_comes_back(void **state)
{
	struct fixture *f = *state;
	struct why why = { { 0 } };
	struct uuid other = uuid_new(NOW_S * NS_PER_S);

	register_collector(f);
	assert_err(E_ABSENT, store_collector_forget(f->store, &other, &why));
	assert_false(is_forgotten(f));
	why = (struct why){ { 0 } };
	assert_ok_why(store_collector_forget(f->store, &f->collector, &why),
	    &why);
	assert_true(is_forgotten(f));
	assert_ok_why(store_collector_forget(f->store, &f->collector, &why),
	    &why);
	flush_one(f, 0, 100, DAY, "a.example", 1, 0);
	assert_false(is_forgotten(f));
}

static void
test_a_flush_from_another_place_changes_nothing(void **state)
{
	struct fixture *f = *state;
	struct why why = { { 0 } };
	struct one o;
	size_t n;

	register_collector(f);
	make_one(&o, DAY, "a.example", 5, 0);
	assert_err(E_CONFLICT, flush(f, 50, 100, &o.tally, 1, &why));
	(void)read_all(f, DAY, &n);
	assert_int_equal(0, n);
	flush_one(f, 0, 100, DAY, "a.example", 5, 0);
	/* The same again: it has happened already. */
	assert_err(E_CONFLICT, flush(f, 0, 100, &o.tally, 1, NULL));
	assert_int_equal(5, read_all(f, DAY, &n)->policies[0].succeeded);
}

static void
test_a_watermark_never_goes_back(void **state)
{
	struct fixture *f = *state;
	struct flush flush = {
		.collector = f->collector,
		.from = position(f, 1, 0),
		.to = position(f, 1, 0),
		.watermark_s = NOW_S,
	};
	struct why why = { { 0 } };
	struct seen seen = { .n = 0 };

	register_collector(f);
	assert_ok_why(store_flush(f->store, &flush, &why), &why);
	flush.watermark_s = NOW_S - 10;
	assert_ok_why(store_flush(f->store, &flush, &why), &why);
	assert_ok_why(store_collector_list(f->store, note_collector, &seen,
			  &why),
	    &why);
	assert_int_equal(NOW_S, seen.c.watermark_s);
}

/* -- what another program counted -- */

static enum err
adopt(struct fixture *f, int64_t offset, struct one *o, struct position *ret_at,
    struct why *why)
{
	const struct flush flush = {
		.collector = f->collector,
		.host = SPAN_LIT("another"),
		.from = position(f, 0, 0),
		.to = position(f, 1, offset),
		.watermark_s = NOW_S,
		.now_s = NOW_S,
		.tallies = { tally_of_array, &o->tally, 1 },
	};

	return store_adopt(f->store, &flush, ret_at, why);
}

static void
test_what_is_adopted_counts_once_and_is_forgotten(void **state)
{
	struct fixture *f = *state;
	struct position at = { .offset = -1 };
	struct why why = { { 0 } };
	struct one o;
	size_t n;

	make_one(&o, DAY, "a.example", 3, 2);
	assert_ok_why(adopt(f, 5, &o, &at, &why), &why);
	assert_int_equal(-1, at.offset);
	assert_true(is_forgotten(f));
	assert_err(E_EXISTS, adopt(f, 7, &o, &at, &why));
	assert_int_equal(5, at.offset);
	assert_int_equal(1, at.segment);
	assert_true(is_forgotten(f));
	assert_int_equal(3, read_all(f, DAY, &n)->policies[0].succeeded);
	assert_int_equal(1, n);
}

/* -- tallies -- */

static void
test_tallies_add_up(void **state)
{
	struct fixture *f = *state;
	const struct tally_policy *p;
	struct tally *t;
	size_t n;

	register_collector(f);
	flush_one(f, 0, 1, DAY, "a.example", 3, 2);
	flush_one(f, 1, 2, DAY, "a.example", 4, 5);
	t = read_all(f, DAY, &n);
	assert_int_equal(1, n);
	assert_span("a.example", t->domain);
	assert_span("mailto:a@b.example\n", t->rua);
	assert_int_equal(0, t->part);
	assert_int_equal(DAY, t->day);
	assert_int_equal(1, t->npolicies);
	p = &t->policies[0];
	assert_int_equal(7, p->succeeded);
	assert_int_equal(7, p->failed);
	assert_int_equal(POLICY_STS, p->type);
	assert_span("version: STSv1\nmode: enforce\n", p->strings);
	assert_int_equal(1, p->ndetails);
	assert_int_equal(7, p->details[0].sessions);
	assert_int_equal(RESULT_CERTIFICATE_EXPIRED, p->details[0].detail.type);
	assert_span("a\nreason", p->details[0].detail.reason);
	assert_span("2001:db8::1", p->details[0].detail.receiving_ip);
}

static void
test_counts_saturate(void **state)
{
	struct fixture *f = *state;
	struct tally *t;
	size_t n;

	register_collector(f);
	flush_one(f, 0, 1, DAY, "a.example", COUNT_MAX - 1, COUNT_MAX);
	flush_one(f, 1, 2, DAY, "a.example", 5, 1);
	t = read_all(f, DAY, &n);
	assert_int_equal(COUNT_MAX, t->policies[0].succeeded);
	assert_int_equal(COUNT_MAX, t->policies[0].failed);
	assert_int_equal(COUNT_MAX, t->policies[0].details[0].sessions);
}

static void
test_the_least_sample_stays(void **state)
{
	static const char *const helos[] = { "m hello", "a hello", "z hello" };
	struct fixture *f = *state;
	struct why why = { { 0 } };
	struct tally *t;
	struct one o;
	size_t n;

	register_collector(f);
	for (int i = 0; i < 3; i++) {
		make_one(&o, DAY, "a.example", 0, 1);
		o.detail.detail.helo = span_str(helos[i]);
		o.policy.strings = span_str(helos[i]);
		o.tally.record = span_str(helos[i]);
		assert_ok_why(flush(f, i, i + 1, &o.tally, 1, &why), &why);
	}
	t = read_all(f, DAY, &n);
	assert_span("a hello", t->record);
	assert_span("a hello", t->policies[0].strings);
	assert_span("a hello", t->policies[0].details[0].detail.helo);
}

/* Random tallies in random flushes, against sums in arrays. */
#define DOMAINS 7
#define RECORDS 2
#define POLICIES 3
#define DETAILS 4

struct model {
	uint64_t succeeded[DOMAINS][RECORDS][POLICIES];
	uint64_t failed[DOMAINS][RECORDS][POLICIES];
	uint64_t sessions[DOMAINS][RECORDS][POLICIES][DETAILS];
	bool seen[DOMAINS][RECORDS];
};

static unsigned
next_random(unsigned *seed, unsigned below)
{
	*seed = *seed * 1103515245 + 12345;
	return (*seed >> 16) % below;
}

static const char *const names[DOMAINS] = { "a.example", "b.example",
	"b.example.org", "c", "xn--grn-hoa.example", "z.example", "zz" };

static void
random_flush(struct fixture *f, struct model *m, unsigned *seed, int64_t from)
{
	struct tally_detail details[DOMAINS][RECORDS][POLICIES][DETAILS];
	struct tally_policy policies[DOMAINS][RECORDS][POLICIES];
	struct tally tallies[DOMAINS * RECORDS];
	struct why why = { { 0 } };
	size_t n = 0;

	for (unsigned d = 0; d < DOMAINS; d++) {
		for (unsigned r = 0; r < RECORDS; r++) {
			struct one o;

			if (next_random(seed, 3) == 0)
				continue;
			make_one(&o, DAY, names[d], 0, 0);
			o.tally.record_key = key(r + 1);
			o.tally.policies = policies[d][r];
			o.tally.npolicies = 0;
			for (unsigned p = 0; p < POLICIES; p++) {
				struct tally_policy *to =
				    &policies[d][r][o.tally.npolicies++];

				*to = o.policy;
				to->key = key(10 + p);
				to->succeeded = next_random(seed, 100);
				to->failed = next_random(seed, 100);
				m->succeeded[d][r][p] += to->succeeded;
				m->failed[d][r][p] += to->failed;
				to->details = details[d][r][p];
				to->ndetails = next_random(seed, DETAILS + 1);
				for (unsigned i = 0; i < to->ndetails; i++) {
					to->details[i] = o.detail;
					to->details[i].key = key(20 + i);
					to->details[i].sessions =
					    next_random(seed, 9) + 1;
					m->sessions[d][r][p][i] +=
					    to->details[i].sessions;
				}
			}
			m->seen[d][r] = true;
			tallies[n++] = o.tally;
		}
	}
	assert_ok_why(flush(f, from, from + 1, tallies, n, &why), &why);
}

static void
compare_policy(const struct model *m, unsigned d, unsigned r, unsigned p,
    const struct tally_policy *got)
{
	unsigned ndetails = 0;

	assert_int_equal(10 + p, got->key.b[1]);
	assert_int_equal(m->succeeded[d][r][p], got->succeeded);
	assert_int_equal(m->failed[d][r][p], got->failed);
	for (unsigned i = 0; i < DETAILS; i++)
		ndetails += m->sessions[d][r][p][i] > 0;
	assert_int_equal(ndetails, got->ndetails);
	for (unsigned i = 0; i < got->ndetails; i++)
		assert_int_equal(m->sessions[d][r][p]
					    [got->details[i].key.b[1] - 20],
		    got->details[i].sessions);
}

static void
compare(struct fixture *f, const struct model *m, size_t chunk)
{
	struct tally_cursor cursor = TALLY_CURSOR_START;
	struct why why = { { 0 } };
	struct tally *t = NULL;
	size_t n = 0, at = 0;

	arena_reset(&f->arena);
	for (unsigned d = 0; d < DOMAINS; d++) {
		for (unsigned r = 0; r < RECORDS; r++) {
			if (!m->seen[d][r])
				continue;
			if (at == n) {
				assert_ok_why(store_tally_read(f->store, DAY,
						  &cursor, chunk, &f->arena, &t,
						  &n, &why),
				    &why);
				assert_in_range(n, 1, chunk);
				cursor = tally_cursor_at(&t[n - 1]);
				at = 0;
			}
			assert_span(names[d], t[at].domain);
			assert_int_equal(r + 1, t[at].record_key.b[1]);
			assert_int_equal(POLICIES, t[at].npolicies);
			for (unsigned p = 0; p < POLICIES; p++)
				compare_policy(m, d, r, p, &t[at].policies[p]);
			at++;
		}
	}
	assert_ok(store_tally_read(f->store, DAY, &cursor, chunk, &f->arena, &t,
	    &n, &why));
	assert_int_equal(0, n);
}

static void
test_random_flushes_sum_as_the_model(void **state)
{
	struct fixture *f = *state;
	struct model m = { .seen = { { false } } };
	unsigned seed = 1;

	register_collector(f);
	for (int64_t i = 0; i < 30; i++)
		random_flush(f, &m, &seed, i);
	compare(f, &m, 1);
	compare(f, &m, 3);
	compare(f, &m, 1000);
}

struct details {
	size_t n, policy[8];
	uint64_t sessions[8];
};

static enum err
note_detail(void *arg, size_t policy, const struct tally_detail *d)
{
	struct details *all = arg;

	all->policy[all->n] = policy;
	all->sessions[all->n++] = d->sessions;
	return E_OK;
}

static void
test_reading_one_tally(void **state)
{
	struct details details = { .n = 0 };
	struct fixture *f = *state;
	struct why why = { { 0 } };
	struct tally_cursor at;
	struct tally t, *all;
	size_t n;

	register_collector(f);
	flush_one(f, 0, 1, DAY, "a.example", 1, 2);
	flush_one(f, 1, 2, DAY, "b.example", 3, 4);
	all = read_all(f, DAY, &n);
	at = tally_cursor_at(&all[1]);
	assert_ok_why(store_begin(f->store, &why), &why);
	assert_ok_why(store_tally_get(f->store, DAY, &at, &f->arena, &t, &why),
	    &why);
	assert_ok_why(store_tally_details(f->store, &t, note_detail, &details,
			  &why),
	    &why);
	assert_ok_why(store_commit(f->store, &why), &why);
	assert_span("b.example", t.domain);
	assert_int_equal(3, t.policies[0].succeeded);
	assert_int_equal(0, t.policies[0].ndetails);
	assert_int_equal(1, details.n);
	assert_int_equal(0, details.policy[0]);
	assert_int_equal(4, details.sessions[0]);
	at.part = 7;
	assert_err(E_ABSENT,
	    store_tally_get(f->store, DAY, &at, &f->arena, &t, NULL));
}

static enum err
count_detail(void *arg, size_t policy, const struct tally_detail *d)
{
	uint64_t *sums = arg;

	sums[policy] += d->sessions;
	return E_OK;
}

static void
test_more_details_than_a_page(void **state)
{
	enum { EACH = 1500 };
	static struct tally_detail details[2][EACH];
	struct tally_policy policies[2] = {
		{ .key = key(1),
		    .type = POLICY_STS,
		    .details = details[0],
		    .ndetails = EACH },
		{ .key = key(2),
		    .type = POLICY_STS,
		    .details = details[1],
		    .ndetails = EACH },
	};
	struct tally_cursor at = TALLY_CURSOR_START;
	struct fixture *f = *state;
	struct why why = { { 0 } };
	uint64_t sums[2] = { 0 };
	struct one o;
	struct tally t;

	for (unsigned i = 0; i < EACH; i++) {
		struct failure_detail d = detail(RESULT_CERTIFICATE_EXPIRED,
		    "mx");

		details[0][i] = (struct tally_detail){ key(i + 1), d, 1 };
		details[1][i] = (struct tally_detail){ key(i + 1), d, 2 };
	}
	register_collector(f);
	make_one(&o, DAY, "a.example", 0, 0);
	o.tally.policies = policies;
	o.tally.npolicies = 2;
	assert_ok_why(flush(f, 0, 1, &o.tally, 1, &why), &why);
	at.domain = o.tally.domain;
	at.record_key = o.tally.record_key;
	at.part = 0;
	assert_ok_why(store_tally_get(f->store, DAY, &at, &f->arena, &t, &why),
	    &why);
	assert_ok_why(store_tally_details(f->store, &t, count_detail, sums,
			  &why),
	    &why);
	assert_int_equal(EACH, sums[0]);
	assert_int_equal(2 * EACH, sums[1]);
}

static void
test_too_little_memory_is_said(void **state)
{
	struct tally_cursor start = TALLY_CURSOR_START;
	struct arena small = ARENA_INIT(256);
	struct fixture *f = *state;
	struct tally *t;
	size_t n;

	register_collector(f);
	flush_one(f, 0, 1, DAY, "a.example", 1, 2);
	assert_err(E_NOMEM,
	    store_tally_read(f->store, DAY, &start, 1, &small, &t, &n, NULL));
	arena_free(&small);
}

/* -- counters -- */

static enum err
note_count(void *arg, struct span counter, uint64_t n)
{
	uint64_t *sums = arg;

	for (int i = 0; i < NCOUNTERS; i++)
		if (span_eq(span_str(counter_text((enum counter)i)), counter))
			sums[i] += n;
	return E_OK;
}

static void
test_counters_add_up_by_day(void **state)
{
	struct fixture *f = *state;
	struct day_counters days[2] = { { .day = DAY }, { .day = DAY + 1 } };
	struct flush flush = {
		.collector = f->collector,
		.from = position(f, 1, 0),
		.to = position(f, 1, 1),
		.counters = days,
		.ncounters = 2,
	};
	uint64_t sums[NCOUNTERS] = { 0 };
	struct why why = { { 0 } };

	register_collector(f);
	counters_add(&days[0].counters, COUNTER_RECEIVED, 5);
	counters_add(&days[0].counters, COUNTER_TORN, 1);
	counters_add(&days[1].counters, COUNTER_RECEIVED, 7);
	assert_ok_why(store_flush(f->store, &flush, &why), &why);
	flush.from = flush.to;
	flush.to.offset++;
	assert_ok_why(store_flush(f->store, &flush, &why), &why);
	assert_ok_why(store_counter_list(f->store, DAY, DAY, note_count, sums,
			  &why),
	    &why);
	assert_int_equal(10, sums[COUNTER_RECEIVED]);
	assert_int_equal(2, sums[COUNTER_TORN]);
	assert_ok_why(store_counter_list(f->store, 0, DAY + 9, note_count, sums,
			  &why),
	    &why);
	assert_int_equal(10 + 24, sums[COUNTER_RECEIVED]);
}

/* -- several collectors at once -- */

/* More rows than a batch holds, and domains that others have too. */
#define CROWD 4
#define CROWD_DOMAINS 12000
#define CROWD_FLUSHES 2

struct crowd_member {
	unsigned number;
	pthread_t thread;
	struct store *store;
	uint64_t flushed;
	enum err e;
	struct why why;
	char domains[CROWD_DOMAINS][24];
	struct one ones[CROWD_DOMAINS];
};

static enum err
get_one(void *arg, size_t i, struct tally *ret)
{
	*ret = ((struct one *)arg)[i].tally;
	return E_OK;
}

/* Four domains of five, others for each. */
static size_t
pick_domains(struct crowd_member *m, unsigned flush_number)
{
	unsigned seed = m->number * CROWD_FLUSHES + flush_number;
	size_t n = 0;

	for (unsigned i = 0; i < CROWD_DOMAINS; i++) {
		if (rand_r(&seed) % 5 == 0)
			continue;
		(void)snprintf(m->domains[n], sizeof(m->domains[n]),
		    "d%05u.example", i);
		make_one(&m->ones[n], DAY, m->domains[n], 1, 0);
		n++;
	}
	return n;
}

static void *
flush_as_one_of_many(void *arg)
{
	struct crowd_member *m = arg;
	const struct uuid id = uuid_new(NOW_S * NS_PER_S);
	struct flush flush = { .collector = id,
		.host = SPAN_LIT("mx"),
		.from = { id, 1, 0 },
		.to = { id, 1, 0 },
		.now_s = NOW_S };
	struct position at;

	m->e = store_collector_register(m->store, &id, flush.host, &flush.from,
	    NOW_S, &at, &m->why);
	for (unsigned i = 0; i < CROWD_FLUSHES && m->e == E_OK; i++) {
		flush.from = flush.to;
		flush.to.offset++;
		flush.tallies = (struct tally_source){ get_one, m->ones,
			pick_domains(m, i) };
		m->flushed += flush.tallies.n;
		m->e = store_flush(m->store, &flush, &m->why);
	}
	return NULL;
}

static void
assert_sum(const struct fixture *f, uint64_t wanted)
{
	struct db *db = open_db(f);
	struct why why = { { 0 } };
	char sql[200];

	(void)snprintf(sql, sizeof(sql),
	    "DO $$ BEGIN ASSERT (SELECT sum(succeeded) FROM tally_policy) "
	    "= %llu; END $$",
	    (unsigned long long)wanted);
	assert_ok_why(db_script(db, sql, &why), &why);
	db_close(db);
}

/* Nobody waits in a circle: PostgreSQL would end one of them, E_BUSY. SQLite
 * has one writer at a time. */
static void
test_collectors_at_once_do_not_deadlock(void **state)
{
	struct crowd_member *crowd = calloc(CROWD, sizeof(*crowd));
	struct fixture *f = *state;
	uint64_t flushed = 0;

	if (strncmp(f->url, "sqlite:", strlen("sqlite:")) == 0) {
		free(crowd);
		skip();
	}
	assert_non_null(crowd);
	for (unsigned i = 0; i < CROWD; i++) {
		crowd[i].number = i;
		crowd[i].store = open_store(f);
		assert_int_equal(0,
		    pthread_create(&crowd[i].thread, NULL, flush_as_one_of_many,
			&crowd[i]));
	}
	for (unsigned i = 0; i < CROWD; i++) {
		(void)pthread_join(crowd[i].thread, NULL);
		store_close(crowd[i].store);
	}
	for (unsigned i = 0; i < CROWD; i++) {
		assert_ok_why(crowd[i].e, &crowd[i].why);
		flushed += crowd[i].flushed;
	}
	free(crowd);
	assert_sum(f, flushed);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		TEST(test_a_collector_keeps_its_position),
		TEST(test_a_collector_is_forgotten_until_it_comes_back),
		TEST(test_a_flush_from_another_place_changes_nothing),
		TEST(test_a_watermark_never_goes_back),
		TEST(test_what_is_adopted_counts_once_and_is_forgotten),
		TEST(test_tallies_add_up),
		TEST(test_counts_saturate),
		TEST(test_the_least_sample_stays),
		TEST(test_random_flushes_sum_as_the_model),
		TEST(test_reading_one_tally),
		TEST(test_more_details_than_a_page),
		TEST(test_too_little_memory_is_said),
		TEST(test_counters_add_up_by_day),
		TEST(test_collectors_at_once_do_not_deadlock),
	};

	store_kind(argc, argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
