/* What is logged of failures, read back from standard error. */
#include "support/test.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/fault.h"

static const struct why why = { "the reason" };

/* Note n failures and return what was logged, as one text. */
static const char *
note(const enum err *e, size_t n)
{
	static char text[8192];
	struct fault fault = { .what = "does not work" };
	FILE *log = tmpfile();
	int before = dup(STDERR_FILENO);
	size_t len;

	assert_non_null(log);
	assert_true(dup2(fileno(log), STDERR_FILENO) >= 0);
	log_setup(LOG_TO_STDERR, LOG_LEVEL_INFO, "test");
	for (size_t i = 0; i < n; i++)
		fault_note(&fault, e[i], &why);
	assert_true(dup2(before, STDERR_FILENO) >= 0);
	(void)close(before);
	rewind(log);
	len = fread(text, 1, sizeof(text) - 1, log);
	text[len] = '\0';
	(void)fclose(log);
	return text;
}

static unsigned
count(const char *text, const char *what)
{
	unsigned n = 0;

	for (; (text = strstr(text, what)) != NULL; text++)
		n++;
	return n;
}

static void
test_each_kind_is_said_once_in_a_row(void **state)
{
	static const enum err e[] = { E_AWAY, E_AWAY, E_BUSY, E_BUSY, E_BUSY,
		E_AWAY };
	const char *text = note(e, 6);

	(void)state;
	assert_int_equal(3, count(text, "what=\"does not work\""));
	assert_int_equal(3, count(text, "the reason"));
}

static void
test_the_end_is_said(void **state)
{
	static const enum err e[] = { E_OK, E_AWAY, E_AWAY, E_OK, E_OK,
		E_AWAY };
	const char *text = note(e, 6);

	(void)state;
	assert_int_equal(2, count(text, "what=\"does not work\""));
	assert_int_equal(1, count(text, "what=\"works again\" attempts=2"));
}

static void
test_a_damaged_store_is_told_from_others(void **state)
{
	static const enum err e[] = { E_AWAY, E_DAMAGED, E_DAMAGED };
	const char *text = note(e, 3);

	(void)state;
	assert_int_equal(1, count(text, "what=\"does not work\""));
	assert_int_equal(1, count(text, "level=error"));
	assert_int_equal(1, count(text, "what=\"store is damaged\""));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_kind_is_said_once_in_a_row),
		cmocka_unit_test(test_the_end_is_said),
		cmocka_unit_test(test_a_damaged_store_is_told_from_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
