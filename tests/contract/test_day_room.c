/* The store contract: room for the tallies of each day, and how they go. In
 * PostgreSQL they have a partition for each day below keys that begin with the
 * domain; what can be seen of that is asked of its catalog here. */
#include "store_fixture.h"

#include "base/buf.h"

#define ROWS_TOO_MANY 100001 /* to be moved: one more than the schema says */
#define FAR_AHEAD (DAY + 1000)

static bool
is_pgsql(const struct fixture *f)
{
	return strncmp(f->url, "sqlite:", 7) != 0;
}

static enum err
take_number(void *arg, const struct db_value *row)
{
	*(int64_t *)arg = row[0].num;
	return E_OK;
}

/* What a SELECT of one number gives. */
static int64_t
number(struct fixture *f, const char *sql)
{
	struct why why = { { 0 } };
	struct db *db = open_db(f);
	int64_t n = -1;

	assert_ok_why(db_run(db,
			  &(const struct db_statement){ .row = take_number,
			      .arg = &n,
			      .sql = sql },
			  NULL, &why),
	    &why);
	db_close(db);
	return n;
}

static void
run(struct fixture *f, const char *sql)
{
	struct why why = { { 0 } };
	struct db *db = open_db(f);

	assert_ok_why(db_script(db, sql, &why), &why);
	db_close(db);
}

static void
make_day(struct fixture *f, int64_t day)
{
	struct why why = { { 0 } };

	assert_ok_why(store_day_make(f->store, day, &why), &why);
}

static void
forget_before(struct fixture *f, int64_t before)
{
	struct why why = { { 0 } };
	bool more = true;

	while (more)
		assert_ok_why(store_day_forget(f->store, before, &more, &why),
		    &why);
}

static void
close_and_settle(struct fixture *f, int64_t day)
{
	struct why why = { { 0 } };

	assert_ok_why(store_day_close(f->store, day, NOW_S, SPAN_LIT("x"),
			  SPAN_LIT(""), &why),
	    &why);
	assert_ok_why(store_day_settle(f->store, day, 1, &why), &why);
}

static void
assert_sessions(struct fixture *f, int64_t day, uint64_t succeeded,
    uint64_t failed)
{
	size_t n;
	const struct tally *t = read_all(f, day, &n);

	assert_int_equal(1, n);
	assert_int_equal(succeeded, t->policies[0].succeeded);
	assert_int_equal(failed, t->policies[0].failed);
	assert_int_equal(failed, t->policies[0].details[0].sessions);
}

/* -- rows find room -- */

/* Late tallies, clocks far off, a role report that stood still: whatever the
 * day, a flush goes through, and the day may get its room afterwards. */
static void
test_any_day_is_kept(void **state)
{
	static const int64_t days[] = { 0, DAY - 400, DAY, DAY + 1, FAR_AHEAD,
		DAY_MAX };
	struct fixture *f = *state;

	register_collector(f);
	for (size_t i = 0; i < sizeof(days) / sizeof(days[0]); i++) {
		int64_t at = (int64_t)i * 2;

		flush_one(f, at, at + 1, days[i], "a.example", 1, 2);
		make_day(f, days[i]);
		assert_sessions(f, days[i], 1, 2);
		flush_one(f, at + 1, at + 2, days[i], "a.example", 10, 20);
		assert_sessions(f, days[i], 11, 22);
	}
}

static void
test_room_is_made_once(void **state)
{
	struct fixture *f = *state;
	struct store *other = open_store(f);
	struct why why = { { 0 } };

	make_day(f, FAR_AHEAD);
	make_day(f, FAR_AHEAD);
	assert_ok_why(store_day_make(other, FAR_AHEAD, &why), &why);
	store_close(other);
}

