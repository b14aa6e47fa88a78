/* The store contract: what our own servers saw and we reported, as it is looked
 * at. */
#include "store_fixture.h"

#include "store/store_delivery.h"
#include "store/store_outgoing.h"

#define T(text) SPAN_LIT(text)
#define TEXT_SIZE 1024

static void
add_word(char *text, const char *word)
{
	size_t len = strlen(text);

	(void)snprintf(text + len, TEXT_SIZE - len, "%s ", word);
}

/* -- days -- */

static enum err
note_day(void *arg, int64_t day, uint64_t domains)
{
	char word[64];

	(void)snprintf(word, sizeof(word), "%d:%d", (int)(day - DAY),
	    (int)domains);
	add_word(arg, word);
	return E_OK;
}

static void
assert_days(struct fixture *f, int64_t first, int64_t last, const char *want)
{
	char text[TEXT_SIZE] = "";

	assert_ok(
	    store_outgoing_days(f->store, first, last, note_day, text, NULL));
	assert_string_equal(want, text);
}

static void
test_days_with_sessions(void **state)
{
	struct fixture *f = *state;

	register_collector(f);
	assert_days(f, 0, DAY + 9, "");
	flush_one(f, 0, 1, DAY, "a.example", 2, 0);
	flush_one(f, 1, 2, DAY, "b.example", 1, 1);
	flush_one(f, 2, 3, DAY, "a.example", 5, 0);
	flush_one(f, 3, 4, DAY + 2, "a.example", 1, 0);
	assert_days(f, DAY, DAY + 2, "0:2 2:1 ");
	assert_days(f, DAY + 1, DAY + 2, "2:1 ");
	assert_days(f, DAY, DAY + 1, "0:2 ");
}

/* -- levels -- */

static enum err
add_levels(void *arg, int64_t day, const struct levels *part)
{
	uint64_t *sums = arg;

	if (day == DAY)
		for (size_t i = 0; i < NLEVELS; i++)
			sums[i] += part->n[i];
	return E_OK;
}

static void
assert_levels(struct fixture *f, uint64_t authenticated, uint64_t testing,
    uint64_t encrypted, uint64_t cleartext, uint64_t not_sent)
{
	const uint64_t want[NLEVELS] = { authenticated, testing, encrypted,
		cleartext, not_sent };
	uint64_t sums[NLEVELS] = { 0 };
	struct why why = { { 0 } };

	assert_ok_why(store_outgoing_levels(f->store, DAY - 1, DAY + 1,
			  add_levels, sums, &why),
	    &why);
	assert_memory_equal(want, sums, sizeof(want));
}

static void
flush_policy(struct fixture *f, int64_t at, int64_t day, const char *domain,
    enum policy_type type, const char *strings, uint64_t succeeded,
    uint64_t failed)
{
	struct why why = { { 0 } };
	struct one o;

	make_one(&o, day, domain, succeeded, failed);
	o.policy.type = type;
	o.policy.strings = span_str(strings);
	assert_ok_why(flush(f, at, at + 1, &o.tally, 1, &why), &why);
}

static enum err
note_due(void *arg, int64_t day, int64_t due)
{
	if (day == DAY)
		*(int64_t *)arg = due;
	return E_OK;
}

static void
settle(struct fixture *f)
{
	struct why why = { { 0 } };
	int64_t due = 0;

	assert_ok_why(store_day_due(f->store, note_due, &due, &why), &why);
	assert_true(due > 0);
	assert_ok_why(store_day_settle(f->store, DAY, due, &why), &why);
}

static void
forget_tallies(struct fixture *f)
{
	struct why why = { { 0 } };
	bool more = true;

	while (more)
		assert_ok_why(store_day_forget(f->store, DAY + 1, &more, &why),
		    &why);
}

/* RFC 8460 s4.4: what failed under testing, or without a policy, was delivered.
 */
