/* The store contract: hourly ceilings of claims. */
#include "store_fixture.h"

#include <pthread.h>
#include <time.h>

#include "store/store_delivery.h"

#define LEASE_S 600
/* date -ud @1795300000: 22:26:40, so the next hour begins 2,000 s later. */
#define NEXT_HOUR_S (NOW_S + 2000)

static void
add(struct fixture *f, unsigned n, const char *uri, const char *target,
    const char *host)
{
	char id[64], report[64];
	const struct delivery d = {
		.id = { id, (size_t)snprintf(id, sizeof(id), "d-%04u", n) },
		.report = { report,
		    (size_t)snprintf(report, sizeof(report), "r-%u", n) },
		.uri = span_str(uri),
		.target = span_str(target),
		.host = span_str(host),
		.state = DELIVERY_QUEUED,
		.queued_s = NOW_S,
		.due_s = NOW_S - 1000 + n,
	};
	struct why why = { { 0 } };

	assert_ok_why(store_delivery_add(f->store, &d, &why), &why);
}

static void
add_https(struct fixture *f, unsigned n, const char *host)
{
	add(f, n, "https://u.example/", "", host);
}

/* The numbers of what is claimed, each behind a blank. */
static enum err
note(void *arg, const struct delivery *d)
{
	char *text = arg;
	size_t n = strlen(text);

	(void)snprintf(text + n, 256 - n, " %d", atoi(d->id.p + 2));
	return E_OK;
}

static enum err
claim(struct store *store, int64_t now_s, size_t max, int64_t host_hourly,
    int64_t mailbox_hourly, delivery_fn *fn, void *arg)
{
	struct uuid id = uuid_new(now_s * NS_PER_S);
	const struct delivery_wish wish = {
		.now_s = now_s,
		.lease_s = LEASE_S,
		.max = max,
		.host_hourly = host_hourly,
		.mailbox_hourly = mailbox_hourly,
	};

	return store_delivery_claim(store, &id, &wish, fn, arg, NULL);
}

static void
assert_claimed(struct fixture *f, int64_t now_s, size_t max,
    int64_t host_hourly, int64_t mailbox_hourly, const char *want)
{
	char got[256] = "";

	assert_ok(claim(f->store, now_s, max, host_hourly, mailbox_hourly, note,
	    got));
	assert_string_equal(want, got);
}

static enum err
copy(void *arg, const struct delivery *d)
{
	*(struct delivery *)arg = *d;
	return E_OK;
}

static struct delivery
get(struct fixture *f, const char *id)
{
	struct delivery d = { .done_s = 0 };
	struct why why = { { 0 } };

	assert_ok_why(store_delivery_get(f->store, span_str(id), copy, &d,
			  &why),
	    &why);
	return d;
}

static void
test_past_the_ceiling_they_wait_for_the_next_hour(void **state)
{
	static const char *const waiting[] = { "d-0003", "d-0004", "d-0005" };
	struct fixture *f = *state;

	for (unsigned n = 1; n <= 5; n++)
		add_https(f, n, "a.example");
	assert_claimed(f, NOW_S, 8, 2, 0, " 1 2");
	for (size_t i = 0; i < 3; i++) {
		struct delivery d = get(f, waiting[i]);

		assert_int_equal(DELIVERY_QUEUED, d.state);
		assert_true(d.due_s >= NEXT_HOUR_S);
		assert_true(d.due_s < NEXT_HOUR_S + 3600);
		/* It was no attempt. */
		assert_int_equal(0, d.attempts);
		assert_int_equal(0, d.first_s);
		assert_false(d.is_claimed);
	}
	/* Nor is one that another worker left. */
	assert_claimed(f, NEXT_HOUR_S - 1, 8, 2, 0, "");
	assert_int_equal(1, get(f, "d-0001").attempts);
}

static unsigned
count_words(const char *text)
{
	unsigned n = 0;

	for (; *text != '\0'; text++)
		n += *text == ' ';
	return n;
}

static void
test_the_next_hour_begins_anew(void **state)
{
	struct fixture *f = *state;
	char got[256] = "";

	for (unsigned n = 1; n <= 5; n++)
		add_https(f, n, "a.example");
	assert_claimed(f, NOW_S, 2, 2, 0, " 1 2");
	assert_claimed(f, NOW_S, 8, 2, 0, "");
	assert_ok(claim(f->store, NEXT_HOUR_S + 3599, 8, 3, 0, note, got));
	assert_int_equal(3, count_words(got));
}

static void
test_others_go_on(void **state)
{
	struct fixture *f = *state;

	add_https(f, 1, "a.example");
	add_https(f, 2, "a.example");
	add_https(f, 3, "a.example");
	add_https(f, 4, "b.example");
	assert_claimed(f, NOW_S, 1, 1, 0, " 1");
	assert_claimed(f, NOW_S, 1, 1, 0, " 4");
}

static void
test_mailboxes_are_counted_each(void **state)
{
	struct fixture *f = *state;

	add(f, 1, "mailto:a@a.example", "", "a.example");
	add(f, 2, "mailto:a@a.example", "", "a.example");
	add(f, 3, "mailto:b@a.example", "", "a.example");
	/* It goes to the first one. */
	add(f, 4, "mailto:c@c.example", "mailto:a@a.example", "a.example");
	add(f, 5, "mailto:a@a.example", "https://d.example/", "d.example");
	add_https(f, 6, "a.example");
	/* Those of one host come together. */
	assert_claimed(f, NOW_S, 8, 1, 1, " 1 3 6 5");
}