static void
test_what_came_before_its_room_is_moved(void **state)
{
	struct fixture *f = *state;

	if (!is_pgsql(f))
		skip();
	register_collector(f);
	flush_one(f, 0, 1, FAR_AHEAD, "a.example", 1, 2);
	assert_int_equal(1,
	    number(f, "SELECT count(*) FROM tally_detail_rest"));
	make_day(f, FAR_AHEAD);
	assert_int_equal(0,
	    number(f, "SELECT count(*) FROM tally_detail_rest"));
	assert_int_equal(1,
	    number(f, "SELECT count(*) FROM tally_detail_21778"));
	assert_sessions(f, FAR_AHEAD, 1, 2);
}

/* They would keep all others waiting: they stay, and go bit by bit. */
static void
test_too_many_to_be_moved_stay(void **state)
{
	struct fixture *f = *state;
	struct buf sql = BUF_INIT(1024);

	if (!is_pgsql(f))
		skip();
	buf_addf(&sql,
	    "INSERT INTO tally_record SELECT 100, 'd' || i, '\\x00', 0, 'v', "
	    "'' FROM generate_series(1, %d) AS i",
	    ROWS_TOO_MANY);
	run(f, buf_str(&sql));
	buf_free(&sql);
	make_day(f, 100);
	assert_int_equal(ROWS_TOO_MANY,
	    number(f, "SELECT count(*) FROM tally_record_rest"));
	forget_before(f, 101);
	assert_int_equal(0, number(f, "SELECT count(*) FROM tally_record"));
}

/* Whoever has a day's rows in hand is not waited for. */
static void
test_room_waits_for_nobody(void **state)
{
	struct fixture *f = *state;
	struct why why = { { 0 } };
	struct db *db;

	if (!is_pgsql(f))
		skip();
	db = open_db(f);
	assert_ok_why(db_begin(db, &why), &why);
	assert_ok_why(db_script(db,
			  "INSERT INTO tally_record "
			  "VALUES (21778, 'a.example', '\\x00', 0, 'v', '')",
			  &why),
	    &why);
	assert_err(E_BUSY, store_day_make(f->store, FAR_AHEAD, NULL));
	assert_ok_why(db_commit(db, &why), &why);
	db_close(db);
	make_day(f, FAR_AHEAD);
	assert_int_equal(1,
	    number(f, "SELECT count(*) FROM tally_record_21778"));
}

/* -- rows go -- */

static void
test_old_days_go_and_others_stay(void **state)
{
	struct fixture *f = *state;
	size_t n;

	register_collector(f);
	make_day(f, DAY - 1);
	for (int64_t i = 0; i < 4; i++) { /* two of them without room */
		flush_one(f, i, i + 1, DAY - 3 + i, "a.example", 1, 2);
		close_and_settle(f, DAY - 3 + i);
	}
	forget_before(f, DAY);
	for (int64_t i = 1; i <= 3; i++) {
		(void)read_all(f, DAY - i, &n);
		assert_int_equal(0, n);
	}
	assert_sessions(f, DAY, 1, 2);
	assert_int_equal(1, number(f, "SELECT count(*) FROM tally_record"));
	assert_int_equal(1, number(f, "SELECT count(*) FROM tally_policy"));
	assert_int_equal(1, number(f, "SELECT count(*) FROM tally_detail"));
}

static void
test_no_day_goes_before_its_reports_are_built(void **state)
{
	struct fixture *f = *state;
	struct why why = { { 0 } };

	register_collector(f);
	for (int64_t i = 0; i < 3; i++)
		flush_one(f, i, i + 1, DAY - 3 + i, "a.example", 1, 2);
	close_and_settle(f, DAY - 3);
	assert_ok_why(store_day_close(f->store, DAY - 2, NOW_S, SPAN_LIT("x"),
			  SPAN_LIT(""), &why),
	    &why);
	forget_before(f, DAY);
	assert_sessions(f, DAY - 2, 1, 2);
	assert_sessions(f, DAY - 1, 1, 2);
	assert_int_equal(2, number(f, "SELECT count(*) FROM tally_record"));
}

static void
test_what_comes_for_a_day_that_went_is_kept(void **state)
{
	struct fixture *f = *state;

	register_collector(f);
	flush_one(f, 0, 1, DAY, "a.example", 1, 2);
	close_and_settle(f, DAY);
	forget_before(f, DAY + 1);
	flush_one(f, 1, 2, DAY, "a.example", 10, 20);
	assert_sessions(f, DAY, 10, 20);
}