static void
test_levels_stay_when_the_tallies_go(void **state)
{
	struct fixture *f = *state;
	struct why why = { { 0 } };

	register_collector(f);
	assert_levels(f, 0, 0, 0, 0, 0);
	flush_one(f, 0, 1, DAY, "a.example", 2, 3);
	flush_policy(f, 1, DAY, "b.example", POLICY_STS,
	    "version: STSv1\nmode: testing\n", 5, 7);
	flush_policy(f, 2, DAY, "c.example", POLICY_NO_POLICY_FOUND, "", 11,
	    13);
	flush_one(f, 3, 4, DAY + 1, "a.example", 100, 0);
	assert_levels(f, 2, 5, 11, 20, 3);
	assert_ok_why(store_day_close(f->store, DAY, NOW_S, T("x"), T(""),
			  &why),
	    &why);
	assert_levels(f, 2, 5, 11, 20, 3);
	settle(f);
	assert_levels(f, 2, 5, 11, 20, 3);
	/* Late, before and after it is added up again. */
	flush_one(f, 4, 5, DAY, "d.example", 17, 0);
	assert_levels(f, 19, 5, 11, 20, 3);
	settle(f);
	forget_tallies(f);
	assert_levels(f, 19, 5, 11, 20, 3);
}

static enum err
note_state(void *arg, const struct day_state *state)
{
	if (state->day == DAY)
		*(struct day_state *)arg = *state;
	return E_OK;
}

static void
assert_sums(struct fixture *f, uint64_t succeeded, uint64_t failed,
    uint64_t late)
{
	struct why why = { { 0 } };
	struct day_state state = { .day = 0 };

	assert_ok_why(store_day_list(f->store, 0, note_state, &state, &why),
	    &why);
	assert_int_equal(succeeded, state.succeeded);
	assert_int_equal(failed, state.failed);
	assert_int_equal(late, state.late);
}

static void
close_and_settle(struct fixture *f)
{
	struct why why = { { 0 } };

	assert_ok_why(store_day_close(f->store, DAY, NOW_S, T("x"), T(""),
			  &why),
	    &why);
	settle(f);
}

/* What a day came to is not made anew of what comes when its tallies have gone;
 * and what came goes in its turn. */
static void
test_late_sessions_are_added_when_the_tallies_went(void **state)
{
	struct fixture *f = *state;

	register_collector(f);
	flush_one(f, 0, 1, DAY, "a.example", 2, 3);
	flush_one(f, 1, 2, DAY, "b.example", 5, 0);
	close_and_settle(f);
	assert_sums(f, 7, 3, 0);
	for (int64_t i = 0; i < 2; i++) {
		uint64_t n = 10 * (uint64_t)(i + 1);

		forget_tallies(f);
		assert_sums(f, n - 3, n - 7, n + n - 20);
		flush_one(f, 2 + i, 3 + i, DAY, "a.example", 10, 10);
		assert_sums(f, n + 7, n + 3, n + n);
		assert_levels(f, n + 7, 0, 0, 0, n + 3);
		assert_days(f, DAY, DAY, "0:2 ");
		settle(f);
		assert_sums(f, n + 7, n + 3, n + n);
		assert_levels(f, n + 7, 0, 0, 0, n + 3);
		assert_days(f, DAY, DAY, "0:2 ");
	}
}

/* Those of a closed day that are still there are added up with the others. */
static void
test_late_sessions_are_told(void **state)
{
	struct fixture *f = *state;

	register_collector(f);
	flush_one(f, 0, 1, DAY, "a.example", 2, 3);
	close_and_settle(f);
	flush_one(f, 1, 2, DAY, "a.example", 10, 0);
	assert_sums(f, 12, 3, 10);
	flush_policy(f, 2, DAY, "b.example", POLICY_NO_POLICY_FOUND, "", 0, 1);
	settle(f);
	assert_sums(f, 12, 4, 11);
	flush_one(f, 3, 4, DAY + 1, "a.example", 100, 0);
	assert_sums(f, 12, 4, 11);
}

