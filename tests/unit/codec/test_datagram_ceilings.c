#include "support/test.h"

#include "base/utf8.h"
#include "model/limits.h"
#include "support/datagram.h"

/* -- ceilings of texts -- */

static void
test_long_texts_are_cut(void **state)
{
	static const struct {
		const char *name, *before, *after;
		size_t max, at;
	} cases[] = {
		{ "record",
		    "{\"dpv\":\"1\",\"d\":\"a\",\"policies\":"
		    "[{\"policy-type\":9,\"f\":0,\"failure-details\":"
		    "[{\"c\":201}]}],\"pr\":\"",
		    "\"}", 4096, 0 },
#define IN_DETAIL(key)                                                 \
	"{\"dpv\":\"1\",\"d\":\"a\",\"policies\":[{\"policy-type\":9," \
	"\"f\":0,\"failure-details\":[{\"c\":201,\"" key "\":\"",      \
	    "\"}]}]}"
		{ "helo", IN_DETAIL("h"), 1024,
		    offsetof(struct failure_detail, helo) },
		{ "reason", IN_DETAIL("f"), 256,
		    offsetof(struct failure_detail, reason) },
#undef IN_DETAIL
	};
	/* What is put in: n times a byte, then a text that is last. */
	static const struct {
		const char *name, *last;
		int more; /* bytes before last, more than max */
		int want; /* bytes kept, more than max */
		unsigned marks;
	} ends[] = {
		{ "as long as may be", "", 0, 0, 0 },
		{ "one more", "", 1, 0, MARK_CUT },
		{ "far more", "", 100000, 0, MARK_CUT },
		{ "umlaut that fits", "\xc3\xa4", -2, 0, 0 },
		{ "umlaut at the end", "\xc3\xa4", -1, -1, MARK_CUT },
		{ "euro at the end", "\xe2\x82\xac", -1, -1, MARK_CUT },
		{ "euro two before", "\xe2\x82\xac", -2, -2, MARK_CUT },
		{ "euro that fits", "\xe2\x82\xac", -3, 0, 0 },
		{ "four bytes, three fit", "\xf0\x9f\x98\x80", -3, -3,
		    MARK_CUT },
		{ "escaped umlaut", "\\u00e4", -1, -1, MARK_CUT },
		{ "replacement", "\xff", -2, -2, MARK_CUT | MARK_UTF8 },
	};

	(void)state;
	for (size_t i = 0; i < 3 * sizeof(ends) / sizeof(ends[0]); i++) {
		size_t c = i % 3, k = i / 3;
		size_t fill = (size_t)((int)cases[c].max + ends[k].more);
		struct buf text = BUF_INIT(300000);
		const struct session *s;
		struct span got;

		print_message("%s, %s\n", cases[c].name, ends[k].name);
		buf_adds(&text, cases[c].before);
		add_times(&text, "x", fill);
		buf_adds(&text, ends[k].last);
		buf_adds(&text, cases[c].after);
		s = read_ok(buf_span(&text));
		got = c == 0 ? s->record
			     : *(const struct span *)((const char *)
							  s->policies->details +
				   cases[c].at);
		assert_int_equal(cases[c].max + (size_t)ends[k].want, got.len);
		assert_int_equal('x', got.p[0]);
		assert_int_equal(ends[k].marks, s->marks);
		buf_free(&text);
	}
}

/* s4.4: additional-information is a URI; half of one leads elsewhere. */
static void
test_information_is_a_whole_uri_or_none(void **state)
{
	(void)state;
	for (unsigned over = 0; over <= 1; over++) {
		struct buf text = BUF_INIT(10000);
		const struct session *s;

		buf_adds(&text,
		    "{\"dpv\":\"1\",\"d\":\"a\",\"policies\":"
		    "[{\"policy-type\":9,\"f\":1,\"failure-details\":"
		    "[{\"c\":201,\"a\":\"https://a.example/");
		add_times(&text, "x", 1024 - strlen("https://a.example/"));
		add_times(&text, "x", over);
		buf_adds(&text, "\"}]}]}");
		s = read_ok(buf_span(&text));
		assert_int_equal(over > 0 ? MARK_URI : 0, s->marks);
		assert_int_equal(over > 0 ? 0 : 1024,
		    s->policies->details->info.len);
		buf_free(&text);
	}
}

static void
test_giant_ehlo_reply(void **state)
{
	struct buf text = BUF_INIT(DATAGRAM_MAX);
	const struct session *s;

	(void)state;
	buf_adds(&text,
	    "{\"dpv\":\"1\",\"d\":\"a\",\"policies\":"
	    "[{\"policy-type\":9,\"f\":1,\"failure-details\":"
	    "[{\"c\":201,\"h\":\"250-mx.example");
	add_times(&text, "\\r\\n250-X-\\u0000\\ud800", 9000);
	buf_adds(&text, "\"}]}]}");
	assert_ok(text.err);
	s = read_ok(buf_span(&text));
	assert_int_equal(MARK_CUT | MARK_UTF8, s->marks);
	assert_in_range(s->policies->details->helo.len, 1021, 1024);
	assert_memory_equal("250-mx.example\r\n250-X-" U_FFFD U_FFFD "\r\n",
	    s->policies->details->helo.p, 30);
	buf_free(&text);
}

