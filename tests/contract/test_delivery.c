/* The store contract: the queue of deliveries. */
#include "store_fixture.h"

#include <pthread.h>

#include "store/store_delivery.h"

#define LEASE_S 600

/* -- queueing and looking -- */

/* Delivery number n of report r-n to a host, due at due_s. */
static void
add_to(struct fixture *f, unsigned n, int64_t due_s, const char *host)
{
	char id[64], report[64];
	const struct delivery d = {
		.id = { id, (size_t)snprintf(id, sizeof(id), "d-%04u", n) },
		.report = { report,
		    (size_t)snprintf(report, sizeof(report), "r-%u", n) },
		.uri = SPAN_LIT("https://a.example/tlsrpt"),
		.host = span_str(host),
		.state = DELIVERY_QUEUED,
		.queued_s = NOW_S,
		.due_s = due_s,
	};
	struct why why = { { 0 } };

	assert_ok_why(store_delivery_add(f->store, &d, &why), &why);
}

static void
add(struct fixture *f, unsigned n, int64_t due_s)
{
	add_to(f, n, due_s, "a.example");
}

struct seen {
	struct delivery d[8]; /* but for the texts */
	char id[8][64], reason[8][64], target[8][64];
	size_t n;
};

static enum err
note(void *arg, const struct delivery *d)
{
	struct seen *s = arg;

	assert_true(s->n < 8);
	s->d[s->n] = *d;
	(void)snprintf(s->id[s->n], 64, "%.*s", SPAN_ARG(d->id));
	(void)snprintf(s->reason[s->n], 64, "%.*s", SPAN_ARG(d->reason));
	(void)snprintf(s->target[s->n], 64, "%.*s", SPAN_ARG(d->target));
	s->n++;
	return E_OK;
}

static struct seen
get(struct fixture *f, const char *id)
{
	struct seen s = { .n = 0 };
	struct why why = { { 0 } };

	assert_ok_why(store_delivery_get(f->store, span_str(id), note, &s,
			  &why),
	    &why);
	assert_int_equal(1, s.n);
	return s;
}

struct attempts {
	struct delivery_attempt a[8]; /* but for the texts */
	char answer[8][64];
	size_t n;
};

static enum err
note_attempt(void *arg, const struct delivery_attempt *a)
{
	struct attempts *list = arg;

	assert_true(list->n < 8);
	list->a[list->n] = *a;
	(void)snprintf(list->answer[list->n], 64, "%.*s", SPAN_ARG(a->answer));
	list->n++;
	return E_OK;
}

static struct attempts
attempts(struct fixture *f, const char *id)
{
	struct attempts list = { .n = 0 };
	struct why why = { { 0 } };

	assert_ok_why(store_delivery_attempts(f->store, span_str(id),
			  note_attempt, &list, &why),
	    &why);
	return list;
}

/* -- claiming and settling -- */

static bool
is_not_busy(void *arg, struct span host)
{
	(void)arg;
	return !span_eq(host, SPAN_LIT("busy.example")) &&
	    !span_eq(host, SPAN_LIT("b.example"));
}

static struct uuid
claim(struct fixture *f, int64_t now_s, size_t max, struct seen *ret)
{
	struct uuid id = uuid_new(now_s * NS_PER_S);
	struct why why = { { 0 } };

	const struct delivery_wish wish = {
		.now_s = now_s,
		.lease_s = LEASE_S,
		.max = max,
		.may_visit = is_not_busy,
	};

	ret->n = 0;
	assert_ok_why(store_delivery_claim(f->store, &id, &wish, note, ret,
			  &why),
	    &why);
	return id;
}

