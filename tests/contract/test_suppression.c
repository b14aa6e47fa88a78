/* The store contract: where nothing is sent. */
#include "store_fixture.h"

#include "store/store_suppression.h"

static void
add(struct fixture *f, enum suppression_kind kind, const char *value,
    const char *reason, int64_t until_s)
{
	const struct suppression s = {
		.kind = kind,
		.value = span_str(value),
		.reason = span_str(reason),
		.added_s = NOW_S,
		.until_s = until_s,
	};
	struct why why = { { 0 } };

	assert_ok_why(store_suppression_add(f->store, &s, &why), &why);
}

/* Report r-1 of a domain. */
static void
put_report(struct fixture *f, const char *domain)
{
	const struct report_row r = {
		.id = SPAN_LIT("r-1"),
		.day = DAY,
		.domain = span_str(domain),
		.rua = SPAN_LIT(""),
		.file_name = SPAN_LIT("r-1"),
		.body = SPAN_LIT(""),
	};
	struct why why = { { 0 } };

	assert_ok_why(store_report_put(f->store, &r, &why), &why);
}

/* The reason of what keeps report r-1 from a destination; NULL: nothing. The
 * text is the arena's. */
static const char *
found(struct fixture *f, const char *uri, const char *host, int64_t now_s)
{
	const struct delivery d = {
		.report = SPAN_LIT("r-1"),
		.uri = span_str(uri),
		.host = span_str(host),
	};
	struct why why = { { 0 } };
	struct suppression s;
	enum err e = store_suppression_find(f->store, &d, now_s, &f->arena, &s,
	    &why);

	if (e == E_ABSENT) {
		assert_string_equal("", why.text);
		return NULL;
	}
	assert_ok_why(e, &why);
	return s.reason.p;
}

static const char *
found_now(struct fixture *f)
{
	return found(f, "mailto:t@mail.example", "mail.example", NOW_S);
}

static void
test_each_kind_matches_its_own(void **state)
{
	struct fixture *f = *state;

	put_report(f, "about.example");
	add(f, SUPPRESSION_RUA, "mail.example", "other", 0);
	add(f, SUPPRESSION_RUA, "mailto:T@mail.example", "other", 0);
	add(f, SUPPRESSION_HOST, "about.example", "other", 0);
	add(f, SUPPRESSION_DOMAIN, "mail.example", "other", 0);
	assert_null(found_now(f));
	add(f, SUPPRESSION_RUA, "mailto:t@mail.example", "by rua", 0);
	assert_string_equal("by rua", found_now(f));
	assert_null(found(f, "mailto:u@mail.example", "mail.example", NOW_S));
	assert_ok(store_suppression_remove(f->store, SUPPRESSION_RUA,
	    SPAN_LIT("mailto:t@mail.example"), NULL));
	add(f, SUPPRESSION_HOST, "mail.example", "by host", 0);
	assert_string_equal("by host", found_now(f));
	assert_ok(store_suppression_remove(f->store, SUPPRESSION_HOST,
	    SPAN_LIT("mail.example"), NULL));
	add(f, SUPPRESSION_DOMAIN, "about.example", "by domain", 0);
	assert_string_equal("by domain", found_now(f));
}

static void
test_a_report_that_is_gone_is_of_no_domain(void **state)
{
	struct fixture *f = *state;

	add(f, SUPPRESSION_DOMAIN, "", "other", 0);
	assert_null(found_now(f));
	add(f, SUPPRESSION_HOST, "mail.example", "by host", 0);
	assert_string_equal("by host", found_now(f));
}

static void
test_past_its_time_it_does_not_match(void **state)
{
	struct fixture *f = *state;

	add(f, SUPPRESSION_HOST, "mail.example", "a while", NOW_S + 10);
	assert_string_equal("a while",
	    found(f, "x", "mail.example", NOW_S + 9));
	assert_null(found(f, "x", "mail.example", NOW_S + 10));
	/* The one that lasts longest is named. */
	add(f, SUPPRESSION_RUA, "x", "longer", NOW_S + 20);
	assert_string_equal("longer", found(f, "x", "mail.example", NOW_S));
	add(f, SUPPRESSION_HOST, "mail.example", "for good", 0);
	assert_string_equal("for good", found(f, "x", "mail.example", NOW_S));
}

