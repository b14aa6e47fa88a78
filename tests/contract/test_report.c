/* The store contract: days and reports. */
#include "store_fixture.h"

#include <pthread.h>

/* -- days -- */

struct days {
	int64_t day[8], due[8];
	struct day_state state[8];
	size_t n;
};

static enum err
note_day_number(void *arg, int64_t day, int64_t due)
{
	struct days *d = arg;

	d->day[d->n] = day;
	d->due[d->n++] = due;
	return E_OK;
}

static enum err
note_day(void *arg, const struct day_state *state)
{
	struct days *d = arg;

	d->state[d->n++] = *state;
	return E_OK;
}

static void
close_day(struct fixture *f, int64_t day)
{
	struct why why = { { 0 } };

	assert_ok_why(store_day_close(f->store, day, NOW_S,
			  SPAN_LIT("watermark"), SPAN_LIT(""), &why),
	    &why);
}

static void
test_days_open_and_close(void **state)
{
	struct fixture *f = *state;
	struct days open = { .n = 0 }, closed = { .n = 0 }, all = { .n = 0 };
	struct why why = { { 0 } };

	register_collector(f);
	flush_one(f, 0, 1, DAY, "a.example", 1, 2);
	flush_one(f, 1, 2, DAY + 1, "a.example", 10, 20);
	close_day(f, DAY);
	assert_err(E_EXISTS,
	    store_day_close(f->store, DAY, NOW_S, SPAN_LIT("grace"),
		SPAN_LIT(""), NULL));
	assert_err(E_ABSENT,
	    store_day_close(f->store, DAY + 5, NOW_S, SPAN_LIT("grace"),
		SPAN_LIT(""), NULL));
	assert_ok_why(store_day_open(f->store, DAY + 2, note_day_number, &open,
			  &why),
	    &why);
	assert_int_equal(1, open.n);
	assert_int_equal(DAY + 1, open.day[0]);
	assert_ok_why(store_day_closed(f->store, DAY - 3, note_day_number,
			  &closed, &why),
	    &why);
	assert_int_equal(1, closed.n);
	assert_int_equal(DAY, closed.day[0]);
	assert_ok_why(store_day_list(f->store, DAY, note_day, &all, &why),
	    &why);
	assert_int_equal(2, all.n);
	assert_int_equal(1, all.state[0].succeeded);
	assert_int_equal(2, all.state[0].failed);
	assert_int_equal(NOW_S, all.state[0].closed_s);
	assert_int_equal(0, all.state[1].closed_s);
	assert_int_equal(20, all.state[1].failed);
}

static void
test_a_day_is_due_until_settled(void **state)
{
	struct fixture *f = *state;
	struct days due = { .n = 0 }, later = { .n = 0 }, after = { .n = 0 };
	struct why why = { { 0 } };

	register_collector(f);
	flush_one(f, 0, 1, DAY, "a.example", 1, 0);
	close_day(f, DAY);
	assert_ok_why(store_day_due(f->store, note_day_number, &due, &why),
	    &why);
	assert_int_equal(1, due.n);
	/* More came between the look and the end of the work. */
	flush_one(f, 1, 2, DAY, "a.example", 1, 0);
	assert_ok_why(store_day_settle(f->store, DAY, due.due[0], &why), &why);
	assert_ok_why(store_day_due(f->store, note_day_number, &later, &why),
	    &why);
	assert_int_equal(1, later.n);
	assert_ok_why(store_day_settle(f->store, DAY, later.due[0], &why),
	    &why);
	assert_ok_why(store_day_due(f->store, note_day_number, &after, &why),
	    &why);
	assert_int_equal(0, after.n);
}

/* -- reports -- */

static struct report_row
row(const struct tally_cursor *at, const char *id, const char *body)
{
	return (struct report_row){
		.id = span_str(id),
		.day = DAY,
		.domain = at->domain,
		.record_key = at->record_key,
		.part = at->part,
		.rua = SPAN_LIT("mailto:a@b.example\n"),
		.file_name = SPAN_LIT("x!y!1!2!id.json.gz"),
		.body = span_str(body),
		.json_bytes = 1000,
		.policies = 1,
		.succeeded = 2,
		.failed = 3,
		.folded = 4,
		.built_s = NOW_S,
	};
}

