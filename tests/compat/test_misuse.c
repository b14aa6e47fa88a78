/* NULL arguments and calls out of order: an error is returned, the first one
 * stays, nothing is sent, nothing leaks. */
#include "support/test.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mta.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* Outputs must not keep what they were before. */
static char garbage;
#define GARBAGE ((void *)&garbage)

static int
add_failure(struct tlsrpt_dr_t *dr)
{
	return tlsrpt_add_delivery_request_failure(dr,
	    TLSRPT_VALIDATION_FAILURE, "192.0.2.1", "mx.a.example", "helo",
	    "192.0.2.2", "more", "why");
}

/* -- NULL -- */

static void
test_open_without_its_arguments(void **state)
{
	struct tlsrpt_connection_t *con = GARBAGE;

	(void)state;
	assert_int_equal(TLSRPT_ERR_TLSRPT_NOCONNECTION,
	    tlsrpt_open(NULL, "/run/tlsrpt.sock"));
	assert_int_equal(TLSRPT_ERR_TLSRPT_NOCONNECTION,
	    tlsrpt_open(NULL, NULL));
	assert_int_equal(TLSRPT_ERR_SOCKET + EINVAL, tlsrpt_open(&con, NULL));
	assert_null(con);
}

static void
test_close_without_a_connection(void **state)
{
	struct tlsrpt_connection_t *con = NULL;

	(void)state;
	assert_int_equal(TLSRPT_ERR_TLSRPT_NOCONNECTION, tlsrpt_close(NULL));
	assert_int_equal(TLSRPT_ERR_TLSRPT_NOCONNECTION, tlsrpt_close(&con));
	assert_null(con);
}

static void
test_a_connection_is_closed_once(void **state)
{
	struct mta *m = *state;

	assert_int_equal(0, tlsrpt_close(&m->con));
	assert_null(m->con);
	assert_int_equal(TLSRPT_ERR_TLSRPT_NOCONNECTION, tlsrpt_close(&m->con));
}

static void
test_no_connection_has_no_socket(void **state)
{
	(void)state;
	assert_int_equal(-1, tlsrpt_get_socket(NULL));
}

static void
test_init_delivery_request_without_its_arguments(void **state)
{
	struct mta *m = *state;
	const struct {
		const char *name;
		struct tlsrpt_connection_t *con;
		const char *domain, *record;
		int want;
	} cases[] = {
		{ "connection", NULL, MTA_DOMAIN, MTA_RECORD,
		    TLSRPT_ERR_TLSRPT_NOCONNECTION },
		{ "domain", m->con, NULL, MTA_RECORD,
		    TLSRPT_ERR_FPRINTF_INITDR + EINVAL },
		{ "record", m->con, MTA_DOMAIN, NULL,
		    TLSRPT_ERR_FPRINTF_INITDR + EINVAL },
		{ "all", NULL, NULL, NULL, TLSRPT_ERR_TLSRPT_NOCONNECTION },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct tlsrpt_dr_t *dr = GARBAGE;

		print_message("%s\n", cases[i].name);
		assert_int_equal(cases[i].want,
		    tlsrpt_init_delivery_request(&dr, cases[i].con,
			cases[i].domain, cases[i].record));
		assert_null(dr);
	}
	assert_int_equal(TLSRPT_ERR_FPRINTF_INITDR + EINVAL,
	    tlsrpt_init_delivery_request(NULL, m->con, MTA_DOMAIN, MTA_RECORD));
}

