#include "support/test.h"

#include "model/mta_history.h"

#define NOON 1772452800 /* date -ud "2026-03-02 12:00" +%s */

static void
add(struct mta_history *h, int64_t time_s, enum tls_seen tls)
{
	const struct mta_session s = {
		.time_s = time_s,
		.tls = tls,
		.level = tls_seen_level(tls, true),
	};

	mta_history_add(h, &s);
}

static void
test_a_run_of_tls(void **state)
{
	struct mta_history h = { .first_s = 0 };

	(void)state;
	add(&h, NOON, TLS_SEEN_ENCRYPTED);
	add(&h, NOON + 10, TLS_SEEN_VERIFIED);
	add(&h, NOON + 20, TLS_SEEN_UNCLAIMED);
	assert_int_equal(NOON, h.first_s);
	assert_int_equal(NOON, h.first_tls_s);
	assert_int_equal(NOON + 20, h.last_tls_s);
	assert_int_equal(3, h.run);
	assert_int_equal(NOON, h.run_since_s);
	assert_int_equal(LEVEL_AUTHENTICATED, h.best);
	assert_int_equal(0, h.missing_since_s);
}

static void
test_missing_tls_is_noted_after_a_run(void **state)
{
	struct mta_history h = { .first_s = 0 };

	(void)state;
	add(&h, NOON, TLS_SEEN_ENCRYPTED);
	add(&h, NOON + 10, TLS_SEEN_ENCRYPTED);
	add(&h, NOON + 20, TLS_SEEN_NONE);
	add(&h, NOON + 30, TLS_SEEN_REFUSED);
	assert_int_equal(2, h.run);
	assert_int_equal(NOON, h.run_since_s);
	assert_int_equal(NOON + 10, h.last_tls_s);
	assert_int_equal(NOON + 20, h.missing_since_s);
	assert_int_equal(NOON + 30, h.last_missing_s);
	assert_int_equal(2, h.missing);
	/* Back again: a new run; when it was missing last stays. */
	add(&h, NOON + 40, TLS_SEEN_ENCRYPTED);
	assert_int_equal(1, h.run);
	assert_int_equal(NOON + 40, h.run_since_s);
	assert_int_equal(0, h.missing_since_s);
	assert_int_equal(0, h.missing);
	assert_int_equal(NOON + 30, h.last_missing_s);
	assert_int_equal(NOON, h.first_tls_s);
}

/* Only what has been there can be gone. */
static void
test_without_tls_before_nothing_is_missing(void **state)
{
	struct mta_history h = { .first_s = 0 };

	(void)state;
	add(&h, NOON, TLS_SEEN_NONE);
	assert_int_equal(0, h.missing_since_s);
	assert_int_equal(0, h.best);
	assert_int_equal(NOON, h.last_s);
}

/* What nobody can tell, and what the MTA itself does without, is no loss. */
static void
test_what_is_not_told_changes_nothing(void **state)
{
	static const enum tls_seen others[] = { TLS_SEEN_NOT_TOLD, TLS_SEEN_OFF,
		TLS_SEEN_NOT_VERIFIED };
	struct mta_history h = { .first_s = 0 };

	(void)state;
	add(&h, NOON, TLS_SEEN_ENCRYPTED);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		add(&h, NOON + 10, others[i]);
	assert_int_equal(1, h.run);
	assert_int_equal(0, h.missing_since_s);
	assert_int_equal(NOON + 10, h.last_s);
	assert_int_equal(NOON, h.last_tls_s);
}

static void
test_an_old_log_does_not_end_a_run(void **state)
{
	struct mta_history h = { .first_s = 0 };

	(void)state;
	add(&h, NOON, TLS_SEEN_ENCRYPTED);
	add(&h, NOON - 100, TLS_SEEN_NONE);
	add(&h, NOON - 200, TLS_SEEN_ENCRYPTED);
	assert_int_equal(1, h.run);
	assert_int_equal(0, h.missing_since_s);
	assert_int_equal(NOON - 200, h.first_tls_s);
	assert_int_equal(NOON - 200, h.first_s);
	assert_int_equal(NOON, h.last_s);
}

