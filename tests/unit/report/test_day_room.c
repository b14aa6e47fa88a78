/* How often role report looks after the days, and what it keeps. */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/day_room.h"
#include "store/db.h"

#define DAY 20778

struct fixture {
	char folder[256], url[300];
	struct clock clock;
	struct day_room room;
};

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct store_schema schema;
	struct why why = { { 0 } };

	support_mkdtemp(f->folder);
	(void)snprintf(f->url, sizeof(f->url), "sqlite:%s/store.db", f->folder);
	f->clock = support_clock(day_start_s(DAY) * NS_PER_S);
	f->room = (struct day_room){ .clock = &f->clock };
	assert_ok_why(store_make(f->url, &f->room.store, &why), &why);
	assert_ok_why(store_migrate(f->room.store, 0, &schema, &why), &why);
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	store_close(f->room.store);
	support_rmdir(f->folder);
	free(f);
	return 0;
}

static void
run_sql(struct fixture *f, const char *sql)
{
	struct why why = { { 0 } };
	struct db *db;

	assert_ok_why(db_open(f->url, false, &db, &why), &why);
	assert_ok_why(db_script(db, sql, &why), &why);
	db_close(db);
}

/* n records on the day, of which everything is done. */
static void
put(struct fixture *f, int64_t day, int n)
{
	char sql[512];

	(void)snprintf(sql, sizeof(sql),
	    "INSERT INTO day (day, closed_at) VALUES (%d, 1); "
	    "WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s "
	    "WHERE i < %d) INSERT INTO tally_record "
	    "SELECT %d, 'd' || i, x'00', 0, '', '' FROM s",
	    (int)day, n, (int)day);
	run_sql(f, sql);
}

static enum err
take_number(void *arg, const struct db_value *row)
{
	*(int64_t *)arg = row[0].num;
	return E_OK;
}

static int64_t
number(struct fixture *f, const char *sql)
{
	struct why why = { { 0 } };
	int64_t n = -1;
	struct db *db;

	assert_ok_why(db_open(f->url, false, &db, &why), &why);
	assert_ok_why(db_run(db,
			  &(const struct db_statement){ .row = take_number,
			      .arg = &n,
			      .sql = sql },
			  NULL, &why),
	    &why);
	db_close(db);
	return n;
}

static int64_t
records(struct fixture *f)
{
	return number(f, "SELECT count(*) FROM tally_record");
}

/* n reports of the day, which were handed over. */
static void
put_reports(struct fixture *f, int64_t day, int n)
{
	char sql[512];

	(void)snprintf(sql, sizeof(sql),
	    "INSERT INTO day (day, closed_at) VALUES (%d, 1); "
	    "WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s "
	    "WHERE i < %d) INSERT INTO report "
	    "SELECT '%d-' || i, %d, 'd' || i, x'00', 0, '', '', x'', 1, 1, 1, "
	    "1, 0, 1, 0, 1, 1 FROM s",
	    (int)day, n, (int)day, (int)day);
	run_sql(f, sql);
}

static int64_t
reports(struct fixture *f)
{
	return number(f, "SELECT count(*) FROM report");
}

static void
run_at(struct fixture *f, int64_t s)
{
	struct why why = { { 0 } };

	f->clock.offset_ns = (day_start_s(DAY) + s) * NS_PER_S;
	assert_ok_why(day_room_run(&f->room, &why), &why);
}

static void
test_what_is_older_goes_by_whole_days(void **state)
{
	struct fixture *f = *state;

	f->room.keep_s = 2 * S_PER_DAY;
	for (int64_t day = DAY - 4; day <= DAY; day++)
		put(f, day, 1);
	run_at(f, S_PER_DAY - 1);
	assert_int_equal(3, records(f)); /* today, and two before */
}

static void
test_nothing_goes_that_is_kept_for_good(void **state)
{
	struct fixture *f = *state;

	put(f, 0, 1);
	run_at(f, 0);
	assert_int_equal(1, records(f));
}