static enum err
settle(struct fixture *f, const struct uuid *claimed, const char *id,
    int64_t attempt, enum delivery_state state, int64_t due_s, int64_t done_s)
{
	const struct delivery_outcome o = {
		.state = state,
		.reason = SPAN_LIT("as the test says"),
		.due_s = due_s,
		.done_s = done_s,
		.attempt = { .number = attempt,
		    .ended_s = NOW_S + 1,
		    .transport = SPAN_LIT("https"),
		    .peer = SPAN_LIT("192.0.2.1:443"),
		    .tls = SPAN_LIT("verified"),
		    .status = 201,
		    .answer = SPAN_LIT("thanks") },
	};

	return settle_delivery(f->store, claimed, span_str(id), &o, NULL);
}

static void
test_a_destination_is_queued_once(void **state)
{
	struct fixture *f = *state;
	struct seen s;

	add(f, 1, NOW_S);
	add(f, 1, NOW_S + 99);
	(void)claim(f, NOW_S + 99, 8, &s);
	assert_int_equal(1, s.n);
	s = get(f, "d-0001");
	assert_int_equal(DELIVERY_QUEUED, s.d[0].state);
	assert_int_equal(NOW_S, s.d[0].queued_s);
}

static void
test_what_is_due_first_is_claimed_first(void **state)
{
	struct fixture *f = *state;
	struct seen s;

	add(f, 1, NOW_S + 30);
	add(f, 2, NOW_S + 10);
	add(f, 3, NOW_S + 20);
	(void)claim(f, NOW_S + 9, 8, &s);
	assert_int_equal(0, s.n);
	(void)claim(f, NOW_S + 25, 1, &s);
	assert_int_equal(1, s.n);
	assert_string_equal("d-0002", s.id[0]);
	assert_int_equal(1, s.d[0].attempts);
	assert_int_equal(NOW_S + 25, s.d[0].first_s);
	(void)claim(f, NOW_S + 25, 8, &s);
	assert_int_equal(1, s.n);
	assert_string_equal("d-0003", s.id[0]);
	/* What is claimed nobody else gets. */
	(void)claim(f, NOW_S + 29, 8, &s);
	assert_int_equal(0, s.n);
	assert_true(get(f, "d-0002").d[0].is_claimed);
}

static void
test_hosts_that_are_left_out_wait(void **state)
{
	struct fixture *f = *state;
	struct seen s;

	add_to(f, 1, NOW_S, "busy.example");
	add_to(f, 2, NOW_S + 1, "sy.example");
	add_to(f, 3, NOW_S + 2, "b.example");
	(void)claim(f, NOW_S + 9, 8, &s);
	assert_int_equal(1, s.n);
	assert_string_equal("d-0002", s.id[0]);
}

/* One who has room at few hosts alone looks at no more. */
static void
test_only_so_many_hosts_are_looked_at(void **state)
{
	struct fixture *f = *state;
	struct uuid id = uuid_new(NOW_S * NS_PER_S);
	struct delivery_wish wish = {
		.now_s = NOW_S + 9,
		.lease_s = LEASE_S,
		.max = 8,
		.max_hosts = 2,
		.may_visit = is_not_busy,
	};
	struct seen s = { .n = 0 };

	add_to(f, 1, NOW_S, "busy.example");
	add_to(f, 2, NOW_S + 1, "a.example");
	add_to(f, 3, NOW_S + 2, "c.example");
	assert_ok(store_delivery_claim(f->store, &id, &wish, note, &s, NULL));
	assert_int_equal(1, s.n);
	assert_string_equal("d-0002", s.id[0]);
	wish.max_hosts = 0;
	s.n = 0;
	assert_ok(store_delivery_claim(f->store, &id, &wish, note, &s, NULL));
	assert_int_equal(1, s.n);
	assert_string_equal("d-0003", s.id[0]);
}

