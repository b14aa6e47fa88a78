#include "support/test.h"

#include <dirent.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/utf8.h"
#include "codec/datagram_read.h"
#include "model/limits.h"

/* Parts of datagrams: one policy, one detail of a failed one, all else. */
#define DATAGRAM(d, more, policies) \
	"{\"dpv\": \"1\",\"d\": " d more ",\"policies\":[" policies "]}"
#define POLICIES(policies) DATAGRAM("\"a.example\"", "", policies)
#define POLICY(members) POLICIES("{\"policy-type\":9" members "}")
#define DETAILS(details) POLICY(",\"failure-details\":[" details "],\"f\":1")
#define DETAIL(members) DETAILS("{\"c\":201" members "}")
#define TOP(more) DATAGRAM("\"a.example\"", more, "{\"policy-type\":9,\"f\":0}")

static struct arena arena = ARENA_INIT(DATAGRAM_ARENA_MAX);

static int
free_arena(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

static enum err
read_span(struct span datagram, struct session *s, enum counter *refused)
{
	struct why why = { { 0 } };
	enum err e;

	arena_reset(&arena);
	*refused = NCOUNTERS;
	e = datagram_read(datagram, &arena, s, refused, &why);
	assert_int_equal(e == E_OK, why.text[0] == '\0');
	assert_int_equal(e == E_OK, *refused == NCOUNTERS);
	return e;
}

/* Valid until the next call. */
static const struct session *
read_ok(struct span datagram)
{
	static struct session s;
	enum counter refused;

	assert_ok(read_span(datagram, &s, &refused));
	return &s;
}

static const struct session_policy *
only_policy(const char *datagram)
{
	const struct session *s = read_ok(span_str(datagram));

	assert_int_equal(1, s->npolicies);
	return &s->policies[0];
}

static const struct failure_detail *
only_detail(const char *datagram)
{
	const struct session_policy *p = only_policy(datagram);

	assert_int_equal(1, p->ndetails);
	return &p->details[0];
}

/* -- what is read -- */

static void
test_every_member(void **state)
{
	const struct session *s = read_ok(SPAN_LIT(
	    "{\"dpv\": \"1\",\"d\": \"Example.COM.\","
	    "\"pr\": \"v=TLSRPTv1; rua=mailto:reports@example.com\","
	    "\"policies\":[{\"policy-type\":1,"
	    "\"policy-domain\": \"MX1.example.com\","
	    "\"policy-string\":[\"3 1 1 AA\",\"3 1 1 BB\"],"
	    "\"mx-host\":[\"*.Example.com\"],"
	    "\"failure-details\":[{\"c\":204,\"s\": \"192.0.2.1\","
	    "\"n\": \"mx1.example.com.\",\"h\": \"mx1 ehlo\\r\\n250-SIZE\","
	    "\"r\": \"2001:DB8::1\",\"f\": \"rc\",\"a\": \"https://x/\"},"
	    "{\"c\":306}],\"t\":2,\"f\":1},"
	    "{\"policy-type\":9,\"t\":0,\"f\":0},"
	    "{\"policy-type\":2,\"f\":0}]}"));
	const struct session_policy *p = s->policies;

	(void)state;
	assert_int_equal(0, s->marks);
	assert_span("example.com", s->domain);
	assert_span("v=TLSRPTv1; rua=mailto:reports@example.com", s->record);
	assert_int_equal(3, s->npolicies);
	assert_int_equal(POLICY_TLSA, p[0].policy.type);
	assert_span("mx1.example.com", p[0].policy.domain);
	assert_int_equal(2, p[0].policy.strings.n);
	assert_span("3 1 1 AA", p[0].policy.strings.v[0]);
	assert_span("3 1 1 BB", p[0].policy.strings.v[1]);
	assert_int_equal(1, p[0].policy.mx_hosts.n);
	assert_span("*.example.com", p[0].policy.mx_hosts.v[0]);
	assert_true(p[0].failed);
	assert_int_equal(2, p[0].ndetails);
	assert_int_equal(RESULT_CERTIFICATE_EXPIRED, p[0].details[0].type);
	assert_span("192.0.2.1", p[0].details[0].sending_ip);
	assert_span("mx1.example.com", p[0].details[0].mx_hostname);
	assert_span("mx1 ehlo\r\n250-SIZE", p[0].details[0].helo);
	assert_span("2001:db8::1", p[0].details[0].receiving_ip);
	assert_span("rc", p[0].details[0].reason);
	assert_span("https://x/", p[0].details[0].info);
	assert_int_equal(RESULT_DANE_REQUIRED, p[0].details[1].type);
	assert_int_equal(0, p[0].details[1].helo.len);
	assert_int_equal(POLICY_NO_POLICY_FOUND, p[1].policy.type);
	assert_false(p[1].failed);
	assert_int_equal(0, p[1].ndetails);
	assert_int_equal(0, p[1].policy.domain.len);
	assert_int_equal(0, p[1].policy.strings.n);
	assert_int_equal(POLICY_STS, p[2].policy.type);
}

static void
test_success_may_have_details_and_failure_none(void **state)
{
	const struct session_policy *p = only_policy(
	    POLICY(",\"failure-details\":[{\"c\":304}],\"t\":1,\"f\":0"));

	(void)state;
	assert_false(p->failed);
	assert_int_equal(1, p->ndetails);
	p = only_policy(POLICY(",\"t\":0,\"f\":1"));
	assert_true(p->failed);
	assert_int_equal(0, p->ndetails);
}

static void
test_every_failure_code(void **state)
{
	static const int codes[] = { 201, 202, 203, 204, 205, 301, 302, 303,
		304, 305, 306 };

	(void)state;
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		struct buf text = BUF_INIT(1000);

		buf_addf(&text, DETAILS("{\"c\":%d}"), codes[i]);
		assert_int_equal(codes[i], only_detail(buf_str(&text))->type);
		buf_free(&text);
	}
}