/* The removal of a day's tallies takes its time: what comes in the middle of it
 * counts once. */
static void
test_late_sessions_between_two_removals(void **state)
{
	struct fixture *f = *state;
	struct why why = { { 0 } };
	bool more;

	register_collector(f);
	flush_one(f, 0, 1, DAY, "a.example", 2, 3);
	close_and_settle(f);
	assert_ok_why(store_day_forget(f->store, DAY + 1, &more, &why), &why);
	assert_true(more);
	flush_one(f, 1, 2, DAY, "a.example", 10, 0);
	assert_sums(f, 12, 3, 10);
	settle(f);
	assert_sums(f, 12, 3, 10);
	forget_tallies(f);
	assert_sums(f, 12, 3, 10);
	assert_levels(f, 12, 0, 0, 0, 3);
}

/* -- reports -- */

static void
put_report(struct fixture *f, const char *id, int64_t day, const char *domain,
    uint64_t succeeded, uint64_t failed)
{
	struct why why = { { 0 } };

	assert_ok_why(store_report_put(f->store,
			  &(const struct report_row){ .id = span_str(id),
			      .day = day,
			      .domain = span_str(domain),
			      .rua = T(""),
			      .file_name = T("name"),
			      .body = T("{}"),
			      .succeeded = succeeded,
			      .failed = failed },
			  &why),
	    &why);
}

static void
queue(struct fixture *f, const char *id, const char *report, const char *uri,
    int64_t queued_s)
{
	struct why why = { { 0 } };

	assert_ok_why(store_delivery_add(f->store,
			  &(const struct delivery){ .id = span_str(id),
			      .report = span_str(report),
			      .uri = span_str(uri),
			      .host = T("a.example"),
			      .state = DELIVERY_QUEUED,
			      .queued_s = queued_s,
			      .due_s = queued_s },
			  &why),
	    &why);
}

static enum err
take(void *arg, const struct delivery *d)
{
	(void)arg, (void)d;
	return E_OK;
}

/* What is due is tried once, and one of it ends. */
static void
try(struct fixture *f, const char *id, enum delivery_state end, int64_t done_s,
    const char *answer)
{
	const struct delivery_wish wish = { .now_s = NOW_S + 100,
		.lease_s = 600,
		.max = 9 };
	const struct delivery_outcome outcome = { .state = end,
		.reason = T("why"),
		.due_s = NOW_S + 1000,
		.done_s = done_s,
		.attempt = { .number = 1,
		    .started_s = NOW_S + 100,
		    .ended_s = NOW_S + 101,
		    .transport = T("https"),
		    .peer = T("192.0.2.1:443"),
		    .tls = T("verified"),
		    .status = 200,
		    .answer = span_str(answer) } };
	struct uuid claim = uuid_new(0);
	struct why why = { { 0 } };

	assert_ok_why(store_delivery_claim(f->store, &claim, &wish, take, NULL,
			  &why),
	    &why);
	assert_ok_why(settle_delivery(f->store, &claim, span_str(id), &outcome,
			  &why),
	    &why);
}

static enum err
note_report(void *arg, const struct outgoing_report *r)
{
	char word[256];
	int len = snprintf(word, sizeof(word), "%.*s@%d/%.*s=%d+%d",
	    SPAN_ARG(r->id), (int)(r->day - DAY), SPAN_ARG(r->domain),
	    (int)r->succeeded, (int)r->failed);

	for (size_t i = 0; i < r->ndeliveries; i++)
		len += snprintf(word + len, sizeof(word) - (size_t)len,
		    ",%s:%d", delivery_state_text(r->deliveries[i].state),
		    (int)r->deliveries[i].n);
	add_word(arg, word);
	return E_OK;
}

