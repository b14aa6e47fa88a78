#include "support/test.h"

#include <stdlib.h>

#include "config/option.h"

struct one_case {
	const char *section, *key, *in;
	enum err err;
	const char *want; /* as written again, or the reason */
};

static void
check(const struct one_case *cases, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct config *c = calloc(1, sizeof(*c));
		const struct option *o = option_find(span_str(cases[i].section),
		    span_str(cases[i].key));
		struct why why = { { 0 } };
		struct buf out = BUF_INIT(10000);

		print_message("%s.%s = %s\n", cases[i].section, cases[i].key,
		    cases[i].in);
		assert_non_null(o);
		assert_err(cases[i].err,
		    option_set(o, c, span_str(cases[i].in), &why));
		if (cases[i].err == E_OK)
			option_write(o, c, &out);
		else
			buf_adds(&out, why.text);
		assert_string_equal(cases[i].want, buf_str(&out));
		option_clear(o, c);
		buf_free(&out);
		free(c);
	}
}

#define CHECK(cases) check((cases), sizeof(cases) / sizeof((cases)[0]))

static void
test_durations(void **state)
{
	static const char range[] = "must be from 10ms to 5m";
	static const char format[] =
	    "is not a duration such as 500ms, 30s, 5m, 4h or 1d";
	static const struct one_case cases[] = {
		{ "collect", "flush_interval", "10ms", E_OK, "10ms" },
		{ "collect", "flush_interval", "1500ms", E_OK, "1500ms" },
		{ "collect", "flush_interval", "2000ms", E_OK, "2s" },
		{ "collect", "flush_interval", "60s", E_OK, "1m" },
		{ "collect", "flush_interval", "90s", E_OK, "90s" },
		{ "collect", "flush_interval", "5m", E_OK, "5m" },
		{ "collect", "flush_interval", "5 m", E_OK, "5m" },
		{ "collect", "journal_keep", "24h", E_OK, "1d" },
		{ "collect", "journal_keep", "30d", E_OK, "30d" },
		{ "collect", "journal_keep", "0s", E_OK, "0ms" },
		{ "daemon", "clock_offset", "-1d", E_OK, "-1d" },
		{ "daemon", "clock_offset", "-1ms", E_OK, "-1ms" },
		{ "daemon", "clock_offset", "-90m", E_OK, "-90m" },
		{ "collect", "flush_interval", "9ms", E_RANGE, range },
		{ "collect", "flush_interval", "6m", E_RANGE, range },
		{ "collect", "flush_interval", "-1s", E_RANGE, range },
		{ "collect", "flush_interval", "9223372036854775807d", E_RANGE,
		    range },
		{ "collect", "flush_interval", "9223372036854775808s", E_RANGE,
		    range },
		{ "collect", "flush_interval", "", E_SYNTAX, format },
		{ "collect", "flush_interval", "5", E_SYNTAX, format },
		{ "collect", "flush_interval", "s", E_SYNTAX, format },
		{ "collect", "flush_interval", "-", E_SYNTAX, format },
		{ "collect", "flush_interval", "-s", E_SYNTAX, format },
		{ "collect", "flush_interval", "5S", E_SYNTAX, format },
		{ "collect", "flush_interval", "5sec", E_SYNTAX, format },
		{ "collect", "flush_interval", "1.5s", E_SYNTAX, format },
		{ "collect", "flush_interval", "1m30s", E_SYNTAX, format },
		{ "collect", "flush_interval", "+5s", E_SYNTAX, format },
	};

	(void)state;
	CHECK(cases);
}