static void
test_it_looks_once_an_hour(void **state)
{
	struct fixture *f = *state;

	f->room.keep_s = S_PER_DAY;
	run_at(f, 0);
	put(f, 0, 1);
	run_at(f, 3599);
	assert_int_equal(1, records(f));
	run_at(f, 3600);
	assert_int_equal(0, records(f));
}

/* Each turn is a short one. */
static void
test_many_rows_go_in_several_turns(void **state)
{
	struct fixture *f = *state;
	int64_t left = 250000;
	int turns = 0;

	f->room.keep_s = S_PER_DAY;
	put(f, 0, (int)left);
	while (left > 0 && turns < 10) {
		run_at(f, turns++);
		left = records(f);
	}
	assert_int_equal(0, left);
	assert_in_range(turns, 2, 9);
}

static void
test_reports_go_by_whole_days(void **state)
{
	struct fixture *f = *state;

	f->room.keep_reports_s = 40 * S_PER_DAY;
	for (int64_t day = DAY - 45; day <= DAY; day++)
		put_reports(f, day, 1);
	run_at(f, S_PER_DAY - 1);
	assert_int_equal(41, reports(f)); /* today, and 40 before */
}

static void
test_reports_of_thirty_days_stay(void **state)
{
	struct fixture *f = *state;

	f->room.keep_reports_s = 1;
	for (int64_t day = DAY - 45; day <= DAY; day++)
		put_reports(f, day, 1);
	run_at(f, 0);
	assert_int_equal(31, reports(f));
}

/* And why there is none. */
static void
test_reasons_go_with_reports(void **state)
{
	struct fixture *f = *state;

	f->room.keep_reports_s = 40 * S_PER_DAY;
	for (int64_t day = DAY - 45; day <= DAY; day++)
		put_reports(f, day, 1);
	run_sql(f,
	    "INSERT INTO no_report SELECT day, 'a', 'x' FROM day;"
	    "INSERT INTO no_report SELECT day, 'b', 'x' FROM day;"
	    "UPDATE day SET due = 1 WHERE day = 20734");
	run_at(f, S_PER_DAY - 1);
	/* Today, 40 before, and one that is to be built again. */
	assert_int_equal(42, reports(f));
	assert_int_equal(84, number(f, "SELECT count(*) FROM no_report"));
}

static void
test_reports_are_kept_for_good(void **state)
{
	struct fixture *f = *state;

	put_reports(f, 0, 1);
	run_at(f, 0);
	assert_int_equal(1, reports(f));
}

/* By hundreds in a transaction, and some of these at a time. */
static void
test_many_reports_go_in_several_turns(void **state)
{
	struct fixture *f = *state;
	int64_t left = 25000;
	int turns = 0;

	f->room.keep_reports_s = S_PER_DAY;
	put_reports(f, 0, (int)left);
	while (left > 0 && turns < 10) {
		run_at(f, turns++);
		left = reports(f);
	}
	assert_int_equal(0, left);
	assert_in_range(turns, 2, 9);
	assert_int_equal(25000,
	    number(f, "SELECT reports_gone FROM day WHERE day = 0"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    test_what_is_older_goes_by_whole_days, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    test_nothing_goes_that_is_kept_for_good, setup, teardown),
		cmocka_unit_test_setup_teardown(test_it_looks_once_an_hour,
		    setup, teardown),
		cmocka_unit_test_setup_teardown(
		    test_many_rows_go_in_several_turns, setup, teardown),
		cmocka_unit_test_setup_teardown(test_reports_go_by_whole_days,
		    setup, teardown),
		cmocka_unit_test_setup_teardown(
		    test_reports_of_thirty_days_stay, setup, teardown),
		cmocka_unit_test_setup_teardown(test_reasons_go_with_reports,
		    setup, teardown),
		cmocka_unit_test_setup_teardown(test_reports_are_kept_for_good,
		    setup, teardown),
		cmocka_unit_test_setup_teardown(
		    test_many_reports_go_in_several_turns, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