static size_t
due_reports(struct fixture *f, bool late, struct tally_cursor **ret)
{
	struct tally_cursor start = TALLY_CURSOR_START;
	struct why why = { { 0 } };
	size_t n;

	assert_ok_why(store_report_due(f->store, DAY, &start, late, 100,
			  &f->arena, ret, &n, &why),
	    &why);
	return n;
}

static void
put(struct fixture *f, const struct tally_cursor *at, const char *id,
    const char *body)
{
	struct report_row r = row(at, id, body);
	struct why why = { { 0 } };

	assert_ok_why(store_begin(f->store, &why), &why);
	assert_ok_why(store_report_put(f->store, &r, &why), &why);
	assert_ok_why(store_commit(f->store, &why), &why);
}

struct got {
	char id[8][64], body[8][64];
	struct report_row row[8];
	size_t n;
};

static enum err
note_report(void *arg, const struct report_row *r)
{
	struct got *g = arg;

	(void)snprintf(g->id[g->n], sizeof(g->id[0]), "%.*s", SPAN_ARG(r->id));
	(void)snprintf(g->body[g->n], sizeof(g->body[0]), "%.*s",
	    SPAN_ARG(r->body));
	g->row[g->n++] = *r;
	return E_OK;
}

static struct got
undelivered(struct fixture *f)
{
	const struct report_cursor start = REPORT_CURSOR_START;
	struct got got = { .n = 0 };
	struct why why = { { 0 } };

	assert_ok_why(store_report_undelivered(f->store, &start, 8, note_report,
			  &got, &why),
	    &why);
	return got;
}

static void
assert_body(struct fixture *f, const char *id, const char *want)
{
	struct got got = { .n = 0 };
	struct why why = { { 0 } };

	assert_ok_why(store_report_get(f->store, span_str(id), note_report,
			  &got, &why),
	    &why);
	assert_string_equal(want, got.body[0]);
}

static void
test_a_report_is_due_once(void **state)
{
	struct fixture *f = *state;
	struct tally_cursor *due;

	register_collector(f);
	flush_one(f, 0, 1, DAY, "a.example", 1, 0);
	flush_one(f, 1, 2, DAY, "b.example", 1, 0);
	close_day(f, DAY);
	assert_int_equal(2, due_reports(f, false, &due));
	assert_span("a.example", due[0].domain);
	put(f, &due[0], "id-a", "body-a");
	assert_int_equal(1, due_reports(f, false, &due));
	assert_span("b.example", due[0].domain);
	assert_int_equal(1, undelivered(f).n);
}

/* -- domains without a report -- */

static void
put_no_report(struct fixture *f, const char *domain)
{
	struct why why = { { 0 } };

	assert_ok_why(store_begin(f->store, &why), &why);
	assert_ok_why(store_day_hold(f->store, DAY, &why), &why);
	assert_ok_why(store_no_report_put(f->store, DAY, span_str(domain),
			  SPAN_LIT("as the test says"), &why),
	    &why);
	assert_ok_why(store_commit(f->store, &why), &why);
}

