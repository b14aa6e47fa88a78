#include "support/test.h"

#include "base/num.h"
#include "model/session_totals.h"
#include "model/sts.h"

#define T(text) SPAN_LIT(text)
#define NONE UINT64_MAX /* not told */
#define ELEMENTS_MAX 6

/* Types, and one that RFC 8460 does not know. */
#define STS POLICY_STS
#define TLSA POLICY_TLSA
#define FREE POLICY_NO_POLICY_FOUND
#define ODD 0

struct element {
	int type;
	const char *domain;
	uint64_t succeeded, failed;
	const char *mx; /* its one mx-host */
};

static struct told_count
told(uint64_t n)
{
	return n == NONE ? (struct told_count){ 0, false }
			 : (struct told_count){ n, true };
}

/* owners: whose they are known to be. */
static void
totals_owned(const struct element *elements, const char *const *owners,
    struct session_totals *ret)
{
	struct policy policies[ELEMENTS_MAX];
	struct span hosts[ELEMENTS_MAX];
	struct policy_totals v[ELEMENTS_MAX];
	size_t n = 0;

	for (; n < ELEMENTS_MAX && elements[n].domain != NULL; n++) {
		const struct element *e = &elements[n];

		hosts[n] = span_str(e->mx);
		policies[n] = (struct policy){
			.type = e->type == ODD ? FREE
					       : (enum policy_type)e->type,
			.domain = span_str(e->domain),
			.mx_hosts = { &hosts[n], e->mx == NULL ? 0 : 1 },
		};
		v[n] = (struct policy_totals){ &policies[n], e->type != ODD,
			told(e->succeeded), told(e->failed),
			span_str(owners == NULL ? "" : owners[n]) };
	}
	session_totals(v, n, ret);
}

static void
totals_of(const struct element *elements, struct session_totals *ret)
{
	totals_owned(elements, NULL, ret);
}

/* Counted by hand: a session that MTA-STS and DANE applied to stands under
 * both, and is one session. */
