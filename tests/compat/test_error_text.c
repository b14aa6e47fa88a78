/* Codes taken apart and put into words, and the version. */
#include "support/test.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

#include "tlsrpt.h"

#define INTERNAL_PREFIX "TLSRPT internal library error: "
#define CALL_PREFIX "TLSRPT error in call to "
#define UNKNOWN "UNKNOWN TLSRPT ERROR CODE"

/* libtlsrpt 0.5's tlsrpt.h: the numbers are in log files and in monitoring. */
static const struct {
	const char *name;
	int code, want;
} internal_codes[] = {
	{ "cancelled", TLSRPT_ERR_TLSRPT_CANCELLED, 10703 },
	{ "socket name", TLSRPT_ERR_TLSRPT_SOCKETNAMETOOLONG, 10711 },
	{ "unfinished", TLSRPT_ERR_TLSRPT_UNFINISHEDPOLICY, 10712 },
	{ "no connection", TLSRPT_ERR_TLSRPT_NOCONNECTION, 10713 },
	{ "request", TLSRPT_ERR_TLSRPT_MEMSTREAM_NOT_INITIALIZED, 10721 },
	{ "string", TLSRPT_ERR_TLSRPT_MEMSTREAMPS_NOT_INITIALIZED, 10722 },
	{ "mx host", TLSRPT_ERR_TLSRPT_MEMSTREAMMX_NOT_INITIALIZED, 10723 },
	{ "failure", TLSRPT_ERR_TLSRPT_MEMSTREAMFD_NOT_INITIALIZED, 10724 },
	{ "nested", TLSRPT_ERR_TLSRPT_NESTEDPOLICY, 10731 },
	{ "no policies", TLSRPT_ERR_TLSRPT_NOPOLICIES, 10732 },
}, blocks[] = {
	{ "socket", TLSRPT_ERR_SOCKET, 11000 },
	{ "close", TLSRPT_ERR_CLOSE, 12000 },
	{ "sendto", TLSRPT_ERR_SENDTO, 13000 },
	{ "memstream initdr", TLSRPT_ERR_OPEN_MEMSTREAM_INITDR, 21000 },
	{ "memstream policy", TLSRPT_ERR_OPEN_MEMSTREAM_INITPOLICY, 22000 },
	{ "fclose policy", TLSRPT_ERR_FCLOSE_FINISHPOLICY, 28000 },
	{ "fclose finishdr", TLSRPT_ERR_FCLOSE_FINISHDR, 29000 },
	{ "initdr", TLSRPT_ERR_FPRINTF_INITDR, 31000 },
	{ "init policy", TLSRPT_ERR_FPRINTF_INITPOLICY, 32000 },
	{ "policy string", TLSRPT_ERR_FPRINTF_ADDPOLICYSTRING, 33000 },
	{ "mx host", TLSRPT_ERR_FPRINTF_ADDMXHOSTPATTERN, 34000 },
	{ "finish policy", TLSRPT_ERR_FPRINTF_FINISHPOLICY, 35000 },
	{ "failure", TLSRPT_ERR_FPRINTF_ADDFAILURE, 36000 },
	{ "finishdr", TLSRPT_ERR_FPRINTF_FINISHDR, 37000 },
	{ "malloc opencon", TLSRPT_ERR_MALLOC_OPENCON, 41000 },
	{ "malloc opendr", TLSRPT_ERR_MALLOC_OPENDR, 42000 },
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void
assert_begins(const char *prefix, const char *text)
{
	if (strncmp(prefix, text, strlen(prefix)) != 0)
		fail_msg("\"%s\" does not begin with \"%s\"", text, prefix);
	assert_true(strlen(text) > strlen(prefix));
}

static void
test_internal_codes(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(internal_codes); i++) {
		int code = internal_codes[i].code;

		print_message("%s\n", internal_codes[i].name);
		assert_int_equal(internal_codes[i].want, code);
		assert_int_equal(1, tlsrpt_error_code_is_internal(code));
		/* Too high for an errno, so that strerror misleads nobody. */
		assert_int_equal(code - 10000,
		    tlsrpt_errno_from_error_code(code));
		assert_begins(INTERNAL_PREFIX, tlsrpt_strerror(code));
	}
}

