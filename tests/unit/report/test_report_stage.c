/* Days on a clock that stands still until it is moved, on a real SQLite store.
 */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "report/day_close.h"
#include "report/report_stage.h"
#include "store/db.h"

#define DAY 20778
#define GRACE_S 7200
#define MAX_DETAILS 20 /* of a report, so that the test is short */

struct collector_state {
	struct uuid id;
	const char *host;
	struct position at;
};

struct fixture {
	char folder[256], url[300];
	struct clock clock;
	struct store *store;
	struct report_stage stage;
	struct collector_state one, two;
	struct day_state day;
	char closed_by[32], missing[256];
	struct arena arena;
};

/* Seconds after the midnight that ends DAY. */
static void
set_time(struct fixture *f, int64_t s)
{
	f->clock.offset_ns = (day_start_s(DAY + 1) + s) * NS_PER_S;
}

static void
register_collector(struct fixture *f, struct collector_state *c,
    const char *host)
{
	struct position got;
	struct why why = { { 0 } };

	c->id = uuid_new(0);
	c->host = host;
	c->at = (struct position){ uuid_new(0), 1, 0 };
	assert_ok_why(store_collector_register(f->store, &c->id, span_str(host),
			  &c->at, 0, &got, &why),
	    &why);
}

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct store_schema schema;
	struct why why = { { 0 } };

	log_setup(LOG_TO_STDERR, LOG_LEVEL_ERROR, "test");
	support_mkdtemp(f->folder);
	(void)snprintf(f->url, sizeof(f->url), "sqlite:%s/store.db", f->folder);
	f->clock = support_clock(0);
	set_time(f, -3600);
	assert_ok_why(store_make(f->url, &f->store, &why), &why);
	assert_ok_why(store_migrate(f->store, 0, &schema, &why), &why);
	f->stage = (struct report_stage){
		.store = f->store,
		.clock = &f->clock,
		.options = { .reporter = { SPAN_LIT("Example"),
				 SPAN_LIT("a@s.example"),
				 SPAN_LIT("s.example") },
		    .max_bytes = 1 << 20,
		    .max_details = MAX_DETAILS },
		.grace_s = GRACE_S,
		.started_s = clock_wall_s(&f->clock),
	};
	f->arena = ARENA_INIT(1 << 24);
	register_collector(f, &f->one, "one");
	register_collector(f, &f->two, "two");
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	store_close(f->store);
	arena_free(&f->arena);
	support_rmdir(f->folder);
	free(f);
	return 0;
}

/* n sessions of a domain on DAY; the watermark is in seconds after midnight. */
static void
flush(struct fixture *f, struct collector_state *c, uint64_t n,
    const char *domain, int64_t watermark)
{
	struct tally_policy policy = { .type = POLICY_NO_POLICY_FOUND,
		.succeeded = n };
	struct tally tally = {
		.day = DAY,
		.domain = span_str(domain),
		.rua = SPAN_LIT("mailto:a@b.example\n"),
		.policies = &policy,
		.npolicies = 1,
	};
	struct flush flush = {
		.collector = c->id,
		.host = span_str(c->host),
		.from = c->at,
		.to = c->at,
		.watermark_s = day_start_s(DAY + 1) + watermark,
		.tallies = { tally_of_array, &tally, n > 0 },
	};
	struct why why = { { 0 } };

	flush.to.offset++;
	assert_ok_why(store_flush(f->store, &flush, &why), &why);
	c->at = flush.to;
}

static void
run(struct fixture *f)
{
	struct why why = { { 0 } };

	assert_ok_why(report_stage_run(&f->stage, &why), &why);
}

static enum err
note_day(void *arg, const struct day_state *d)
{
	struct fixture *f = arg;

	f->day = *d;
	(void)snprintf(f->closed_by, sizeof(f->closed_by), "%.*s",
	    SPAN_ARG(d->closed_by));
	(void)snprintf(f->missing, sizeof(f->missing), "%.*s",
	    SPAN_ARG(d->missing));
	return E_OK;
}

static void
look(struct fixture *f)
{
	struct why why = { { 0 } };

	f->day = (struct day_state){ .day = 0 };
	assert_ok_why(store_day_list(f->store, DAY, note_day, f, &why), &why);
}

struct reports {
	char id[8][64], domain[8][64];
	struct report_row row[8];
	size_t n;
};

static enum err
note_report(void *arg, const struct report_row *r)
{
	struct reports *all = arg;

	(void)snprintf(all->id[all->n], 64, "%.*s", SPAN_ARG(r->id));
	(void)snprintf(all->domain[all->n], 64, "%.*s", SPAN_ARG(r->domain));
	all->row[all->n++] = *r;
	return E_OK;
}