static void
test_each_session_is_counted_once(void **state)
{
	static const struct {
		const char *name;
		struct element in[ELEMENTS_MAX];
		uint64_t succeeded, failed;
	} cases[] = {
		{ "one policy", { { STS, "a", 5326, 303, NULL } }, 5326, 303 },
		{ "Microsoft: sts and tlsa of one domain",
		    { { STS, "a", 4, 0, NULL }, { TLSA, "a", 4, 0, NULL } }, 4,
		    0 },
		{ "Google: three versions of a policy",
		    { { STS, "a", 1, 0, NULL }, { STS, "a", 3, 0, NULL },
			{ STS, "a", 10, 0, NULL } },
		    14, 0 },
		{ "SocketLabs: successes and failures apart",
		    { { STS, "a", 12, 0, NULL }, { STS, "a", 0, 2, NULL } }, 12,
		    2 },
		{ "two domains",
		    { { STS, "a", 53, 0, NULL }, { FREE, "b", 48, 0, NULL } },
		    101, 0 },
		{ "sessions without a policy are others",
		    { { STS, "a", 53, 1, NULL }, { FREE, "a", 48, 2, NULL } },
		    101, 3 },
		{ "DANE by MX host",
		    { { STS, "a", 10, 0, "*.mx.a" },
			{ TLSA, "1.mx.a", 6, 0, NULL },
			{ TLSA, "2.mx.a", 4, 0, NULL } },
		    10, 0 },
		{ "an MX host that the policy does not list",
		    { { STS, "a", 10, 0, "1.mx.a" },
			{ TLSA, "2.mx.a", 4, 0, NULL } },
		    14, 0 },
		{ "DANE fails where MTA-STS does not: 10 sessions",
		    { { STS, "a", 10, 0, NULL }, { TLSA, "a", 0, 10, NULL } },
		    0, 10 },
		{ "one of 6 sessions fails under one of both",
		    { { STS, "a", 5, 1, NULL }, { TLSA, "a", 6, 0, NULL } }, 5,
		    1 },
		{ "fewer sessions under DANE, and its failure is not lost",
		    { { STS, "a", 10, 0, NULL }, { TLSA, "a", 3, 1, NULL } }, 9,
		    1 },
		{ "a type that nobody knows",
		    { { STS, "a", 4, 0, NULL }, { ODD, "a", 4, 0, NULL } }, 4,
		    0 },
		{ "no domain at all",
		    { { FREE, "", 2, 0, NULL }, { FREE, "", 3, 0, NULL } }, 5,
		    0 },
		{ "zero is told", { { STS, "a", 0, 0, NULL } }, 0, 0 },
		{ "no failures are told", { { STS, "a", 7, NONE, NULL } }, 7,
		    NONE },
		{ "only one policy tells",
		    { { STS, "a", 7, NONE, NULL }, { FREE, "b", 1, 2, NULL } },
		    8, 2 },
		{ "nothing is told", { { STS, "a", NONE, NONE, NULL } }, NONE,
		    NONE },
		{ "only failures are told", { { STS, "a", NONE, 3, NULL } },
		    NONE, 3 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct told_count succeeded = told(cases[i].succeeded);
		struct told_count failed = told(cases[i].failed);
		struct session_totals got;

		print_message("%s\n", cases[i].name);
		totals_of(cases[i].in, &got);
		assert_int_equal(succeeded.n, got.succeeded.n);
		assert_int_equal(succeeded.is_told, got.succeeded.is_told);
		assert_int_equal(failed.n, got.failed.n);
		assert_int_equal(failed.is_told, got.failed.is_told);
		assert_false(got.is_capped);
	}
}

static void
test_no_policies_tell_nothing(void **state)
{
	struct session_totals got;

	(void)state;
	session_totals(NULL, 0, &got);
	assert_false(got.succeeded.is_told);
	assert_false(got.failed.is_told);
}

static void
test_sums_stop_at_the_largest_count(void **state)
{
	static const struct element added[ELEMENTS_MAX] = {
		{ STS, "a", COUNT_MAX, 0, NULL }, { STS, "b", 5, 0, NULL }
	};
	static const struct element both[ELEMENTS_MAX] = { { STS, "a",
	    COUNT_MAX - 1, COUNT_MAX - 1, NULL } };
	static const struct element below[ELEMENTS_MAX] = { { STS, "a",
	    COUNT_MAX - 2, 1, NULL } };
	struct session_totals got;

	(void)state;
	totals_of(added, &got);
	assert_true(got.is_capped);
	assert_int_equal(COUNT_MAX, got.succeeded.n);
	totals_of(both, &got);
	assert_true(got.is_capped);
	assert_int_equal(COUNT_MAX - 1, got.failed.n);
	assert_int_equal(COUNT_MAX - 1, got.succeeded.n);
	totals_of(below, &got);
	assert_false(got.is_capped);
}

/* 500 MX hosts beside a policy of 1000 patterns: no host is looked for among
 * all of them. */
static void
test_a_hostile_report_costs_no_time(void **state)
{
	static struct policy_totals v[501];
	static struct policy policies[501];
	static struct span hosts[1000];
	struct session_totals got;

	(void)state;
	for (size_t i = 0; i < 1000; i++)
		hosts[i] = T("mx.a");
	for (size_t i = 0; i < 501; i++) {
		policies[i] = (struct policy){ .type = i == 0 ? STS : TLSA,
			.domain = i == 0 ? T("a") : T("mx.a"),
			.mx_hosts = { hosts, i == 0 ? 1000 : 0 } };
		v[i] = (struct policy_totals){ &policies[i], true, told(1),
			told(0), T("") };
	}
	session_totals(v, 501, &got);
	/* 100 of them belong to the domain, 400 stand alone. */
	assert_int_equal(500, got.succeeded.n);
}

/* Counted by hand. */
static void
test_mx_hosts_that_are_known(void **state)
{
	static const struct {
		struct element in[ELEMENTS_MAX];
		const char *owners[ELEMENTS_MAX];
		uint64_t succeeded, failed;
	} cases[] = {
		{ { { STS, "a", 7, 0, NULL }, { TLSA, "mx", 4, 1, NULL } },
		    { "a", "a" }, 6, 1 },
		{ { { TLSA, "mx1", 4, 1, NULL }, { TLSA, "mx2", 5, 0, NULL } },
		    { "a", "a" }, 9, 1 },
		{ { { STS, "a", 7, 0, NULL }, { TLSA, "mx", 4, 1, NULL } },
		    { "a", "" }, 11, 1 },
		/* One that is ours by its own name, and the report's. */
		{ { { STS, "a", 7, 0, "mx" }, { TLSA, "mx", 4, 1, NULL } },
		    { "", "mx" }, 6, 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct session_totals got;

		totals_owned(cases[i].in, cases[i].owners, &got);
		assert_int_equal(cases[i].succeeded, got.succeeded.n);
		assert_int_equal(cases[i].failed, got.failed.n);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_session_is_counted_once),
		cmocka_unit_test(test_mx_hosts_that_are_known),
		cmocka_unit_test(test_no_policies_tell_nothing),
		cmocka_unit_test(test_a_hostile_report_costs_no_time),
		cmocka_unit_test(test_sums_stop_at_the_largest_count),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
