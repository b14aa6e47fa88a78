/* The store contract: what domains of ours publish, and whose turn it is. */
#include "store_fixture.h"

#include "store/store_domain.h"
#include "store/store_published.h"

#define T SPAN_LIT

static bool
put(struct fixture *f, int64_t at_s, const char *value, const char *dnssec)
{
	const struct published_value v = { .domain = T("a.example"),
		.kind = PUBLISHED_MX,
		.subject = T(""),
		.value = span_str(value),
		.dnssec = span_str(dnssec),
		.last_s = NOW_S + at_s };
	struct why why = { { 0 } };
	bool changed = true;

	assert_ok_why(store_published_put(f->store, &v, &changed, &why), &why);
	return changed;
}

struct listing {
	char text[1024];
	size_t n;
};

static enum err
note(void *arg, const struct published_value *v)
{
	struct listing *l = arg;
	size_t len = strlen(l->text);

	l->n++;
	(void)snprintf(l->text + len, sizeof(l->text) - len,
	    "%s %.*s %d-%d %.*s;", published_kind_text(v->kind),
	    SPAN_ARG(v->value), (int)(v->first_s - NOW_S),
	    (int)(v->last_s - NOW_S), SPAN_ARG(v->dnssec));
	return E_OK;
}

static void
assert_listed(struct fixture *f, int64_t since, const char *want)
{
	struct listing l = { .n = 0 };

	assert_ok(store_published_list(f->store, T("a.example"), NOW_S + since,
	    note, &l, NULL));
	assert_string_equal(want, l.text);
}

static void
test_a_value_has_a_row_as_long_as_it_stays(void **state)
{
	struct fixture *f = *state;

	assert_false(put(f, 0, "x\n", "secure"));
	assert_false(put(f, 5, "x\n", "secure"));
	assert_listed(f, 0, "mx x\n 0-5 secure;");
	assert_true(put(f, 7, "y\n", "secure"));
	assert_true(put(f, 9, "x\n", "secure"));
	assert_false(put(f, 11, "x\n", "secure"));
	assert_true(put(f, 12, "x\n", "insecure"));
	assert_true(put(f, 13, "", "insecure"));
	assert_listed(f, 0,
	    "mx x\n 0-5 secure;mx y\n 7-7 secure;mx x\n 9-11 secure;"
	    "mx x\n 12-12 insecure;mx  13-13 insecure;");
	assert_listed(f, 12, "mx x\n 12-12 insecure;mx  13-13 insecure;");
}

static void
test_things_do_not_mix(void **state)
{
	struct fixture *f = *state;
	struct published_value v = { .domain = T("a.example"),
		.kind = PUBLISHED_TLSA,
		.subject = T("mx.a.example"),
		.value = T("1\n"),
		.dnssec = T("secure"),
		.last_s = NOW_S };
	bool changed;

	assert_false(put(f, 0, "x\n", ""));
	assert_ok(store_published_put(f->store, &v, &changed, NULL));
	assert_false(changed);
	v.subject = T("mx2.a.example");
	v.value = T("2\n");
	assert_ok(store_published_put(f->store, &v, &changed, NULL));
	assert_false(changed);
	v.domain = T("b.example");
	v.subject = T("mx.a.example");
	assert_ok(store_published_put(f->store, &v, &changed, NULL));
	assert_false(changed);
	assert_listed(f, 0,
	    "mx x\n 0-0 ;tlsa 1\n 0-0 secure;tlsa 2\n 0-0 secure;");
}

static void
test_two_values_of_one_second(void **state)
{
	struct fixture *f = *state;

	(void)put(f, 0, "x\n", "");
	assert_true(put(f, 0, "y\n", ""));
	assert_listed(f, 0, "mx y\n 0-0 ;");
}

static void
test_the_oldest_go(void **state)
{
	struct fixture *f = *state;
	struct listing l = { .n = 0 };

	assert_ok(store_begin(f->store, NULL));
	for (int i = 0; i < PUBLISHED_VALUES_MAX + 7; i++)
		(void)put(f, i, i % 2 == 0 ? "x\n" : "y\n", "");
	assert_ok(store_commit(f->store, NULL));
	assert_ok(
	    store_published_list(f->store, T("a.example"), 0, note, &l, NULL));
	assert_int_equal(PUBLISHED_VALUES_MAX, l.n);
	l.text[16] = '\0';
	assert_string_equal("mx y\n 7-7 ;mx x\n", l.text);
}