/* Nothing here is worth a mark. */
static void
test_what_is_taken_as_it_is(void **state)
{
	static const struct {
		const char *name, *in;
	} cases[] = {
		{ "no record", TOP("") },
		{ "record of null", TOP(",\"pr\":null") },
		{ "empty record", TOP(",\"pr\":\"\"") },
		{ "no \"t\"", DETAIL("") },
		{ "empty lists",
		    POLICY(",\"policy-string\":[],\"mx-host\":[],"
			   "\"failure-details\":[],\"t\":0,\"f\":0") },
		{ "empty texts",
		    DETAIL(",\"s\":\"\",\"n\":\"\",\"h\":\"\",\"r\":\"\","
			   "\"a\":\"\",\"f\":\"\"") },
		{ "empty policy domain",
		    POLICY(",\"policy-domain\":\"\",\"f\":0") },
		{ "unknown keys",
		    "{\"x\":[{\"c\":\"\"}],\"dpv\":\"1\",\"d\":\"a.example\","
		    "\"d2\":null,\"policies\":[{\"f\":0,\"x\":1e400,"
		    "\"policy-type\":9,\"failure-details\":"
		    "[{\"x\":-0.5,\"c\":201,\"y\":true}]}],\"policies2\":{}}" },
		{ "unknown keys twice", TOP(",\"x\":1,\"x\":2") },
		{ "escaped keys",
		    "{\"\\u0064pv\":\"1\",\"\\u0064\":\"a.example\","
		    "\"polic\\u0069es\":[{\"policy-type\":9,\"\\u0066\":0}]}" },
		{ "members in another order",
		    "{\"policies\":[{\"f\":0,\"policy-type\":9}],"
		    "\"d\":\"a.example\",\"dpv\":\"1\"}" },
		{ "white space",
		    "\n { \"dpv\" : \"1\" , \"d\" : \"a.example\""
		    " , \"policies\" : [ { \"policy-type\" : 9 ,"
		    " \"f\" : 0 } ] } \r\n" },
		{ "depth 8", TOP(",\"x\":[[[[[[[]]]]]]]") },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct session *s;

		print_message("%s\n", cases[i].name);
		s = read_ok(span_str(cases[i].in));
		assert_int_equal(0, s->marks);
		assert_span("a.example", s->domain);
		assert_int_equal(0, s->record.len);
		assert_int_equal(1, s->npolicies);
	}
}