static void
test_long_names_are_cut(void **state)
{
	struct buf text = BUF_INIT(10000);
	const struct session *s;

	(void)state;
	buf_adds(&text,
	    "{\"dpv\":\"1\",\"policies\":"
	    "[{\"policy-type\":9,\"f\":0}],\"d\":\"");
	add_times(&text, "A", 255);
	buf_adds(&text, ".\"}");
	s = read_ok(buf_span(&text));
	assert_int_equal(0, s->marks);
	assert_int_equal(255, s->domain.len);
	text.len -= 3;
	buf_adds(&text, "A.\"}");
	s = read_ok(buf_span(&text));
	assert_int_equal(MARK_NAME, s->marks);
	assert_int_equal(255, s->domain.len);
	buf_free(&text);
}

static void
test_unknown_code_with_a_long_reason(void **state)
{
	struct buf text = BUF_INIT(10000);
	const struct session *s;
	struct span reason;

	(void)state;
	buf_adds(&text,
	    "{\"dpv\":\"1\",\"d\":\"a\",\"policies\":"
	    "[{\"policy-type\":9,\"f\":1,\"failure-details\":"
	    "[{\"c\":901,\"f\":\"");
	add_times(&text, "\xc3\xa4", 128); /* 256 bytes: as long as may be */
	buf_adds(&text, "\"}]}]}");
	s = read_ok(buf_span(&text));
	assert_int_equal(MARK_CODE | MARK_CUT, s->marks);
	reason = s->policies->details->reason;
	/* 26 bytes are ours, and 230 is no odd number. */
	assert_int_equal(256, reason.len);
	assert_memory_equal("unknown-failure-code-901: \xc3\xa4", reason.p, 28);
	assert_memory_equal("\xc3\xa4", reason.p + 254, 2);
	buf_free(&text);
}

static void
begin_list(struct buf *text, const char *key)
{
	buf_clear(text);
	buf_addf(text,
	    "{\"dpv\":\"1\",\"d\":\"a\",\"policies\":"
	    "[{\"policy-type\":2,\"f\":0,\"%s\":[",
	    key);
}

static void
test_policy_text_has_a_ceiling(void **state)
{
	struct buf text = BUF_INIT(300000);
	const struct session *s;

	(void)state;
	/* 64 lines of 1024 bytes: all. */
	begin_list(&text, "policy-string");
	for (int i = 0; i < 64; i++)
		buf_addf(&text, "%s\"%01024d\"", i > 0 ? "," : "", i);
	buf_adds(&text, ",\"\"]}]}");
	s = read_ok(buf_span(&text));
	assert_int_equal(0, s->marks);
	assert_int_equal(65, s->policies->policy.strings.n);
	/* One byte more: it and what stands behind it goes, even if empty. */
	text.len -= strlen(",\"\"]}]}");
	buf_adds(&text, ",\"x\",\"\",\"y\",\"\"]}]}");
	s = read_ok(buf_span(&text));
	assert_int_equal(MARK_CUT, s->marks);
	assert_int_equal(64, s->policies->policy.strings.n);
	buf_free(&text);
}

static void
test_text_past_the_ceiling_leaves_no_gap(void **state)
{
	struct buf text = BUF_INIT(300000);
	const struct session *s;

	(void)state;
	begin_list(&text, "policy-string");
	buf_addf(&text, "\"a\",\"%065536d\",\"\",\"b\"]}]}", 0);
	s = read_ok(buf_span(&text));
	assert_int_equal(MARK_CUT, s->marks);
	assert_int_equal(1, s->policies->policy.strings.n);
	assert_span("a", s->policies->policy.strings.v[0]);
	buf_free(&text);
}

static void
test_strings_have_a_ceiling_over_all_policies(void **state)
{
	struct buf text = BUF_INIT(300000);
	const struct session *s;

	(void)state;
	begin_list(&text, "mx-host");
	add_times(&text, "\"a\",", 16383);
	buf_adds(&text,
	    "\"b\"]},{\"policy-type\":2,\"f\":0,"
	    "\"policy-string\":[\"c\"]}]}");
	s = read_ok(buf_span(&text));
	assert_int_equal(MARK_CUT, s->marks);
	assert_int_equal(16384, s->policies[0].policy.mx_hosts.n);
	assert_span("b", s->policies[0].policy.mx_hosts.v[16383]);
	assert_int_equal(0, s->policies[1].policy.strings.n);
	buf_free(&text);
}