static void
test_an_accepted_one_is_done(void **state)
{
	struct fixture *f = *state;
	struct attempts a;
	struct uuid c;
	struct seen s;

	add(f, 1, NOW_S);
	c = claim(f, NOW_S, 8, &s);
	assert_ok(settle(f, &c, "d-0001", 1, DELIVERY_ACCEPTED, NOW_S, NOW_S));
	s = get(f, "d-0001");
	assert_int_equal(DELIVERY_ACCEPTED, s.d[0].state);
	assert_string_equal("as the test says", s.reason[0]);
	assert_int_equal(NOW_S, s.d[0].done_s);
	assert_false(s.d[0].is_claimed);
	a = attempts(f, "d-0001");
	assert_int_equal(1, a.n);
	assert_int_equal(1, a.a[0].number);
	assert_int_equal(NOW_S, a.a[0].started_s);
	assert_int_equal(NOW_S + 1, a.a[0].ended_s);
	assert_int_equal(201, a.a[0].status);
	assert_string_equal("thanks", a.answer[0]);
	(void)claim(f, NOW_S + 10 * LEASE_S, 8, &s);
	assert_int_equal(0, s.n);
}

static void
test_one_that_failed_is_due_again_when_it_says(void **state)
{
	struct fixture *f = *state;
	struct uuid c;
	struct seen s;

	add(f, 1, NOW_S);
	c = claim(f, NOW_S, 8, &s);
	assert_ok(
	    settle(f, &c, "d-0001", 1, DELIVERY_RETRYING, NOW_S + 300, 0));
	(void)claim(f, NOW_S + 299, 8, &s);
	assert_int_equal(0, s.n);
	(void)claim(f, NOW_S + 300, 8, &s);
	assert_int_equal(1, s.n);
	assert_int_equal(2, s.d[0].attempts);
	/* The 24 hours count from the first attempt. */
	assert_int_equal(NOW_S, s.d[0].first_s);
}

static void
test_one_that_was_broken_off_is_no_try(void **state)
{
	const struct delivery_outcome o = {
		.state = DELIVERY_RETRYING,
		.due_s = NOW_S,
		.is_forgiven = true,
		.attempt = { .number = 1, .ended_s = NOW_S },
	};
	struct fixture *f = *state;
	struct uuid c;
	struct seen s;

	add(f, 1, NOW_S);
	c = claim(f, NOW_S, 8, &s);
	assert_ok(settle_delivery(f->store, &c, SPAN_LIT("d-0001"), &o, NULL));
	(void)claim(f, NOW_S, 8, &s);
	assert_int_equal(2, s.d[0].attempts);
	assert_int_equal(1, s.d[0].tries);
}

static void
test_many_that_are_done_are_settled_in_one_go(void **state)
{
	const struct delivery_outcome over = {
		.state = DELIVERY_ACCEPTED,
		.done_s = NOW_S + LEASE_S,
		.attempt = { .number = 1, .ended_s = NOW_S + LEASE_S },
	};
	struct delivery_settling v[3];
	struct fixture *f = *state;
	struct why why = { { 0 } };
	struct uuid mine, others;
	struct seen s;

	for (unsigned i = 1; i <= 3; i++)
		add(f, i, NOW_S + i);
	mine = claim(f, NOW_S + 3, 8, &s);
	assert_int_equal(3, s.n);
	/* Another takes over the one in the middle. */
	assert_ok(
	    settle(f, &mine, "d-0002", 1, DELIVERY_RETRYING, NOW_S + 3, 0));
	others = claim(f, NOW_S + 3, 8, &s);
	assert_int_equal(1, s.n);
	v[0] = (struct delivery_settling){ mine, SPAN_LIT("d-0003"), &over,
		true, NULL };
	v[1] = (struct delivery_settling){ mine, SPAN_LIT("d-0001"), &over,
		true, NULL };
	v[2] = (struct delivery_settling){ mine, SPAN_LIT("d-0002"), &over,
		false, NULL };
	assert_ok_why(store_delivery_settle(f->store, v, 3, &why), &why);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(span_eq(v[i].id, SPAN_LIT("d-0002")),
		    v[i].is_lost);
	assert_int_equal(DELIVERY_ACCEPTED, get(f, "d-0001").d[0].state);
	assert_int_equal(DELIVERY_RETRYING, get(f, "d-0002").d[0].state);
	assert_int_equal(DELIVERY_ACCEPTED, get(f, "d-0003").d[0].state);
	assert_ok(
	    settle(f, &others, "d-0002", 2, DELIVERY_ACCEPTED, NOW_S, NOW_S));
}