/* -- what is refused, and as what it is counted -- */

static void
test_refusals(void **state)
{
	static const struct {
		const char *name;
		enum err err;
		enum counter refused;
		const char *in;
	} cases[] = {
#define JSON E_SYNTAX, COUNTER_REFUSED_JSON
		{ "empty", JSON, "" },
		{ "blank", JSON, " \n" },
		{ "no JSON", JSON, "hello" },
		{ "half an object", JSON, "{\"dpv\": \"1\",\"d\"" },
		{ "text behind", JSON, TOP("") "x" },
		{ "two objects", JSON, TOP("") TOP("") },
		{ "comma behind", JSON, TOP(",") },
		{ "byte order mark", JSON, "\xef\xbb\xbf" TOP("") },
		{ "UTF-16", JSON, "{\0\"\0" },
		{ "single quotes", JSON, TOP(",'x':1") },
		{ "comment", JSON, "/* */" TOP("") },
		{ "control byte in a text", JSON, TOP(",\"pr\":\"a\nb\"") },
		{ "unknown escape", JSON, TOP(",\"pr\":\"\\x\"") },
		{ "cut escape", JSON, TOP(",\"pr\":\"\\u12\"") },
		{ "leading zero", JSON, POLICY(",\"f\":01") },
		{ "no number", JSON, POLICY(",\"f\":NaN") },
		{ "malformed below an unknown key", JSON, TOP(",\"x\":[1,]") },
		{ "malformed and of another type", JSON, TOP(",\"pr\":[1,]") },
#undef JSON
#define VERSION E_VERSION, COUNTER_REFUSED_VERSION
		{ "version 2", VERSION,
		    "{\"dpv\":\"2\",\"d\":\"a\",\"policies\":"
		    "[{\"policy-type\":9,\"f\":0}]}" },
		{ "empty version", VERSION, "{\"dpv\":\"\"}" },
		{ "version 1.0", VERSION, "{\"dpv\":\"1.0\"}" },
		{ "version 01", VERSION, "{\"dpv\":\"01\"}" },
		{ "version and blank", VERSION, "{\"dpv\":\"1 \"}" },
#undef VERSION
#define SHAPE E_SYNTAX, COUNTER_REFUSED_SHAPE
		{ "version is a number", SHAPE, "{\"dpv\":1}" },
		{ "version is null", SHAPE, "{\"dpv\":null}" },
		{ "no member", SHAPE, "{}" },
		{ "no domain", SHAPE,
		    "{\"policies\":[{\"policy-type\":9,\"f\":0}]}" },
		{ "empty domain", SHAPE,
		    DATAGRAM("\"\"", "", "{\"policy-type\":9,\"f\":0}") },
		{ "domain is the root", SHAPE,
		    DATAGRAM("\".\"", "", "{\"policy-type\":9,\"f\":0}") },
		{ "domain is null", SHAPE,
		    DATAGRAM("null", "", "{\"policy-type\":9,\"f\":0}") },
		{ "domain is a number", SHAPE,
		    DATAGRAM("5", "", "{\"policy-type\":9,\"f\":0}") },
		{ "domain is an object", SHAPE,
		    DATAGRAM("{}", "", "{\"policy-type\":9,\"f\":0}") },
		{ "domain is a list", SHAPE,
		    DATAGRAM("[\"a\"]", "", "{\"policy-type\":9,\"f\":0}") },
		{ "record is a number", SHAPE, TOP(",\"pr\":1") },
		{ "record is an object", SHAPE, TOP(",\"pr\":{}") },
		{ "no policies", SHAPE, "{\"dpv\":\"1\",\"d\":\"a\"}" },
		{ "no policy", SHAPE, POLICIES("") },
		{ "policies are an object", SHAPE,
		    "{\"d\":\"a\",\"policies\":{}}" },
		{ "policies are null", SHAPE,
		    "{\"d\":\"a\",\"policies\":null}" },
		{ "policy is a number", SHAPE, POLICIES("1") },
		{ "policy is null", SHAPE, POLICIES("null") },
		{ "policy is a list", SHAPE, POLICIES("[]") },
		{ "no policy type", SHAPE, POLICIES("{\"f\":0}") },
		{ "policy type is a text", SHAPE,
		    POLICIES("{\"policy-type\":\"9\",\"f\":0}") },
		{ "policy type is a fraction", SHAPE,
		    POLICIES("{\"policy-type\":9.0,\"f\":0}") },
		{ "no final result", SHAPE, POLICY("") },
		{ "final result is a text", SHAPE, POLICY(",\"f\":\"x\"") },
		{ "final result is true", SHAPE, POLICY(",\"f\":true") },
		{ "final result is null", SHAPE, POLICY(",\"f\":null") },
		{ "final result is a fraction", SHAPE, POLICY(",\"f\":0.5") },
		{ "final result is past int64", SHAPE,
		    POLICY(",\"f\":99999999999999999999") },
		{ "\"t\" is a text", SHAPE, POLICY(",\"f\":0,\"t\":\"0\"") },
		{ "policy domain is a number", SHAPE,
		    POLICY(",\"f\":0,\"policy-domain\":1") },
		{ "policy domain is null", SHAPE,
		    POLICY(",\"f\":0,\"policy-domain\":null") },
		{ "policy strings are a text", SHAPE,
		    POLICY(",\"f\":0,\"policy-string\":\"x\"") },
		{ "policy string is a number", SHAPE,
		    POLICY(",\"f\":0,\"policy-string\":[1]") },
		{ "mx hosts are a text", SHAPE,
		    POLICY(",\"f\":0,\"mx-host\":\"x\"") },
		{ "mx host is a list", SHAPE,
		    POLICY(",\"f\":0,\"mx-host\":[[]]") },
		{ "details are an object", SHAPE,
		    POLICY(",\"f\":0,\"failure-details\":{}") },
		{ "detail is a number", SHAPE, DETAILS("5") },
		{ "no code", SHAPE, DETAILS("{}") },
		{ "code is a text", SHAPE, DETAILS("{\"c\":\"201\"}") },
		{ "code is past int64", SHAPE,
		    DETAILS("{\"c\":9223372036854775808}") },
		{ "address is a number", SHAPE, DETAIL(",\"s\":1") },
		{ "other address is null", SHAPE, DETAIL(",\"r\":null") },
		{ "name is a list", SHAPE, DETAIL(",\"n\":[]") },
		{ "helo is an object", SHAPE, DETAIL(",\"h\":{}") },
		{ "information is a number", SHAPE, DETAIL(",\"a\":1") },
		{ "reason is a number", SHAPE, DETAIL(",\"f\":1") },
		{ "version twice", SHAPE, TOP(",\"dpv\":\"1\"") },
		{ "domain twice", SHAPE, TOP(",\"d\":\"a.example\"") },
		{ "domain twice, once escaped", SHAPE,
		    TOP(",\"\\u0064\":\"b.example\"") },
		{ "record twice", SHAPE, TOP(",\"pr\":\"\",\"pr\":\"\"") },
		{ "policies twice", SHAPE, TOP(",\"policies\":[]") },
		{ "policy type twice", SHAPE,
		    POLICY(",\"f\":0,\"policy-type\":9") },
		{ "final result twice", SHAPE, POLICY(",\"f\":0,\"f\":1") },
		{ "details twice", SHAPE,
		    POLICY(",\"f\":0,\"failure-details\":[],"
			   "\"failure-details\":[]") },
		{ "code twice", SHAPE, DETAIL(",\"c\":202") },
		{ "address twice", SHAPE, DETAIL(",\"s\":\"\",\"s\":\"\"") },
#undef SHAPE
#define TYPE E_SYNTAX, COUNTER_REFUSED_POLICY
		{ "policy type 0", TYPE,
		    POLICIES("{\"policy-type\":0,\"f\":0}") },
		{ "policy type 3", TYPE,
		    POLICIES("{\"policy-type\":3,\"f\":0}") },
		{ "policy type -1", TYPE,
		    POLICIES("{\"policy-type\":-1,\"f\":0}") },
		{ "policy type past 32 bits", TYPE,
		    POLICIES("{\"policy-type\":4294967297,\"f\":0}") },
#undef TYPE
#define CEILING E_RANGE, COUNTER_REFUSED_CEILING
		{ "depth 9", CEILING, TOP(",\"x\":[[[[[[[[]]]]]]]]") },
		{ "depth 9 where a text belongs", CEILING,
		    TOP(",\"pr\":[[[[[[[[]]]]]]]]") },
		{ "depth 9 of objects in a detail", CEILING,
		    DETAIL(",\"x\":{\"x\":{\"x\":{\"x\":{}}}}") },
#undef CEILING
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct session s;
		enum counter refused;

		print_message("%s\n", cases[i].name);
		assert_err(cases[i].err,
		    read_span(span_str(cases[i].in), &s, &refused));
		assert_string_equal(counter_text(cases[i].refused),
		    counter_text(refused));
	}
}

