/* The store contract: who collects as whom. */
#include "store_fixture.h"

static const char first_claim[] = "01890000-0000-7000-8000-000000000001";
static const char second_claim[] = "01890000-0000-7000-8000-000000000002";

struct state {
	char claim[64], place[64];
};

static enum err
note(void *arg, const struct collector *c)
{
	struct state *s = arg;

	(void)snprintf(s->claim, sizeof(s->claim), "%.*s", SPAN_ARG(c->claim));
	(void)snprintf(s->place, sizeof(s->place), "%.*s", SPAN_ARG(c->place));
	return E_OK;
}

static struct state
state_of(struct fixture *f)
{
	struct why why = { { 0 } };
	struct state s;

	assert_ok_why(store_collector_get(f->store, &f->collector, note, &s,
			  &why),
	    &why);
	return s;
}

static enum err
claim(struct fixture *f, const char *found, const char *new,
    struct position first, struct position *ret)
{
	const struct collector_claim c = {
		.collector = f->collector,
		.found = span_str(found),
		.claim = span_str(new),
		.place = SPAN_LIT("here"),
		.first = first,
	};

	return store_collector_claim(f->store, &c, ret, NULL);
}

static enum err
move(struct fixture *f, const char *with, struct position from,
    struct position to)
{
	const struct flush flush = {
		.collector = f->collector,
		.claim = span_str(with),
		.host = SPAN_LIT("mx1"),
		.from = from,
		.to = to,
		.now_s = NOW_S,
	};

	return store_flush(f->store, &flush, NULL);
}

static void
assert_at(const struct position *wanted, const struct position *got)
{
	assert_true(uuid_eq(&wanted->journal, &got->journal));
	assert_int_equal(wanted->segment, got->segment);
	assert_int_equal(wanted->offset, got->offset);
}

static void
test_one_that_nobody_knows(void **state)
{
	struct fixture *f = *state;
	struct state s;

	assert_err(E_ABSENT,
	    store_collector_get(f->store, &f->collector, note, &s, NULL));
}

static void
test_who_finds_the_claim_replaces_it(void **state)
{
	struct fixture *f = *state;
	struct position start = position(f, 1, 0), at;
	struct state s;

	register_collector(f);
	assert_string_equal("", state_of(f).claim);
	assert_ok(claim(f, "", first_claim, start, &at));
	assert_at(&start, &at);
	assert_err(E_BUSY, claim(f, "", second_claim, start, &at));
	assert_string_equal(first_claim, state_of(f).claim);
	assert_ok(claim(f, first_claim, second_claim, start, &at));
	s = state_of(f);
	assert_string_equal(second_claim, s.claim);
	assert_string_equal("here", s.place);
}

static void
test_a_flush_needs_the_claim(void **state)
{
	struct fixture *f = *state;
	struct position start = position(f, 1, 0), next = position(f, 1, 8), at;

	register_collector(f);
	assert_ok(claim(f, "", first_claim, start, &at));
	assert_ok(move(f, first_claim, start, next));
	assert_ok(claim(f, first_claim, second_claim, start, &at));
	assert_at(&next, &at);
	assert_err(E_CONFLICT, move(f, first_claim, next, start));
	assert_err(E_CONFLICT, move(f, "", next, start));
	assert_ok(move(f, second_claim, next, position(f, 1, 16)));
}

static void
test_each_journal_has_its_place(void **state)
{
	struct fixture *f = *state;
	struct position one = position(f, 1, 0), other = one, at, left;

	other.journal = uuid_new(NOW_S);
	other.segment = 5;
	left = one;
	left.offset = 100;
	register_collector(f);
	assert_ok(claim(f, "", first_claim, one, &at));
	assert_ok(move(f, first_claim, one, left));
	assert_ok(claim(f, first_claim, second_claim, other, &at));
	assert_at(&other, &at);
	left.offset = 0;
	assert_err(E_CONFLICT, move(f, second_claim, left, one));
	left.offset = 100;
	for (int i = 0; i < 2; i++) {
		assert_ok(claim(f, second_claim, second_claim, one, &at));
		assert_at(&left, &at);
		left.offset += 100;
		assert_ok(move(f, second_claim, at, left));
		assert_ok(claim(f, second_claim, second_claim, other, &at));
		assert_at(&other, &at);
	}
}

static void
test_who_leaves_has_the_claim(void **state)
{
	struct fixture *f = *state;
	struct position at;

	register_collector(f);
	assert_ok(claim(f, "", first_claim, position(f, 1, 0), &at));
	assert_ok(store_collector_leave(f->store, &f->collector,
	    span_str(second_claim), NULL));
	assert_string_equal("here", state_of(f).place);
	assert_ok(store_collector_leave(f->store, &f->collector,
	    span_str(first_claim), NULL));
	assert_string_equal("", state_of(f).place);
	assert_string_equal(first_claim, state_of(f).claim);
}

static void
test_forgetting_gives_it_to_the_next(void **state)
{
	struct fixture *f = *state;
	struct position start = position(f, 1, 0), at;

	register_collector(f);
	assert_ok(claim(f, "", first_claim, start, &at));
	assert_ok(store_collector_forget(f->store, &f->collector, NULL));
	assert_err(E_CONFLICT, move(f, first_claim, start, start));
	assert_ok(claim(f, "", second_claim, start, &at));
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		TEST(test_one_that_nobody_knows),
		TEST(test_who_finds_the_claim_replaces_it),
		TEST(test_a_flush_needs_the_claim),
		TEST(test_each_journal_has_its_place),
		TEST(test_who_leaves_has_the_claim),
		TEST(test_forgetting_gives_it_to_the_next),
	};

	store_kind(argc, argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