static void
test_details_have_a_ceiling_over_all_policies(void **state)
{
	struct buf text = BUF_INIT(300000);
	const struct session *s;

	(void)state;
	begin_list(&text, "failure-details");
	add_times(&text, "{\"c\":201},", 1000);
	buf_adds(&text,
	    "{\"c\":202}],\"t\":1001},{\"policy-type\":1,\"f\":1,"
	    "\"failure-details\":[");
	add_times(&text, "{\"c\":203},", 23);
	buf_adds(&text, "{\"c\":204}],\"t\":24}]}");
	s = read_ok(buf_span(&text));
	assert_int_equal(MARK_DETAILS, s->marks);
	assert_int_equal(1001, s->policies[0].ndetails);
	assert_int_equal(202, s->policies[0].details[1000].type);
	assert_int_equal(23, s->policies[1].ndetails);
	assert_int_equal(203, s->policies[1].details[22].type);
	buf_free(&text);
}

/* As many of one thing as fit: each must be read within DATAGRAM_ARENA_MAX. */
static void
test_largest_datagrams_fit_the_arena(void **state)
{
	static const struct {
		const char *name, *key, *item;
	} cases[] = {
		{ "escaped names", "mx-host", "\"@\"," },
		{ "names of two bytes", "mx-host", "\"@@\"," },
		{ "names for IDNA", "mx-host", "\"\xc3\xa4\"," },
		{ "names of invalid UTF-8", "mx-host", "\"\xff\"," },
		{ "names", "mx-host", "\"a\"," },
		{ "escaped strings", "policy-string", "\"\\t\"," },
		{ "strings of invalid UTF-8", "policy-string", "\"\xff\"," },
		{ "empty strings", "policy-string", "\"\"," },
		{ "details", "failure-details", "{\"c\":201}," },
		{ "unknown codes", "failure-details", "{\"c\":1}," },
		{ "unknown codes with names", "failure-details",
		    "{\"c\":1,\"n\":\"@\"}," },
		{ "all addresses", "failure-details",
		    "{\"c\":1,\"s\":\"::1\",\"r\":\"::1\"}," },
		{ "escaped texts", "failure-details",
		    "{\"c\":1,\"h\":\"\\t\",\"a\":\"\\t\",\"f\":\"\\t\"}," },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf text = BUF_INIT(DATAGRAM_MAX);
		size_t room;

		print_message("%s\n", cases[i].name);
		begin_list(&text, cases[i].key);
		room = DATAGRAM_MAX - text.len - 4;
		add_times(&text, cases[i].item, room / strlen(cases[i].item));
		text.len--; /* the last comma */
		buf_adds(&text, "]}]}");
		assert_ok(text.err);
		(void)read_ok(buf_span(&text));
		buf_free(&text);
	}
}

static void
test_longest_texts_fit_the_arena(void **state)
{
	static const struct {
		const char *name, *key, *bytes;
	} cases[] = {
		{ "name of invalid UTF-8", "mx-host", "\xff" },
		{ "name for IDNA", "mx-host", "\xc3\xa4" },
		{ "name of dots for IDNA", "mx-host", "\xe3\x80\x82" },
		{ "name", "mx-host", "a" },
		{ "string of invalid UTF-8", "policy-string", "\xff" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf text = BUF_INIT(DATAGRAM_MAX);
		size_t room;

		print_message("%s\n", cases[i].name);
		begin_list(&text, cases[i].key);
		buf_addc(&text, '"');
		room = DATAGRAM_MAX - text.len - 5;
		add_times(&text, cases[i].bytes, room / strlen(cases[i].bytes));
		buf_adds(&text, "\"]}]}");
		assert_ok(text.err);
		(void)read_ok(buf_span(&text));
		buf_free(&text);
	}
}

static void
test_little_memory_is_refused_as_a_ceiling(void **state)
{
	const struct span datagram = SPAN_LIT(
	    DETAIL(",\"h\":\"\\n\",\"s\":\"::1\",\"n\":\"@\"},{\"c\":1,"
		   "\"f\":\"x\""));
	const size_t needed = (read_ok(datagram), arena.used);

	(void)state;
	for (size_t max = 0; max < needed; max += 16) {
		struct arena little = ARENA_INIT(max);
		enum counter refused = NCOUNTERS;
		struct session s;

		assert_err(E_NOMEM,
		    datagram_read(datagram, &little, &s, &refused, NULL));
		assert_int_equal(COUNTER_REFUSED_CEILING, refused);
		arena_free(&little);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_long_texts_are_cut),
		cmocka_unit_test(test_information_is_a_whole_uri_or_none),
		cmocka_unit_test(test_giant_ehlo_reply),
		cmocka_unit_test(test_long_names_are_cut),
		cmocka_unit_test(test_unknown_code_with_a_long_reason),
		cmocka_unit_test(test_policy_text_has_a_ceiling),
		cmocka_unit_test(test_text_past_the_ceiling_leaves_no_gap),
		cmocka_unit_test(test_strings_have_a_ceiling_over_all_policies),
		cmocka_unit_test(test_details_have_a_ceiling_over_all_policies),
		cmocka_unit_test(test_largest_datagrams_fit_the_arena),
		cmocka_unit_test(test_longest_texts_fit_the_arena),
		cmocka_unit_test(test_little_memory_is_refused_as_a_ceiling),
	};

	return cmocka_run_group_tests(tests, NULL, free_arena);
}