/* -- from every earlier step -- */

static void
apply_until(struct db *db, int version)
{
	enum sql_backend backend = db->driver->backend;
	struct why why = { { 0 } };

	assert_ok_why(db_begin(db, &why), &why);
	(void)db_script(db, query_texts[QUERY_SCHEMA_TABLE].sql[backend], NULL);
	for (size_t i = 0; i < schema_nsteps; i++) {
		const struct schema_step *s = &schema_steps[i];

		if (s->version > version)
			break;
		(void)db_script(db, s->sql[backend], NULL);
		(void)db_write(db, QUERY_SCHEMA_ADD, NULL, DB_I(s->version),
		    DB_T(span_str(s->name)),
		    DB_T(span_str(s->checksum[backend])), DB_I(NOW_S));
	}
	assert_ok_why(db_commit(db, &why), &why);
}

/* Two domains on two days, as the tables have been from the first step on. */
static void
put_tallies(struct db *db)
{
	static const char *const domains[] = { "a.example", "b.example" };
	struct content_key k = key(1);
	struct span b = content_key_span(&k);
	struct why why = { { 0 } };

	assert_ok_why(db_begin(db, &why), &why);
	for (int64_t i = 0; i < 4; i++) {
		struct span d = span_str(domains[i % 2]), none = SPAN_LIT("");
		int64_t day = DAY - 1 - i / 2;
		const struct db_value record[] = { DB_I(day), DB_T(d), DB_B(b),
			DB_I(0), DB_T(none), DB_T(none) };
		const struct db_value policy[] = { DB_I(day), DB_T(d), DB_B(b),
			DB_I(0), DB_B(b), DB_I(1), DB_T(d), DB_T(none),
			DB_T(none), DB_I(10 + i), DB_I(20 + i) };
		const struct db_value detail[] = { DB_I(day), DB_T(d), DB_B(b),
			DB_I(0), DB_B(b), DB_B(b), DB_I(202), DB_T(none),
			DB_T(none), DB_T(none), DB_T(none), DB_T(none),
			DB_T(none), DB_I(20 + i) };

		if (i % 2 == 0)
			(void)db_write(db, QUERY_DAY_ADD, NULL, DB_I(day));
		(void)db_put_rows(db, "tally_record",
		    "day, domain, record_key, part, record, rua", record, 1, 6,
		    NULL);
		(void)db_put_rows(db, "tally_policy",
		    "day, domain, record_key, part, policy_key, policy_type, "
		    "policy_domain, strings, mx_hosts, succeeded, failed",
		    policy, 1, 11, NULL);
		(void)db_put_rows(db, "tally_detail",
		    "day, domain, record_key, part, policy_key, detail_key, "
		    "result_type, sending_ip, mx_hostname, helo, receiving_ip, "
		    "info, reason, sessions",
		    detail, 1, 14, NULL);
	}
	assert_ok_why(db_commit(db, &why), &why);
}

static void
assert_tallies(struct fixture *f)
{
	for (uint64_t i = 0; i < 2; i++) {
		size_t n;
		const struct tally *t = read_all(f, DAY - 1 - (int64_t)i, &n);

		assert_int_equal(2, n);
		assert_int_equal(10 + 2 * i, t[0].policies[0].succeeded);
		assert_int_equal(20 + 2 * i,
		    t[0].policies[0].details[0].sessions);
		assert_int_equal(11 + 2 * i, t[1].policies[0].succeeded);
		assert_int_equal(21 + 2 * i, t[1].policies[0].failed);
	}
}

static void
begin_anew(struct fixture *f, int version)
{
	store_close(f->store);
	if (is_pgsql(f))
		empty_database(f);
	else
		(void)snprintf(f->url, sizeof(f->url), "sqlite:%s/%d.db",
		    f->folder, version);
	f->store = open_store(f);
}

#define PARTITIONS 15 /* the step that gives all days there are their own */