static void
test_calls_without_a_delivery_request(void **state)
{
	struct tlsrpt_dr_t *dr = NULL;

	(void)state;
	assert_int_equal(TLSRPT_ERR_FPRINTF_INITDR + EINVAL,
	    tlsrpt_mark_report(NULL));
	assert_int_equal(TLSRPT_ERR_FPRINTF_INITPOLICY + EINVAL,
	    tlsrpt_init_policy(NULL, TLSRPT_POLICY_STS, "a.example"));
	assert_int_equal(TLSRPT_ERR_FPRINTF_FINISHPOLICY + EINVAL,
	    tlsrpt_finish_policy(NULL, TLSRPT_FINAL_SUCCESS));
	assert_int_equal(TLSRPT_ERR_FPRINTF_ADDPOLICYSTRING + EINVAL,
	    tlsrpt_add_policy_string(NULL, "mode: enforce"));
	assert_int_equal(TLSRPT_ERR_FPRINTF_ADDPOLICYSTRING + EINVAL,
	    tlsrpt_add_policy_string(NULL, NULL));
	assert_int_equal(TLSRPT_ERR_FPRINTF_ADDMXHOSTPATTERN + EINVAL,
	    tlsrpt_add_mx_host_pattern(NULL, "mx.a.example"));
	assert_int_equal(TLSRPT_ERR_FPRINTF_ADDMXHOSTPATTERN + EINVAL,
	    tlsrpt_add_mx_host_pattern(NULL, NULL));
	assert_int_equal(TLSRPT_ERR_FPRINTF_ADDFAILURE + EINVAL,
	    add_failure(NULL));
	assert_int_equal(TLSRPT_ERR_FPRINTF_FINISHDR + EINVAL,
	    tlsrpt_finish_delivery_request(NULL));
	assert_int_equal(TLSRPT_ERR_FPRINTF_FINISHDR + EINVAL,
	    tlsrpt_finish_delivery_request(&dr));
	assert_int_equal(TLSRPT_ERR_FPRINTF_FINISHDR + EINVAL,
	    tlsrpt_cancel_delivery_request(NULL));
	assert_int_equal(TLSRPT_ERR_FPRINTF_FINISHDR + EINVAL,
	    tlsrpt_cancel_delivery_request(&dr));
	assert_null(dr);
}

static void
test_a_request_ends_once(void **state)
{
	struct mta *m = *state;

	mta_send_least(m);
	assert_int_equal(TLSRPT_ERR_FPRINTF_FINISHDR + EINVAL,
	    tlsrpt_finish_delivery_request(&m->dr));
	assert_int_equal(TLSRPT_ERR_FPRINTF_FINISHDR + EINVAL,
	    tlsrpt_cancel_delivery_request(&m->dr));
	assert_span(MTA_LEAST, receiver_take(&m->r));
	receiver_assert_empty(&m->r);
}

/* -- order -- */

/* Each makes the first error of a request that has just begun. */

static int
nest(struct tlsrpt_dr_t *dr)
{
	assert_int_equal(0, tlsrpt_init_policy(dr, TLSRPT_POLICY_STS, NULL));
	return tlsrpt_init_policy(dr, TLSRPT_POLICY_TLSA, NULL);
}

static int
string_outside(struct tlsrpt_dr_t *dr)
{
	return tlsrpt_add_policy_string(dr, "mode: enforce");
}

static int
mx_outside(struct tlsrpt_dr_t *dr)
{
	return tlsrpt_add_mx_host_pattern(dr, "mx.a.example");
}

static void
whole_policy(struct tlsrpt_dr_t *dr)
{
	assert_int_equal(0, tlsrpt_init_policy(dr, TLSRPT_POLICY_STS, NULL));
	assert_int_equal(0, tlsrpt_finish_policy(dr, TLSRPT_FINAL_SUCCESS));
}

static int
failure_behind(struct tlsrpt_dr_t *dr)
{
	whole_policy(dr);
	return add_failure(dr);
}

static int
finish_outside(struct tlsrpt_dr_t *dr)
{
	return tlsrpt_finish_policy(dr, TLSRPT_FINAL_SUCCESS);
}

static int
finish_twice(struct tlsrpt_dr_t *dr)
{
	whole_policy(dr);
	return tlsrpt_finish_policy(dr, TLSRPT_FINAL_SUCCESS);
}

static int
string_null(struct tlsrpt_dr_t *dr)
{
	assert_int_equal(0, tlsrpt_init_policy(dr, TLSRPT_POLICY_STS, NULL));
	return tlsrpt_add_policy_string(dr, NULL);
}

static int
mx_null(struct tlsrpt_dr_t *dr)
{
	assert_int_equal(0, tlsrpt_init_policy(dr, TLSRPT_POLICY_STS, NULL));
	return tlsrpt_add_mx_host_pattern(dr, NULL);
}

/* Where nothing may be added at all, that is what is wrong. */
static int
string_null_outside(struct tlsrpt_dr_t *dr)
{
	return tlsrpt_add_policy_string(dr, NULL);
}

