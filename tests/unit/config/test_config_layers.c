#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/config.h"

#define COLLECT_ONLY "[daemon]\nroles = collect\n"

struct fixture {
	char folder[256], path[512];
	struct buf errors;
	struct config *config;
};

static void
write_file(const struct fixture *f, const char *name, const char *text)
{
	char path[512];
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/%s", f->folder, name);
	file = fopen(path, "w");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(0, fclose(file));
}

static int
set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	char conf_d[512];

	assert_non_null(f);
	support_mkdtemp(f->folder);
	(void)snprintf(f->path, sizeof(f->path), "%s/t.conf", f->folder);
	(void)snprintf(conf_d, sizeof(conf_d), "%s/conf.d", f->folder);
	assert_int_equal(0, mkdir(conf_d, 0700));
	f->errors = BUF_INIT(10000);
	*state = f;
	return 0;
}

static int
tear_down(void **state)
{
	struct fixture *f = *state;

	config_free(f->config);
	buf_free(&f->errors);
	support_rmdir(f->folder);
	free(f);
	return 0;
}

static void
read_ok(struct fixture *f)
{
	if (config_read(f->path, &f->config, &f->errors) != E_OK)
		fail_msg("%s", buf_str(&f->errors));
}

/* What the faults say, without the folder that they are in. */
static void
assert_faults(struct fixture *f, const char *want)
{
	struct buf text = BUF_INIT(10000);
	size_t skip = strlen(f->folder) + 1;
	struct span rest, line;

	assert_err(E_USAGE, config_read(f->path, &f->config, &f->errors));
	rest = buf_span(&f->errors);
	while (rest.len > 0) {
		line = span_until(&rest, '\n');
		if (line.p[0] == '/')
			line = span_skip(line, skip);
		buf_addf(&text, "%.*s\n", SPAN_ARG(line));
	}
	assert_string_equal(want, buf_str(&text));
	buf_free(&text);
}

static void
test_later_files_go_over_earlier_ones(void **state)
{
	struct fixture *f = *state;

	write_file(f, "t.conf",
	    COLLECT_ONLY "[collect]\nflush_rows = 101\nallow_uids = 1, 2\n"
			 "dump_max = 7\n");
	write_file(f, "conf.d/20-b.conf", "[collect]\nflush_rows = 120\n");
	write_file(f, "conf.d/10-a.conf",
	    "[collect]\nflush_rows = 110\nallow_uids = 3\n"
	    "[store]\nurl = sqlite:/s.db\n");
	write_file(f, "conf.d/30-c.conf.off", "[collect]\nflush_rows = 130\n");
	write_file(f, "conf.d/.40-d.conf", "[collect]\nflush_rows = 140\n");
	read_ok(f);
	assert_int_equal(120, f->config->collect_flush_rows);
	assert_int_equal(1, f->config->collect_allow_uids.n);
	assert_string_equal("3", f->config->collect_allow_uids.v[0]);
	assert_int_equal(7, f->config->collect_dump_max);
	assert_string_equal("sqlite:/s.db", f->config->store_path_url);
	assert_string_equal(f->path, f->config->file);
}

static void
test_each_file_begins_without_a_section(void **state)
{
	struct fixture *f = *state;

	write_file(f, "t.conf", COLLECT_ONLY "[collect]\n");
	write_file(f, "conf.d/a.conf", "flush_rows = 110\n");
	assert_faults(f, "conf.d/a.conf:1: key before the first [section]\n");
}

static void
test_faults_name_their_file(void **state)
{
	struct fixture *f = *state;

	write_file(f, "t.conf", COLLECT_ONLY "[collect]\nflush_rows = many\n");
	write_file(f, "conf.d/a.conf",
	    "[collect]\nflush_rows = 110\nflush_rows = 111\n"
	    "[deliver]\ndelay_min = 4h\ndelay_max = 1h\n");
	write_file(f, "conf.d/b.conf", "[report]\ncontact = nobody\n");
	assert_faults(f,
	    "t.conf:4: collect.flush_rows: \"many\" is not a number\n"
	    "conf.d/a.conf:3: collect.flush_rows is set already in line 2\n"
	    "conf.d/b.conf:2: report.contact: \"nobody\" is not a mail "
	    "address\n"
	    "conf.d/a.conf:5: deliver.delay_min is more than "
	    "deliver.delay_max\n");
}

