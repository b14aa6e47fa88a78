/* The store contract: mails that came back. */
#include "store_fixture.h"

#include "store/store_bounce.h"
#include "store/store_delivery.h"

#define LEASE_S 600
#define TLS "mailto:tls@a.example"
#define UNKNOWN "5.1.1 user unknown"

static const struct bounce_limit limit = { 3, 1000, 5000 };

/* -- mails that were handed over -- */

static enum err
count_claimed(void *arg, const struct delivery *d)
{
	size_t *n = arg;

	(void)d;
	++*n;
	return E_OK;
}

/* Begin an attempt of the one that is due. */
static struct uuid
begin(struct fixture *f)
{
	const struct delivery_wish wish = {
		.now_s = NOW_S,
		.lease_s = LEASE_S,
		.max = 8,
	};
	struct uuid claim = uuid_new(NOW_S * NS_PER_S);
	struct why why = { { 0 } };
	size_t n = 0;

	assert_ok_why(store_delivery_claim(f->store, &claim, &wish,
			  count_claimed, &n, &why),
	    &why);
	assert_int_equal(1, n);
	return claim;
}

static void
end(struct fixture *f, const struct uuid *claim, const char *id,
    int64_t attempt, enum delivery_state state)
{
	const struct delivery_outcome o = {
		.state = state,
		.reason = SPAN_LIT("as the test says"),
		.due_s = NOW_S,
		.done_s = state == DELIVERY_RETRYING ? 0 : NOW_S + 1,
		.attempt = { .number = attempt,
		    .ended_s = NOW_S + 1,
		    .transport = SPAN_LIT("smtp"),
		    .status = 250,
		    .answer = SPAN_LIT("250 queued as 1") },
	};
	struct why why = { { 0 } };

	assert_ok_why(settle_delivery(f->store, claim, span_str(id), &o, &why),
	    &why);
}

static void
queue_to(struct fixture *f, const char *id, const char *uri, const char *target)
{
	const struct delivery d = {
		.id = span_str(id),
		.report = span_str(id),
		.uri = span_str(uri),
		.target = span_str(target),
		.host = SPAN_LIT("a.example"),
		.state = DELIVERY_QUEUED,
		.queued_s = NOW_S,
		.due_s = NOW_S,
	};
	struct why why = { { 0 } };

	assert_ok_why(store_delivery_add(f->store, &d, &why), &why);
}

static void
queue(struct fixture *f, const char *id, const char *uri)
{
	queue_to(f, id, uri, "");
}

static void
send(struct fixture *f, const char *id, const char *uri)
{
	struct uuid claim;

	queue(f, id, uri);
	claim = begin(f);
	end(f, &claim, id, 1, DELIVERY_HANDED_OVER);
}

/* -- what the store has -- */

struct seen {
	struct delivery d; /* but for the texts */
	char uri[64], report[64], reason[1024], answer[1024];
};

static enum err
note_attempt(void *arg, const struct delivery_attempt *a)
{
	struct seen *s = arg;

	(void)snprintf(s->answer, sizeof(s->answer), "%.*s",
	    SPAN_ARG(a->answer));
	return E_OK;
}

static enum err
note(void *arg, const struct delivery *d)
{
	struct seen *s = arg;

	s->d = *d;
	(void)snprintf(s->uri, sizeof(s->uri), "%.*s", SPAN_ARG(d->uri));
	(void)snprintf(s->report, sizeof(s->report), "%.*s",
	    SPAN_ARG(d->report));
	(void)snprintf(s->reason, sizeof(s->reason), "%.*s",
	    SPAN_ARG(d->reason));
	return E_OK;
}

/* The answer is that of the last attempt. */
static struct seen
get(struct fixture *f, const char *id)
{
	struct why why = { { 0 } };
	struct seen s;

	assert_ok_why(store_delivery_get(f->store, span_str(id), note, &s,
			  &why),
	    &why);
	assert_ok_why(store_delivery_attempts(f->store, span_str(id),
			  note_attempt, &s, &why),
	    &why);
	return s;
}