/* -- turns -- */

static void
own(struct fixture *f, const char *domain)
{
	assert_ok(store_domain_add(f->store,
	    &(const struct owned_domain){ span_str(domain), T(""), NOW_S },
	    NULL));
}

static enum err
note_due(void *arg, struct span domain)
{
	char *text = arg;
	size_t len = strlen(text);

	(void)snprintf(text + len, 256 - len, "%.*s ", SPAN_ARG(domain));
	return E_OK;
}

static void
assert_due(struct fixture *f, int64_t at, size_t max, const char *want)
{
	const struct watch_turn turn = { NOW_S + at, NOW_S + at + 100 };
	char text[256] = "";

	assert_ok(store_watch_due(f->store, &turn, max, note_due, text, NULL));
	assert_string_equal(want, text);
}

static bool
claim(struct fixture *f, const char *domain, int64_t at, int64_t due)
{
	const struct watch_turn turn = { NOW_S + at, NOW_S + at + 100 };
	bool is_mine = false;

	assert_ok(store_watch_claim(f->store, span_str(domain), &turn,
	    NOW_S + due, &is_mine, NULL));
	return is_mine;
}

static void
test_one_of_several_gets_the_turn(void **state)
{
	struct fixture *f = *state;

	own(f, "a.example");
	own(f, "b.example");
	assert_due(f, 0, 9, "a.example b.example ");
	assert_due(f, 0, 1, "a.example ");
	assert_true(claim(f, "a.example", 0, 90));
	assert_false(claim(f, "a.example", 0, 95));
	assert_due(f, 0, 9, "b.example ");
	assert_true(claim(f, "b.example", 1, 80));
	assert_due(f, 79, 9, "");
	assert_due(f, 90, 9, "b.example a.example ");
	assert_true(claim(f, "a.example", 90, 180));
}

static void
test_a_turn_far_ahead_is_none(void **state)
{
	struct fixture *f = *state;

	own(f, "a.example");
	assert_true(claim(f, "a.example", 0, 5000));
	assert_due(f, 1, 9, "a.example ");
	assert_true(claim(f, "a.example", 1, 90));
	assert_due(f, 2, 9, "");
}

static void
test_domains_that_are_not_ours_have_no_turn(void **state)
{
	struct fixture *f = *state;

	own(f, "a.example");
	assert_true(claim(f, "a.example", 0, 10));
	assert_ok(store_domain_remove(f->store, T("a.example"), NULL));
	assert_due(f, 50, 9, "");
}

static void
test_what_was_not_measured(void **state)
{
	struct fixture *f = *state;
	struct watch_state s = { 7, T("x") };

	own(f, "a.example");
	assert_ok(
	    store_watch_get(f->store, T("a.example"), &f->arena, &s, NULL));
	assert_int_equal(0, s.looked_s);
	assert_int_equal(0, s.not_measured.len);
	assert_true(claim(f, "a.example", 0, 10));
	assert_ok(store_watch_put(f->store, T("a.example"),
	    &(const struct watch_state){ NOW_S, T("policy: away\n") }, NULL));
	assert_ok(
	    store_watch_get(f->store, T("a.example"), &f->arena, &s, NULL));
	assert_int_equal(NOW_S, s.looked_s);
	assert_true(span_eq(s.not_measured, T("policy: away\n")));
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		TEST(test_a_value_has_a_row_as_long_as_it_stays),
		TEST(test_things_do_not_mix),
		TEST(test_two_values_of_one_second),
		TEST(test_the_oldest_go),
		TEST(test_one_of_several_gets_the_turn),
		TEST(test_a_turn_far_ahead_is_none),
		TEST(test_domains_that_are_not_ours_have_no_turn),
		TEST(test_what_was_not_measured),
	};

	store_kind(argc, argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