static struct reports
reports(struct fixture *f)
{
	struct reports all = { .n = 0 };
	struct why why = { { 0 } };

	assert_ok_why(store_report_list(f->store, DAY, DAY, note_report, &all,
			  &why),
	    &why);
	return all;
}

static void
freeze(struct fixture *f, const char *id)
{
	struct why why = { { 0 } };

	assert_ok_why(store_report_freeze(f->store, span_str(id), 1, &why),
	    &why);
	assert_ok_why(store_report_delivered(f->store, span_str(id), 1, &why),
	    &why);
}

static void
test_a_day_closes_when_all_have_passed_midnight(void **state)
{
	struct fixture *f = *state;

	flush(f, &f->one, 5, "a.example", -10);
	flush(f, &f->two, 7, "b.example", -10);
	set_time(f, 1);
	run(f);
	look(f);
	assert_int_equal(0, f->day.closed_s);
	flush(f, &f->one, 0, "", 1);
	run(f);
	look(f);
	assert_int_equal(0, f->day.closed_s);
	/* Just before midnight is not past it. */
	flush(f, &f->two, 2, "b.example", -1);
	run(f);
	look(f);
	assert_int_equal(0, f->day.closed_s);
	flush(f, &f->two, 0, "", 0);
	run(f);
	look(f);
	assert_int_equal(day_start_s(DAY + 1) + 1, f->day.closed_s);
	assert_string_equal("watermark", f->closed_by);
	assert_string_equal("", f->missing);
	assert_int_equal(2, reports(f).n);
	assert_int_equal(5, reports(f).row[0].succeeded);
	assert_int_equal(9, reports(f).row[1].succeeded);
}

static void
test_a_day_is_not_closed_before_it_is_over(void **state)
{
	struct fixture *f = *state;

	flush(f, &f->one, 5, "a.example", 100);
	flush(f, &f->two, 0, "", 100);
	run(f);
	look(f);
	assert_int_equal(0, f->day.closed_s);
}

static void
test_a_silent_collector_is_waited_for_as_long_as_grace(void **state)
{
	struct fixture *f = *state;

	flush(f, &f->one, 5, "a.example", 10);
	set_time(f, GRACE_S - 1);
	run(f);
	look(f);
	assert_int_equal(0, f->day.closed_s);
	set_time(f, GRACE_S);
	run(f);
	look(f);
	assert_string_equal("grace", f->closed_by);
	assert_non_null(strstr(f->missing, "two ("));
	assert_null(strstr(f->missing, "one ("));
	assert_int_equal(1, reports(f).n);
}

static void
test_a_forgotten_collector_is_not_waited_for(void **state)
{
	struct fixture *f = *state;
	struct why why = { { 0 } };

	flush(f, &f->one, 5, "a.example", 10);
	set_time(f, 20);
	assert_ok_why(store_collector_forget(f->store, &f->two.id, &why), &why);
	run(f);
	look(f);
	assert_string_equal("watermark", f->closed_by);
	assert_string_equal("", f->missing);
}

static void
test_after_its_own_start_it_has_patience(void **state)
{
	struct fixture *f = *state;

	flush(f, &f->one, 5, "a.example", -10);
	set_time(f, 10 * GRACE_S);
	f->stage.started_s = clock_wall_s(&f->clock);
	run(f);
	look(f);
	assert_int_equal(0, f->day.closed_s);
	set_time(f, 10 * GRACE_S + DAY_CLOSE_START_S);
	run(f);
	look(f);
	assert_string_equal("grace", f->closed_by);
}

static void
test_late_sessions_before_delivery_are_in_the_report(void **state)
{
	struct fixture *f = *state;
	struct reports before, after;

	flush(f, &f->one, 5, "a.example", 10);
	set_time(f, GRACE_S);
	run(f);
	before = reports(f);
	flush(f, &f->two, 7, "a.example", -5);
	flush(f, &f->two, 2, "new.example", -5);
	run(f);
	after = reports(f);
	assert_int_equal(2, after.n);
	assert_string_equal(before.id[0], after.id[0]);
	assert_int_equal(12, after.row[0].succeeded);
	assert_string_equal("new.example", after.domain[1]);
}