/* Of one host, which is due when the first of them is. */
static void
test_many_that_are_tried_again_are_settled_in_one_go(void **state)
{
	static const int64_t due_s[] = { 9, 5, 20 };
	struct delivery_outcome again[3];
	struct delivery_settling v[3];
	struct fixture *f = *state;
	struct why why = { { 0 } };
	struct uuid mine;
	struct seen s;

	for (unsigned i = 1; i <= 3; i++)
		add(f, i, NOW_S);
	mine = claim(f, NOW_S, 8, &s);
	assert_int_equal(3, s.n);
	for (size_t i = 0; i < 3; i++) {
		again[i] = (struct delivery_outcome){
			.state = DELIVERY_RETRYING,
			.due_s = NOW_S + due_s[i],
			.attempt = { .number = 1, .ended_s = NOW_S },
		};
		v[i] = (struct delivery_settling){ mine, span_str(s.id[i]),
			&again[i], false, NULL };
	}
	assert_ok_why(store_delivery_settle(f->store, v, 3, &why), &why);
	(void)claim(f, NOW_S + 4, 8, &s);
	assert_int_equal(0, s.n);
	(void)claim(f, NOW_S + 5, 8, &s);
	assert_int_equal(1, s.n);
	(void)claim(f, NOW_S + 20, 8, &s);
	assert_int_equal(2, s.n);
}

static void
test_another_worker_takes_over_from_one_that_died(void **state)
{
	struct fixture *f = *state;
	struct uuid died, takes_over;
	struct attempts a;
	struct seen s;

	add(f, 1, NOW_S);
	died = claim(f, NOW_S, 8, &s);
	(void)claim(f, NOW_S + LEASE_S - 1, 8, &s);
	assert_int_equal(0, s.n);
	takes_over = claim(f, NOW_S + LEASE_S, 8, &s);
	assert_int_equal(1, s.n);
	/* It was not dead after all: too late, but what it saw is kept. */
	assert_err(E_CONFLICT,
	    settle(f, &died, "d-0001", 1, DELIVERY_ACCEPTED, NOW_S, NOW_S));
	assert_int_equal(DELIVERY_QUEUED, get(f, "d-0001").d[0].state);
	a = attempts(f, "d-0001");
	assert_int_equal(2, a.n);
	assert_int_equal(201, a.a[0].status);
	assert_int_equal(0, a.a[1].ended_s);
	assert_ok(settle(f, &takes_over, "d-0001", 2, DELIVERY_ACCEPTED, NOW_S,
	    NOW_S));
}

/* -- two workers at a time -- */

#define MANY 200

struct worker {
	struct fixture *f;
	unsigned taken[MANY]; /* by number */
};

static enum err
count(void *arg, const struct delivery *d)
{
	struct worker *w = arg;
	char id[64];

	(void)snprintf(id, sizeof(id), "%.*s", SPAN_ARG(d->id));
	w->taken[atoi(id + 2)]++;
	return E_OK;
}

static void *
claim_until_none(void *arg)
{
	struct worker *w = arg;
	const struct delivery_wish wish = {
		.now_s = NOW_S,
		.lease_s = LEASE_S,
		.max = 7,
	};
	struct store *store;
	unsigned before, now = 0;
	enum err e = open_store_quietly(w->f, &store);

	while (e == E_OK) {
		struct uuid id = uuid_new(NOW_S * NS_PER_S);

		before = now;
		e = store_delivery_claim(store, &id, &wish, count, w, NULL);
		now = 0;
		for (unsigned i = 0; i < MANY; i++)
			now += w->taken[i];
		if (e == E_BUSY)
			e = E_OK;
		else if (now == before)
			break;
	}
	store_close(store);
	return NULL;
}

