#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/num.h"
#include "model/limits.h"
#include "report/report_shrink.h"

struct fixture {
	struct arena arena;
	struct report report, shrunk;
	uint64_t folded;
};

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	f->arena = ARENA_INIT((size_t)1 << 28);
	f->report = (struct report){ .domain = SPAN_LIT("a.example") };
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	arena_free(&f->arena);
	free(f);
	return 0;
}

static struct span PRINTF(2, 3) text(struct fixture *f, const char *fmt, ...)
{
	char s[128];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(s, sizeof(s), fmt, ap);
	va_end(ap);
	return arena_copy(&f->arena, span_str(s));
}

/* Detail i has i + 1 sessions, and texts of its own. */
static void
fill_details(struct fixture *f, struct report_policy *p, size_t n)
{
	p->details = arena_alloc(&f->arena, n * sizeof(*p->details));
	p->ndetails = n;
	for (size_t i = 0; i < n; i++)
		p->details[i] = (struct report_detail){
			{ i % 2 ? RESULT_CERTIFICATE_EXPIRED
				: RESULT_STARTTLS_NOT_SUPPORTED,
			    text(f, "10.0.%zu.%zu", i / 256, i % 256),
			    text(f, "mx%zu", i), text(f, "helo%zu", i),
			    text(f, "10.1.%zu.%zu", i / 256, i % 256),
			    SPAN_NONE, text(f, "reason%zu", i) },
			i + 1,
		};
}

static void
fill_policies(struct fixture *f, size_t n, size_t ndetails)
{
	f->report.policies = arena_zalloc(&f->arena,
	    n * sizeof(*f->report.policies));
	f->report.npolicies = n;
	for (size_t i = 0; i < n; i++) {
		struct report_policy *p = &f->report.policies[i];

		p->policy.type = POLICY_STS;
		p->policy.domain = text(f, "d%zu", i % 5);
		p->policy.strings.v = arena_alloc(&f->arena,
		    sizeof(struct span));
		p->policy.strings.v[0] = text(f, "mode: %zu", i);
		p->policy.strings.n = 1;
		p->succeeded = i;
		p->failed = 2 * i;
		fill_details(f, p, ndetails);
	}
}

static void
shrink(struct fixture *f, unsigned step)
{
	assert_ok(
	    report_shrink(&f->report, step, &f->arena, &f->shrunk, &f->folded));
}

static void
totals(const struct report *r, uint64_t ret[4])
{
	ret[0] = ret[1] = ret[2] = ret[3] = 0;
	for (size_t i = 0; i < r->npolicies; i++) {
		ret[0] += r->policies[i].succeeded;
		ret[1] += r->policies[i].failed;
		for (size_t d = 0; d < r->policies[i].ndetails; d++)
			ret[2 +
			    (r->policies[i].details[d].detail.type ==
				RESULT_CERTIFICATE_EXPIRED)] +=
			    r->policies[i].details[d].sessions;
	}
}

static void
test_what_is_within_the_ceilings_stays(void **state)
{
	struct fixture *f = *state;

	fill_policies(f, 3, 10);
	shrink(f, 0);
	assert_int_equal(3, f->shrunk.npolicies);
	assert_int_equal(0, f->folded);
	assert_int_equal(10, f->shrunk.policies[0].ndetails);
	/* Most sessions first. */
	assert_int_equal(10, f->shrunk.policies[0].details[0].sessions);
	assert_span("helo9", f->shrunk.policies[0].details[0].detail.helo);
}

static void
test_the_busiest_details_stay_whole(void **state)
{
	const size_t n = REPORT_POLICY_DETAILS_MAX + 500;
	struct fixture *f = *state;
	const struct report_policy *p;
	size_t whole = 0;

	fill_policies(f, 1, n);
	shrink(f, 0);
	p = &f->shrunk.policies[0];
	for (size_t i = 0; i < p->ndetails; i++)
		whole += p->details[i].detail.helo.len > 0;
	assert_int_equal(REPORT_POLICY_DETAILS_MAX, whole);
	assert_int_equal(n, p->details[0].sessions);
	assert_span("helo500",
	    p->details[REPORT_POLICY_DETAILS_MAX - 1].detail.helo);
	/* Without their helo the other 500 are still different, and no more
	 * than are allowed. */
	assert_int_equal(n, p->ndetails);
	assert_span("reason499",
	    p->details[REPORT_POLICY_DETAILS_MAX].detail.reason);
}

static void
test_totals_stay_at_each_step(void **state)
{
	struct fixture *f = *state;
	uint64_t before[4], after[4];
	size_t last = SIZE_MAX;

	fill_policies(f, 40, 1500);
	totals(&f->report, before);
	for (unsigned step = 0; step < REPORT_SHRINK_STEPS; step++) {
		size_t size;

		shrink(f, step);
		totals(&f->shrunk, after);
		for (int i = 0; i < 4; i++)
			assert_int_equal(before[i], after[i]);
		size = f->shrunk.npolicies;
		for (size_t i = 0; i < f->shrunk.npolicies; i++)
			size += f->shrunk.policies[i].ndetails;
		assert_true(size <= last);
		last = size;
	}
	/* One policy type, two result types. */
	assert_int_equal(1, f->shrunk.npolicies);
	assert_int_equal(2, f->shrunk.policies[0].ndetails);
	assert_span("a.example", f->shrunk.policies[0].policy.domain);
}

static int
by_chance(const void *a, const void *b)
{
	(void)a;
	(void)b;
	return rand() % 3 - 1;
}

static void
test_who_came_first_makes_no_difference(void **state)
{
	struct fixture *f = *state;

	fill_policies(f, 30, 60);
	srand(1);
	for (unsigned step = 0; step < REPORT_SHRINK_STEPS; step++) {
		struct report first;

		shrink(f, step);
		first = f->shrunk;
		for (size_t i = 0; i < f->report.npolicies; i++)
			qsort(f->report.policies[i].details, 60,
			    sizeof(struct report_detail), by_chance);
		qsort(f->report.policies, 30, sizeof(struct report_policy),
		    by_chance);
		shrink(f, step);
		assert_int_equal(first.npolicies, f->shrunk.npolicies);
		for (size_t i = 0; i < first.npolicies; i++) {
			const struct report_policy *x = &first.policies[i];
			const struct report_policy *y = &f->shrunk.policies[i];

			assert_true(
			    span_eq(x->policy.domain, y->policy.domain));
			assert_int_equal(x->failed, y->failed);
			assert_int_equal(x->ndetails, y->ndetails);
			for (size_t d = 0; d < x->ndetails; d++) {
				assert_int_equal(x->details[d].sessions,
				    y->details[d].sessions);
				assert_int_equal(0,
				    failure_detail_cmp(&x->details[d].detail,
					&y->details[d].detail));
			}
		}
	}
}

int
main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_what_is_within_the_ceilings_stays),
		TEST(test_the_busiest_details_stay_whole),
		TEST(test_totals_stay_at_each_step),
		TEST(test_who_came_first_makes_no_difference),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