static void
test_tallies_stay_from_every_earlier_schema(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i + 1 < schema_nsteps; i++) {
		struct store_schema schema;
		struct why why = { { 0 } };
		struct db *db;

		begin_anew(f, schema_steps[i].version);
		db = open_db(f);
		apply_until(db, schema_steps[i].version);
		put_tallies(db);
		db_close(db);
		assert_ok_why(store_migrate(f->store, NOW_S, &schema, &why),
		    &why);
		assert_int_equal(schema.wanted, schema.version);
		assert_tallies(f);
		if (is_pgsql(f) && schema_steps[i].version < PARTITIONS)
			assert_int_equal(0,
			    number(f,
				"SELECT count(*) FROM tally_detail_rest"));
	}
}

/* -- what the catalog says -- */

static enum err
fail_at(void *arg, const struct db_value *row)
{
	fail_msg("%s: %.*s", (const char *)arg, SPAN_ARG(row[0].bytes));
	return E_OK;
}

/* It names what breaks the rule. */
static void
assert_none(struct fixture *f, const char *rule, const char *sql)
{
	struct why why = { { 0 } };
	char text[128];
	struct db *db;

	if (!is_pgsql(f))
		skip();
	(void)snprintf(text, sizeof(text), "%s", rule);
	db = open_db(f);
	assert_ok_why(db_run(db,
			  &(const struct db_statement){ .row = fail_at,
			      .arg = text,
			      .sql = sql },
			  NULL, &why),
	    &why);
	db_close(db);
}

#define OURS "t.relnamespace = current_schema()::regnamespace "
/* A table whose primary key has a domain and a day. */
#define PER_DOMAIN                                                         \
	"EXISTS (SELECT 1 FROM pg_index p WHERE p.indrelid = t.oid "       \
	"AND p.indisprimary AND 2 = (SELECT count(*) FROM pg_attribute a " \
	"WHERE a.attrelid = t.oid AND a.attnum = ANY (p.indkey::int2[]) "  \
	"AND a.attname IN ('domain', 'day'))) "

/* Rows are spread by it: a key without it could not be kept unique. */
static void
test_the_domain_comes_first_in_each_key(void **state)
{
	assert_none(*state, "the domain does not come first in",
	    "SELECT i.relname::text "
	    "FROM pg_class t JOIN pg_index x ON x.indrelid = t.oid "
	    "JOIN pg_class i ON i.oid = x.indexrelid "
	    "JOIN pg_attribute a ON a.attrelid = t.oid "
	    "AND a.attnum = x.indkey[0] "
	    "WHERE " OURS "AND " PER_DOMAIN
	    "AND x.indisunique AND a.attname <> 'domain'");
}

static void
test_a_foreign_key_begins_with_the_domain(void **state)
{
	assert_none(*state, "a foreign key without the domain first",
	    "SELECT c.conname::text "
	    "FROM pg_class t JOIN pg_constraint c ON c.conrelid = t.oid "
	    "JOIN pg_attribute a ON a.attrelid = t.oid "
	    "AND a.attnum = c.conkey[1] "
	    "WHERE " OURS "AND c.contype = 'f' AND a.attname <> 'domain'");
}

/* A new table has to be put into one list or the other: docs/scaling.md. */
static void
test_large_tables_have_a_partition_for_each_day(void **state)
{
	assert_none(*state, "neither partitioned by day nor small",
	    "SELECT t.relname::text "
	    "FROM pg_class t WHERE " OURS "AND " PER_DOMAIN
	    "AND t.relkind IN ('r', 'p') AND NOT t.relispartition "
	    "AND t.relname NOT IN ('report', 'no_report', 'inbox_policy', "
	    "'inbox_detail', 'inbox_level', 'inbox_day', 'inbox_week') "
	    "AND NOT EXISTS (SELECT 1 FROM pg_partitioned_table p "
	    "JOIN pg_attribute a ON a.attrelid = t.oid "
	    "AND a.attnum = p.partattrs[0] "
	    "WHERE p.partrelid = t.oid AND p.partstrat = 'r' "
	    "AND p.partnatts = 1 AND a.attname = 'day' "
	    "AND p.partdefid <> 0)");
	assert_int_equal(3,
	    number(*state,
		"SELECT count(*) FROM pg_partitioned_table p "
		"JOIN pg_class t ON t.oid = p.partrelid "
		"WHERE t.relname IN "
		"('tally_record', 'tally_policy', 'tally_detail')"));
}