static void
test_two_workers_share_the_work(void **state)
{
	struct fixture *f = *state;
	struct worker w[2] = { { .f = f }, { .f = f } };
	pthread_t thread[2];

	for (unsigned i = 0; i < MANY; i++)
		add(f, i, NOW_S - i);
	for (int i = 0; i < 2; i++)
		assert_int_equal(0,
		    pthread_create(&thread[i], NULL, claim_until_none, &w[i]));
	for (int i = 0; i < 2; i++)
		assert_int_equal(0, pthread_join(thread[i], NULL));
	for (unsigned i = 0; i < MANY; i++)
		assert_int_equal(1, w[0].taken[i] + w[1].taken[i]);
}

/* -- many destinations -- */

#define HOSTS 10000
#define AT_A_TIME 32

static void
add_many(struct fixture *f)
{
	struct why why = { { 0 } };
	char host[64];

	assert_ok_why(store_begin(f->store, &why), &why);
	for (unsigned i = 0; i < HOSTS; i++) {
		(void)snprintf(host, sizeof(host), "h%u.example", i);
		add_to(f, i, NOW_S, i % 100 == 0 ? "busy.example" : host);
	}
	assert_ok_why(store_commit(f->store, &why), &why);
}

static enum err
count_any(void *arg, const struct delivery *d)
{
	unsigned *n = arg;

	assert_false(span_eq(d->host, SPAN_LIT("busy.example")));
	++*n;
	return E_OK;
}

/* One that is slow, and has more than all others, delays none of them. */
static void
test_of_many_hosts_one_is_slow(void **state)
{
	const struct delivery_wish wish = {
		.now_s = NOW_S,
		.lease_s = LEASE_S,
		.max = AT_A_TIME,
		.may_visit = is_not_busy,
	};
	const unsigned others = HOSTS - HOSTS / 100;
	struct fixture *f = *state;
	unsigned n = 0, before;

	add_many(f);
	for (before = 0; before < others; before = n) {
		struct uuid id = uuid_new(NOW_S * NS_PER_S);
		struct why why = { { 0 } };

		assert_ok_why(store_delivery_claim(f->store, &id, &wish,
				  count_any, &n, &why),
		    &why);
		/* As many as may be, until there are no more. */
		assert_int_equal(before + AT_A_TIME < others
			? before + AT_A_TIME
			: others,
		    n);
	}
}

/* -- our own mails -- */

/* A delivery that is done, in a state, or, at 0, that is not. */
static void
add_done(struct fixture *f, unsigned n, const char *uri, const char *host,
    enum delivery_state state, int64_t done_s)
{
	char id[64], report[64];
	const struct delivery d = {
		.id = { id, (size_t)snprintf(id, sizeof(id), "d-%04u", n) },
		.report = { report,
		    (size_t)snprintf(report, sizeof(report), "r-%u", n) },
		.uri = span_str(uri),
		.host = span_str(host),
		.state = state,
		.queued_s = NOW_S,
		.due_s = NOW_S,
		.done_s = done_s,
	};
	struct why why = { { 0 } };

	assert_ok_why(store_delivery_add(f->store, &d, &why), &why);
}

static uint64_t
mails_done(struct fixture *f, const char *domain, int64_t day)
{
	struct why why = { { 0 } };
	uint64_t n = 999;

	assert_ok_why(store_delivery_mails_done(f->store, span_str(domain), day,
			  &n, &why),
	    &why);
	return n;
}