static void
script(const struct fixture *f, const char *sql)
{
	struct why why = { { 0 } };
	struct db *db;

	db = open_db(f);
	assert_ok_why(db_script(db, sql, &why), &why);
	db_close(db);
}

/* The one suppression that there is, as a delivery shows it: kind is its
 * report, until its due_s. */
static struct seen
suppression(struct fixture *f)
{
	script(f,
	    "DELETE FROM delivery WHERE delivery_id = 's';"
	    "INSERT INTO delivery (delivery_id, report_id, uri, host, state,"
	    " reason, queued_at, due_at) SELECT 's', kind, value, '', 1,"
	    " reason, added_at, COALESCE(until, 0) FROM suppression");
	return get(f, "s");
}

static enum err
bounce(struct fixture *f, const char *id, int64_t attempt, bool is_for_good,
    int64_t now_s, int64_t *ret_until)
{
	const struct bounce b = { span_str(id), attempt, is_for_good,
		SPAN_LIT(UNKNOWN) };

	*ret_until = -1;
	return store_bounce_add(f->store, &b, &limit, now_s, ret_until, NULL);
}

static void
assert_bounce(struct fixture *f, const char *id, int64_t now_s,
    int64_t want_until)
{
	int64_t until;

	assert_ok(bounce(f, id, 1, true, now_s, &until));
	assert_int_equal(want_until, until);
}

/* -- one mail -- */

static void
test_mail_that_came_back_is_given_up(void **state)
{
	struct fixture *f = *state;
	struct seen s;

	send(f, "a", TLS);
	assert_bounce(f, "a", NOW_S + 60, 0);
	s = get(f, "a");
	assert_int_equal(DELIVERY_GIVEN_UP, s.d.state);
	assert_string_equal("bounced: " UNKNOWN, s.reason);
	assert_string_equal("bounced: " UNKNOWN
			    "; was taken with: 250 queued as 1",
	    s.answer);
	assert_int_equal(NOW_S + 1, s.d.done_s);
}

static void
test_what_is_not_there(void **state)
{
	struct fixture *f = *state;
	int64_t until;

	send(f, "a", TLS);
	assert_err(E_ABSENT, bounce(f, "b", 1, true, NOW_S, &until));
	assert_err(E_ABSENT, bounce(f, "a", 2, true, NOW_S, &until));
	assert_err(E_ABSENT, bounce(f, "a", 0, true, NOW_S, &until));
	assert_int_equal(-1, until);
	assert_int_equal(DELIVERY_HANDED_OVER, get(f, "a").d.state);
}

static void
test_notification_that_comes_twice(void **state)
{
	struct fixture *f = *state;
	struct seen s;
	int64_t until;

	send(f, "a", TLS);
	assert_bounce(f, "a", NOW_S, 0);
	s = get(f, "a");
	for (int i = 0; i < 5; i++)
		assert_err(E_EXISTS, bounce(f, "a", 1, true, NOW_S, &until));
	assert_string_equal(s.answer, get(f, "a").answer);
	/* It counted once. */
	send(f, "b", TLS);
	assert_bounce(f, "b", NOW_S, 0);
	send(f, "c", TLS);
	assert_bounce(f, "c", NOW_S, NOW_S + limit.suppress_s);
}

static void
test_attempt_that_is_going_on(void **state)
{
	struct fixture *f = *state;
	struct uuid claim;
	int64_t until;

	queue(f, "a", TLS);
	claim = begin(f);
	assert_err(E_BUSY, bounce(f, "a", 1, true, NOW_S, &until));
	end(f, &claim, "a", 1, DELIVERY_HANDED_OVER);
	assert_bounce(f, "a", NOW_S, 0);
	assert_int_equal(DELIVERY_GIVEN_UP, get(f, "a").d.state);
}