static void
test_a_file_that_cannot_be_read_is_a_fault(void **state)
{
	struct fixture *f = *state;
	char link[512];

	write_file(f, "t.conf", COLLECT_ONLY);
	(void)snprintf(link, sizeof(link), "%s/conf.d/a.conf", f->folder);
	assert_int_equal(0, symlink("nowhere", link));
	assert_err(E_USAGE, config_read(f->path, &f->config, &f->errors));
	assert_non_null(strstr(buf_str(&f->errors), "conf.d/a.conf"));
	assert_non_null(strstr(buf_str(&f->errors), "No such file"));
}

static void
test_variables_go_over_files(void **state)
{
	struct fixture *f = *state;

	write_file(f, "t.conf", COLLECT_ONLY "[collect]\nflush_rows = 101\n");
	write_file(f, "conf.d/a.conf", "[collect]\nflush_rows = 110\n");
	assert_int_equal(0, setenv("TLSRPTD_COLLECT_FLUSH_ROWS", " 130 ", 1));
	assert_int_equal(0, setenv("TLSRPTD_STORE_URL", "sqlite:/e=1.db", 1));
	read_ok(f);
	assert_int_equal(0, unsetenv("TLSRPTD_COLLECT_FLUSH_ROWS"));
	assert_int_equal(0, unsetenv("TLSRPTD_STORE_URL"));
	assert_int_equal(130, f->config->collect_flush_rows);
	assert_string_equal("sqlite:/e=1.db", f->config->store_path_url);
}

static void
test_faults_name_their_variable(void **state)
{
	static const char *const variables[][2] = {
		{ "TLSRPTD_COLLECT_FLUSH_ROW", "110" },
		{ "TLSRPTD_COLLECT_FLUSH_ROWS", "many" },
		{ "TLSRPTD_COLLECT_DUMP_DIR", "/a\n/b" },
		{ "TLSRPTD_REPORT_CONTACT", "nobody" },
		{ "TLSRPTD_WHATEVER", "1" },
	};
	static const char *const wants[] = {
		"TLSRPTD_COLLECT_FLUSH_ROW: no option is called so; did you "
		"mean TLSRPTD_COLLECT_FLUSH_ROWS?\n",
		"TLSRPTD_COLLECT_FLUSH_ROWS: collect.flush_rows: \"many\" is "
		"not a number\n",
		"TLSRPTD_COLLECT_DUMP_DIR: control characters in the value\n",
		"TLSRPTD_REPORT_CONTACT: report.contact: \"nobody\" is not a "
		"mail address\n",
		"TLSRPTD_WHATEVER: no option is called so\n",
	};
	const size_t n = sizeof(wants) / sizeof(*wants);
	struct fixture *f = *state;

	write_file(f, "t.conf", COLLECT_ONLY);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(0,
		    setenv(variables[i][0], variables[i][1], 1));
	assert_err(E_USAGE, config_read(f->path, &f->config, &f->errors));
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(0, unsetenv(variables[i][0]));
		assert_non_null(strstr(buf_str(&f->errors), wants[i]));
	}
}

/* As Kubernetes names them for a service that is called tlsrptd. */
static void
test_variables_of_others_are_passed_over(void **state)
{
	static const char *const names[] = { "TLSRPTD_SERVICE_HOST",
		"TLSRPTD_PORT", "TLSRPTD_PORT_8460_TCP_ADDR", "TLSRPTD",
		"TLSRPT_WEB_LISTEN" };
	const size_t n = sizeof(names) / sizeof(*names);
	struct fixture *f = *state;

	write_file(f, "t.conf", COLLECT_ONLY);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(0, setenv(names[i], "tcp://10.0.0.1:80", 1));
	read_ok(f);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(0, unsetenv(names[i]));
}

int
main(void)
{
#define LAYERS_TEST(t) cmocka_unit_test_setup_teardown(t, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		LAYERS_TEST(test_later_files_go_over_earlier_ones),
		LAYERS_TEST(test_each_file_begins_without_a_section),
		LAYERS_TEST(test_faults_name_their_file),
		LAYERS_TEST(test_a_file_that_cannot_be_read_is_a_fault),
		LAYERS_TEST(test_variables_go_over_files),
		LAYERS_TEST(test_faults_name_their_variable),
		LAYERS_TEST(test_variables_of_others_are_passed_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