static void
test_a_domain_without_a_report_is_not_due(void **state)
{
	struct fixture *f = *state;
	struct why why = { { 0 } };
	struct tally_cursor *due;
	struct tally *t;
	struct one o;
	size_t n;

	register_collector(f);
	flush_one(f, 0, 1, DAY, "a.example", 1, 0);
	make_one(&o, DAY, "a.example", 1, 0);
	o.tally.record_key = key(7);
	assert_ok_why(flush(f, 1, 2, &o.tally, 1, &why), &why);
	flush_one(f, 2, 3, DAY, "b.a.example", 1, 0);
	close_day(f, DAY);
	assert_int_equal(3, due_reports(f, true, &due));
	/* All its records; again is as good as once. */
	put_no_report(f, "a.example");
	put_no_report(f, "a.example");
	assert_int_equal(1, due_reports(f, true, &due));
	assert_span("b.a.example", due[0].domain);
	t = read_all(f, DAY, &n);
	assert_int_equal(3, n);
	assert_span("as the test says", t[0].no_report);
	assert_span("as the test says", t[1].no_report);
	assert_span("", t[2].no_report);
	/* Late sessions of one record: all is looked at anew. */
	flush_one(f, 3, 4, DAY, "a.example", 1, 0);
	assert_int_equal(3, due_reports(f, false, &due));
	assert_span("", read_all(f, DAY, &n)->no_report);
}

struct late {
	struct fixture f; /* with a store of its own */
	enum err err;
};

static void *
flush_late(void *arg)
{
	struct late *l = arg;
	struct one o[2];
	struct tally tallies[2];

	make_one(&o[0], DAY, "a.example", 1, 0);
	make_one(&o[1], DAY, "b.example", 1, 0);
	tallies[0] = o[0].tally;
	tallies[1] = o[1].tally;
	do
		l->err = flush(&l->f, 2, 3, tallies, 2, NULL);
	while (l->err == E_BUSY);
	return NULL;
}

/* Whoever decides about a day decides about all that there is: what is written
 * is undone by late sessions, never passed by them. */
static void
test_late_sessions_wait_for_who_holds_the_day(void **state)
{
	struct fixture *f = *state;
	struct late late = { .f = *f };
	struct why why = { { 0 } };
	struct tally_cursor *due;
	struct report_row r;
	pthread_t thread;

	register_collector(f);
	flush_one(f, 0, 1, DAY, "a.example", 1, 0);
	flush_one(f, 1, 2, DAY, "b.example", 1, 0);
	close_day(f, DAY);
	late.f.store = open_store(f);
	assert_ok_why(store_begin(f->store, &why), &why);
	assert_ok_why(store_day_hold(f->store, DAY, &why), &why);
	assert_int_equal(0, pthread_create(&thread, NULL, flush_late, &late));
	assert_int_equal(2, due_reports(f, false, &due));
	assert_ok_why(store_no_report_put(f->store, DAY, due[0].domain,
			  SPAN_LIT("as the test says"), &why),
	    &why);
	r = row(&due[1], "id-b", "body-b");
	assert_ok_why(store_report_put(f->store, &r, &why), &why);
	assert_ok_why(store_commit(f->store, &why), &why);
	assert_int_equal(0, pthread_join(thread, NULL));
	assert_ok(late.err);
	assert_int_equal(2, due_reports(f, false, &due));
	store_close(late.f.store);
}

struct sums {
	uint64_t succeeded[16], failed[16]; /* by policy type */
	unsigned n;
};

static enum err
note_sum(void *arg, enum policy_type type, uint64_t succeeded, uint64_t failed)
{
	struct sums *s = arg;

	s->succeeded[type] = succeeded;
	s->failed[type] = failed;
	s->n++;
	return E_OK;
}