/* Its worker died behind the hand-over: it is due again, and will be tried. */
static void
test_attempt_whose_end_nobody_saw(void **state)
{
	struct fixture *f = *state;
	struct seen s;

	queue(f, "a", TLS);
	(void)begin(f);
	assert_bounce(f, "a", NOW_S + LEASE_S, 0);
	s = get(f, "a");
	assert_int_equal(DELIVERY_QUEUED, s.d.state);
	assert_string_equal("", s.reason);
	assert_string_equal("bounced: " UNKNOWN, s.answer);
}

/* It came late: what the later attempt came to stays. */
static void
test_mail_of_an_earlier_attempt(void **state)
{
	struct fixture *f = *state;
	struct uuid claim;
	int64_t until;

	queue(f, "a", TLS);
	claim = begin(f);
	end(f, &claim, "a", 1, DELIVERY_RETRYING);
	claim = begin(f);
	end(f, &claim, "a", 2, DELIVERY_HANDED_OVER);
	assert_bounce(f, "a", NOW_S, 0);
	assert_int_equal(DELIVERY_HANDED_OVER, get(f, "a").d.state);
	assert_ok(bounce(f, "a", 2, true, NOW_S, &until));
	assert_int_equal(DELIVERY_GIVEN_UP, get(f, "a").d.state);
}

static void
test_state_that_the_operator_chose_stays(void **state)
{
	struct fixture *f = *state;
	struct uuid claim;

	queue(f, "a", TLS);
	claim = begin(f);
	end(f, &claim, "a", 1, DELIVERY_RETRYING);
	assert_ok(store_delivery_cancel(f->store, SPAN_LIT("a"), NOW_S, NULL));
	assert_bounce(f, "a", NOW_S, 0);
	assert_int_equal(DELIVERY_CANCELLED, get(f, "a").d.state);
}

/* -- counting -- */

static void
test_failures_for_now_do_not_count(void **state)
{
	static const char *const ids[] = { "a", "b", "c", "d" };
	struct fixture *f = *state;
	int64_t until;

	for (int i = 0; i < 4; i++) {
		send(f, ids[i], TLS);
		assert_ok(bounce(f, ids[i], 1, false, NOW_S, &until));
		assert_int_equal(0, until);
		assert_int_equal(DELIVERY_GIVEN_UP, get(f, ids[i]).d.state);
	}
	send(f, "e", TLS);
	assert_bounce(f, "e", NOW_S, 0);
}

static void
test_third_suppresses_the_destination(void **state)
{
	struct fixture *f = *state;
	struct seen s;

	send(f, "a", TLS);
	assert_bounce(f, "a", NOW_S, 0);
	send(f, "b", TLS);
	assert_bounce(f, "b", NOW_S + 1, 0);
	/* Another's does not count. */
	send(f, "x", "mailto:tls@b.example");
	assert_bounce(f, "x", NOW_S + 1, 0);
	send(f, "c", TLS);
	assert_bounce(f, "c", NOW_S + 2, NOW_S + 2 + 5000);
	s = suppression(f);
	assert_string_equal("rua", s.report);
	assert_string_equal(TLS, s.uri);
	assert_string_equal("3 mails came back for good; last: " UNKNOWN,
	    s.reason);
	assert_int_equal(NOW_S + 2, s.d.queued_s);
	assert_int_equal(NOW_S + 2 + 5000, s.d.due_s);
}

static void
test_counting_begins_anew_behind_a_suppression(void **state)
{
	static const char *const ids[] = { "a", "b", "c", "d", "e", "g" };
	struct fixture *f = *state;

	for (int i = 0; i < 6; i++) {
		send(f, ids[i], TLS);
		assert_bounce(f, ids[i], NOW_S + i,
		    i % 3 == 2 ? NOW_S + i + 5000 : 0);
	}
	assert_int_equal(NOW_S + 5 + 5000, suppression(f).d.due_s);
}

