#include "support/test.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "deliver/deliver_directory.h"

struct fixture {
	char folder[256];
	int dir_fd;
};

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	support_mkdtemp(f->folder);
	f->dir_fd = open(f->folder, O_RDONLY | O_DIRECTORY);
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	(void)close(f->dir_fd);
	support_rmdir(f->folder);
	free(f);
	return 0;
}

/* The name of the only file there. */
static void
only_file(const struct fixture *f, char ret[256])
{
	DIR *dir = opendir(f->folder);
	struct dirent *e;
	size_t n = 0;

	while ((e = readdir(dir)) != NULL) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		(void)snprintf(ret, 256, "%s", e->d_name);
		n++;
	}
	(void)closedir(dir);
	assert_int_equal(1, n);
}

static void
test_a_report_is_a_file_of_its_name(void **state)
{
	struct fixture *f = *state;
	struct why why = { { 0 } };
	char name[256], got[16] = "";
	int fd;

	for (int i = 0; i < 2; i++)
		assert_ok_why(deliver_directory(f->dir_fd,
				  SPAN_LIT("s!d!1!2!id.json.gz"),
				  SPAN_LIT("bytes"), &why),
		    &why);
	only_file(f, name);
	assert_string_equal("s!d!1!2!id.json.gz", name);
	fd = openat(f->dir_fd, name, O_RDONLY);
	assert_int_equal(5, read(fd, got, sizeof(got)));
	assert_string_equal("bytes", got);
	(void)close(fd);
}

static void
test_a_name_too_long_keeps_its_end(void **state)
{
	struct fixture *f = *state;
	struct why why = { { 0 } };
	char domain[242], name[600], got[256];

	memset(domain, 'l', sizeof(domain) - 1);
	domain[sizeof(domain) - 1] = '\0';
	(void)snprintf(name, sizeof(name),
	    "sender.example!%s!1795219200!1795305599!abc.json.gz", domain);
	assert_ok_why(deliver_directory(f->dir_fd, span_str(name),
			  SPAN_LIT("bytes"), &why),
	    &why);
	only_file(f, got);
	assert_int_equal(255, strlen(got));
	assert_memory_equal("sender.example!lll", got, 18);
	assert_string_equal("!abc.json.gz", got + 255 - 12);
}

static void
test_a_name_that_leads_elsewhere_is_refused(void **state)
{
	struct fixture *f = *state;

	assert_err(E_SYNTAX,
	    deliver_directory(f->dir_fd, SPAN_LIT("../x!y"), SPAN_LIT("b"),
		NULL));
	assert_err(E_SYNTAX,
	    deliver_directory(f->dir_fd, SPAN_LIT("a/b!c"), SPAN_LIT("b"),
		NULL));
}

int
main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_a_report_is_a_file_of_its_name),
		TEST(test_a_name_too_long_keeps_its_end),
		TEST(test_a_name_that_leads_elsewhere_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
