/* The store contract: destinations that DNS has shown. */
#include "store_fixture.h"

#include "store/store_rua.h"

#define A SPAN_LIT("a.example")
#define URI SPAN_LIT("mailto:tls@a.example")

static bool
is_seen(struct fixture *f, struct span domain, struct span uri)
{
	struct why why = { { 0 } };
	bool seen;

	assert_ok_why(store_rua_is_seen(f->store, domain, uri, &seen, &why),
	    &why);
	return seen;
}

static void
saw(struct fixture *f, const char *dnssec, int64_t now_s)
{
	struct why why = { { 0 } };

	assert_ok_why(store_rua_saw(f->store, A, URI, span_str(dnssec), now_s,
			  &why),
	    &why);
}

struct row {
	int64_t first_s, last_s;
	char dnssec[16];
};

static enum err
note(void *arg, const struct db_value *v)
{
	struct row *row = arg;

	row->last_s = v[0].num;
	row->first_s = v[1].num;
	(void)snprintf(row->dnssec, sizeof(row->dnssec), "%.*s",
	    SPAN_ARG(v[2].bytes));
	return E_OK;
}

static struct row
row_of(struct fixture *f)
{
	struct row row = { 0 };
	struct why why = { { 0 } };
	struct db *db;

	db = open_db(f);
	assert_ok_why(db_read(db, QUERY_RUA_GET, note, &row, &why, DB_T(A),
			  DB_T(URI)),
	    &why);
	db_close(db);
	return row;
}

static void
test_what_was_seen_is_remembered(void **state)
{
	struct fixture *f = *state;

	assert_false(is_seen(f, A, URI));
	saw(f, "insecure", NOW_S);
	assert_true(is_seen(f, A, URI));
	assert_false(is_seen(f, SPAN_LIT("b.example"), URI));
	assert_false(is_seen(f, A, SPAN_LIT("mailto:other@a.example")));
}

static void
test_the_last_time_moves_by_the_hour(void **state)
{
	struct fixture *f = *state;
	struct row row;

	saw(f, "insecure", NOW_S);
	saw(f, "secure", NOW_S + 3599);
	row = row_of(f);
	assert_int_equal(NOW_S, row.last_s);
	assert_string_equal("insecure", row.dnssec);
	saw(f, "secure", NOW_S + 3600);
	row = row_of(f);
	assert_int_equal(NOW_S, row.first_s);
	assert_int_equal(NOW_S + 3600, row.last_s);
	assert_string_equal("secure", row.dnssec);
	/* A clock that was wrong is believed again. */
	saw(f, "unknown", NOW_S - 86400);
	assert_int_equal(NOW_S - 86400, row_of(f).last_s);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		TEST(test_what_was_seen_is_remembered),
		TEST(test_the_last_time_moves_by_the_hour),
	};

	store_kind(argc, argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