/* The first of them is 1,001 seconds old, or 1,000. */
static void
test_window(void **state)
{
	struct fixture *f = *state;

	send(f, "a", TLS);
	assert_bounce(f, "a", NOW_S, 0);
	send(f, "b", TLS);
	assert_bounce(f, "b", NOW_S + 1, 0);
	send(f, "c", TLS);
	assert_bounce(f, "c", NOW_S + 1001, 0);
	send(f, "d", TLS);
	assert_bounce(f, "d", NOW_S + 1500, 0);
	send(f, "e", TLS);
	assert_bounce(f, "e", NOW_S + 2001, NOW_S + 2001 + 5000);
}

static void
test_one_may_be_enough(void **state)
{
	const struct bounce_limit one = { 1, 1000, 5000 };
	const struct bounce b = { SPAN_LIT("a"), 1, true, SPAN_LIT(UNKNOWN) };
	struct fixture *f = *state;
	int64_t until;

	send(f, "a", TLS);
	assert_ok(store_bounce_add(f->store, &b, &one, NOW_S, &until, NULL));
	assert_int_equal(NOW_S + 5000, until);
	assert_string_equal("1 mail came back for good; last: " UNKNOWN,
	    suppression(f).reason);
}

static void
test_mailbox_that_it_was_sent_to_instead_is_the_dead_one(void **state)
{
	const struct bounce_limit one = { 1, 1000, 5000 };
	const struct bounce b = { SPAN_LIT("a"), 1, true, SPAN_LIT(UNKNOWN) };
	struct fixture *f = *state;
	struct uuid claim;
	int64_t until;

	queue_to(f, "a", "mailto:other@b.example", TLS);
	claim = begin(f);
	end(f, &claim, "a", 1, DELIVERY_HANDED_OVER);
	assert_ok(store_bounce_add(f->store, &b, &one, NOW_S, &until, NULL));
	assert_string_equal(TLS, suppression(f).uri);
}

static void
bounce_three(struct fixture *f)
{
	static const char *const ids[] = { "a", "b", "c" };

	for (int i = 0; i < 3; i++) {
		send(f, ids[i], TLS);
		assert_bounce(f, ids[i], NOW_S, i == 2 ? NOW_S + 5000 : 0);
	}
}

static void
test_suppression_that_lasts_longer_stays(void **state)
{
	struct fixture *f = *state;
	struct seen s;

	script(f,
	    "INSERT INTO suppression VALUES"
	    " ('rua', '" TLS "', 'by the operator', 1, NULL)");
	bounce_three(f);
	s = suppression(f);
	assert_string_equal("by the operator", s.reason);
	assert_int_equal(0, s.d.due_s);
}

static void
test_suppression_that_has_run_out_is_renewed(void **state)
{
	struct fixture *f = *state;

	script(f,
	    "INSERT INTO suppression VALUES"
	    " ('rua', '" TLS "', 'by the operator', 1, 2)");
	bounce_three(f);
	assert_int_equal(NOW_S + 5000, suppression(f).d.due_s);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		TEST(test_mail_that_came_back_is_given_up),
		TEST(test_what_is_not_there),
		TEST(test_notification_that_comes_twice),
		TEST(test_attempt_that_is_going_on),
		TEST(test_attempt_whose_end_nobody_saw),
		TEST(test_mail_of_an_earlier_attempt),
		TEST(test_state_that_the_operator_chose_stays),
		TEST(test_failures_for_now_do_not_count),
		TEST(test_third_suppresses_the_destination),
		TEST(test_counting_begins_anew_behind_a_suppression),
		TEST(test_window),
		TEST(test_one_may_be_enough),
		TEST(test_mailbox_that_it_was_sent_to_instead_is_the_dead_one),
		TEST(test_suppression_that_lasts_longer_stays),
		TEST(test_suppression_that_has_run_out_is_renewed),
	};

	store_kind(argc, argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