static void
test_sizes(void **state)
{
	static const char range[] = "must be from 64KiB to 64MiB";
	static const char format[] =
	    "is not a size such as 4096, 64KiB or 4GiB";
	static const struct one_case cases[] = {
		{ "report", "max_size", "65536", E_OK, "64KiB" },
		{ "report", "max_size", "65537", E_OK, "65537" },
		{ "report", "max_size", "64 KiB", E_OK, "64KiB" },
		{ "report", "max_size", "1536KiB", E_OK, "1536KiB" },
		{ "report", "max_size", "64MiB", E_OK, "64MiB" },
		{ "collect", "journal_max", "1024GiB", E_OK, "1024GiB" },
		{ "report", "max_size", "65535", E_RANGE, range },
		{ "report", "max_size", "1GiB", E_RANGE, range },
		{ "report", "max_size", "99999999999GiB", E_RANGE, range },
		{ "report", "max_size", "1MB", E_SYNTAX, format },
		{ "report", "max_size", "1M", E_SYNTAX, format },
		{ "report", "max_size", "1mib", E_SYNTAX, format },
		{ "report", "max_size", "", E_SYNTAX, format },
		{ "report", "max_size", "KiB", E_SYNTAX, format },
	};

	(void)state;
	CHECK(cases);
}

static void
test_numbers_and_modes(void **state)
{
	static const char number[] = "is not a number";
	static const char mode[] = "is not an octal mode such as 0660";
	static const struct one_case cases[] = {
		{ "collect", "flush_rows", "100", E_OK, "100" },
		{ "collect", "flush_rows", "0100", E_OK, "100" },
		{ "collect", "flush_rows", "99", E_RANGE,
		    "must be from 100 to 5000000" },
		{ "collect", "flush_rows", "1KiB", E_SYNTAX, number },
		{ "collect", "flush_rows", "0x100", E_SYNTAX, number },
		{ "collect", "flush_rows", "1e3", E_SYNTAX, number },
		{ "collect", "flush_rows", "", E_SYNTAX, number },
		{ "collect", "socket_mode", "0660", E_OK, "0660" },
		{ "collect", "socket_mode", "660", E_OK, "0660" },
		{ "collect", "socket_mode", "0", E_OK, "0000" },
		{ "collect", "socket_mode", "7", E_OK, "0007" },
		{ "collect", "socket_mode", "777", E_OK, "0777" },
		{ "collect", "socket_mode", "1777", E_RANGE,
		    "must be from 0000 to 0777" },
		{ "collect", "socket_mode", "0680", E_SYNTAX, mode },
		{ "collect", "socket_mode", "", E_SYNTAX, mode },
		{ "collect", "socket_mode", "-1", E_SYNTAX, mode },
		{ "collect", "socket_mode", "00000000660", E_SYNTAX, mode },
		{ "collect", "socket_mode", "rw", E_SYNTAX, mode },
	};

	(void)state;
	CHECK(cases);
}

static void
test_flags_and_choices(void **state)
{
	static const char flag[] = "is neither yes nor no";
	static const char choice[] = "is not one of stderr|syslog";
	static const struct one_case cases[] = {
		{ "daemon", "demo", "yes", E_OK, "yes" },
		{ "daemon", "demo", "no", E_OK, "no" },
		{ "daemon", "demo", "Yes", E_SYNTAX, flag },
		{ "daemon", "demo", "true", E_SYNTAX, flag },
		{ "daemon", "demo", "1", E_SYNTAX, flag },
		{ "daemon", "demo", "", E_SYNTAX, flag },
		{ "daemon", "log_to", "stderr", E_OK, "stderr" },
		{ "daemon", "log_to", "syslog", E_OK, "syslog" },
		{ "daemon", "log_level", "debug", E_OK, "debug" },
		{ "daemon", "log_to", "sys", E_SYNTAX, choice },
		{ "daemon", "log_to", "stderr|syslog", E_SYNTAX, choice },
		{ "daemon", "log_to", "", E_SYNTAX, choice },
	};

	(void)state;
	CHECK(cases);
}

static void
test_lists(void **state)
{
	static const char range[] = "must have 1 to 16 words";
	static const struct one_case cases[] = {
		{ "daemon", "roles", "collect", E_OK, "collect" },
		{ "daemon", "roles", "a, b ,c\td", E_OK, "a, b, c, d" },
		{ "daemon", "roles", ",a,,b,", E_OK, "a, b" },
		{ "daemon", "roles", "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16",
		    E_OK,
		    "1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16" },
		{ "daemon", "roles",
		    "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17", E_RANGE,
		    range },
		{ "daemon", "roles", "", E_RANGE, range },
		{ "daemon", "roles", " , ", E_RANGE, range },
		{ "collect", "allow_uids", "", E_OK, "" },
	};

	(void)state;
	CHECK(cases);
}

