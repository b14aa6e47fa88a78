#include "support/test.h"

#include "intake/posted.h"

/* -- a sink that keeps things when it is told to -- */

struct slow_sink {
	size_t n;
	void (*done)(void *, enum err, const struct uuid *);
	void *arg;
	enum err takes;
};

static enum err
put(void *arg, const struct receipt_facts *facts, struct span body,
    void (*done)(void *, enum err, const struct uuid *), void *done_arg,
    struct why *why)
{
	struct slow_sink *s = arg;

	(void)facts;
	(void)body;
	if (s->takes != E_OK)
		return why_set(why, s->takes, "no");
	s->n++;
	s->done = done;
	s->arg = done_arg;
	return E_OK;
}

/* -- who posts -- */

struct told {
	unsigned times;
	enum err e;
	struct uuid intake;
	bool is_again;
};

static void
tell(void *arg, enum err e, const struct uuid *intake, bool is_again)
{
	struct told *t = arg;

	t->times++;
	t->e = e;
	t->is_again = is_again;
	if (intake != NULL)
		t->intake = *intake;
}

static enum err
post(struct posted *p, struct slow_sink *s, const char *body, struct told *t)
{
	const struct receipt_sink sink = { put, s };

	return posted_put(p, &sink,
	    &(const struct receipt_facts){ .way = RECEIPT_HTTPS },
	    span_str(body), tell, t, NULL);
}

static struct posted *
open_posted(size_t max)
{
	struct posted *p = NULL;

	assert_ok(posted_open(max, &p));
	return p;
}

static void
test_the_same_bytes_come_to_the_same_intake(void **state)
{
	struct posted *p = open_posted(100);
	struct slow_sink sink = { 0 };
	struct told first = { 0 }, again = { 0 }, other = { 0 };
	struct uuid id = uuid_new(1);

	(void)state;
	assert_ok(post(p, &sink, "a", &first));
	assert_int_equal(0, first.times);
	sink.done(sink.arg, E_OK, &id);
	assert_int_equal(1, first.times);
	assert_false(first.is_again);
	assert_ok(post(p, &sink, "a", &again));
	assert_int_equal(1, again.times);
	assert_true(again.is_again);
	assert_true(uuid_eq(&id, &again.intake));
	assert_int_equal(1, sink.n);
	assert_ok(post(p, &sink, "b", &other));
	assert_int_equal(2, sink.n);
	sink.done(sink.arg, E_OK, &id);
	assert_false(other.is_again);
	assert_int_equal(1, posted_again(p));
	posted_close(p);
}

static void
test_two_at_the_same_moment_share_their_fate(void **state)
{
	static const enum err fates[] = { E_OK, E_IO };
	struct uuid id = uuid_new(1);

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct posted *p = open_posted(100);
		struct slow_sink sink = { 0 };
		struct told t[3] = { { 0 } };

		for (size_t k = 0; k < 3; k++)
			assert_ok(post(p, &sink, "a", &t[k]));
		assert_int_equal(1, sink.n);
		assert_int_equal(0, t[1].times);
		sink.done(sink.arg, fates[i], fates[i] == E_OK ? &id : NULL);
		for (size_t k = 0; k < 3; k++) {
			assert_int_equal(1, t[k].times);
			assert_int_equal(fates[i], t[k].e);
			assert_int_equal(k > 0, t[k].is_again);
		}
		posted_close(p);
	}
}

static void
test_what_was_not_kept_is_put_anew(void **state)
{
	struct posted *p = open_posted(100);
	struct slow_sink sink = { .takes = E_FULL };
	struct told t[3] = { { 0 } };
	struct uuid id = uuid_new(1);

	(void)state;
	assert_err(E_FULL, post(p, &sink, "a", &t[0]));
	assert_int_equal(0, t[0].times);
	sink.takes = E_OK;
	assert_ok(post(p, &sink, "a", &t[1]));
	sink.done(sink.arg, E_IO, NULL);
	assert_err(E_IO, t[1].e);
	assert_ok(post(p, &sink, "a", &t[2]));
	sink.done(sink.arg, E_OK, &id);
	assert_err(E_OK, t[2].e);
	assert_false(t[2].is_again);
	assert_int_equal(2, sink.n);
	posted_close(p);
}