struct listing {
	char text[512];
};

static enum err
note(void *arg, const struct suppression *s)
{
	struct listing *l = arg;
	size_t n = strlen(l->text);

	(void)snprintf(l->text + n, sizeof(l->text) - n,
	    "%s %.*s %.*s %lld %lld\n", suppression_kind_text(s->kind),
	    SPAN_ARG(s->value), SPAN_ARG(s->reason),
	    (long long)(s->added_s - NOW_S),
	    (long long)(s->until_s == 0 ? 0 : s->until_s - NOW_S));
	return E_OK;
}

static void
assert_listed(struct fixture *f, int64_t now_s, const char *want)
{
	struct listing l = { { 0 } };
	struct why why = { { 0 } };

	assert_ok_why(store_suppression_list(f->store, now_s, note, &l, &why),
	    &why);
	assert_string_equal(want, l.text);
}

static void
test_those_in_force_are_listed(void **state)
{
	struct fixture *f = *state;

	add(f, SUPPRESSION_RUA, "mailto:b@b.example", "", 0);
	add(f, SUPPRESSION_RUA, "mailto:a@b.example", "first", NOW_S + 10);
	add(f, SUPPRESSION_HOST, "b.example", "", 0);
	/* It takes the other's place. */
	add(f, SUPPRESSION_RUA, "mailto:b@b.example", "second", NOW_S + 99);
	assert_listed(f, NOW_S + 9,
	    "host b.example  0 0\n"
	    "rua mailto:a@b.example first 0 10\n"
	    "rua mailto:b@b.example second 0 99\n");
	assert_listed(f, NOW_S + 10,
	    "host b.example  0 0\n"
	    "rua mailto:b@b.example second 0 99\n");
}

static void
test_one_past_its_time_goes_with_the_next(void **state)
{
	struct fixture *f = *state;

	add(f, SUPPRESSION_HOST, "a.example", "", NOW_S);
	assert_listed(f, NOW_S - 1, "host a.example  0 0\n");
	add(f, SUPPRESSION_HOST, "b.example", "", 0);
	assert_listed(f, NOW_S - 1, "host b.example  0 0\n");
}

static void
test_what_is_not_there_is_not_removed(void **state)
{
	struct fixture *f = *state;
	struct why why = { { 0 } };

	add(f, SUPPRESSION_HOST, "a.example", "", 0);
	assert_err(E_ABSENT,
	    store_suppression_remove(f->store, SUPPRESSION_DOMAIN,
		SPAN_LIT("a.example"), &why));
	assert_string_equal("domain a.example is not suppressed", why.text);
	assert_listed(f, NOW_S, "host a.example  0 0\n");
}

static void
test_kinds_have_names(void **state)
{
	enum suppression_kind kind;

	(void)state;
	assert_ok(suppression_kind_from_text(SPAN_LIT("domain"), &kind));
	assert_int_equal(SUPPRESSION_DOMAIN, kind);
	assert_err(E_ABSENT, suppression_kind_from_text(SPAN_LIT(""), &kind));
	assert_err(E_ABSENT,
	    suppression_kind_from_text(SPAN_LIT("Rua"), &kind));
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		TEST(test_each_kind_matches_its_own),
		TEST(test_a_report_that_is_gone_is_of_no_domain),
		TEST(test_past_its_time_it_does_not_match),
		TEST(test_those_in_force_are_listed),
		TEST(test_one_past_its_time_goes_with_the_next),
		TEST(test_what_is_not_there_is_not_removed),
		cmocka_unit_test(test_kinds_have_names),
	};

	store_kind(argc, argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