static void
test_mails_to_a_domain_are_counted_by_the_day(void **state)
{
	const int64_t midnight_s = (int64_t)DAY * 86400;
	static const char mail[] = "mailto:tls@a.example";
	struct fixture *f = *state;
	const struct {
		const char *uri, *host;
		enum delivery_state state;
		int64_t done_s;
	} cases[] = {
		/* These three are of the day. */
		{ mail, "a.example", DELIVERY_HANDED_OVER, midnight_s },
		{ mail, "a.example", DELIVERY_ACCEPTED, midnight_s + 86399 },
		{ "MAILTO:TLS@a.example", "a.example", DELIVERY_ACCEPTED,
		    midnight_s + 5 },
		/* And these are not, or no mail, or did not leave us. */
		{ mail, "a.example", DELIVERY_HANDED_OVER, midnight_s - 1 },
		{ mail, "a.example", DELIVERY_HANDED_OVER, midnight_s + 86400 },
		{ "https://a.example/tls", "a.example", DELIVERY_ACCEPTED,
		    midnight_s + 5 },
		{ mail, "b.a.example", DELIVERY_ACCEPTED, midnight_s + 5 },
		{ mail, "a.example", DELIVERY_QUEUED, 0 },
		{ mail, "a.example", DELIVERY_RETRYING, 0 },
		{ mail, "a.example", DELIVERY_GIVEN_UP, midnight_s + 5 },
		{ mail, "a.example", DELIVERY_CANCELLED, midnight_s + 5 },
		{ mail, "a.example", DELIVERY_SHADOW, midnight_s + 5 },
		{ mail, "a.example", DELIVERY_SUPPRESSED, midnight_s + 5 },
		{ mail, "a.example", DELIVERY_VANISHED, midnight_s + 5 },
	};

	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		add_done(f, i, cases[i].uri, cases[i].host, cases[i].state,
		    cases[i].done_s);
	assert_int_equal(3, mails_done(f, "a.example", DAY));
	assert_int_equal(1, mails_done(f, "a.example", DAY - 1));
	assert_int_equal(1, mails_done(f, "a.example", DAY + 1));
	assert_int_equal(1, mails_done(f, "b.a.example", DAY));
	assert_int_equal(0, mails_done(f, "example", DAY));
	assert_int_equal(0, mails_done(f, "", DAY));
}

static void
test_a_mail_is_counted_where_it_went(void **state)
{
	const struct delivery d = {
		.id = SPAN_LIT("d-1"),
		.report = SPAN_LIT("r-1"),
		.uri = SPAN_LIT("https://b.example/"),
		.target = SPAN_LIT("mailto:tls@a.example"),
		.host = SPAN_LIT("a.example"),
		.state = DELIVERY_ACCEPTED,
		.done_s = (int64_t)DAY * 86400,
	};
	struct fixture *f = *state;
	struct why why = { { 0 } };

	assert_ok_why(store_delivery_add(f->store, &d, &why), &why);
	assert_int_equal(1, mails_done(f, "a.example", DAY));
	assert_int_equal(0, mails_done(f, "b.example", DAY));
}

/* -- the operator's hand -- */

static void
test_a_cancelled_one_is_not_tried_again(void **state)
{
	struct fixture *f = *state;
	struct uuid c;
	struct seen s;

	add(f, 1, NOW_S);
	add(f, 2, NOW_S);
	assert_ok(
	    store_delivery_cancel(f->store, SPAN_LIT("d-0001"), NOW_S, NULL));
	assert_err(E_CONFLICT,
	    store_delivery_cancel(f->store, SPAN_LIT("d-0001"), NOW_S, NULL));
	assert_err(E_ABSENT,
	    store_delivery_cancel(f->store, SPAN_LIT("d-9"), NOW_S, NULL));
	c = claim(f, NOW_S, 8, &s);
	assert_int_equal(1, s.n);
	assert_string_equal("d-0002", s.id[0]);
	/* In the middle of an attempt. */
	assert_ok(
	    store_delivery_cancel(f->store, SPAN_LIT("d-0002"), NOW_S, NULL));
	assert_err(E_CONFLICT,
	    settle(f, &c, "d-0002", 1, DELIVERY_RETRYING, NOW_S, 0));
	s = get(f, "d-0002");
	assert_int_equal(DELIVERY_CANCELLED, s.d[0].state);
	assert_string_equal("by the operator", s.reason[0]);
}