static const struct {
	const char *name;
	int (*make)(struct tlsrpt_dr_t *);
	int want;
} errors[] = {
	{ "policy in a policy", nest, TLSRPT_ERR_TLSRPT_NESTEDPOLICY },
	{ "string outside", string_outside,
	    TLSRPT_ERR_TLSRPT_MEMSTREAMPS_NOT_INITIALIZED },
	{ "MX pattern outside", mx_outside,
	    TLSRPT_ERR_TLSRPT_MEMSTREAMMX_NOT_INITIALIZED },
	{ "failure behind its policy", failure_behind,
	    TLSRPT_ERR_TLSRPT_MEMSTREAMFD_NOT_INITIALIZED },
	{ "finish without a policy", finish_outside,
	    TLSRPT_ERR_TLSRPT_MEMSTREAMPS_NOT_INITIALIZED },
	{ "second finish of a policy", finish_twice,
	    TLSRPT_ERR_TLSRPT_MEMSTREAMPS_NOT_INITIALIZED },
	{ "NULL string", string_null,
	    TLSRPT_ERR_FPRINTF_ADDPOLICYSTRING + EINVAL },
	{ "NULL MX pattern", mx_null,
	    TLSRPT_ERR_FPRINTF_ADDMXHOSTPATTERN + EINVAL },
	{ "NULL string outside", string_null_outside,
	    TLSRPT_ERR_TLSRPT_MEMSTREAMPS_NOT_INITIALIZED },
};

/* Right or wrong, nothing but the end is left to a request with an error. */
static void
assert_stays(struct tlsrpt_dr_t *dr, int want)
{
	assert_int_equal(want, tlsrpt_add_policy_string(dr, "mode: none"));
	assert_int_equal(want, tlsrpt_add_policy_string(dr, NULL));
	assert_int_equal(want, tlsrpt_add_mx_host_pattern(dr, "mx.a.example"));
	assert_int_equal(want, tlsrpt_add_mx_host_pattern(dr, NULL));
	assert_int_equal(want, add_failure(dr));
	assert_int_equal(want, tlsrpt_finish_policy(dr, TLSRPT_FINAL_FAILURE));
	assert_int_equal(want, tlsrpt_init_policy(dr, TLSRPT_POLICY_STS, NULL));
	assert_int_equal(want, tlsrpt_init_policy(dr, TLSRPT_POLICY_STS, NULL));
	assert_int_equal(want, tlsrpt_finish_policy(dr, TLSRPT_FINAL_FAILURE));
	assert_int_equal(want, tlsrpt_finish_policy(dr, TLSRPT_FINAL_FAILURE));
}

static void
test_first_error_stays_and_nothing_is_sent(void **state)
{
	struct mta *m = *state;

	for (size_t i = 0; i < COUNT(errors); i++) {
		print_message("%s\n", errors[i].name);
		mta_begin(m);
		assert_int_equal(errors[i].want, errors[i].make(m->dr));
		assert_stays(m->dr, errors[i].want);
		assert_int_equal(errors[i].want,
		    tlsrpt_finish_delivery_request(&m->dr));
		assert_null(m->dr);
		receiver_assert_empty(&m->r);
	}
	/* The connection is as good as before. */
	mta_send_least(m);
	assert_span(MTA_LEAST, receiver_take(&m->r));
}

/* With nothing in between: no other fault takes the first one's place. */
static void
test_first_error_is_what_the_end_returns(void **state)
{
	struct mta *m = *state;

	for (size_t i = 0; i < COUNT(errors); i++) {
		print_message("%s\n", errors[i].name);
		mta_begin(m);
		assert_int_equal(errors[i].want, errors[i].make(m->dr));
		assert_int_equal(errors[i].want,
		    tlsrpt_finish_delivery_request(&m->dr));
		assert_null(m->dr);

		mta_begin(m);
		assert_int_equal(errors[i].want, errors[i].make(m->dr));
		assert_int_equal(errors[i].want,
		    tlsrpt_cancel_delivery_request(&m->dr));
		assert_null(m->dr);
	}
	receiver_assert_empty(&m->r);
}

