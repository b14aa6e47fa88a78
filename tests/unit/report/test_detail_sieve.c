#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>

#include "report/detail_sieve.h"

#define POLICIES 3

struct outcome {
	struct arena arena;
	struct tally_policy policies[POLICIES];
	struct tally tally;
	uint64_t folded;
};

/* The i-th of many details: few addresses, more reasons, and a helo each. */
static struct tally_detail
make(unsigned i, char text[3][32])
{
	struct tally_detail d = { .sessions = 1 + i % 7 };

	(void)snprintf(text[0], 32, "192.0.2.%u", i % 4);
	(void)snprintf(text[1], 32, "reason %u", i % 40);
	(void)snprintf(text[2], 32, "helo %u", i);
	d.key.b[0] = (unsigned char)(i >> 8);
	d.key.b[1] = (unsigned char)i;
	d.detail = (struct failure_detail){ .type = i % 2 == 0
		    ? RESULT_CERTIFICATE_EXPIRED
		    : RESULT_STARTTLS_NOT_SUPPORTED,
		.sending_ip = span_str(text[0]),
		.reason = span_str(text[1]),
		.helo = span_str(text[2]) };
	return d;
}

/* n details, from first on, by step (coprime to n). */
static void
sieve(struct outcome *o, size_t max, unsigned n, unsigned first, unsigned step)
{
	struct detail_sieve *s;
	char text[3][32];

	*o = (struct outcome){ .arena = ARENA_INIT(1 << 24) };
	o->tally.policies = o->policies;
	o->tally.npolicies = POLICIES;
	assert_ok(detail_sieve_new(max, &s));
	for (unsigned i = 0; i < n; i++) {
		unsigned at = (first + i * step) % n;
		struct tally_detail d = make(at, text);

		assert_ok(detail_sieve_add(s, at % POLICIES, &d));
	}
	assert_ok(detail_sieve_finish(s, &o->tally, &o->arena, &o->folded));
	detail_sieve_free(s);
}

static uint64_t
sum(const struct outcome *o, size_t *ret_n)
{
	uint64_t sessions = 0;

	*ret_n = 0;
	for (size_t p = 0; p < POLICIES; p++) {
		*ret_n += o->policies[p].ndetails;
		for (size_t i = 0; i < o->policies[p].ndetails; i++)
			sessions += o->policies[p].details[i].sessions;
	}
	return sessions;
}

static void
assert_same(const struct outcome *a, const struct outcome *b)
{
	assert_int_equal(a->folded, b->folded);
	for (size_t p = 0; p < POLICIES; p++) {
		const struct tally_policy *x = &a->policies[p];
		const struct tally_policy *y = &b->policies[p];

		assert_int_equal(x->ndetails, y->ndetails);
		for (size_t i = 0; i < x->ndetails; i++) {
			assert_int_equal(0,
			    failure_detail_cmp(&x->details[i].detail,
				&y->details[i].detail));
			assert_int_equal(x->details[i].sessions,
			    y->details[i].sessions);
		}
	}
}

static void
test_few_details_stay(void **state)
{
	struct outcome o;
	size_t n;

	(void)state;
	sieve(&o, 100, 100, 0, 1);
	(void)sum(&o, &n);
	assert_int_equal(100, n);
	assert_int_equal(0, o.folded);
	assert_int_equal(34, o.policies[0].ndetails);
	arena_free(&o.arena);
}

static void
test_none_at_all(void **state)
{
	struct outcome o;
	size_t n;

	(void)state;
	sieve(&o, 100, 0, 0, 1);
	assert_int_equal(0, sum(&o, &n));
	assert_int_equal(0, n);
	arena_free(&o.arena);
}

static void
test_the_busiest_stay_and_no_session_is_lost(void **state)
{
	struct outcome all, o;
	size_t whole = 0, n;
	uint64_t sessions;

	(void)state;
	sieve(&all, 5000, 5000, 0, 1);
	sessions = sum(&all, &n);
	assert_int_equal(5000, n);
	sieve(&o, 50, 5000, 0, 1);
	assert_int_equal(sessions, sum(&o, &n));
	assert_in_range(n, 51, 100);
	assert_int_equal(5000 - n, o.folded);
	for (size_t p = 0; p < POLICIES; p++)
		for (size_t i = 0; i < o.policies[p].ndetails; i++)
			if (o.policies[p].details[i].detail.helo.len > 0) {
				whole++;
				assert_int_equal(7,
				    o.policies[p].details[i].sessions);
			}
	assert_int_equal(50, whole);
	arena_free(&all.arena);
	arena_free(&o.arena);
}

/* 4 addresses with a result type each; 40 reasons, of which each has one
 * address. */
static void
test_details_are_folded_no_further_than_need_be(void **state)
{
	static const struct {
		size_t max, rest;
		bool reason, address;
	} cases[] = {
		{ 120, 120, true, true },
		{ 12, 12, false, true },
		{ 11, 6, false, false },
		{ 1, 6, false, false },
	};

	(void)state;
	for (size_t c = 0; c < sizeof(cases) / sizeof(cases[0]); c++) {
		struct outcome o;
		size_t rest = 0;

		sieve(&o, cases[c].max, 5000, 0, 1);
		for (size_t p = 0; p < POLICIES; p++) {
			const struct tally_policy *t = &o.policies[p];

			for (size_t i = 0; i < t->ndetails; i++) {
				const struct failure_detail *d =
				    &t->details[i].detail;

				if (d->helo.len > 0)
					continue;
				rest++;
				assert_int_equal(cases[c].reason,
				    d->reason.len > 0);
				assert_int_equal(cases[c].address,
				    d->sending_ip.len > 0);
			}
		}
		assert_int_equal(cases[c].rest, rest);
		arena_free(&o.arena);
	}
}

static void
test_the_order_of_arrival_does_not_matter(void **state)
{
	static const size_t max[] = { 0, 1, 11, 12, 50, 120, 1000 };

	(void)state;
	for (size_t i = 0; i < sizeof(max) / sizeof(max[0]); i++) {
		struct outcome a, b;

		sieve(&a, max[i], 5000, 0, 1);
		sieve(&b, max[i], 5000, 77, 1709);
		assert_same(&a, &b);
		arena_free(&a.arena);
		arena_free(&b.arena);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_few_details_stay),
		cmocka_unit_test(test_none_at_all),
		cmocka_unit_test(test_the_busiest_stay_and_no_session_is_lost),
		cmocka_unit_test(
		    test_details_are_folded_no_further_than_need_be),
		cmocka_unit_test(test_the_order_of_arrival_does_not_matter),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
