#include "support/test.h"

#include <stdlib.h>
#include <string.h>

#include "config/route_word.h"

static void
test_words(void **state)
{
	static const struct {
		const char *in;
		enum finding_severity severity;
		const char *domain;
		enum route_kind kind;
		const char *way, *address;
	} cases[] = {
		{ "info=log", SEVERITY_INFO, "", ROUTE_LOG, "log", "log" },
		{ "warning=mailto:ops@a.example", SEVERITY_WARNING, "",
		    ROUTE_MAIL, "mailto:ops@a.example", "ops@a.example" },
		{ "critical:.a.example=command", SEVERITY_CRITICAL,
		    ".a.example", ROUTE_COMMAND, "command", "command" },
		{ "warning:a.example=https://h.example:8443/x?a=b",
		    SEVERITY_WARNING, "a.example", ROUTE_WEBHOOK,
		    "https://h.example:8443/x?a=b",
		    "https://h.example:8443/x?a=b" },
		{ "warning=http://127.0.0.1/", SEVERITY_WARNING, "",
		    ROUTE_WEBHOOK, "http://127.0.0.1/", "http://127.0.0.1/" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct route_word r;
		struct why why = { { 0 } };

		print_message("%s\n", cases[i].in);
		assert_ok_why(route_word_parse(cases[i].in, &r, &why), &why);
		assert_int_equal(cases[i].severity, r.severity);
		assert_int_equal(cases[i].kind, r.kind);
		assert_span(cases[i].domain, r.domain);
		assert_span(cases[i].way, r.way);
		assert_span(cases[i].address, r.address);
	}
}

static void
test_what_is_no_route(void **state)
{
	static const struct {
		const char *in, *why;
	} cases[] = {
		{ "mailto:a@b.example",
		    "\"mailto:a@b.example\" is not written SEVERITY=WAY or "
		    "SEVERITY:DOMAIN=WAY" },
		{ "grave=log",
		    "\"grave\" is no severity: info, warning or critical" },
		{ "=log", "\"\" is no severity: info, warning or critical" },
		{ "a.example:info=log",
		    "\"a.example\" is no severity: info, warning or "
		    "critical" },
		{ "info=mailto:me", "\"me\" is not a mail address" },
		{ "info=mailto:-f@b", "\"-f@b\" is not a mail address" },
		{ "info=ops@b.example",
		    "\"ops@b.example\" is none of mailto:ADDRESS, "
		    "https://..., command and log" },
		{ "info=",
		    "\"\" is none of mailto:ADDRESS, https://..., command "
		    "and log" },
		{ "info=https://",
		    "\"https://\" is none of mailto:ADDRESS, https://..., "
		    "command and log" },
		{ "info=https:///x",
		    "\"https:///...\" is none of mailto:ADDRESS, https://..., "
		    "command and log" },
		{ "info=ftp://a/",
		    "\"ftp://a/\" is none of mailto:ADDRESS, https://..., "
		    "command and log" },
		{ "info:a..b=log", "\"a..b\" is no domain name" },
		{ "info=https://ops@h.example/",
		    "\"https://h.example/\" has a user, which no webhook "
		    "gets: leave out what stands before the \"@\"" },
		{ "info=https://:8443/x",
		    "\"https://:8443/...\" is none of mailto:ADDRESS, "
		    "https://..., command and log" },
		{ "info=https://h.example:https/",
		    "\"https://h.example:https/\" is none of mailto:ADDRESS, "
		    "https://..., command and log" },
		{ "info=https://h.example:70000",
		    "\"https://h.example:70000\" is none of mailto:ADDRESS, "
		    "https://..., command and log" },
		{ "info=https://[::1/x",
		    "\"https://[::1/...\" is none of mailto:ADDRESS, "
		    "https://..., command and log" },
		{ "info:*=log", "\"*\" is no domain name" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *word = strdup(cases[i].in);
		struct why why = { { 0 } };

		assert_non_null(word);
		assert_err(E_SYNTAX, route_word_spell(&word, &why));
		assert_string_equal(cases[i].why, why.text);
		free(word);
	}
}

/* Whatever is wrong with it. */
static void
test_a_secret_is_not_told(void **state)
{
	static const char *const words[] = {
		"https://h.example/SECRET",
		"info:https://h.example/SECRET",
		"info=https:/h.example/SECRET",
		"info=https//h.example/SECRET",
		"info=htps://h.example/SECRET",
		"info=https:///SECRET",
		"info=https://h.example/SECRET\\",
		"info=https://h.example?SECRET\\",
		"info=https://h.example#SECRET\\",
		"info=https://u:SECRET@h.example/",
		"info=https://SECRET@h.example/",
		"info=https://u:SECRET@x@h.example/",
		"info=https://u:SEC/RET@h.example/",
		"info=ftp://u:SECRET@h.example/",
		"info=u:SECRET@h.example",
		"info=mailto:u:SECRET@h.example",
		"info=log/SECRET",
		"u:SECRET@h.example",
		"grave=https://u:SECRET@h.example/SECRET",
		"info:https://h.example/?k=SECRET",
		"info:https://u:SECRET@h.example/?k=log",
		"info:https://h.example/SECRET?k=log",
		"https://u:SECRET@h.example/SECRET?k=SECRET",
		"h.example/SECRET:x=log",
		"h.example/x?k=SECRET",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		char *word = strdup(words[i]);
		struct why why = { { 0 } };

		assert_non_null(word);
		assert_err(E_SYNTAX, route_word_spell(&word, &why));
		print_message("%s: %s\n", words[i], why.text);
		assert_null(strstr(why.text, "SECRET"));
		assert_null(strstr(why.text, "RET@"));
		free(word);
	}
}

static void
test_what_is_shown(void **state)
{
	static const struct {
		const char *way, *want;
	} cases[] = {
		{ "log", "log" },
		{ "command", "command" },
		{ "mailto:ops@a.example", "mailto:ops@a.example" },
		{ "https://h.example", "https://h.example" },
		{ "https://h.example/", "https://h.example/" },
		{ "https://h.example:8443/t0ken",
		    "https://h.example:8443/..." },
		{ "http://[::1]:80?t0ken", "http://[::1]:80/..." },
		{ "https://h.example#t0ken", "https://h.example/..." },
		{ "https://u:t0ken@h.example/", "https://h.example/" },
		{ "https://u:t0/ken@h.example/", "https://.../..." },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char shown[ROUTE_SHOWN_SIZE];

		route_word_shown(span_str(cases[i].way), shown);
		assert_string_equal(cases[i].want, shown);
	}
}

static void
test_one_spelling(void **state)
{
	char *word = strdup("info:.B\xc3\xbc"
			    "cher.Example=https://H/X");
	struct why why = { { 0 } };

	(void)state;
	assert_non_null(word);
	assert_ok_why(route_word_spell(&word, &why), &why);
	assert_string_equal("info:.xn--bcher-kva.example=https://H/X", word);
	free(word);
}

static void
test_matches(void **state)
{
	static const struct {
		const char *word, *domain;
		int64_t severity;
		bool want;
	} cases[] = {
		{ "warning=log", "a.example", SEVERITY_WARNING, true },
		{ "warning=log", "", SEVERITY_CRITICAL, true },
		{ "warning=log", "a.example", SEVERITY_INFO, false },
		{ "info:a.example=log", "a.example", SEVERITY_INFO, true },
		{ "info:a.example=log", "b.a.example", SEVERITY_INFO, false },
		{ "info:a.example=log", "", SEVERITY_INFO, false },
		{ "info:.a.example=log", "b.a.example", SEVERITY_INFO, true },
		{ "info:.a.example=log", "a.example", SEVERITY_INFO, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct route_word r;

		assert_ok(route_word_parse(cases[i].word, &r, NULL));
		assert_int_equal(cases[i].want,
		    route_word_matches(&r, span_str(cases[i].domain),
			cases[i].severity));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_what_is_no_route),
		cmocka_unit_test(test_a_secret_is_not_told),
		cmocka_unit_test(test_what_is_shown),
		cmocka_unit_test(test_one_spelling),
		cmocka_unit_test(test_matches),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
