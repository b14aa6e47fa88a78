#include "support/test.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"

#define LINE_MAX_WANTED 4096

/* stderr goes into a pipe from capture_begin to capture_end. */
static int saved_stderr, read_end;
static char captured[65536];

static void
capture_begin(void)
{
	int ends[2];

	assert_int_equal(0, pipe2(ends, O_CLOEXEC | O_NONBLOCK));
	assert_true((saved_stderr = dup(2)) >= 0);
	assert_int_equal(2, dup2(ends[1], 2));
	(void)close(ends[1]);
	read_end = ends[0];
}

static const char *
capture_end(void)
{
	ssize_t n;

	assert_int_equal(2, dup2(saved_stderr, 2));
	(void)close(saved_stderr);
	n = read(read_end, captured, sizeof(captured) - 1);
	(void)close(read_end);
	assert_true(n >= 0);
	captured[n] = '\0';
	assert_int_equal(n, strlen(captured));
	return captured;
}

static void
test_line_of_all_types(void **state)
{
	(void)state;
	log_setup(LOG_TO_STDERR, LOG_LEVEL_INFO, "report");
	capture_begin();
	log_info("report built", LOG_STR("domain", "example.com"),
	    LOG_I("sessions", INT64_MIN), LOG_S("empty", SPAN_NONE));
	log_error("nothing else");
	assert_string_equal("level=info role=report what=\"report built\" "
			    "domain=\"example.com\" "
			    "sessions=-9223372036854775808 empty=\"\"\n"
			    "level=error role=report what=\"nothing else\"\n",
	    capture_end());
}

static void
test_levels_below_the_least_are_not_said(void **state)
{
	(void)state;
	log_setup(LOG_TO_STDERR, LOG_LEVEL_WARNING, "x");
	capture_begin();
	log_debug("four");
	log_info("three");
	log_warning("two");
	log_error("one");
	assert_string_equal("level=warning role=x what=\"two\"\n"
			    "level=error role=x what=\"one\"\n",
	    capture_end());
}

static void
test_hostile_bytes_cannot_forge_a_line(void **state)
{
	struct why why = { "it \"broke\"\n" };

	(void)state;
	log_setup(LOG_TO_STDERR, LOG_LEVEL_DEBUG, "x");
	capture_begin();
	log_debug("refused",
	    LOG_S("bytes",
		((struct span){ "\"\nlevel=error\r\0\x1b\xff\\", 18 })),
	    LOG_WHY(&why));
	assert_string_equal("level=debug role=x what=\"refused\" bytes="
			    "\"\\\"\\nlevel=error\\r\\x00\\x1b\\xff\\\\\" "
			    "why=\"it \\\"broke\\\"\\n\"\n",
	    capture_end());
}

static void
test_long_value_is_cut(void **state)
{
	static char value[3000];
	const char *line, *at;

	(void)state;
	log_setup(LOG_TO_STDERR, LOG_LEVEL_INFO, "x");
	memset(value, 'x', 1024);
	capture_begin();
	log_info("long", LOG_STR("a", value), LOG_I("b", 7));
	line = capture_end();
	assert_string_equal("x\" b=7\n", line + strlen(line) - 7);
	memset(value, 'x', sizeof(value) - 1);
	log_setup(LOG_TO_STDERR, LOG_LEVEL_INFO, "x");
	capture_begin();
	log_info("long", LOG_STR("a", value), LOG_I("b", 7));
	line = capture_end();
	assert_non_null(at = strstr(line, "a=\""));
	assert_int_equal(1024, strspn(at + 3, "x"));
	assert_string_equal("\"... b=7\n", at + 3 + 1024);
}

