/* libtlsrpt(3) says what the header, the map and docs/example.c say. */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct span manual;

static int
read_manual(void **state)
{
	(void)state;
	manual = support_file("../docs/man/libtlsrpt.3");
	return 0;
}

static int
free_manual(void **state)
{
	(void)state;
	free((void *)(uintptr_t)manual.p);
	return 0;
}

static void
assert_has(struct span text, const char *what)
{
	if (strstr(text.p, what) == NULL)
		fail_msg("not there: %s", what);
}

static void
test_example_is_part_of_the_program_that_is_tested(void **state)
{
	struct span program = support_file("../docs/example.c");
	const char *start = strstr(manual.p, ".Bd -literal\n"), *end;
	char *example;

	(void)state;
	assert_non_null(start);
	start += strlen(".Bd -literal\n");
	end = strstr(start, ".Ed\n");
	assert_non_null(end);
	example = strndup(start, (size_t)(end - start));
	/* Nothing in it is written otherwise in mdoc. */
	assert_null(strchr(example, '\\'));
	assert_has(program, example);
	free(example);
	free((void *)(uintptr_t)program.p);
}

static bool
is_data(const char *name)
{
	return strcmp(name, "tlsrpt_malloc") == 0 ||
	    strcmp(name, "tlsrpt_free") == 0 ||
	    strcmp(name, "tlsrpt_json_escape_values") == 0;
}

/* 19 of libtlsrpt 0.5, tlsrpt_datagrams_lost and tlsrpt_mark_report. */
#define FUNCTIONS 21

static void
test_each_exported_function_has_a_synopsis(void **state)
{
	struct span map = support_file("../sender/libtlsrpt.map");
	int functions = 0;

	(void)state;
	for (const char *p = map.p; p != NULL; p = strchr(p, '\n')) {
		char name[64], want[80];

		p += *p == '\n';
		if (sscanf(p, " %63[a-z_];", name) != 1 ||
		    strncmp(name, "tlsrpt_", 7) != 0 || is_data(name))
			continue;
		(void)snprintf(want, sizeof(want), ".Fo %s\n", name);
		assert_has(manual, want);
		functions++;
	}
	assert_int_equal(FUNCTIONS, functions);
	free((void *)(uintptr_t)map.p);
}

static void
test_error_codes_are_the_header_s(void **state)
{
	struct span header = support_file("../include/tlsrpt.h");
	static const char item[] = ".It Dv TLSRPT_ERR_";
	int codes = 0;

	(void)state;
	for (const char *p = strstr(manual.p, item); p != NULL;
	     p = strstr(p + 1, item)) {
		char name[64], want[128];
		int code;

		assert_int_equal(2,
		    sscanf(p, ".It Dv %63s No (%d)\n", name, &code));
		(void)snprintf(want, sizeof(want), "#define %s %d\n", name,
		    code);
		assert_has(header, want);
		codes++;
	}
	assert_true(codes > 0);
	free((void *)(uintptr_t)header.p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    test_example_is_part_of_the_program_that_is_tested),
		cmocka_unit_test(test_each_exported_function_has_a_synopsis),
		cmocka_unit_test(test_error_codes_are_the_header_s),
	};

	return cmocka_run_group_tests(tests, read_manual, free_manual);
}