static void
test_blocks_with_an_errno(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(blocks); i++) {
		int code = blocks[i].code;
		const char *text = tlsrpt_strerror(code + ENOMEM);

		print_message("%s\n", blocks[i].name);
		assert_int_equal(blocks[i].want, code);
		assert_int_equal(0,
		    tlsrpt_error_code_is_internal(code + ENOMEM));
		assert_int_equal(ENOMEM,
		    tlsrpt_errno_from_error_code(code + ENOMEM));
		assert_begins(CALL_PREFIX, text);
		/* The same whatever the errno. */
		assert_string_equal(text, tlsrpt_strerror(code));
		assert_string_equal(text, tlsrpt_strerror(code + 999));
	}
}

static void
test_words_are_those_of_libtlsrpt_where_a_log_shows_them(void **state)
{
	(void)state;
	assert_string_equal(INTERNAL_PREFIX
	    "The name of the unix domain socket was too long",
	    tlsrpt_strerror(10711));
	assert_string_equal(INTERNAL_PREFIX
	    "The request was cancelled via tlsrpt_cancel_delivery_request",
	    tlsrpt_strerror(10703));
}

static void
test_codes_that_no_function_returns(void **state)
{
	static const struct {
		const char *name;
		int in, internal, want_errno;
	} cases[] = {
		{ "success", 0, 0, 0 },
		{ "only an errno", ENOENT, 0, ENOENT },
		{ "the internal block itself", 10000, 1, 0 },
		{ "internal, not given out", 10999, 1, 999 },
		{ "a block not given out", 14000 + EIO, 0, EIO },
		{ "far up", INT_MAX, 0, INT_MAX % 1000 },
		{ "negative", -1, 0, -1 },
		{ "negative internal", -10711, 0, -711 },
		{ "far down", INT_MIN, 0, INT_MIN % 1000 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		print_message("%s\n", cases[i].name);
		assert_int_equal(cases[i].internal,
		    tlsrpt_error_code_is_internal(cases[i].in));
		assert_int_equal(cases[i].want_errno,
		    tlsrpt_errno_from_error_code(cases[i].in));
		assert_string_equal(UNKNOWN, tlsrpt_strerror(cases[i].in));
	}
}

static void
test_version_is_the_header_s(void **state)
{
	(void)state;
	assert_string_equal(TLSRPT_VERSION_STRING, tlsrpt_version());
	assert_string_equal("0.5.1", tlsrpt_version());
	assert_int_equal(0, TLSRPT_VERSION_MAJOR);
	assert_int_equal(5, TLSRPT_VERSION_MINOR);
	assert_int_equal(1, TLSRPT_VERSION_PATCH);
}

/* A program made for the version given may use 0.5.1, or not. */
static void
test_version_check(void **state)
{
	static const struct {
		const char *name;
		int major, minor, patch, want;
	} cases[] = {
		{ "the same", 0, 5, 1, 1 },
		{ "older patch", 0, 5, 0, 1 },
		{ "newer patch", 0, 5, 2, 0 },
		{ "older minor", 0, 4, 0, 1 },
		{ "older minor, higher patch", 0, 4, 9, 1 },
		{ "oldest", 0, 0, 0, 1 },
		{ "newer minor", 0, 6, 0, 0 },
		{ "newer minor, lower patch", 0, 6, 1, 0 },
		{ "newer major", 1, 0, 0, 0 },
		{ "newer major, same rest", 1, 5, 1, 0 },
		{ "negative major", -1, 5, 1, 0 },
		{ "negative minor", 0, -1, 0, 0 },
		{ "negative patch", 0, 5, -1, 0 },
		{ "negative patch of an older one", 0, 4, -1, 0 },
		{ "far", INT_MAX, INT_MAX, INT_MAX, 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		print_message("%s\n", cases[i].name);
		assert_int_equal(cases[i].want,
		    tlsrpt_version_check(cases[i].major, cases[i].minor,
			cases[i].patch));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_internal_codes),
		cmocka_unit_test(test_blocks_with_an_errno),
		cmocka_unit_test(
		    test_words_are_those_of_libtlsrpt_where_a_log_shows_them),
		cmocka_unit_test(test_codes_that_no_function_returns),
		cmocka_unit_test(test_version_is_the_header_s),
		cmocka_unit_test(test_version_check),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