static void
test_a_domain_s_results_are_summed_by_type(void **state)
{
	struct fixture *f = *state;
	struct why why = { { 0 } };
	struct tally_cursor *due;
	struct sums sums = { .n = 0 }, none = { .n = 0 };
	struct one o;

	register_collector(f);
	flush_one(f, 0, 1, DAY, "a.example", 1, 2);
	/* Another policy, another record, other domains and days. */
	make_one(&o, DAY, "a.example", 10, 0);
	o.policy.key = key(8);
	assert_ok_why(flush(f, 1, 2, &o.tally, 1, &why), &why);
	o.tally.record_key = key(9);
	o.policy.type = POLICY_TLSA;
	assert_ok_why(flush(f, 2, 3, &o.tally, 1, &why), &why);
	flush_one(f, 3, 4, DAY, "b.a.example", 100, 100);
	flush_one(f, 4, 5, DAY + 1, "a.example", 100, 100);
	/* And another part. */
	close_day(f, DAY);
	assert_int_equal(3, due_reports(f, false, &due));
	put(f, &due[0], "id-a", "body-a");
	assert_ok(store_report_freeze(f->store, SPAN_LIT("id-a"), NOW_S, &why));
	flush_one(f, 5, 6, DAY, "a.example", 5, 0);
	assert_ok_why(store_tally_sums(f->store, DAY, SPAN_LIT("a.example"),
			  note_sum, &sums, &why),
	    &why);
	assert_int_equal(2, sums.n);
	assert_int_equal(1 + 10 + 5, sums.succeeded[POLICY_STS]);
	assert_int_equal(2, sums.failed[POLICY_STS]);
	assert_int_equal(10, sums.succeeded[POLICY_TLSA]);
	assert_int_equal(0, sums.failed[POLICY_TLSA]);
	assert_ok(store_tally_sums(f->store, DAY, SPAN_LIT("c.example"),
	    note_sum, &none, &why));
	assert_int_equal(0, none.n);
}

/* -- what is due -- */

static void
test_nobody_to_report_to_is_never_due(void **state)
{
	struct fixture *f = *state;
	struct why why = { { 0 } };
	struct tally_cursor *due;
	struct one o;

	register_collector(f);
	make_one(&o, DAY, "a.example", 1, 0);
	o.tally.rua = SPAN_LIT("");
	assert_ok_why(flush(f, 0, 1, &o.tally, 1, &why), &why);
	make_one(&o, DAY, "", 1, 0);
	assert_ok_why(flush(f, 1, 2, &o.tally, 1, &why), &why);
	close_day(f, DAY);
	assert_int_equal(0, due_reports(f, true, &due));
}

static void
test_late_sessions_make_an_unseen_report_stale(void **state)
{
	struct fixture *f = *state;
	struct why why = { { 0 } };
	struct tally_cursor *due;
	size_t n;

	register_collector(f);
	flush_one(f, 0, 1, DAY, "a.example", 1, 0);
	close_day(f, DAY);
	assert_int_equal(1, due_reports(f, false, &due));
	put(f, &due[0], "id-a", "body-a");
	flush_one(f, 1, 2, DAY, "a.example", 5, 0);
	assert_int_equal(6, read_all(f, DAY, &n)->policies[0].succeeded);
	assert_int_equal(1, n);
	assert_int_equal(0, undelivered(f).n);
	assert_err(E_CONFLICT,
	    store_report_freeze(f->store, SPAN_LIT("id-a"), NOW_S, &why));
	assert_int_equal(1, due_reports(f, false, &due));
	assert_int_equal(0, due[0].part);
	put(f, &due[0], "id-a", "body-2");
	assert_int_equal(1, undelivered(f).n);
	assert_string_equal("id-a", undelivered(f).id[0]);
	assert_body(f, "id-a", "body-2");
}

static void
test_late_sessions_behind_a_frozen_report_are_another_part(void **state)
{
	struct fixture *f = *state;
	struct why why = { { 0 } };
	struct tally_cursor *due;
	struct tally *t;
	struct got got;
	size_t n;

	register_collector(f);
	flush_one(f, 0, 1, DAY, "a.example", 1, 0);
	close_day(f, DAY);
	assert_int_equal(1, due_reports(f, false, &due));
	put(f, &due[0], "id-a", "body-a");
	assert_ok_why(store_report_freeze(f->store, SPAN_LIT("id-a"), NOW_S,
			  &why),
	    &why);
	flush_one(f, 1, 2, DAY, "a.example", 5, 0);
	t = read_all(f, DAY, &n);
	assert_int_equal(2, n);
	assert_int_equal(1, t[0].policies[0].succeeded);
	assert_int_equal(1, t[1].part);
	assert_int_equal(5, t[1].policies[0].succeeded);
	/* The frozen bytes stay, whatever is put. */
	put(f, &due[0], "id-a", "other");
	got = undelivered(f);
	assert_int_equal(1, got.n);
	assert_body(f, "id-a", "body-a");
	assert_int_equal(0, due_reports(f, false, &due));
	assert_int_equal(1, due_reports(f, true, &due));
	assert_int_equal(1, due[0].part);
	put(f, &due[0], "id-b", "body-b");
	assert_int_equal(0, due_reports(f, true, &due));
	/* And what comes still later adds to the second part. */
	flush_one(f, 2, 3, DAY, "a.example", 7, 0);
	t = read_all(f, DAY, &n);
	assert_int_equal(2, n);
	assert_int_equal(12, t[1].policies[0].succeeded);
}