static void
test_one_that_is_done_can_be_tried_again(void **state)
{
	struct fixture *f = *state;
	struct uuid c;
	struct seen s;

	add(f, 1, NOW_S);
	assert_err(E_CONFLICT,
	    store_delivery_retry(f->store, SPAN_LIT("d-0001"), NOW_S, NULL));
	assert_err(E_ABSENT,
	    store_delivery_retry(f->store, SPAN_LIT("d-9"), NOW_S, NULL));
	c = claim(f, NOW_S, 8, &s);
	assert_ok(settle(f, &c, "d-0001", 1, DELIVERY_GIVEN_UP, NOW_S, NOW_S));
	assert_ok(store_delivery_retry(f->store, SPAN_LIT("d-0001"),
	    NOW_S + 99999, NULL));
	(void)claim(f, NOW_S + 99999, 8, &s);
	assert_int_equal(1, s.n);
	assert_int_equal(2, s.d[0].attempts);
	assert_int_equal(1, s.d[0].tries);
	assert_int_equal(NOW_S + 99999, s.d[0].first_s);
}

/* -- counts -- */

static enum err
note_count(void *arg, enum delivery_state state, bool by_mail, uint64_t n)
{
	char *text = arg;
	size_t len = strlen(text);

	(void)snprintf(text + len, 256 - len, "%s %d %llu\n",
	    delivery_state_text(state), by_mail, (unsigned long long)n);
	return E_OK;
}

static void
add_as(struct fixture *f, unsigned n, const char *uri, const char *target,
    enum delivery_state state, int64_t done_s)
{
	char id[64];
	const struct delivery d = {
		.id = { id, (size_t)snprintf(id, sizeof(id), "d-%04u", n) },
		.report = SPAN_LIT("r-1"),
		.uri = span_str(uri),
		.target = span_str(target),
		.state = state,
		.queued_s = NOW_S - n,
		.due_s = NOW_S + n,
		.done_s = done_s,
	};
	struct why why = { { 0 } };

	assert_ok_why(store_delivery_add(f->store, &d, &why), &why);
}

static void
test_what_was_done_in_a_time_is_counted(void **state)
{
	struct fixture *f = *state;
	char got[256] = "";

	add_as(f, 1, "mailto:a@a.example", "", DELIVERY_GIVEN_UP, NOW_S);
	add_as(f, 2, "mailto:b@a.example", "", DELIVERY_GIVEN_UP, NOW_S + 9);
	add_as(f, 3, "https://a.example", "", DELIVERY_GIVEN_UP, NOW_S);
	add_as(f, 4, "mailto:c@a.example", "https://b.example",
	    DELIVERY_ACCEPTED, NOW_S);
	add_as(f, 5, "https://c.example", "", DELIVERY_ACCEPTED, NOW_S + 10);
	add_as(f, 6, "https://d.example", "", DELIVERY_ACCEPTED, NOW_S - 1);
	add_as(f, 7, "https://e.example", "", DELIVERY_QUEUED, 0);
	assert_ok(store_delivery_done(f->store, NOW_S, NOW_S + 10, note_count,
	    got, NULL));
	assert_string_equal("accepted 0 1\n"
			    "given-up 0 1\n"
			    "given-up 1 2\n",
	    got);
}

static void
test_work_is_counted(void **state)
{
	struct fixture *f = *state;
	struct delivery_work w = { 1, 1, 1 };
	struct seen s;

	assert_ok(store_delivery_work(f->store, 0, INT64_MAX, &w, NULL));
	assert_int_equal(0, w.attempts + w.waiting);
	assert_int_equal(0, w.oldest_s);
	add_as(f, 1, "https://a.example", "", DELIVERY_QUEUED, 0);
	add_as(f, 2, "https://b.example", "", DELIVERY_QUEUED, 0);
	add_as(f, 3, "https://c.example", "", DELIVERY_SHADOW, NOW_S);
	(void)claim(f, NOW_S + 1, 1, &s);
	(void)claim(f, NOW_S + 2, 1, &s);
	assert_ok(
	    store_delivery_work(f->store, NOW_S + 1, NOW_S + 2, &w, NULL));
	assert_int_equal(1, w.attempts);
	assert_int_equal(2, w.waiting);
	assert_int_equal(NOW_S - 2, w.oldest_s);
}