/* A partition has what its table has: made by hand it might not. */
static void
test_a_partition_is_one_day(void **state)
{
	struct fixture *f = *state;

	make_day(f, FAR_AHEAD);
	assert_none(f, "not the partition of one day",
	    "SELECT c.relname || ' ' || pg_get_expr(c.relpartbound, c.oid) "
	    "FROM pg_class c JOIN pg_inherits i ON i.inhrelid = c.oid "
	    "JOIN pg_class t ON t.oid = i.inhparent "
	    "CROSS JOIN LATERAL (SELECT substr(c.relname, "
	    "length(t.relname) + 2) AS day) d "
	    "WHERE " OURS "AND t.relname LIKE 'tally%' AND c.relkind = 'r' "
	    "AND pg_get_expr(c.relpartbound, c.oid) NOT IN ('DEFAULT', "
	    "CASE WHEN d.day <> 'rest' THEN format("
	    "'FOR VALUES FROM (''%s'') TO (''%s'')', d.day, "
	    "d.day::bigint + 1) END)");
}

/* -- how it would run a query -- */

/* Five days of 200 domains, two policies and six details each, reports. */
static void
fill_days(struct fixture *f)
{
	for (int64_t day = DAY - 4; day <= DAY; day++)
		make_day(f, day);
	run(f,
	    "INSERT INTO day (day, closed_at) SELECT d, 1 "
	    "FROM generate_series(20774, 20778) d; "
	    "INSERT INTO tally_record SELECT d, 'd' || s, '\\x01', 0, 'v', 'r' "
	    "FROM generate_series(20774, 20778) d, generate_series(1, 200) s; "
	    "INSERT INTO tally_policy SELECT t.day, t.domain, t.record_key, 0, "
	    "decode(md5(p::text), 'hex'), p, 'x', 'x', 'x', 1, 1 "
	    "FROM tally_record t, generate_series(1, 2) p; "
	    "INSERT INTO tally_detail SELECT t.day, t.domain, t.record_key, 0, "
	    "t.policy_key, decode(md5(k::text), 'hex'), 202, '', '', '', '', "
	    "'', '', 1 FROM tally_policy t, generate_series(1, 6) k; "
	    "INSERT INTO report (report_id, day, domain, record_key, part, rua, "
	    "file_name, body, json_bytes, policies, succeeded, failed, folded, "
	    "built_at) SELECT t.day || t.domain, t.day, t.domain, "
	    "t.record_key, 0, 'r', 'f', '\\x00', 1, 1, 1, 1, 0, 1 "
	    "FROM tally_record t; ANALYZE");
}

/* d: a domain, b: a key, y: the day in question, i: another number. */
static const struct {
	enum query query;
	const char *params;
} plans[] = {
	{ QUERY_REPORT_DUE, "ydbiii" },
	{ QUERY_TALLY_RECORD_LIST, "ydbii" },
	{ QUERY_TALLY_POLICY_LIST, "ydbidbi" },
	{ QUERY_TALLY_DETAIL_LIST, "ydbidbi" },
	{ QUERY_TALLY_DETAIL_PAGE, "ydbibbi" },
	{ QUERY_TALLY_RECORD_LOCK, "ydbi" },
	{ QUERY_TALLY_SUMS, "yd" },
	{ QUERY_TALLY_PART, "ydb" },
	{ QUERY_REPORT_MAKE_STALE, "ydb" },
	{ QUERY_REPORT_LIST, "yyydti" },
	{ QUERY_REPORT_UNDELIVERED_LIST, "ydti" },
	{ QUERY_REPORT_GET, "t" },
	{ QUERY_REPORT_FREEZE, "ti" },
	{ QUERY_REPORT_DELIVERED, "ti" },
	{ QUERY_REPORT_FORGET_DAY, "y" },
	{ QUERY_REPORT_FORGET_END, "yi" },
	{ QUERY_DELIVERY_ATTEMPT_FORGET, "ydt" },
	{ QUERY_DELIVERY_MAIL_FORGET, "ydt" },
	{ QUERY_DELIVERY_FORGET, "ydt" },
	{ QUERY_REPORT_FORGET, "ydt" },
	{ QUERY_OUTGOING_REPORTS, "yydydtiit" },
};