static void
test_nul_byte_is_no_json(void **state)
{
	static const char behind[] = TOP("") "\0";
	static const char inside[] = TOP(",\"pr\":\"a\0b\"");
	struct session s;
	enum counter refused;

	(void)state;
	assert_err(E_SYNTAX,
	    read_span((struct span){ behind, sizeof(behind) - 1 }, &s,
		&refused));
	assert_int_equal(COUNTER_REFUSED_JSON, refused);
	assert_err(E_SYNTAX,
	    read_span((struct span){ inside, sizeof(inside) - 1 }, &s,
		&refused));
	assert_int_equal(COUNTER_REFUSED_JSON, refused);
}

/* A scalar or an array is refused; the session is nowhere to be found in it. */
static void
test_no_object(void **state)
{
	static const char *const texts[] = { "1", "\"x\"", "null", "true", "[]",
		"[{}]", "-0.5" };
	struct session s;
	enum counter refused;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_err(E_SYNTAX,
		    read_span(span_str(texts[i]), &s, &refused));
}

static void
test_no_front_is_a_datagram(void **state)
{
	static const char whole[] = "{\"dpv\":\"1\",\"d\":\"a.example\","
				    "\"pr\":\"v=TLSRPTv1;\\u0020\",\"x\":1.5,"
				    "\"policies\":[{\"policy-type\":9,"
				    "\"policy-string\":[\"x\"],"
				    "\"failure-details\":[{\"c\":201,"
				    "\"s\":\"192.0.2.1\"}],\"t\":1,\"f\":1}]}";
	struct session s;
	enum counter refused;

	(void)state;
	for (size_t len = 0; len < sizeof(whole) - 1; len++) {
		char *front = malloc(len + 1);

		memcpy(front + 1, whole, len);
		assert_err(E_SYNTAX,
		    read_span((struct span){ front + 1, len }, &s, &refused));
		assert_int_equal(COUNTER_REFUSED_JSON, refused);
		free(front);
	}
	(void)read_ok(span_str(whole));
}