static void
test_late_sessions_behind_delivery_wait_for_the_next_close(void **state)
{
	struct fixture *f = *state;
	struct tally_policy policy = { .type = POLICY_NO_POLICY_FOUND,
		.succeeded = 1 };
	struct tally next_day = { .day = DAY + 1,
		.domain = SPAN_LIT("a.example"),
		.rua = SPAN_LIT("mailto:a@b.example\n"),
		.policies = &policy,
		.npolicies = 1 };
	struct flush more = { .collector = f->one.id,
		.tallies = { tally_of_array, &next_day, 1 },
		.watermark_s = day_start_s(DAY + 2) };
	struct why why = { { 0 } };
	struct reports all;

	flush(f, &f->one, 5, "a.example", 10);
	set_time(f, GRACE_S);
	run(f);
	freeze(f, reports(f).id[0]);
	flush(f, &f->two, 7, "a.example", -5);
	run(f);
	assert_int_equal(1, reports(f).n);
	/* A day later. */
	more.from = more.to = f->one.at;
	more.to.offset++;
	assert_ok_why(store_flush(f->store, &more, &why), &why);
	set_time(f, S_PER_DAY + GRACE_S);
	run(f);
	all = reports(f);
	assert_int_equal(2, all.n);
	assert_string_not_equal(all.id[0], all.id[1]);
	assert_int_equal(12, all.row[0].succeeded + all.row[1].succeeded);
	assert_int_equal(1, all.row[0].part + all.row[1].part);
}

static void
test_an_operator_closes_a_day(void **state)
{
	struct fixture *f = *state;
	struct why why = { { 0 } };

	flush(f, &f->one, 5, "a.example", -10);
	assert_err(E_USAGE,
	    day_close_now(f->store, DAY, day_start_s(DAY) + 5, &why));
	assert_ok(day_close_now(f->store, DAY, day_start_s(DAY + 1), &why));
	look(f);
	assert_string_equal("operator", f->closed_by);
	assert_non_null(strstr(f->missing, "one ("));
	assert_err(E_EXISTS,
	    day_close_now(f->store, DAY, day_start_s(DAY + 1), &why));
	assert_err(E_ABSENT,
	    day_close_now(f->store, DAY - 9, day_start_s(DAY + 1), &why));
}

static void
test_a_thousand_domains_have_a_report_each(void **state)
{
	struct fixture *f = *state;
	size_t built = 0;
	struct why why = { { 0 } };

	for (int i = 0; i < 1000; i++) {
		char domain[32];

		(void)snprintf(domain, sizeof(domain), "d%03d.example", i);
		flush(f, &f->one, 1, domain, 0);
	}
	assert_ok(store_day_close(f->store, DAY, 1, SPAN_LIT("test"),
	    SPAN_LIT(""), &why));
	assert_ok_why(report_build_day(f->store, &f->stage.options, DAY, false,
			  1, &built, &why),
	    &why);
	assert_int_equal(1000, built);
	assert_ok_why(report_build_day(f->store, &f->stage.options, DAY, false,
			  1, &built, &why),
	    &why);
	assert_int_equal(0, built);
}

/* Behind the store's back. */
static void
run_sql(struct fixture *f, const char *sql)
{
	struct why why = { { 0 } };
	struct db *db;

	assert_ok_why(db_open(f->url, false, &db, &why), &why);
	assert_ok_why(db_script(db, sql, &why), &why);
	db_close(db);
}

static void
close_day(struct fixture *f, int64_t day)
{
	struct why why = { { 0 } };

	assert_ok_why(store_day_close(f->store, day, 1, SPAN_LIT("test"),
			  SPAN_LIT(""), &why),
	    &why);
}

static void
test_one_domain_does_not_hold_up_the_others(void **state)
{
	struct fixture *f = *state;
	struct reports all;

	for (const char *c = "abcdef"; *c != '\0'; c++) {
		char domain[] = { *c, '.', 'e', 'x', 'a', 'm', 'p', 'l', 'e',
			'\0' };

		flush(f, &f->one, 1, domain, 0);
	}
	/* Rows that no program of ours wrote. */
	run_sql(f,
	    "UPDATE tally_policy SET policy_type = 77 "
	    "WHERE domain NOT IN ('b.example', 'e.example')");
	close_day(f, DAY);
	set_time(f, 10);
	run(f);
	all = reports(f);
	assert_int_equal(2, all.n);
	assert_string_equal("b.example", all.domain[0]);
	assert_string_equal("e.example", all.domain[1]);
}