/* However the ceiling is met, a line ends, and the next begins on its own. */
static void
test_line_has_a_ceiling(void **state)
{
	static char value[4][1025];

	(void)state;
	log_setup(LOG_TO_STDERR, LOG_LEVEL_INFO, "x");
	for (size_t i = 0; i < 4; i++)
		memset(value[i], i == 3 ? '\n' : 'x', 1024);
	for (size_t last = 900; last < 1000; last++) {
		const char *end;

		value[2][last] = '\0';
		capture_begin();
		log_info("long", LOG_STR("a", value[0]), LOG_STR("b", value[1]),
		    LOG_STR("c", value[2]), LOG_STR("d", value[0]),
		    LOG_STR("e", value[3]));
		log_info("next");
		end = strchr(capture_end(), '\n');
		assert_non_null(end);
		assert_true(end - captured < LINE_MAX_WANTED);
		assert_true(end - captured > LINE_MAX_WANTED - 8);
		assert_string_equal("level=info role=x what=\"next\"\n",
		    end + 1);
		value[2][last] = 'x';
	}
}

static void
test_journal_is_told_the_priority(void **state)
{
	(void)state;
	assert_int_equal(0, setenv("JOURNAL_STREAM", "8:1", 1));
	log_setup(LOG_TO_STDERR, LOG_LEVEL_DEBUG, "x");
	assert_int_equal(0, unsetenv("JOURNAL_STREAM"));
	capture_begin();
	log_error("one");
	log_warning("two");
	log_info("three");
	log_debug("four");
	/* sd-daemon(3): SD_ERR, SD_WARNING, SD_INFO, SD_DEBUG. */
	assert_string_equal("<3>level=error role=x what=\"one\"\n"
			    "<4>level=warning role=x what=\"two\"\n"
			    "<6>level=info role=x what=\"three\"\n"
			    "<7>level=debug role=x what=\"four\"\n",
	    capture_end());
	log_setup(LOG_TO_STDERR, LOG_LEVEL_DEBUG, "x");
}

static void
test_limit_lets_a_burst_through_each_period(void **state)
{
	struct log_limit l = { .period_ns = 100, .burst = 2 };
	uint64_t left_out = 99;

	(void)state;
	assert_true(log_limit_pass(&l, 1000, &left_out));
	assert_int_equal(0, left_out);
	assert_true(log_limit_pass(&l, 1050, &left_out));
	assert_int_equal(0, left_out);
	left_out = 99;
	assert_false(log_limit_pass(&l, 1051, &left_out));
	assert_false(log_limit_pass(&l, 1099, &left_out));
	assert_int_equal(99, left_out);
	assert_true(log_limit_pass(&l, 1100, &left_out));
	assert_int_equal(2, left_out);
	assert_true(log_limit_pass(&l, 1100, &left_out));
	assert_int_equal(0, left_out);
	assert_false(log_limit_pass(&l, 1199, &left_out));
	assert_true(log_limit_pass(&l, 5000, &left_out));
	assert_int_equal(1, left_out);
}

static void
test_limit_begins_with_its_first_line(void **state)
{
	struct log_limit l = { .period_ns = 100, .burst = 1 };
	uint64_t left_out = 99;

	(void)state;
	assert_true(log_limit_pass(&l, 0, &left_out));
	assert_false(log_limit_pass(&l, 99, &left_out));
	assert_true(log_limit_pass(&l, 150, &left_out));
	assert_int_equal(1, left_out);
	assert_false(log_limit_pass(&l, 249, &left_out));
	assert_true(log_limit_pass(&l, 250, &left_out));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_line_of_all_types),
		cmocka_unit_test(test_levels_below_the_least_are_not_said),
		cmocka_unit_test(test_hostile_bytes_cannot_forge_a_line),
		cmocka_unit_test(test_long_value_is_cut),
		cmocka_unit_test(test_line_has_a_ceiling),
		cmocka_unit_test(test_journal_is_told_the_priority),
		cmocka_unit_test(test_limit_lets_a_burst_through_each_period),
		cmocka_unit_test(test_limit_begins_with_its_first_line),
	};

	/* A developer's session may itself run under the journal. */
	(void)unsetenv("JOURNAL_STREAM");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