static void
add_times(struct buf *text, const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_adds(text, s);
}

static void
test_sixty_thousand_brackets(void **state)
{
	struct buf text = BUF_INIT(100000);
	struct session s;
	enum counter refused;

	(void)state;
	buf_adds(&text, "{\"x\":");
	add_times(&text, "[", 60000);
	assert_err(E_RANGE, read_span(buf_span(&text), &s, &refused));
	assert_int_equal(COUNTER_REFUSED_CEILING, refused);
	assert_true(
	    read_span(span_skip(buf_span(&text), 5), &s, &refused) != E_OK);
	buf_free(&text);
}

static void
test_sixty_four_policies_and_no_more(void **state)
{
	struct buf text = BUF_INIT(10000);
	struct session s;
	enum counter refused;

	(void)state;
	for (unsigned n = 64; n <= 65; n++) {
		buf_clear(&text);
		buf_adds(&text, "{\"d\":\"a\",\"policies\":[");
		add_times(&text, "{\"policy-type\":9,\"f\":1},", n - 1);
		buf_adds(&text, "{\"policy-type\":9,\"f\":1}]}");
		if (n == 64) {
			assert_ok(read_span(buf_span(&text), &s, &refused));
			assert_int_equal(64, s.npolicies);
			assert_true(s.policies[63].failed);
		} else {
			assert_err(E_RANGE,
			    read_span(buf_span(&text), &s, &refused));
			assert_int_equal(COUNTER_REFUSED_CEILING, refused);
		}
	}
	buf_free(&text);
}