/* -- lists -- */

static void
test_one_is_found_by_report_and_uri(void **state)
{
	struct fixture *f = *state;
	const struct delivery d = {
		.id = SPAN_LIT("d-x"),
		.report = SPAN_LIT("r-1"),
		.uri = SPAN_LIT("mailto:b@b.example"),
		.target = SPAN_LIT("mailto:c@c.example"),
		.state = DELIVERY_SHADOW,
		.queued_s = NOW_S,
		.done_s = NOW_S,
	};
	struct why why = { { 0 } };
	struct seen s = { .n = 0 };

	add(f, 1, NOW_S);
	assert_ok_why(store_delivery_add(f->store, &d, &why), &why);
	assert_ok_why(store_delivery_find(f->store, SPAN_LIT("r-1"), d.uri,
			  note, &s, &why),
	    &why);
	assert_int_equal(1, s.n);
	assert_string_equal("d-x", s.id[0]);
	assert_string_equal("mailto:c@c.example", s.target[0]);
	assert_err(E_ABSENT,
	    store_delivery_find(f->store, SPAN_LIT("r-2"), d.uri, note, &s,
		&why));
	assert_string_equal("", why.text);
	assert_string_equal("", get(f, "d-0001").target[0]);
}

struct listing {
	unsigned n;
	char last[64];
};

static enum err
in_order(void *arg, const struct delivery *d)
{
	struct listing *l = arg;
	char id[64];

	(void)snprintf(id, sizeof(id), "%.*s", SPAN_ARG(d->id));
	assert_true(strcmp(l->last, id) < 0);
	(void)snprintf(l->last, sizeof(l->last), "%s", id);
	l->n++;
	return E_OK;
}

static void
test_all_are_listed(void **state)
{
	struct fixture *f = *state;
	struct listing all = { 0 }, cancelled = { 0 };

	assert_ok(store_begin(f->store, NULL));
	for (unsigned i = 0; i < 2500; i++)
		add(f, i, NOW_S + i % 7);
	assert_ok(store_commit(f->store, NULL));
	assert_ok(
	    store_delivery_cancel(f->store, SPAN_LIT("d-1234"), NOW_S, NULL));
	assert_ok(store_delivery_list(f->store, 0, in_order, &all, NULL));
	assert_int_equal(2500, all.n);
	assert_ok(store_delivery_list(f->store, DELIVERY_CANCELLED, in_order,
	    &cancelled, NULL));
	assert_int_equal(1, cancelled.n);
	assert_string_equal("d-1234", cancelled.last);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		TEST(test_a_destination_is_queued_once),
		TEST(test_what_is_due_first_is_claimed_first),
		TEST(test_hosts_that_are_left_out_wait),
		TEST(test_only_so_many_hosts_are_looked_at),
		TEST(test_an_accepted_one_is_done),
		TEST(test_one_that_failed_is_due_again_when_it_says),
		TEST(test_one_that_was_broken_off_is_no_try),
		TEST(test_another_worker_takes_over_from_one_that_died),
		TEST(test_many_that_are_done_are_settled_in_one_go),
		TEST(test_many_that_are_tried_again_are_settled_in_one_go),
		TEST(test_two_workers_share_the_work),
		TEST(test_of_many_hosts_one_is_slow),
		TEST(test_mails_to_a_domain_are_counted_by_the_day),
		TEST(test_a_mail_is_counted_where_it_went),
		TEST(test_a_cancelled_one_is_not_tried_again),
		TEST(test_one_that_is_done_can_be_tried_again),
		TEST(test_what_was_done_in_a_time_is_counted),
		TEST(test_work_is_counted),
		TEST(test_one_is_found_by_report_and_uri),
		TEST(test_all_are_listed),
	};

	store_kind(argc, argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