static void
assert_reports(struct fixture *f, const struct outgoing_filter *filter,
    const char *want)
{
	char text[TEXT_SIZE] = "";
	struct why why = { { 0 } };

	assert_ok_why(store_outgoing_reports(f->store, filter, note_report,
			  text, &why),
	    &why);
	assert_string_equal(want, text);
}

static void
test_reports_with_their_deliveries(void **state)
{
	struct outgoing_filter filter = { .first = DAY,
		.last = DAY + 1,
		.domain = T(""),
		.after = { .day = -1, .domain = T(""), .id = T("") },
		.max = 9 };
	struct fixture *f = *state;

	put_report(f, "r-2", DAY, "b.example", 3, 1);
	put_report(f, "r-1", DAY, "a.example", 10, 0);
	put_report(f, "r-3", DAY + 1, "a.example", 0, 7);
	put_report(f, "r-4", DAY + 2, "a.example", 1, 1);
	queue(f, "d-1", "r-1", "https://one.example/", NOW_S);
	try(f, "d-1", DELIVERY_ACCEPTED, NOW_S + 101, "200 OK");
	queue(f, "d-2", "r-1", "https://two.example/", NOW_S);
	queue(f, "d-3", "r-1", "https://three.example/", NOW_S);
	queue(f, "d-4", "r-3", "https://one.example/", NOW_S);
	assert_reports(f, &filter,
	    "r-1@0/a.example=10+0,queued:2,accepted:1 r-2@0/b.example=3+1 "
	    "r-3@1/a.example=0+7,queued:1 ");
	/* A page has so many reports, whatever their deliveries. */
	filter.max = 1;
	assert_reports(f, &filter, "r-1@0/a.example=10+0,queued:2,accepted:1 ");
	filter.after = (struct report_cursor){ .day = DAY,
		.domain = T("a.example"),
		.id = T("r-1") };
	filter.max = 9;
	assert_reports(f, &filter,
	    "r-2@0/b.example=3+1 r-3@1/a.example=0+7,queued:1 ");
	filter.domain = T("a.example");
	assert_reports(f, &filter, "r-3@1/a.example=0+7,queued:1 ");
	filter.first = filter.last = DAY + 5;
	assert_reports(f, &filter, "");
}

/* Others' take no room on a page. */
static void
test_reports_of_some_domains(void **state)
{
	struct outgoing_filter filter = { .first = DAY,
		.last = DAY + 1,
		.allowed = T("|b.example|c.example|"),
		.after = { .day = -1 },
		.max = 1 };
	struct fixture *f = *state;

	put_report(f, "r-1", DAY, "a.example", 10, 0);
	put_report(f, "r-2", DAY, "b.example", 3, 1);
	put_report(f, "r-3", DAY + 1, "c.example", 0, 7);
	assert_reports(f, &filter, "r-2@0/b.example=3+1 ");
	filter.max = 9;
	assert_reports(f, &filter, "r-2@0/b.example=3+1 r-3@1/c.example=0+7 ");
	filter.domain = T("a.example");
	assert_reports(f, &filter, "");
	filter.domain = T("");
	filter.allowed = T("|");
	assert_reports(f, &filter, "");
}

/* -- how they go -- */

static void
close_day(struct fixture *f, int64_t day)
{
	struct why why = { { 0 } };

	assert_ok_why(store_day_close(f->store, day, NOW_S, T("x"), T(""),
			  &why),
	    &why);
}

static void
hand_over(struct fixture *f, const char *id)
{
	struct why why = { { 0 } };

	assert_ok_why(store_report_delivered(f->store, span_str(id), NOW_S,
			  &why),
	    &why);
}

static void
forget_reports(struct fixture *f, int64_t before)
{
	struct why why = { { 0 } };
	bool more = true;

	while (more)
		assert_ok_why(store_report_forget(f->store, before, &more,
				  &why),
		    &why);
}

static enum err
take_count(void *arg, const struct db_value *row)
{
	*(int64_t *)arg = row[0].num;
	return E_OK;
}