/* -- what is repaired, and how it is marked -- */

#define U_FFFD "\xef\xbf\xbd"

static void
test_marks(void **state)
{
	static const struct {
		const char *name, *in;
		unsigned marks;
	} cases[] = {
		{ "no version",
		    "{\"d\":\"a\",\"policies\":[{\"policy-type\":9,\"f\":0}]}",
		    MARK_VERSION },
		{ "invalid UTF-8", DETAIL(",\"h\":\"\xff\""), MARK_UTF8 },
		{ "cut UTF-8", TOP(",\"pr\":\"\xc3\""), MARK_UTF8 },
		{ "overlong UTF-8", DETAIL(",\"f\":\"\xc0\xaf\""), MARK_UTF8 },
		{ "U+0000", DETAIL(",\"f\":\"a\\u0000b\""), MARK_UTF8 },
		{ "lone surrogate",
		    POLICY(",\"f\":0,\"policy-string\":[\"\\ud800\"]"),
		    MARK_UTF8 },
		{ "in an unknown key", TOP(",\"\xff\":1"), MARK_UTF8 },
		{ "below an unknown key", TOP(",\"x\":[\"\xff\"]"), MARK_UTF8 },
		{ "domain with a blank",
		    DATAGRAM("\"a b\"", "", "{\"policy-type\":9,\"f\":0}"),
		    MARK_NAME },
		{ "policy domain with a slash",
		    POLICY(",\"f\":0,\"policy-domain\":\"a/b\""), MARK_NAME },
		{ "mx host with a percent sign",
		    POLICY(",\"f\":0,\"mx-host\":[\"a\",\"%s\"]"), MARK_NAME },
		{ "mx name that IDNA rejects", DETAIL(",\"n\":\"\\u202e\""),
		    MARK_NAME },
		{ "name of invalid UTF-8", DETAIL(",\"n\":\"\xff\""),
		    MARK_NAME | MARK_UTF8 },
		{ "no IPv4", DETAIL(",\"s\":\"192.0.2.256\""), MARK_ADDRESS },
		{ "no IPv6", DETAIL(",\"r\":\"2001:db8::g\""), MARK_ADDRESS },
		{ "a name for an address", DETAIL(",\"r\":\"localhost\""),
		    MARK_ADDRESS },
		{ "U+0000 in an address", DETAIL(",\"r\":\"::1\\u0000\""),
		    MARK_ADDRESS | MARK_UTF8 },
		{ "one repair after another",
		    DETAIL(",\"s\":\"x\",\"n\":\"/\",\"h\":\"\\u0000\""),
		    MARK_ADDRESS | MARK_NAME | MARK_UTF8 },
		{ "information as text", DETAIL(",\"a\":\"see our site\""),
		    MARK_URI },
		{ "information without scheme",
		    DETAIL(",\"a\":\"//a.example/\""), MARK_URI },
		{ "result 7", POLICY(",\"f\":7"), MARK_RESULT },
		{ "result 2", POLICY(",\"f\":2"), MARK_RESULT },
		{ "result -1", POLICY(",\"f\":-1"), MARK_RESULT },
		{ "result past 32 bits", POLICY(",\"f\":4294967296"),
		    MARK_RESULT },
		{ "code 901", DETAILS("{\"c\":901}"), MARK_CODE },
		{ "code 0", DETAILS("{\"c\":0}"), MARK_CODE },
		{ "code -201", DETAILS("{\"c\":-201}"), MARK_CODE },
		{ "code past 32 bits", DETAILS("{\"c\":4294967497}"),
		    MARK_CODE },
		{ "\"t\" too small",
		    POLICY(",\"t\":0,\"f\":1,\"failure-details\":"
			   "[{\"c\":201}]"),
		    MARK_COUNT },
		{ "\"t\" too large", POLICY(",\"t\":1,\"f\":1"), MARK_COUNT },
		{ "\"t\" negative", POLICY(",\"t\":-1,\"f\":1"), MARK_COUNT },
		{ "all at once",
		    "{\"d\":\"\xff\",\"policies\":[{\"policy-type\":9,"
		    "\"t\":5,\"f\":9,\"failure-details\":[{\"c\":1,"
		    "\"s\":\"x\"}]}]}",
		    MARK_VERSION | MARK_UTF8 | MARK_NAME | MARK_COUNT |
			MARK_RESULT | MARK_CODE | MARK_ADDRESS },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct session *s;

		print_message("%s\n", cases[i].name);
		s = read_ok(span_str(cases[i].in));
		assert_int_equal(cases[i].marks, s->marks);
		assert_int_equal(1, s->npolicies);
	}
}

