#include "support/test.h"

#include <dirent.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "model/limits.h"
#include "support/datagram.h"

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
test_a_session_may_have_carried_a_report(void **state)
{
	static const struct {
		const char *in;
		bool want;
	} cases[] = {
		{ TOP(""), false },
		{ TOP(",\"report\":1"), true },
		{ TOP(",\"report\":2"), true },
		{ TOP(",\"report\":-1"), true },
		{ TOP(",\"report\":0"), false },
		/* As the library writes it. */
		{ "{\"dpv\": \"1\",\"d\": \"a.example\",\"pr\": \"\","
		  "\"policies\":[{\"policy-type\":9,\"t\":0,\"f\":0}],"
		  "\"report\":1}",
		    true },
		/* The key is the datagram's alone. */
		{ POLICY(",\"report\":1,\"f\":0"), false },
		{ DETAIL(",\"report\":1"), false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct session *s = read_ok(span_str(cases[i].in));

		print_message("%s\n", cases[i].in);
		assert_int_equal(cases[i].want, s->carries_report);
		assert_int_equal(0, s->marks);
	}
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
		{ "mark of a report is true", SHAPE, TOP(",\"report\":true") },
		{ "mark of a report twice", SHAPE,
		    TOP(",\"report\":1,\"report\":1") },
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
		cmocka_unit_test(test_a_session_may_have_carried_a_report),
		cmocka_unit_test(test_every_failure_code),
		cmocka_unit_test(test_what_is_taken_as_it_is),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_nul_byte_is_no_json),
		cmocka_unit_test(test_no_object),
		cmocka_unit_test(test_no_front_is_a_datagram),
		cmocka_unit_test(test_sixty_thousand_brackets),
		cmocka_unit_test(test_sixty_four_policies_and_no_more),
		cmocka_unit_test(test_corpus_of_postfix),
	};

	return cmocka_run_group_tests(tests, NULL, free_arena);
}