static void
assert_count(struct fixture *f, int64_t want, const char *table)
{
	struct why why = { { 0 } };
	struct db *db = open_db(f);
	char sql[128];
	int64_t n = -1;

	(void)snprintf(sql, sizeof(sql), "SELECT count(*) FROM %s", table);
	assert_ok_why(db_run(db,
			  &(const struct db_statement){ .row = take_count,
			      .arg = &n,
			      .sql = sql },
			  NULL, &why),
	    &why);
	db_close(db);
	assert_int_equal(want, n);
}

static const struct outgoing_filter all_reports = { .first = 0,
	.last = DAY + 9,
	.domain = SPAN_LIT(""),
	.after = { .day = -1, .domain = SPAN_LIT(""), .id = SPAN_LIT("") },
	.max = 9 };

/* Of a day: one done, one given up, one never sent anywhere, and three that
 * somebody waits for. */
static void
test_reports_go_but_for_those_that_wait(void **state)
{
	struct fixture *f = *state;

	register_collector(f);
	flush_one(f, 0, 1, DAY, "a.example", 1, 0);
	close_and_settle(f);
	put_report(f, "r-1", DAY, "a.example", 1, 0);
	put_report(f, "r-2", DAY, "b.example", 2, 0);
	put_report(f, "r-3", DAY, "c.example", 3, 0);
	put_report(f, "r-4", DAY, "d.example", 4, 0);
	put_report(f, "r-5", DAY, "e.example", 5, 0);
	put_report(f, "r-6", DAY, "f.example", 6, 0);
	queue(f, "d-1", "r-1", "https://one.example/", NOW_S);
	try(f, "d-1", DELIVERY_ACCEPTED, NOW_S + 101, "200 OK");
	queue(f, "d-2", "r-2", "https://two.example/", NOW_S);
	try(f, "d-2", DELIVERY_GIVEN_UP, NOW_S + 101, "400");
	queue(f, "d-3", "r-4", "https://three.example/", NOW_S);
	queue(f, "d-4", "r-5", "https://one.example/", NOW_S);
	try(f, "d-4", DELIVERY_ACCEPTED, NOW_S + 101, "200 OK");
	queue(f, "d-5", "r-5", "https://four.example/", NOW_S);
	for (int i = 1; i <= 5; i++) { /* the sixth is not handed over */
		char id[16];

		(void)snprintf(id, sizeof(id), "r-%d", i);
		hand_over(f, id);
	}
	forget_reports(f, DAY);
	assert_count(f, 6, "report");
	forget_reports(f, DAY + 1);
	assert_reports(f, &all_reports,
	    "r-4@0/d.example=4+0,queued:1 "
	    "r-5@0/e.example=5+0,queued:1,accepted:1 r-6@0/f.example=6+0 ");
	assert_count(f, 3, "delivery");
	assert_count(f, 0,
	    "delivery_attempt a WHERE NOT EXISTS (SELECT 1 FROM delivery d "
	    "WHERE d.delivery_id = a.delivery_id)");
	/* What was waited for comes to an end, and goes in its turn. */
	try(f, "d-5", DELIVERY_ACCEPTED, NOW_S + 101, "200 OK");
	forget_reports(f, DAY + 1);
	assert_count(f, 2, "report");
	assert_count(f, 1, "delivery");
}

static void
test_reports_of_a_day_that_is_not_done_stay(void **state)
{
	struct fixture *f = *state;

	register_collector(f);
	flush_one(f, 0, 1, DAY, "a.example", 1, 0);
	flush_one(f, 1, 2, DAY + 1, "a.example", 1, 0);
	put_report(f, "r-1", DAY, "a.example", 1, 0);
	put_report(f, "r-2", DAY + 1, "a.example", 1, 0);
	hand_over(f, "r-1");
	hand_over(f, "r-2");
	close_day(f, DAY); /* the other one is open */
	forget_reports(f, DAY + 5);
	assert_count(f, 2, "report");
	settle(f);
	forget_reports(f, DAY + 5);
	assert_reports(f, &all_reports, "r-2@1/a.example=1+0 ");
}