static void
test_a_report_is_delivered_once(void **state)
{
	struct fixture *f = *state;
	struct why why = { { 0 } };
	struct tally_cursor *due;
	struct got got = { .n = 0 };

	register_collector(f);
	flush_one(f, 0, 1, DAY, "a.example", 1, 0);
	close_day(f, DAY);
	assert_int_equal(1, due_reports(f, false, &due));
	put(f, &due[0], "id-a", "body-a");
	assert_ok(store_report_freeze(f->store, SPAN_LIT("id-a"), NOW_S, &why));
	/* Killed here: it comes again, as it was. */
	assert_int_equal(1, undelivered(f).n);
	assert_ok(
	    store_report_freeze(f->store, SPAN_LIT("id-a"), NOW_S + 9, &why));
	assert_ok(store_report_delivered(f->store, SPAN_LIT("id-a"), NOW_S + 10,
	    &why));
	assert_int_equal(0, undelivered(f).n);
	assert_ok_why(store_report_get(f->store, SPAN_LIT("id-a"), note_report,
			  &got, &why),
	    &why);
	assert_int_equal(NOW_S, got.row[0].frozen_s);
	assert_int_equal(NOW_S + 10, got.row[0].delivered_s);
	assert_string_equal("body-a", got.body[0]);
	assert_int_equal(6, got.row[0].body_bytes);
	assert_int_equal(1000, got.row[0].json_bytes);
	assert_int_equal(4, got.row[0].folded);
	assert_err(E_ABSENT,
	    store_report_get(f->store, SPAN_LIT("none"), note_report, &got,
		&why));
}

static void
test_reports_are_listed_by_day_and_domain(void **state)
{
	struct fixture *f = *state;
	struct why why = { { 0 } };
	struct tally_cursor *due;
	struct got got = { .n = 0 }, none = { .n = 0 };

	register_collector(f);
	flush_one(f, 0, 1, DAY, "b.example", 1, 0);
	flush_one(f, 1, 2, DAY, "a.example", 1, 0);
	close_day(f, DAY);
	assert_int_equal(2, due_reports(f, false, &due));
	put(f, &due[1], "1", "b");
	put(f, &due[0], "2", "a");
	assert_ok_why(store_report_list(f->store, DAY, DAY, note_report, &got,
			  &why),
	    &why);
	assert_int_equal(2, got.n);
	assert_string_equal("2", got.id[0]);
	assert_string_equal("1", got.id[1]);
	assert_ok_why(store_report_list(f->store, DAY + 1, DAY + 9, note_report,
			  &none, &why),
	    &why);
	assert_int_equal(0, none.n);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		TEST(test_days_open_and_close),
		TEST(test_a_day_is_due_until_settled),
		TEST(test_a_report_is_due_once),
		TEST(test_a_domain_without_a_report_is_not_due),
		TEST(test_late_sessions_wait_for_who_holds_the_day),
		TEST(test_a_domain_s_results_are_summed_by_type),
		TEST(test_nobody_to_report_to_is_never_due),
		TEST(test_late_sessions_make_an_unseen_report_stale),
		TEST(
		    test_late_sessions_behind_a_frozen_report_are_another_part),
		TEST(test_a_report_is_delivered_once),
		TEST(test_reports_are_listed_by_day_and_domain),
	};

	store_kind(argc, argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
