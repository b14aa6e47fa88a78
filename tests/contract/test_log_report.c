/* The store contract: sessions of logs on their way into reports. */
#include "store_fixture.h"

#include "store/store_log_level.h"
#include "store/store_log_report.h"

#define DAY_S ((int64_t)DAY * 86400)
#define HOST SPAN_LIT("mx.example")
#define IP SPAN_LIT("192.0.2.1")

static void
add_sessions(struct fixture *f, const char *domain, size_t n, bool has_datagram)
{
	const struct mta_session s = { .time_s = DAY_S,
		.domain = span_str(domain),
		.mx_host = HOST,
		.peer_ip = IP,
		.tls = TLS_SEEN_ENCRYPTED,
		.level = LEVEL_ENCRYPTED,
		.has_datagram = has_datagram };
	const struct log_flush flush = { .collector = SPAN_LIT("here"),
		.sessions = &s,
		.n = 1,
		.now_s = NOW_S };
	struct why why = { { 0 } };

	for (size_t i = 0; i < n; i++)
		assert_ok_why(store_log_flush(f->store, &flush, &why), &why);
}

struct names {
	char text[512];
};

static enum err
note_name(void *arg, struct span domain)
{
	struct names *names = arg;
	size_t n = strlen(names->text);

	(void)snprintf(names->text + n, sizeof(names->text) - n, "%.*s ",
	    SPAN_ARG(domain));
	return E_OK;
}

static void
assert_due(struct fixture *f, int64_t day, int64_t latest_s, size_t max,
    const char *want)
{
	const struct log_look look = { day, latest_s, 0 };
	struct names names = { { 0 } };
	struct why why = { { 0 } };

	assert_ok_why(store_log_look_due(f->store, &look, max, note_name,
			  &names, &why),
	    &why);
	assert_string_equal(want, names.text);
}

static bool
claim(struct fixture *f, const char *domain, int64_t latest_s, int64_t now_s)
{
	const struct log_look look = { DAY, latest_s, now_s };
	struct why why = { { 0 } };
	bool is_mine = false;

	assert_ok_why(store_log_look_claim(f->store, &look, span_str(domain),
			  &is_mine, &why),
	    &why);
	return is_mine;
}

static enum err
settle(struct fixture *f, const char *domain, uint64_t before, uint64_t settled,
    uint64_t reported)
{
	const struct log_settled row = { HOST, IP, TLS_SEEN_ENCRYPTED,
		LEVEL_ENCRYPTED, before, settled, reported };
	struct one one;
	struct log_settlement s = { .day = DAY,
		.domain = span_str(domain),
		.v = &row,
		.n = 1 };
	struct why why = { { 0 } };

	make_one(&one, DAY, domain, reported, 0);
	s.tallies = (struct tally_source){ tally_of_array, &one.tally,
		reported > 0 };
	return store_log_settle(f->store, &s, &why);
}

static uint64_t
succeeded(struct fixture *f)
{
	size_t n;
	struct tally *all = read_all(f, DAY, &n);
	uint64_t sum = 0;

	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < all[i].npolicies; j++)
			sum += all[i].policies[j].succeeded;
	return sum;
}

static void
test_who_is_due(void **state)
{
	struct fixture *f = *state;

	add_sessions(f, "a.example", 1, false);
	add_sessions(f, "b.example", 1, false);
	add_sessions(f, "c.example", 1, true);
	assert_due(f, DAY, 1000, 9, "a.example b.example ");
	assert_due(f, DAY, 1000, 1, "a.example ");
	assert_due(f, DAY + 1, 1000, 9, "");
	assert_true(claim(f, "a.example", 1000, 2000));
	assert_false(claim(f, "a.example", 1000, 2000));
	assert_due(f, DAY, 1000, 9, "b.example ");
	/* A row that came later waits like its domain. */
	add_sessions(f, "a.example", 1, true);
	assert_due(f, DAY, 1000, 9, "b.example ");
	/* Longest ago first. */
	assert_due(f, DAY, 2000, 9, "b.example a.example ");
	assert_int_equal(E_OK, settle(f, "b.example", 0, 1, 0));
	assert_due(f, DAY, 2000, 9, "a.example ");
	add_sessions(f, "b.example", 1, false);
	assert_due(f, DAY, 2000, 9, "b.example a.example ");
}

struct seen {
	uint64_t settled, reported;
};

static enum err
note_level(void *arg, const struct log_level_row *row)
{
	*(struct seen *)arg = (struct seen){ row->settled, row->reported };
	return E_OK;
}

static void
assert_settled(struct fixture *f, const char *domain, uint64_t settled,
    uint64_t reported)
{
	struct seen seen = { 0, 0 };
	struct why why = { { 0 } };

	assert_ok_why(store_log_levels(f->store, span_str(domain), DAY, DAY,
			  note_level, &seen, &why),
	    &why);
	assert_int_equal(settled, seen.settled);
	assert_int_equal(reported, seen.reported);
}

static void
test_sessions_are_reported_once(void **state)
{
	struct fixture *f = *state;

	add_sessions(f, "a.example", 3, false);
	assert_int_equal(E_OK, settle(f, "a.example", 0, 3, 2));
	assert_settled(f, "a.example", 3, 2);
	assert_int_equal(2, succeeded(f));
	/* Who looked at the same time is too late, and adds nothing. */
	assert_int_equal(E_CONFLICT, settle(f, "a.example", 0, 3, 2));
	assert_int_equal(E_CONFLICT, settle(f, "b.example", 0, 1, 1));
	assert_int_equal(2, succeeded(f));
	add_sessions(f, "a.example", 4, false);
	assert_int_equal(E_OK, settle(f, "a.example", 3, 4, 4));
	assert_settled(f, "a.example", 7, 6);
	assert_int_equal(6, succeeded(f));
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		TEST(test_who_is_due),
		TEST(test_sessions_are_reported_once),
	};

	store_kind(argc, argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