static struct db_value
param_of(char kind, const struct content_key *k)
{
	switch (kind) {
	case 'd':
		return DB_T(SPAN_LIT("d100"));
	case 't':
		return DB_T(SPAN_LIT("20778d100"));
	case 'b':
		return DB_B(content_key_span(k));
	case 'y':
		return DB_I(DAY);
	default:
		return DB_I(1);
	}
}

/* No large table is read from its beginning, and of a day's tallies no other
 * day's partition. */
static enum err
check_step(void *arg, const struct db_value *row)
{
	struct buf line = BUF_INIT(65536);
	const char *text, *on;

	buf_add(&line, row[0].bytes);
	text = buf_str(&line);
	on = strstr(text, " on tally_");
	if (strstr(text, "Seq Scan on tally_") != NULL ||
	    strstr(text, "Seq Scan on report") != NULL ||
	    (on != NULL && strstr(on, "_20778") == NULL))
		fail_msg("%s: %s", (const char *)arg, text);
	buf_free(&line);
	return E_OK;
}

static void
assert_searches(struct db *db, enum query query, const char *kinds)
{
	struct db_value params[DB_VALUES_MAX];
	struct buf sql = BUF_INIT(65536);
	struct content_key k = key(1);
	struct why why = { { 0 } };
	char name[64];

	(void)snprintf(name, sizeof(name), "%s", query_texts[query].name);
	for (size_t i = 0; i < strlen(kinds); i++)
		params[i] = param_of(kinds[i], &k);
	buf_addf(&sql, "EXPLAIN %s", query_texts[query].sql[SQL_PGSQL]);
	assert_ok_why(db_run(db,
			  &(const struct db_statement){ .params = params,
			      .nparams = strlen(kinds),
			      .row = check_step,
			      .arg = name,
			      .sql = buf_str(&sql) },
			  NULL, &why),
	    &why);
	buf_free(&sql);
}

/* What could not use an index would read a whole table all the same. */
static void
test_a_query_is_about_one_partition(void **state)
{
	struct fixture *f = *state;
	struct why why = { { 0 } };
	struct db *db;

	if (!is_pgsql(f))
		skip();
	fill_days(f);
	db = open_db(f);
	assert_ok_why(db_begin(db, &why), &why);
	assert_ok_why(db_script(db, "SET LOCAL enable_seqscan = off", &why),
	    &why);
	for (size_t i = 0; i < sizeof(plans) / sizeof(plans[0]); i++)
		assert_searches(db, plans[i].query, plans[i].params);
	db_close(db);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		TEST(test_any_day_is_kept),
		TEST(test_room_is_made_once),
		TEST(test_what_came_before_its_room_is_moved),
		TEST(test_too_many_to_be_moved_stay),
		TEST(test_room_waits_for_nobody),
		TEST(test_old_days_go_and_others_stay),
		TEST(test_no_day_goes_before_its_reports_are_built),
		TEST(test_what_comes_for_a_day_that_went_is_kept),
		TEST(test_tallies_stay_from_every_earlier_schema),
		TEST(test_the_domain_comes_first_in_each_key),
		TEST(test_a_foreign_key_begins_with_the_domain),
		TEST(test_large_tables_have_a_partition_for_each_day),
		TEST(test_a_partition_is_one_day),
		TEST(test_a_query_is_about_one_partition),
	};

	store_kind(argc, argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