static int64_t
reports_due(struct fixture *f)
{
	struct tally_cursor start = TALLY_CURSOR_START, *due;
	struct arena arena = ARENA_INIT(65536);
	struct why why = { { 0 } };
	size_t n;

	assert_ok_why(store_report_due(f->store, DAY, &start, true, 9, &arena,
			  &due, &n, &why),
	    &why);
	arena_free(&arena);
	return (int64_t)n;
}

/* Its tallies may still be there: they would all be reported once more. And it
 * stays told how many there were. */
static void
test_a_report_that_went_is_not_made_anew(void **state)
{
	struct fixture *f = *state;
	struct day_state day = { .day = 0 };
	struct why why = { { 0 } };

	register_collector(f);
	flush_one(f, 0, 1, DAY, "a.example", 1, 0);
	flush_one(f, 1, 2, DAY, "b.example", 1, 0);
	put_report(f, "r-1", DAY, "x.example", 1, 0);
	hand_over(f, "r-1");
	assert_int_equal(2, reports_due(f));
	close_and_settle(f);
	forget_reports(f, DAY + 1);
	assert_int_equal(0, reports_due(f));
	flush_one(f, 2, 3, DAY, "c.example", 1, 0);
	assert_int_equal(0, reports_due(f));
	assert_sums(f, 3, 0, 1);
	settle(f);
	assert_ok_why(store_day_list(f->store, 0, note_state, &day, &why),
	    &why);
	assert_int_equal(1, day.reports);
	assert_int_equal(1, day.delivered);
}

/* -- deliveries -- */

static enum err
note_delivery(void *arg, const struct outgoing_delivery *d)
{
	char word[256];

	(void)snprintf(word, sizeof(word), "%.*s/%.*s/%.*s:%s,%d,%d,%d,%.*s",
	    SPAN_ARG(d->id), SPAN_ARG(d->report), SPAN_ARG(d->domain),
	    delivery_state_text(d->state), (int)d->attempts,
	    (int)(d->queued_s - NOW_S),
	    d->next_s == 0 ? -1 : (int)(d->next_s - NOW_S),
	    SPAN_ARG(d->answer));
	add_word(arg, word);
	return E_OK;
}

static void
assert_deliveries(struct fixture *f,
    const struct outgoing_delivery_filter *filter, const char *want)
{
	char text[TEXT_SIZE] = "";
	struct why why = { { 0 } };

	assert_ok_why(store_outgoing_deliveries(f->store, filter, note_delivery,
			  text, &why),
	    &why);
	assert_string_equal(want, text);
}

#define D1 "d-1/r-1/a.example:accepted,1,0,-1,thanks "
#define D2 "d-2/r-2/b.example:queued,0,5,5, "
#define D3 "d-3/r-1/a.example:queued,0,5,5, "
#define D4 "d-4/gone/:queued,0,4,4, "

