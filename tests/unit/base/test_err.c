#include "support/test.h"

#include <errno.h>

#include "base/err.h"

static void
test_first_reason_stays(void **state)
{
	struct why why = { { 0 } };

	(void)state;
	assert_err(E_SYNTAX, why_set(&why, E_SYNTAX, "line %d", 7));
	assert_err(E_IO, why_set(&why, E_IO, "the rest"));
	errno = ENOENT;
	assert_err(E_ABSENT, why_errno(&why, "the file"));
	assert_string_equal("line 7", why.text);
}

static void
test_reason_may_be_left_out(void **state)
{
	(void)state;
	assert_err(E_RANGE, why_set(NULL, E_RANGE, "never shown"));
	errno = ENOSPC;
	assert_err(E_FULL, why_errno(NULL, "never shown"));
}

static void
test_errno_to_err(void **state)
{
	static const struct {
		const char *name, *text;
		int in;
		enum err want;
	} cases[] = {
		{ "ENOMEM", "f: Cannot allocate memory", ENOMEM, E_NOMEM },
		{ "ENOENT", "f: No such file or directory", ENOENT, E_ABSENT },
		{ "EEXIST", "f: File exists", EEXIST, E_EXISTS },
		{ "EACCES", "f: Permission denied", EACCES, E_DENIED },
		{ "EPERM", "f: Operation not permitted", EPERM, E_DENIED },
		{ "EROFS", "f: Read-only file system", EROFS, E_DENIED },
		{ "ENOSPC", "f: No space left on device", ENOSPC, E_FULL },
		{ "EDQUOT", "f: Disk quota exceeded", EDQUOT, E_FULL },
		{ "EAGAIN", "f: Resource temporarily unavailable", EAGAIN,
		    E_BUSY },
		{ "EBUSY", "f: Device or resource busy", EBUSY, E_BUSY },
		{ "EIO", "f: Input/output error", EIO, E_IO },
		{ "EISDIR", "f: Is a directory", EISDIR, E_IO },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct why why = { { 0 } };

		print_message("%s\n", cases[i].name);
		errno = cases[i].in;
		assert_err(cases[i].want, why_errno(&why, "%s", "f"));
		assert_int_equal(cases[i].in, errno);
		assert_string_equal(cases[i].text, why.text);
	}
}

static void
test_long_reason_is_cut(void **state)
{
	struct why why = { { 0 } };

	(void)state;
	assert_err(E_IO, why_set(&why, E_IO, "%01000d", 1));
	assert_int_equal(WHY_MAX - 1, strlen(why.text));
	why.text[0] = '\0';
	errno = EIO;
	assert_err(E_IO, why_errno(&why, "%01000d", 1));
	assert_int_equal(WHY_MAX - 1, strlen(why.text));
}

static void
test_each_error_has_words_of_its_own(void **state)
{
	(void)state;
	for (enum err a = E_OK; a <= E_USAGE; a++) {
		assert_non_null(err_text(a));
		for (enum err b = E_OK; b < a; b++)
			assert_string_not_equal(err_text(a), err_text(b));
	}
	assert_string_equal("out of memory", err_text(E_NOMEM));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_first_reason_stays),
		cmocka_unit_test(test_reason_may_be_left_out),
		cmocka_unit_test(test_errno_to_err),
		cmocka_unit_test(test_long_reason_is_cut),
		cmocka_unit_test(test_each_error_has_words_of_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