static void
test_errors_stay_with_their_request(void **state)
{
	struct mta *m = *state;
	struct tlsrpt_dr_t *bad;

	assert_int_equal(0,
	    tlsrpt_init_delivery_request(&bad, m->con, "b.example", "b"));
	assert_int_equal(TLSRPT_ERR_TLSRPT_NESTEDPOLICY, nest(bad));
	mta_send_least(m);
	assert_span(MTA_LEAST, receiver_take(&m->r));
	assert_int_equal(TLSRPT_ERR_TLSRPT_NESTEDPOLICY,
	    tlsrpt_finish_delivery_request(&bad));
	receiver_assert_empty(&m->r);
}

static void
test_a_request_needs_a_policy(void **state)
{
	struct mta *m = *state;

	mta_begin(m);
	assert_int_equal(TLSRPT_ERR_TLSRPT_NOPOLICIES,
	    tlsrpt_finish_delivery_request(&m->dr));
	assert_null(m->dr);
	receiver_assert_empty(&m->r);
}

static void
test_a_policy_needs_its_finish(void **state)
{
	struct mta *m = *state;

	mta_begin(m);
	whole_policy(m->dr);
	assert_int_equal(0, tlsrpt_init_policy(m->dr, TLSRPT_POLICY_STS, NULL));
	assert_int_equal(0, tlsrpt_add_policy_string(m->dr, "mode: enforce"));
	assert_int_equal(TLSRPT_ERR_TLSRPT_UNFINISHEDPOLICY,
	    tlsrpt_finish_delivery_request(&m->dr));
	assert_null(m->dr);
	receiver_assert_empty(&m->r);
}

static void
test_cancel_sends_nothing(void **state)
{
	struct mta *m = *state;

	for (int step = 0; step < 4; step++) {
		mta_begin(m);
		if (step >= 1)
			assert_int_equal(0,
			    tlsrpt_init_policy(m->dr, TLSRPT_POLICY_STS, NULL));
		if (step >= 2)
			assert_int_equal(0, add_failure(m->dr));
		if (step >= 3)
			assert_int_equal(0,
			    tlsrpt_finish_policy(m->dr, TLSRPT_FINAL_FAILURE));
		assert_int_equal(0, tlsrpt_cancel_delivery_request(&m->dr));
		assert_null(m->dr);
		receiver_assert_empty(&m->r);
	}
}

/* -- socket names -- */

/* sun_path has 108 bytes, one of them for the NUL. */
static void
test_socket_name_of_107_bytes(void **state)
{
	struct mta m = { .dr = NULL };

	(void)state;
	receiver_open_long(&m.r, 107);
	assert_int_equal(107, strlen(m.r.path));
	assert_int_equal(0, tlsrpt_open(&m.con, m.r.path));
	mta_send_least(&m);
	assert_span(MTA_LEAST, receiver_take(&m.r));
	assert_int_equal(0, tlsrpt_close(&m.con));
	receiver_close(&m.r);
}

static void
test_socket_name_that_is_too_long(void **state)
{
	static const size_t lengths[] = { 108, 109, 110, 255, 99999 };
	char *name = malloc(100000);

	(void)state;
	assert_non_null(name);
	for (size_t i = 0; i < COUNT(lengths); i++) {
		struct tlsrpt_connection_t *con = GARBAGE;

		memset(name, 'n', lengths[i]);
		name[lengths[i]] = '\0';
		assert_int_equal(10711, tlsrpt_open(&con, name));
		assert_null(con);
	}
	free(name);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, mta_setup, mta_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_open_without_its_arguments),
		cmocka_unit_test(test_close_without_a_connection),
		TEST(test_a_connection_is_closed_once),
		cmocka_unit_test(test_no_connection_has_no_socket),
		TEST(test_init_delivery_request_without_its_arguments),
		cmocka_unit_test(test_calls_without_a_delivery_request),
		TEST(test_a_request_ends_once),
		TEST(test_first_error_stays_and_nothing_is_sent),
		TEST(test_first_error_is_what_the_end_returns),
		TEST(test_errors_stay_with_their_request),
		TEST(test_a_request_needs_a_policy),
		TEST(test_a_policy_needs_its_finish),
		TEST(test_cancel_sends_nothing),
		cmocka_unit_test(test_socket_name_of_107_bytes),
		cmocka_unit_test(test_socket_name_that_is_too_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