/* Failure details that are all different, over two policies. */
static void
flush_details(struct fixture *f, const char *domain, unsigned n)
{
	struct tally_detail *v = calloc(n, sizeof(*v));
	char(*helo)[16] = calloc(n, sizeof(*helo));
	struct tally_policy policies[2] = {
		{ .key = { { 1 } },
		    .type = POLICY_TLSA,
		    .failed = n / 2,
		    .domain = SPAN_LIT("mx1.example"),
		    .details = v,
		    .ndetails = n / 2 },
		{ .key = { { 2 } },
		    .type = POLICY_TLSA,
		    .failed = n / 2,
		    .domain = SPAN_LIT("mx2.example"),
		    .details = v + n / 2,
		    .ndetails = n / 2 },
	};
	struct tally tally = { .day = DAY,
		.domain = span_str(domain),
		.rua = SPAN_LIT("mailto:a@b.example\n"),
		.policies = policies,
		.npolicies = 2 };
	struct flush flush = { .collector = f->one.id,
		.from = f->one.at,
		.to = f->one.at,
		.tallies = { tally_of_array, &tally, 1 } };
	struct why why = { { 0 } };

	for (unsigned i = 0; i < n; i++) {
		(void)snprintf(helo[i], sizeof(helo[i]), "helo %u", i);
		memcpy(v[i].key.b, &i, sizeof(i));
		v[i].sessions = 1;
		v[i].detail.type = RESULT_CERTIFICATE_EXPIRED;
		v[i].detail.helo = span_str(helo[i]);
	}
	flush.to.offset++;
	assert_ok_why(store_flush(f->store, &flush, &why), &why);
	f->one.at = flush.to;
	free(v);
	free(helo);
}

/* More than a transaction may take. */
static void
test_many_reports_of_many_details(void **state)
{
	struct fixture *f = *state;

	for (const char *c = "abc"; *c != '\0'; c++) {
		char domain[] = { *c, '.', 'e', 'x', '\0' };

		flush_details(f, domain, 12000);
	}
	close_day(f, DAY);
	run(f);
	assert_int_equal(3, reports(f).n);
	assert_int_equal(12000, reports(f).row[2].failed);
}

static void
test_too_many_details_are_folded_with_true_totals(void **state)
{
	struct fixture *f = *state;
	struct reports all;

	flush_details(f, "bad.example", 5000);
	flush(f, &f->one, 1, "aa.example", 0);
	flush(f, &f->one, 1, "zz.example", 0);
	close_day(f, DAY);
	run(f);
	all = reports(f);
	assert_int_equal(3, all.n);
	assert_string_equal("bad.example", all.domain[1]);
	assert_int_equal(5000, all.row[1].failed);
	/* Whole ones, and those of each policy without EHLO. */
	assert_int_equal(5000 - MAX_DETAILS - 2, all.row[1].folded);
	assert_int_equal(2, all.row[1].policies);
}

/* A failure that is not a domain's: the rows of one day cannot be written. */
static void
test_one_day_does_not_hold_up_the_others(void **state)
{
	struct fixture *f = *state;
	struct tally_policy policy = { .type = POLICY_NO_POLICY_FOUND,
		.succeeded = 1 };
	struct tally tally = { .day = DAY - 1,
		.domain = SPAN_LIT("a.example"),
		.rua = SPAN_LIT("mailto:a@b.example\n"),
		.policies = &policy,
		.npolicies = 1 };
	struct flush before = { .collector = f->one.id,
		.from = f->one.at,
		.to = f->one.at,
		.tallies = { tally_of_array, &tally, 1 } };
	struct why why = { { 0 } };

	before.to.offset++;
	assert_ok_why(store_flush(f->store, &before, &why), &why);
	f->one.at = before.to;
	flush(f, &f->one, 1, "a.example", 0);
	close_day(f, DAY - 1);
	close_day(f, DAY);
	run_sql(f,
	    "CREATE TRIGGER no BEFORE INSERT ON report "
	    "WHEN NEW.day < 20778 BEGIN SELECT abs(-9223372036854775807 - 1); END");
	assert_int_not_equal(E_OK, report_stage_run(&f->stage, &why));
	assert_int_equal(1, reports(f).n);
}

int
main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_a_day_closes_when_all_have_passed_midnight),
		TEST(test_a_day_is_not_closed_before_it_is_over),
		TEST(test_a_silent_collector_is_waited_for_as_long_as_grace),
		TEST(test_a_forgotten_collector_is_not_waited_for),
		TEST(test_after_its_own_start_it_has_patience),
		TEST(test_late_sessions_before_delivery_are_in_the_report),
		TEST(
		    test_late_sessions_behind_delivery_wait_for_the_next_close),
		TEST(test_an_operator_closes_a_day),
		TEST(test_a_thousand_domains_have_a_report_each),
		TEST(test_one_domain_does_not_hold_up_the_others),
		TEST(test_one_day_does_not_hold_up_the_others),
		TEST(test_many_reports_of_many_details),
		TEST(test_too_many_details_are_folded_with_true_totals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