static void
test_of_several_the_first_is_told(void **state)
{
	struct posted *p = open_posted(100);
	struct slow_sink sink = { 0 };
	struct uuid one = uuid_new(1000000), two = uuid_new(2000000);
	struct content_key key;
	struct told t = { 0 };

	(void)state;
	assert_ok(posted_key(SPAN_LIT("a"), &key));
	posted_note(p, &key, &two);
	posted_note(p, &key, &one);
	posted_note(p, &key, &two);
	assert_ok(post(p, &sink, "a", &t));
	assert_true(uuid_eq(&one, &t.intake));
	assert_int_equal(0, sink.n);
	posted_close(p);
}

/* The sixteen places are one set. */
static void
test_the_oldest_are_forgotten(void **state)
{
	struct posted *p = open_posted(16);
	struct content_key keys[18];
	struct uuid ids[18];

	(void)state;
	for (unsigned i = 0; i < 18; i++) {
		char body[2] = { (char)('a' + i), '\0' };

		ids[i] = uuid_new((int64_t)(i + 1) * 1000000);
		assert_ok(posted_key(span_str(body), &keys[i]));
	}
	for (unsigned i = 1; i < 18; i++)
		posted_note(p, &keys[i], &ids[i]);
	posted_note(p, &keys[0], &ids[0]); /* older than all of them */
	for (unsigned i = 17; i < 18; i--) {
		char body[2] = { (char)('a' + i), '\0' };
		struct slow_sink sink = { .takes = E_FULL };
		struct told t = { 0 };

		/* One that is not known would take a place. */
		if (i < 2)
			assert_err(E_FULL, post(p, &sink, body, &t));
		else
			assert_ok(post(p, &sink, body, &t));
		assert_true(i < 2 || uuid_eq(&ids[i], &t.intake));
	}
	posted_close(p);
}

static void
test_what_is_kept_no_more_is_put_anew(void **state)
{
	struct posted *p = open_posted(100);
	struct slow_sink sink = { 0 };
	struct uuid one = uuid_new(1000000), two = uuid_new(2000000);
	struct content_key key;
	struct told t = { 0 };

	(void)state;
	assert_ok(posted_key(SPAN_LIT("a"), &key));
	posted_note(p, &key, &one);
	posted_forget(p, &key, &two); /* another one with the same bytes */
	assert_ok(post(p, &sink, "a", &t));
	assert_true(t.is_again && uuid_eq(&one, &t.intake));
	posted_forget(p, &key, &one);
	posted_forget(p, &key, &one);
	assert_ok(post(p, &sink, "a", &t));
	assert_int_equal(1, sink.n);
	/* One that is on its way is another. */
	posted_forget(p, &key, &one);
	sink.done(sink.arg, E_OK, &two);
	assert_true(!t.is_again && uuid_eq(&two, &t.intake));
	posted_close(p);
}

static void
test_places_of_those_on_their_way_stay(void **state)
{
	struct posted *p = open_posted(16);
	struct slow_sink sinks[20] = { { 0 } };
	struct told first[20] = { { 0 } }, again[20] = { { 0 } };
	struct uuid id = uuid_new(1);
	size_t remembered = 0;

	(void)state;
	for (unsigned i = 0; i < 20; i++) {
		char body[2] = { (char)('a' + i), '\0' };

		assert_ok(post(p, &sinks[i], body, &first[i]));
		assert_int_equal(1, sinks[i].n);
	}
	for (unsigned i = 0; i < 16; i++) {
		char body[2] = { (char)('a' + i), '\0' };

		assert_ok(post(p, &sinks[i], body, &again[i]));
		assert_int_equal(1, sinks[i].n);
	}
	for (unsigned i = 0; i < 20; i++) {
		sinks[i].done(sinks[i].arg, E_OK, &id);
		assert_int_equal(1, first[i].times);
		remembered += again[i].times;
	}
	assert_int_equal(16, remembered);
	posted_close(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_same_bytes_come_to_the_same_intake),
		cmocka_unit_test(test_two_at_the_same_moment_share_their_fate),
		cmocka_unit_test(test_what_was_not_kept_is_put_anew),
		cmocka_unit_test(test_of_several_the_first_is_told),
		cmocka_unit_test(test_the_oldest_are_forgotten),
		cmocka_unit_test(test_what_is_kept_no_more_is_put_anew),
		cmocka_unit_test(test_places_of_those_on_their_way_stay),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