static void
test_texts(void **state)
{
	static const struct one_case cases[] = {
		{ "report", "organization", "", E_OK, "" },
		{ "report", "organization", "A = b # c", E_OK, "A = b # c" },
		{ "collect", "socket_owner",
		    "0123456789012345678901234567890123456789012345678901234567"
		    "890123",
		    E_OK,
		    "0123456789012345678901234567890123456789012345678901234567"
		    "890123" },
		{ "collect", "socket_owner",
		    "0123456789012345678901234567890123456789012345678901234567"
		    "8901234",
		    E_RANGE, "is longer than 64 bytes" },
		{ "daemon", "data_dir", "", E_RANGE, "must not be empty" },
	};

	(void)state;
	CHECK(cases);
}

static void
test_failure_leaves_the_field(void **state)
{
	static const char *const keys[][4] = {
		{ "report", "organization", "first", NULL },
		{ "collect", "allow_uids", "1, 2", NULL },
		{ "collect", "flush_rows", "500", "x" },
		{ "daemon", "log_level", "debug", "x" },
		{ "daemon", "demo", "yes", "x" },
	};
	static char longest[5000];

	(void)state;
	memset(longest, 'x', sizeof(longest) - 1);
	for (size_t i = 1; i < sizeof(longest) - 1; i += 2)
		longest[i] = ',';
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		struct config *c = calloc(1, sizeof(*c));
		const struct option *o = option_find(span_str(keys[i][0]),
		    span_str(keys[i][1]));
		const char *bad = keys[i][3] == NULL ? longest : keys[i][3];
		struct buf out = BUF_INIT(1000);

		print_message("%s.%s\n", keys[i][0], keys[i][1]);
		assert_ok(option_set(o, c, span_str(keys[i][2]), NULL));
		assert_true(option_set(o, c, span_str(bad), NULL) != E_OK);
		option_write(o, c, &out);
		assert_string_equal(keys[i][2], buf_str(&out));
		/* Set again: the older value is given back. */
		assert_ok(option_set(o, c, span_str(keys[i][2]), NULL));
		option_clear(o, c);
		buf_free(&out);
		free(c);
	}
}

static void
test_find(void **state)
{
	(void)state;
	assert_string_equal("socket",
	    option_find(SPAN_LIT("collect"), SPAN_LIT("socket"))->key);
	assert_null(option_find(SPAN_LIT("report"), SPAN_LIT("socket")));
	assert_null(option_find(SPAN_LIT("collect"), SPAN_LIT("Socket")));
	assert_null(option_find(SPAN_LIT("collect"), SPAN_LIT("socket_")));
	assert_null(option_find(SPAN_LIT(""), SPAN_LIT("")));
	assert_true(option_section_exists(SPAN_LIT("collect")));
	assert_false(option_section_exists(SPAN_LIT("Collect")));
	assert_false(option_section_exists(SPAN_LIT("collect2")));
	assert_false(option_section_exists(SPAN_LIT("")));
}

/* The table itself. */
static void
test_each_option_is_sound(void **state)
{
	struct config *c = calloc(1, sizeof(*c));

	(void)state;
	for (size_t i = 0; i < noptions; i++) {
		const struct option *o = &options[i];
		const size_t len = strlen(o->sentence);

		print_message("%s.%s\n", o->section, o->key);
		assert_ptr_equal(o,
		    option_find(span_str(o->section), span_str(o->key)));
		assert_ok(option_set(o, c, span_str(o->def), NULL));
		assert_int_equal('.', o->sentence[len - 1]);
		assert_true(o->min <= o->max);
		/* A section stands in one piece. */
		for (size_t k = 0; k + 1 < i; k++)
			if (strcmp(options[k].section, o->section) == 0)
				assert_string_equal(options[i - 1].section,
				    o->section);
	}
	for (size_t i = 0; i < noptions; i++)
		option_clear(&options[i], c);
	free(c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_durations),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_numbers_and_modes),
		cmocka_unit_test(test_flags_and_choices),
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_failure_leaves_the_field),
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_each_option_is_sound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
