#include "support/test.h"

#include "api/query.h"
#include "base/clock.h"
#include "model/delivery_state.h"
#include "model/inbox_state.h"
#include "model/levels.h"
#include "model/trust.h"

#define ALL ((1U << API_NPARAMETERS) - 1)
#define TODAY 20779 /* 2026-11-22: date -ud 2026-11-22 +%s, by 86400 */

static struct arena arena = ARENA_INIT((size_t)1 << 20);

static enum err
query(const char *text, unsigned allowed, struct api_query *ret)
{
	struct why why = { { 0 } };

	return api_query_read(span_str(text), allowed, TODAY, &arena, ret,
	    &why);
}

static void
test_defaults(void **state)
{
	struct api_query q;

	(void)state;
	assert_int_equal(E_OK, query("", P_NONE, &q));
	assert_int_equal(TODAY, q.to);
	assert_int_equal(TODAY - 29, q.from);
	assert_int_equal(100, q.limit);
	assert_int_equal(-1, q.date);
	assert_null(q.domain.p);
	assert_null(q.cursor.p);
	assert_false(q.csv);
	assert_int_equal(API_TRUST_COUNTED, q.trust);
	assert_int_equal(0, q.verdict);
	assert_int_equal(0, q.state);
	assert_int_equal(0, q.level);
	assert_int_equal(0, q.delivery_state);
}

static void
test_words_are_codes(void **state)
{
	struct api_query q;

	(void)state;
	assert_int_equal(E_OK,
	    query("verdict=unverifiable&state=waiting&level=not-sent&"
		  "delivery-state=record-vanished",
		ALL, &q));
	assert_int_equal(TRUST_UNVERIFIABLE, q.verdict);
	assert_int_equal(INBOX_WAITING, q.state);
	assert_int_equal(LEVEL_NOT_SENT, q.level);
	assert_int_equal(DELIVERY_VANISHED, q.delivery_state);
	assert_int_equal(E_SYNTAX, query("verdict=good", ALL, &q));
	assert_int_equal(E_SYNTAX, query("state=", ALL, &q));
	assert_int_equal(E_SYNTAX, query("level=NOT-SENT", ALL, &q));
	assert_int_equal(E_SYNTAX, query("delivery-state=7", ALL, &q));
}

static void
test_values(void **state)
{
	struct api_query q;

	(void)state;
	assert_int_equal(E_OK,
	    query("domain=B%C3%BCcher.Example&from=2026-10-01&to=2026-10-31&"
		  "result-type=starttls-not-supported&receiving-ip="
		  "2001:DB8::0:1&trust=all&group=mx&limit=500&"
		  "q=a+b%26c&cursor=MTAw",
		ALL, &q));
	assert_span("xn--bcher-kva.example", q.domain);
	assert_int_equal(20727, q.from);
	assert_int_equal(20757, q.to);
	assert_true(q.has_result_type);
	assert_span("2001:db8::1", q.receiving_ip);
	assert_int_equal(API_TRUST_ALL, q.trust);
	assert_int_equal(API_GROUP_MX, q.group);
	assert_int_equal(500, q.limit);
	assert_span("a b&c", q.text);
	assert_span("100", q.cursor);
}

static void
test_refusals(void **state)
{
	static const struct {
		const char *name, *in;
		enum err want;
	} rows[] = {
		{ "not of the route", "q=x", E_USAGE },
		{ "there is none", "nonsense=1", E_USAGE },
		{ "no name", "=1", E_USAGE },
		{ "twice", "limit=1&limit=1", E_USAGE },
		{ "limit 0", "limit=0", E_RANGE },
		{ "limit past the ceiling", "limit=501", E_RANGE },
		{ "limit of letters", "limit=x", E_SYNTAX },
		{ "no date", "from=2026-02-30", E_SYNTAX },
		{ "backwards", "from=2026-11-02&to=2026-11-01", E_RANGE },
		{ "too long a range", "from=2020-01-01&to=2026-01-01",
		    E_RANGE },
		{ "half a code", "domain=%4", E_SYNTAX },
		{ "a NUL", "domain=a%00b", E_SYNTAX },
		{ "a newline", "domain=a%0ab", E_SYNTAX },
		{ "no UTF-8", "domain=%ff", E_SYNTAX },
		{ "no domain", "domain=a..b", E_SYNTAX },
		{ "an empty domain", "domain=", E_SYNTAX },
		{ "no cursor", "cursor=*", E_SYNTAX },
		{ "another format", "format=xml", E_SYNTAX },
	};
	struct api_query q = { .limit = 7 };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		enum err e = query(rows[i].in, P(DOMAIN) | P_RANGE | P_LIST,
		    &q);

		if (e != rows[i].want)
			fail_msg("%s: %s", rows[i].name, err_text(e));
	}
	assert_int_equal(7, q.limit);
}

static void
test_csv_is_one_page(void **state)
{
	struct api_query q;

	(void)state;
	assert_int_equal(E_OK, query("format=csv", P_LIST, &q));
	assert_true(q.csv);
	assert_true(q.is_whole);
	assert_int_equal(E_OK, query("format=csv&limit=5", P_LIST, &q));
	assert_int_equal(5, q.limit);
}

static void
test_a_long_query_is_refused(void **state)
{
	static char text[API_QUERY_BYTES_MAX + 2];
	struct api_query q;

	(void)state;
	memset(text, '&', sizeof(text) - 1);
	assert_int_equal(E_RANGE, query(text, P_LIST, &q));
	text[API_QUERY_BYTES_MAX] = '\0';
	assert_int_equal(E_OK, query(text, P_LIST, &q));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_words_are_codes),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_csv_is_one_page),
		cmocka_unit_test(test_a_long_query_is_refused),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	arena_free(&arena);
	return failed;
}