static void
test_texts_are_replaced(void **state)
{
	(void)state;
	assert_span("a" U_FFFD "b" U_FFFD U_FFFD "c",
	    only_detail(DETAIL(",\"h\":\"a\\u0000b\\ud800\xff"
			       "c\""))
		->helo);
	assert_span("\xf0\x9f\x98\x80",
	    only_detail(DETAIL(",\"f\":\"\\ud83d\\ude00\""))->reason);
	assert_span(U_FFFD, read_ok(SPAN_LIT(TOP(",\"pr\":\"\x80\"")))->record);
}

static void
test_names_are_escaped(void **state)
{
	const struct session *s = read_ok(
	    SPAN_LIT(DATAGRAM("\"A b\\n\xff.Example.\"", "",
		"{\"policy-type\":9,\"f\":0}")));

	(void)state;
	assert_span("a%20b%0A%EF%BF%BD.example", s->domain);
	assert_span("%2Fetc",
	    only_detail(DETAIL(",\"n\":\"/ETC\""))->mx_hostname);
	/* IDNA: RFC 5891 by way of RFC 3492. */
	assert_span("xn--bcher-kva.example",
	    only_detail(DETAIL(",\"n\":\"B\xc3\xbc"
			       "cher.example\""))
		->mx_hostname);
}