static void
test_without_a_ceiling_nothing_is_counted(void **state)
{
	struct fixture *f = *state;

	for (unsigned n = 1; n <= 5; n++)
		add_https(f, n, "a.example");
	assert_claimed(f, NOW_S, 4, 0, 1, " 1 2 3 4");
	assert_claimed(f, NOW_S, 4, 1, 0, " 5");
}

/* More than are put back at a time: the store is wanted by others, too. */
static void
test_very_many_are_put_back_by_and_by(void **state)
{
	struct fixture *f = *state;
	char got[256] = "";

	assert_ok(store_begin(f->store, NULL));
	for (unsigned n = 1; n <= 500; n++)
		add_https(f, n, "a.example");
	add_https(f, 501, "b.example");
	assert_ok(store_commit(f->store, NULL));
	assert_claimed(f, NOW_S, 1, 1, 0, " 1");
	for (int i = 0; i < 3; i++)
		assert_ok(claim(f->store, NOW_S, 1, 1, 0, note, got));
	assert_string_equal(" 501", got);
}

static enum err
note_number(void *arg, const struct db_value *row)
{
	*(int64_t *)arg = row[0].num;
	return E_OK;
}

static int64_t
visits(struct fixture *f, int64_t hour)
{
	struct why why = { { 0 } };
	struct db *db;
	int64_t n = 0;

	db = open_db(f);
	assert_ok_why(db_read(db, QUERY_VISIT_GET, note_number, &n, &why,
			  DB_T(SPAN_LIT("a.example")), DB_I(hour)),
	    &why);
	db_close(db);
	return n;
}

static void
test_old_visits_are_forgotten(void **state)
{
	const int64_t hour = NOW_S / 3600;
	struct fixture *f = *state;

	for (unsigned n = 1; n <= 4; n++)
		add_https(f, n, "a.example");
	assert_claimed(f, NOW_S, 2, 9, 0, " 1 2");
	assert_int_equal(2, visits(f, hour));
	assert_claimed(f, NOW_S + 3600, 1, 9, 0, " 3");
	assert_int_equal(2, visits(f, hour));
	assert_claimed(f, NOW_S + 7200, 1, 9, 0, " 4");
	assert_int_equal(0, visits(f, hour));
	assert_int_equal(1, visits(f, hour + 1));
	assert_int_equal(1, visits(f, hour + 2));
}

/* The store of the tests is on this machine. */
static void
test_the_stores_clock_is_told(void **state)
{
	struct fixture *f = *state;
	struct why why = { { 0 } };
	int64_t before = time(NULL), now = 0;

	assert_ok_why(store_delivery_clock(f->store, &now, &why), &why);
	assert_in_range(now, before, time(NULL));
}

/* -- two workers at a time -- */

#define MANY 200
#define HOURLY 50

struct worker {
	struct fixture *f;
	unsigned taken;
	unsigned taken_now; /* if nothing fails */
	enum err e;
};

static enum err
count(void *arg, const struct delivery *d)
{
	struct worker *w = arg;

	(void)d;
	w->taken_now++;
	return E_OK;
}

/* A round that claims nothing may have put back others. */
static void *
claim_for_a_while(void *arg)
{
	struct worker *w = arg;
	struct store *store;

	w->e = open_store_quietly(w->f, &store);
	for (int round = 0; w->e == E_OK && round < MANY;) {
		w->taken_now = 0;
		w->e = claim(store, NOW_S, 1, HOURLY, 0, count, w);
		if (w->e == E_OK)
			w->taken += w->taken_now;
		if (w->e == E_BUSY)
			w->e = E_OK;
		else
			round++;
	}
	store_close(store);
	return NULL;
}

static void
test_two_workers_share_the_ceiling(void **state)
{
	struct fixture *f = *state;
	struct worker w[2] = { { .f = f }, { .f = f } };
	pthread_t thread[2];

	for (unsigned n = 0; n < MANY; n++)
		add_https(f, n, n % 2 == 0 ? "a.example" : "b.example");
	for (int i = 0; i < 2; i++)
		assert_int_equal(0,
		    pthread_create(&thread[i], NULL, claim_for_a_while, &w[i]));
	for (int i = 0; i < 2; i++)
		assert_int_equal(0, pthread_join(thread[i], NULL));
	assert_ok(w[0].e);
	assert_ok(w[1].e);
	assert_int_equal(2 * HOURLY, w[0].taken + w[1].taken);
	assert_int_equal(HOURLY, visits(f, NOW_S / 3600));
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		TEST(test_past_the_ceiling_they_wait_for_the_next_hour),
		TEST(test_the_next_hour_begins_anew),
		TEST(test_others_go_on),
		TEST(test_mailboxes_are_counted_each),
		TEST(test_without_a_ceiling_nothing_is_counted),
		TEST(test_very_many_are_put_back_by_and_by),
		TEST(test_old_visits_are_forgotten),
		TEST(test_the_stores_clock_is_told),
		TEST(test_two_workers_share_the_ceiling),
	};

	store_kind(argc, argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
