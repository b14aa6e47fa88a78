/* The store contract: schema steps and transactions. */
#include "store_fixture.h"

/* -- schema -- */

static void
test_migrating_again_changes_nothing(void **state)
{
	struct fixture *f = *state;
	struct store_schema schema;
	struct why why = { { 0 } };

	assert_ok_why(store_migrate(f->store, NOW_S, &schema, &why), &why);
	assert_ok_why(store_check(f->store, &schema, &why), &why);
	assert_int_equal(schema.wanted, schema.version);
}

static void
test_a_current_schema_needs_no_lock(void **state)
{
	struct fixture *f = *state;
	struct store_schema schema;
	struct why why = { { 0 } };
	struct db *db;

	db = open_db(f);
	assert_ok_why(db_begin(db, &why), &why);
	if (db->driver->backend == SQL_PGSQL)
		assert_ok_why(db_script(db,
				  "SELECT pg_advisory_xact_lock(8460)", &why),
		    &why);
	assert_ok_why(store_migrate(f->store, NOW_S, &schema, &why), &why);
	assert_int_equal(schema.wanted, schema.version);
	db_close(db);
}

static void
test_a_newer_schema_is_refused(void **state)
{
	struct fixture *f = *state;
	struct store_schema schema;
	struct why why = { { 0 } };
	struct db *db;

	db = open_db(f);
	assert_ok_why(db_script(db,
			  "INSERT INTO schema_migrations VALUES "
			  "(999, 'future', 'x', 0)",
			  &why),
	    &why);
	db_close(db);
	assert_err(E_VERSION, store_check(f->store, &schema, &why));
	assert_non_null(strstr(why.text, "999"));
	assert_int_equal(999, schema.version);
	assert_err(E_VERSION, store_migrate(f->store, NOW_S, &schema, NULL));
}

static void
test_an_altered_step_is_refused(void **state)
{
	struct fixture *f = *state;
	struct store_schema schema;
	struct why why = { { 0 } };
	struct db *db;

	db = open_db(f);
	assert_ok_why(db_script(db,
			  "UPDATE schema_migrations SET checksum = 'other'",
			  &why),
	    &why);
	db_close(db);
	assert_err(E_VERSION, store_check(f->store, &schema, NULL));
	assert_err(E_VERSION, store_migrate(f->store, NOW_S, &schema, NULL));
}

static void
test_an_empty_store_says_what_to_do(void **state)
{
	struct fixture *f = *state;
	struct store_schema schema;
	struct why why = { { 0 } };
	struct db *db;

	db = open_db(f);
	assert_ok_why(db_script(db, "DROP TABLE schema_migrations", &why),
	    &why);
	db_close(db);
	assert_err(E_VERSION, store_check(f->store, &schema, &why));
	assert_non_null(strstr(why.text, "tlsrpt db migrate"));
	assert_int_equal(0, schema.version);
}

/* A database with nothing in it, not even the table of steps. */
static void
go_to_empty(struct fixture *f)
{
	struct span url = span_str(f->url);

	if (span_take(&url, SPAN_LIT("sqlite:")))
		(void)snprintf(f->url, sizeof(f->url), "sqlite:%s/empty.db",
		    f->folder);
	else
		empty_database(f);
}

static void
test_a_step_that_fails_leaves_nothing(void **state)
{
	struct fixture *f = *state;
	struct store_schema schema;
	struct store *store;
	struct db *db;

	/* Another's table has the name of one of a later step. */
	go_to_empty(f);
	db = open_db(f);
	assert_ok(db_script(db, "CREATE TABLE inbox (other INTEGER)", NULL));
	store = open_store(f);
	assert_int_not_equal(E_OK, store_migrate(store, NOW_S, &schema, NULL));
	assert_err(E_VERSION, store_check(store, &schema, NULL));
	assert_int_equal(0, schema.version);
	assert_ok(db_script(db, "DROP TABLE inbox", NULL));
	assert_ok(store_migrate(store, NOW_S, &schema, NULL));
	assert_int_equal(schema.wanted, schema.version);
	store_close(store);
	db_close(db);
}

/* -- timeouts -- */

/* PostgreSQL's own word for what is in force inside a transaction. */
static void
test_a_transaction_has_timeouts(void **state)
{
	struct fixture *f = *state;
	struct why why = { { 0 } };
	struct db *db = open_db(f);

	if (db->driver->backend == SQL_PGSQL) {
		assert_ok_why(db_begin(db, &why), &why);
		(void)db_script(db,
		    "DO $$ BEGIN "
		    "ASSERT current_setting('statement_timeout') = '1min'; "
		    "ASSERT current_setting('lock_timeout') = '30s'; "
		    "ASSERT current_setting("
		    "'idle_in_transaction_session_timeout') = '1min'; "
		    "END $$",
		    NULL);
		assert_ok_why(db_commit(db, &why), &why);
	}
	db_close(db);
}

/* -- transactions -- */

static void
test_the_first_failure_undoes_the_transaction(void **state)
{
	struct fixture *f = *state;
	struct why why = { { 0 } }, first = { { 0 } };
	struct db *db;

	/* A statement that fails, in the middle of ones that do not. */
	db = open_db(f);
	assert_ok_why(db_begin(db, &why), &why);
	(void)db_write(db, QUERY_DAY_ADD, NULL, DB_I(1));
	assert_int_not_equal(E_OK, db_script(db, "nonsense", &first));
	assert_int_not_equal(E_OK, db_write(db, QUERY_DAY_ADD, NULL, DB_I(2)));
	assert_int_not_equal(E_OK, db_commit(db, &why));
	assert_string_equal(first.text, why.text);
	assert_ok_why(db_begin(db, &why), &why);
	assert_ok_why(db_commit(db, &why), &why);
	db_close(db);
	assert_err(E_ABSENT,
	    store_day_close(f->store, 1, NOW_S, SPAN_LIT("x"), SPAN_LIT(""),
		NULL));
}

static void
test_a_rollback_leaves_nothing(void **state)
{
	struct fixture *f = *state;
	struct why why = { { 0 } };
	struct one o;
	size_t n;

	register_collector(f);
	make_one(&o, DAY, "a.example", 1, 0);
	assert_ok_why(flush(f, 0, 1, &o.tally, 1, &why), &why);
	assert_ok_why(store_begin(f->store, &why), &why);
	assert_ok_why(store_day_close(f->store, DAY, NOW_S, SPAN_LIT("x"),
			  SPAN_LIT(""), &why),
	    &why);
	store_rollback(f->store);
	assert_ok_why(store_day_close(f->store, DAY, NOW_S, SPAN_LIT("x"),
			  SPAN_LIT(""), &why),
	    &why);
	(void)read_all(f, DAY, &n);
	assert_int_equal(1, n);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		TEST(test_migrating_again_changes_nothing),
		TEST(test_a_current_schema_needs_no_lock),
		TEST(test_a_newer_schema_is_refused),
		TEST(test_an_altered_step_is_refused),
		TEST(test_an_empty_store_says_what_to_do),
		TEST(test_a_step_that_fails_leaves_nothing),
		TEST(test_a_transaction_has_timeouts),
		TEST(test_the_first_failure_undoes_the_transaction),
		TEST(test_a_rollback_leaves_nothing),
	};

	store_kind(argc, argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