static void
test_addresses_have_one_spelling(void **state)
{
	static const struct {
		const char *in, *want;
	} cases[] = {
		{ DETAIL(",\"s\":\"::ffff:192.0.2.1\""), "192.0.2.1" },
		{ DETAIL(",\"s\":\"[192.0.2.1]\""), "192.0.2.1" },
		{ DETAIL(",\"s\":\"IPv6:2001:DB8:0::1\""), "2001:db8::1" },
		{ DETAIL(",\"s\":\"unknown\""), "" },
		{ DETAIL(",\"s\":\"192.0.2.1 \""), "" },
		{ DETAIL(",\"s\":\"\""), "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_span(cases[i].want,
		    only_detail(cases[i].in)->sending_ip);
}

static void
test_odd_result_is_a_failure(void **state)
{
	(void)state;
	assert_true(only_policy(POLICY(",\"f\":7"))->failed);
	assert_true(only_policy(POLICY(",\"f\":-1"))->failed);
	assert_true(only_policy(POLICY(",\"f\":4294967296"))->failed);
}

/* s4.3.3. */
static void
test_unknown_code_is_a_validation_failure(void **state)
{
	const struct failure_detail *d;

	(void)state;
	d = only_detail(DETAILS("{\"c\":901}"));
	assert_int_equal(RESULT_VALIDATION_FAILURE, d->type);
	assert_span("unknown-failure-code-901", d->reason);
	d = only_detail(DETAILS("{\"f\":\"why\",\"c\":-1}"));
	assert_int_equal(RESULT_VALIDATION_FAILURE, d->type);
	assert_span("unknown-failure-code--1: why", d->reason);
}

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

/* -- what Postfix sent -- */

static int
is_case(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/* jansson's view of the same datagram. */
static void
compare_with_jansson(const struct session *s, struct span text)
{
	json_t *top = json_loadb(text.p, text.len, 0, NULL);
	json_t *policies = json_object_get(top, "policies"), *policy;
	const char *record = json_string_value(json_object_get(top, "pr"));
	size_t i;

	assert_non_null(record);
	assert_span(record, s->record);
	assert_int_equal(json_array_size(policies), s->npolicies);
	json_array_foreach(policies, i, policy)
	{
		const struct session_policy *p = &s->policies[i];
		json_t *details = json_object_get(policy, "failure-details");

		assert_int_equal(json_integer_value(
				     json_object_get(policy, "policy-type")),
		    p->policy.type);
		assert_int_equal(json_integer_value(
				     json_object_get(policy, "f")),
		    p->failed);
		assert_int_equal(json_array_size(
				     json_object_get(policy, "policy-string")),
		    p->policy.strings.n);
		assert_int_equal(json_array_size(
				     json_object_get(policy, "mx-host")),
		    p->policy.mx_hosts.n);
		assert_int_equal(json_array_size(details), p->ndetails);
	}
	json_decref(top);
}

static void
test_corpus_of_postfix(void **state)
{
	static const char folder[] = TESTS_DIR "/corpus/datagram/postfix";
	struct buf text = BUF_INIT(DATAGRAM_MAX);
	struct dirent **names;
	char path[1024];
	int n = scandir(folder, &names, is_case, alphasort);

	(void)state;
	assert_true(n >= 60);
	for (int i = 0; i < n; i++) {
		const struct session *s;

		print_message("%s\n", names[i]->d_name);
		(void)snprintf(path, sizeof(path), "%s/%s", folder,
		    names[i]->d_name);
		buf_clear(&text);
		assert_ok(file_read(path, &text, NULL));
		s = read_ok(buf_span(&text));
		assert_int_equal(0, s->marks);
		assert_int_equal(1, s->npolicies);
		compare_with_jansson(s, buf_span(&text));
		free(names[i]);
	}
	free(names);
	buf_free(&text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_member),
		cmocka_unit_test(
		    test_success_may_have_details_and_failure_none),
		cmocka_unit_test(test_every_failure_code),
		cmocka_unit_test(test_what_is_taken_as_it_is),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_nul_byte_is_no_json),
		cmocka_unit_test(test_no_object),
		cmocka_unit_test(test_no_front_is_a_datagram),
		cmocka_unit_test(test_sixty_thousand_brackets),
		cmocka_unit_test(test_sixty_four_policies_and_no_more),
		cmocka_unit_test(test_marks),
		cmocka_unit_test(test_texts_are_replaced),
		cmocka_unit_test(test_names_are_escaped),
		cmocka_unit_test(test_addresses_have_one_spelling),
		cmocka_unit_test(test_odd_result_is_a_failure),
		cmocka_unit_test(test_unknown_code_is_a_validation_failure),
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
		cmocka_unit_test(test_corpus_of_postfix),
	};

	return cmocka_run_group_tests(tests, NULL, free_arena);
}