/* Two logs of one time, one of them read later. */
static void
test_logs_that_come_after_each_other(void **state)
{
	struct mta_history h = { .first_s = 0 };

	(void)state;
	add(&h, NOON, TLS_SEEN_ENCRYPTED);
	add(&h, NOON + 50, TLS_SEEN_ENCRYPTED);
	add(&h, NOON + 10, TLS_SEEN_ENCRYPTED);
	assert_int_equal(3, h.run);
	assert_int_equal(NOON + 50, h.last_tls_s);
	/* There was TLS again later. */
	add(&h, NOON + 20, TLS_SEEN_NONE);
	assert_int_equal(NOON + 20, h.last_missing_s);
	assert_int_equal(0, h.missing_since_s);
	add(&h, NOON + 70, TLS_SEEN_NONE);
	add(&h, NOON + 60, TLS_SEEN_NONE);
	assert_int_equal(NOON + 60, h.missing_since_s);
	assert_int_equal(NOON + 70, h.last_missing_s);
	assert_int_equal(2, h.missing);
	/* Of before it was missing. */
	add(&h, NOON + 55, TLS_SEEN_ENCRYPTED);
	assert_int_equal(4, h.run);
	assert_int_equal(2, h.missing);
	add(&h, NOON + 71, TLS_SEEN_ENCRYPTED);
	assert_int_equal(1, h.run);
	assert_int_equal(0, h.missing_since_s);
}

/* RFC 7435 s3: nobody verified it, so it is not authenticated. */
static void
test_levels(void **state)
{
	static const struct {
		enum tls_seen tls;
		enum level sent, kept;
	} cases[] = {
		{ TLS_SEEN_VERIFIED, LEVEL_AUTHENTICATED, LEVEL_AUTHENTICATED },
		{ TLS_SEEN_UNCLAIMED, LEVEL_ENCRYPTED, LEVEL_ENCRYPTED },
		{ TLS_SEEN_ENCRYPTED, LEVEL_ENCRYPTED, LEVEL_ENCRYPTED },
		{ TLS_SEEN_NOT_TOLD, LEVEL_CLEARTEXT, LEVEL_CLEARTEXT },
		{ TLS_SEEN_NONE, LEVEL_CLEARTEXT, LEVEL_CLEARTEXT },
		{ TLS_SEEN_OFF, LEVEL_CLEARTEXT, LEVEL_CLEARTEXT },
		{ TLS_SEEN_NOT_OFFERED, LEVEL_CLEARTEXT, LEVEL_NOT_SENT },
		{ TLS_SEEN_REFUSED, LEVEL_CLEARTEXT, LEVEL_NOT_SENT },
		{ TLS_SEEN_HANDSHAKE, LEVEL_CLEARTEXT, LEVEL_NOT_SENT },
		{ TLS_SEEN_NOT_VERIFIED, LEVEL_ENCRYPTED, LEVEL_NOT_SENT },
	};
	enum tls_seen tls;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		print_message("%s\n", tls_seen_text(cases[i].tls));
		assert_int_equal(cases[i].sent,
		    tls_seen_level(cases[i].tls, true));
		assert_int_equal(cases[i].kept,
		    tls_seen_level(cases[i].tls, false));
		assert_ok(tls_seen_from_code((int64_t)i + 1, &tls));
		assert_int_equal(cases[i].tls, tls);
	}
	assert_err(E_ABSENT, tls_seen_from_code(11, &tls));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_run_of_tls),
		cmocka_unit_test(test_missing_tls_is_noted_after_a_run),
		cmocka_unit_test(test_without_tls_before_nothing_is_missing),
		cmocka_unit_test(test_what_is_not_told_changes_nothing),
		cmocka_unit_test(test_an_old_log_does_not_end_a_run),
		cmocka_unit_test(test_logs_that_come_after_each_other),
		cmocka_unit_test(test_levels),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