static void
test_deliveries_the_newest_first(void **state)
{
	struct outgoing_delivery_filter filter = { .domain = T(""),
		.report = T(""),
		.before_s = INT64_MAX,
		.before_id = T(""),
		.max = 9 };
	struct fixture *f = *state;

	put_report(f, "r-1", DAY, "a.example", 1, 0);
	put_report(f, "r-2", DAY, "b.example", 1, 0);
	queue(f, "d-1", "r-1", "https://one.example/", NOW_S);
	try(f, "d-1", DELIVERY_ACCEPTED, NOW_S + 101, "thanks");
	queue(f, "d-2", "r-2", "https://one.example/", NOW_S + 5);
	queue(f, "d-3", "r-1", "https://two.example/", NOW_S + 5);
	queue(f, "d-4", "gone", "https://two.example/", NOW_S + 4);
	assert_deliveries(f, &filter, D3 D2 D4 D1);
	filter.max = 2;
	assert_deliveries(f, &filter, D3 D2);
	filter.before_s = NOW_S + 5;
	filter.before_id = T("d-3");
	assert_deliveries(f, &filter, D2 D4);
	filter.before_s = INT64_MAX;
	filter.max = 9;
	filter.domain = T("a.example");
	assert_deliveries(f, &filter, D3 D1);
	filter.report = T("r-2");
	assert_deliveries(f, &filter, "");
	filter.domain = T("");
	assert_deliveries(f, &filter, D2);
	filter.report = T("");
	filter.allowed = T("|a.example|");
	filter.max = 1;
	assert_deliveries(f, &filter, D3);
	filter.max = 9;
	assert_deliveries(f, &filter, D3 D1);
	filter.allowed = T("|");
	assert_deliveries(f, &filter, "");
}

/* One that failed for now tells of its last attempt, and of the next. */
static void
test_a_delivery_that_is_tried_again(void **state)
{
	const struct outgoing_delivery_filter filter = { .domain = T(""),
		.report = T(""),
		.before_s = INT64_MAX,
		.before_id = T(""),
		.max = 9 };
	struct fixture *f = *state;

	put_report(f, "r-1", DAY, "a.example", 1, 0);
	queue(f, "d-1", "r-1", "https://one.example/", NOW_S);
	try(f, "d-1", DELIVERY_RETRYING, 0, "busy");
	assert_deliveries(f, &filter,
	    "d-1/r-1/a.example:retrying,1,0,1000,busy ");
}

/* -- counters -- */

static enum err
note_counter(void *arg, struct span collector, struct span counter, uint64_t n)
{
	char word[256];

	(void)snprintf(word, sizeof(word), "%zu:%.*s=%d", collector.len,
	    SPAN_ARG(counter), (int)n);
	add_word(arg, word);
	return E_OK;
}

static void
assert_counters(struct fixture *f, int64_t first, const char *want)
{
	char text[TEXT_SIZE] = "";

	assert_ok(store_collector_counters(f->store, first, note_counter, text,
	    NULL));
	assert_string_equal(want, text);
}

static void
test_counters_of_a_collector(void **state)
{
	struct day_counters days[2] = { { .day = DAY }, { .day = DAY + 1 } };
	struct fixture *f = *state;
	struct flush all = { .collector = f->collector,
		.host = T("host"),
		.from = position(f, 1, 0),
		.to = position(f, 1, 1),
		.now_s = NOW_S,
		.counters = days,
		.ncounters = 2 };
	struct why why = { { 0 } };

	register_collector(f);
	counters_add(&days[0].counters, COUNTER_RECEIVED, 5);
	counters_add(&days[1].counters, COUNTER_RECEIVED, 7);
	counters_add(&days[1].counters, COUNTER_TORN, 1);
	assert_ok_why(store_flush(f->store, &all, &why), &why);
	assert_counters(f, DAY, "36:received=12 36:torn=1 ");
	assert_counters(f, DAY + 1, "36:received=7 36:torn=1 ");
	assert_counters(f, DAY + 2, "");
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		TEST(test_days_with_sessions),
		TEST(test_levels_stay_when_the_tallies_go),
		TEST(test_late_sessions_are_added_when_the_tallies_went),
		TEST(test_late_sessions_are_told),
		TEST(test_late_sessions_between_two_removals),
		TEST(test_reports_with_their_deliveries),
		TEST(test_reports_of_some_domains),
		TEST(test_reports_go_but_for_those_that_wait),
		TEST(test_reports_of_a_day_that_is_not_done_stay),
		TEST(test_a_report_that_went_is_not_made_anew),
		TEST(test_deliveries_the_newest_first),
		TEST(test_a_delivery_that_is_tried_again),
		TEST(test_counters_of_a_collector),
	};

	store_kind(argc, argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
