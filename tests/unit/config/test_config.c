#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/config.h"
#include "config/option.h"

/* What a file must say at the least, and nothing more. */
#define LEAST \
	"[report]\norganization = The Org\ncontact = tls@reporter.example\n"
#define COLLECT_ONLY "[daemon]\nroles = collect\n"

static enum err
parse(const char *text, struct config **ret, struct buf *errors)
{
	return config_parse(span_str(text), "t.conf", "/etc/t", ret, errors);
}

static struct config *
parse_ok(const char *text)
{
	struct buf errors = BUF_INIT(10000);
	struct config *c = NULL;

	if (parse(text, &c, &errors) != E_OK)
		fail_msg("%s", buf_str(&errors));
	assert_non_null(c);
	assert_int_equal(0, errors.len);
	buf_free(&errors);
	return c;
}

static void
assert_faults(const char *text, const char *want)
{
	struct buf errors = BUF_INIT(100000);
	struct config *c = NULL;

	assert_err(E_USAGE, parse(text, &c, &errors));
	assert_null(c);
	assert_string_equal(want, buf_str(&errors));
	buf_free(&errors);
}

/* -- what is read -- */

static void
test_defaults(void **state)
{
	struct config *c = parse_ok(LEAST);

	(void)state;
	assert_string_equal("/var/lib/tlsrptd", c->daemon_data_dir);
	assert_int_equal(6, c->daemon_roles.n);
	assert_string_equal("intake", c->daemon_roles.v[3]);
	assert_string_equal("web", c->daemon_roles.v[4]);
	assert_string_equal("watch", c->daemon_roles.v[5]);
	assert_int_equal(2, c->daemon_log_level);
	assert_int_equal(CONFIG_LOG_STDERR, c->daemon_log_to);
	assert_false(c->daemon_demo);
	assert_int_equal(0, c->daemon_clock_offset_ms);
	assert_string_equal("", c->store_url);
	assert_string_equal("sqlite:/var/lib/tlsrptd/tlsrptd.db",
	    c->store_path_url);
	assert_string_equal("/run/tlsrptd/tlsrpt.sock", c->collect_socket);
	assert_int_equal(0660, c->collect_socket_mode);
	assert_int_equal(0, c->collect_allow_uids.n);
	assert_int_equal(100, c->collect_journal_sync_ms);
	assert_int_equal(INT64_C(4) << 30, c->collect_journal_max_bytes);
	assert_int_equal(24 * 3600 * 1000, c->collect_journal_keep_ms);
	assert_int_equal(5000, c->collect_flush_interval_ms);
	assert_int_equal(50000, c->collect_flush_rows);
	assert_string_equal("", c->collect_dump_dir);
	assert_string_equal("The Org", c->report_organization);
	assert_string_equal("tls@reporter.example", c->report_contact);
	assert_string_equal("reporter.example", c->report_submitter);
	assert_int_equal(8 << 20, c->report_max_size_bytes);
	assert_string_equal("/var/lib/tlsrptd/reports", c->deliver_directory);
	assert_string_equal("", c->deliver_bounce_address);
	assert_int_equal(3, c->deliver_bounce_after);
	assert_int_equal(INT64_C(30) * 24 * 3600 * 1000,
	    c->deliver_bounce_suppress_ms);
	assert_null(c->file);
	config_free(c);
	config_free(NULL);
}

static void
test_lines_as_people_write_them(void **state)
{
	struct config *c = parse_ok("# a comment\n"
				    "; another\r\n"
				    "\r\n"
				    " \t \n"
				    "  [ report ]  \r\n"
				    "\torganization=  A = \"b\" # c\t\r\n"
				    "contact\t= me@example\n"
				    "[daemon]\n"
				    "roles = collect");

	(void)state;
	assert_string_equal("A = \"b\" # c", c->report_organization);
	assert_int_equal(1, c->daemon_roles.n);
	config_free(c);
}

static void
test_byte_order_mark_is_skipped(void **state)
{
	(void)state;
	config_free(parse_ok("\xef\xbb\xbf" COLLECT_ONLY));
	config_free(parse_ok("\xef\xbb\xbf# a comment\n" COLLECT_ONLY));
	assert_faults(COLLECT_ONLY "\xef\xbb\xbf[collect]\n",
	    "t.conf:3: neither [section] nor key = value\n");
}

static void
test_refused_values_are_not_missing(void **state)
{
	struct buf text = BUF_INIT(1000), errors = BUF_INIT(10000);
	struct config *c = NULL;

	(void)state;
	buf_addf(&text, "[report]\norganization = %0256d\ncontact = %0255d\n",
	    0, 0);
	assert_err(E_USAGE, parse(buf_str(&text), &c, &errors));
	assert_non_null(strstr(buf_str(&errors), "t.conf:2: "));
	assert_non_null(strstr(buf_str(&errors), "t.conf:3: "));
	assert_null(strstr(buf_str(&errors), "is needed"));
	buf_free(&text);
	buf_free(&errors);
}

/* They may be secrets. */
static void
test_words_of_a_list_are_not_told(void **state)
{
	struct buf text = BUF_INIT(10000);

	(void)state;
	buf_adds(&text, COLLECT_ONLY "[alert]\nroutes = ");
	for (size_t i = 0; i < 65; i++)
		buf_adds(&text, "info=https://h.example/t0ken, ");
	buf_adds(&text, "info=log\n");
	assert_faults(buf_str(&text),
	    "t.conf:4: alert.routes must have 0 to 64 words\n");
	buf_free(&text);
}

static void
test_section_may_come_twice(void **state)
{
	struct config *c = parse_ok("[daemon]\nroles = collect\n"
				    "[collect]\nflush_rows = 100\n"
				    "[daemon]\nlog_to = syslog\n");

	(void)state;
	assert_int_equal(CONFIG_LOG_SYSLOG, c->daemon_log_to);
	assert_int_equal(100, c->collect_flush_rows);
	config_free(c);
}

static void
test_relative_paths(void **state)
{
	struct config *c = parse_ok(LEAST "[daemon]\ndata_dir = data\n"
					  "[collect]\nsocket = run/s\n"
					  "[deliver]\ndirectory = out/x\n");

	(void)state;
	assert_string_equal("/etc/t/data", c->daemon_data_dir);
	assert_string_equal("/etc/t/run/s", c->collect_socket);
	assert_string_equal("/etc/t/data/out/x", c->deliver_directory);
	assert_string_equal("sqlite:/etc/t/data/tlsrptd.db", c->store_path_url);
	config_free(c);
	c = parse_ok(LEAST "[deliver]\ndirectory = /srv/x\n"
			   "[store]\nurl = postgresql:///tlsrpt\n");
	assert_string_equal("/srv/x", c->deliver_directory);
	assert_string_equal("postgresql:///tlsrpt", c->store_path_url);
	config_free(c);
}

static void
test_has_role(void **state)
{
	struct config *c = parse_ok("[daemon]\nroles = deliver collect\n");

	(void)state;
	assert_true(config_has_role(c, "collect"));
	assert_true(config_has_role(c, "deliver"));
	assert_false(config_has_role(c, "report"));
	assert_false(config_has_role(c, "coll"));
	config_free(c);
}

/* -- faults -- */

static void
test_faults_of_lines(void **state)
{
	static const struct {
		const char *name, *in, *want;
	} cases[] = {
		{ "nothing", "\n# nothing at all\nhello\n",
		    "t.conf:6: neither [section] nor key = value\n" },
		{ "section not closed", "[store\nurl = x\n",
		    "t.conf:4: a section is written [name]\n" },
		{ "empty section", "[]\n",
		    "t.conf:4: a section is written [name]\n" },
		{ "unknown section", "[stroe]\nurl = x\nwhatever\n",
		    "t.conf:4: unknown section \"stroe\"; did you mean "
		    "\"store\"?\n"
		    "t.conf:6: neither [section] nor key = value\n" },
		{ "section like no other", "[webserver]\n",
		    "t.conf:4: unknown section \"webserver\"\n" },
		{ "section of a letter", "[x]\n",
		    "t.conf:4: unknown section \"x\"\n" },
		{ "case of a section", "[STORE]\n",
		    "t.conf:4: unknown section \"STORE\"\n" },
		{ "unknown key", "[collect]\nsokcet = /x\n",
		    "t.conf:5: unknown key \"sokcet\"; did you mean "
		    "\"socket\"?\n" },
		{ "key like no other", "[collect]\nzzzzzzzz = /x\n",
		    "t.conf:5: unknown key \"zzzzzzzz\"\n" },
		{ "key of another section", "[collect]\ndata_dir = /x\n",
		    "t.conf:5: key \"data_dir\" belongs into section "
		    "[daemon]\n" },
		{ "no key", "[collect]\n= /x\n",
		    "t.conf:5: unknown key \"\"\n" },
		{ "key twice",
		    "[collect]\nflush_rows = 200\n\n"
		    "flush_rows = 200\n",
		    "t.conf:7: collect.flush_rows is set already in line "
		    "5\n" },
		{ "key twice in two sections of a name",
		    "[report]\ncontact = a@b\n",
		    "t.conf:5: report.contact is set already in line 3\n" },
		{ "control byte", "[collect]\nsocket = /a\x1b[2J\n",
		    "t.conf:5: control characters in the line\n" },
		{ "carriage return inside", "[collect]\nsocket = /a\rb\n",
		    "t.conf:5: control characters in the line\n" },
		{ "value", "[collect]\nflush_rows = many\n",
		    "t.conf:5: collect.flush_rows: \"many\" is not a "
		    "number\n" },
		{ "range", "[collect]\nflush_rows = 1\n",
		    "t.conf:5: collect.flush_rows: \"1\" must be from 100 to "
		    "5000000\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf text = BUF_INIT(10000);

		print_message("%s\n", cases[i].name);
		buf_addf(&text, "%s%s", LEAST, cases[i].in);
		assert_faults(buf_str(&text), cases[i].want);
		buf_free(&text);
	}
}

static void
test_key_before_any_section(void **state)
{
	(void)state;
	assert_faults("roles = collect\n" COLLECT_ONLY,
	    "t.conf:1: key before the first [section]\n");
}

static void
test_nul_byte(void **state)
{
	static const char text[] = COLLECT_ONLY "[collect]\nsocket = /a\0b\n";
	struct buf errors = BUF_INIT(1000);
	struct config *c = NULL;

	(void)state;
	assert_err(E_USAGE,
	    config_parse((struct span){ text, sizeof(text) - 1 }, "t.conf",
		NULL, &c, &errors));
	assert_string_equal("t.conf:4: control characters in the line\n",
	    buf_str(&errors));
	buf_free(&errors);
}

static void
test_faults_of_the_whole(void **state)
{
	static const struct {
		const char *name, *in, *want;
	} cases[] = {
		{ "who reports", "",
		    "t.conf: report.organization is needed by role report: the "
		    "name of who sends the reports\n"
		    "t.conf: report.contact is needed by role report: a mail "
		    "address for questions about reports\n" },
		{ "empty organization",
		    "[report]\norganization =\ncontact = a@b\n",
		    "t.conf:2: report.organization is needed by role report: "
		    "the name of who sends the reports\n" },
		{ "no mail address",
		    "[report]\norganization = O\ncontact = me\n",
		    "t.conf:3: report.contact: \"me\" is not a mail "
		    "address\n" },
		{ "no domain", "[report]\norganization = O\ncontact = me@\n",
		    "t.conf:3: report.contact: \"me@\" is not a mail "
		    "address\n" },
		{ "no local part", "[report]\norganization = O\ncontact = @b\n",
		    "t.conf:3: report.contact: \"@b\" is not a mail "
		    "address\n" },
		{ "two at signs",
		    "[report]\norganization = O\ncontact = a@b@c\n",
		    "t.conf:3: report.contact: \"a@b@c\" is not a mail "
		    "address\n" },
		{ "a name beside the address",
		    "[report]\norganization = O\ncontact = Me <a@b>\n",
		    "t.conf:3: report.contact: \"Me <a@b>\" is not a mail "
		    "address\n" },
		{ "address in UTF-8",
		    "[report]\norganization = O\ncontact = \xc3\xa4@b\n",
		    "t.conf:3: report.contact: \"\xc3\xa4@b\" is not a mail "
		    "address\n" },
		{ "networks",
		    COLLECT_ONLY "[deliver]\nallow_networks = 10.0.0.0/8, "
				 "here, 1.2.3.4/5, ::1\n",
		    "t.conf:4: deliver.allow_networks: \"here\" is no IP "
		    "address or network\n"
		    "t.conf:4: deliver.allow_networks: \"1.2.3.4/5\" has "
		    "bits set behind its prefix\n" },
		{ "excluded domains",
		    COLLECT_ONLY "[report]\nexclude = a.example, .B.example, "
				 "a..b, *.c.example, .\n",
		    "t.conf:4: report.exclude: \"a..b\" is no domain name\n"
		    "t.conf:4: report.exclude: \"*.c.example\" is no domain "
		    "name\n"
		    "t.conf:4: report.exclude: \".\" is no domain name\n" },
		{ "delays", COLLECT_ONLY "[deliver]\ndelay_min = 5h\n",
		    "t.conf:4: deliver.delay_min is more than "
		    "deliver.delay_max\n" },
		{ "a bad address that no role needs",
		    COLLECT_ONLY "[report]\ncontact = me\n",
		    "t.conf:4: report.contact: \"me\" is not a mail "
		    "address\n" },
		/* Reports are I-JSON: RFC 7493 s2.1. */
		{ "organization in Latin-1",
		    "[report]\norganization = M\xfcller\ncontact = a@b\n",
		    "t.conf:2: report.organization is not UTF-8\n" },
		{ "unknown role", "[daemon]\nroles = collect, reprot\n",
		    "t.conf:2: unknown role \"reprot\"; did you mean "
		    "\"report\"?\n" },
		{ "unknown user",
		    COLLECT_ONLY
		    "[collect]\nsocket_owner = no user of this name\n",
		    "t.conf:4: collect.socket_owner: there is no user \"no "
		    "user of this name\"\n" },
		{ "unknown group",
		    COLLECT_ONLY
		    "[collect]\nsocket_group = no group of this name\n",
		    "t.conf:4: collect.socket_group: there is no group \"no "
		    "group of this name\"\n" },
		{ "unknown users",
		    COLLECT_ONLY
		    "[collect]\nallow_uids = 0, root, nosuchuser, 12x\n",
		    "t.conf:4: collect.allow_uids: there is no user "
		    "\"nosuchuser\"\n"
		    "t.conf:4: collect.allow_uids: there is no user "
		    "\"12x\"\n" },
		{ "numbers that are no uid",
		    COLLECT_ONLY "[collect]\nallow_uids = -1, 4294967295, +5, "
				 "99999999999999999999\n",
		    "t.conf:4: collect.allow_uids: there is no user \"-1\"\n"
		    "t.conf:4: collect.allow_uids: there is no user "
		    "\"4294967295\"\n"
		    "t.conf:4: collect.allow_uids: there is no user \"+5\"\n"
		    "t.conf:4: collect.allow_uids: there is no user "
		    "\"99999999999999999999\"\n" },
		{ "store of another kind",
		    COLLECT_ONLY "[store]\nurl = mysql://x\n",
		    "t.conf:4: store.url: \"mysql://x\" begins neither with "
		    "sqlite: nor with postgresql:\n" },
		{ "folder for dumps that is not there",
		    COLLECT_ONLY "[collect]\ndump_dir = /no/such folder\n",
		    "t.conf:4: collect.dump_dir: \"/no/such folder\": No "
		    "such file or directory\n" },
		{ "folder for dumps that is none",
		    COLLECT_ONLY "[collect]\ndump_dir = /dev/null\n",
		    "t.conf:4: collect.dump_dir: \"/dev/null\" is not a "
		    "folder\n" },
		{ "organization with a control byte, which is told once",
		    "[report]\norganization = a\x01"
		    "b\ncontact = a@b\n",
		    "t.conf:2: control characters in the line\n" },
		{ "bounce address that is none",
		    COLLECT_ONLY "[deliver]\nbounce_address = <a@b.example>\n",
		    "t.conf:4: deliver.bounce_address: \"<a@b.example>\" is not "
		    "a mail address\n" },
		{ "bounce address without room for an id",
		    COLLECT_ONLY "[deliver]\nbounce_address = "
				 "abcdefghijklmnopqrstuv@b.example\n",
		    "t.conf:4: deliver.bounce_address: "
		    "\"abcdefghijklmnopqrstuv@b.example\" leaves no room for "
		    "what is added; 21 bytes may stand in front of the \"@\", "
		    "211 are the whole\n" },
		{ "clock moved without demo",
		    COLLECT_ONLY "clock_offset = 1d\n",
		    "t.conf:3: daemon.clock_offset works only with demo = "
		    "yes\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		print_message("%s\n", cases[i].name);
		assert_faults(cases[i].in, cases[i].want);
	}
}

static void
test_what_is_no_fault(void **state)
{
	static const char *const texts[] = {
		COLLECT_ONLY "demo = yes\nclock_offset = -1d\n",
		COLLECT_ONLY "[collect]\nsocket_owner = root\n"
			     "socket_group = root\n"
			     "allow_uids = 0, 4294967294, root\n",
		COLLECT_ONLY "[store]\nurl = sqlite:x.db\n",
		COLLECT_ONLY "[store]\nurl = postgres://h/db\n",
		COLLECT_ONLY "[deliver]\n"
			     "bounce_address = abcdefghijklmnopqrstu@b\n",
		"[report]\norganization = M\xc3\xbcller\ncontact = a@b.c\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		config_free(parse_ok(texts[i]));
}

/* The ceilings are those of the whole path. */
static void
test_long_relative_paths(void **state)
{
	static const struct {
		const char *section, *key;
		int max;
		bool must_exist;
	} cases[] = {
		{ "daemon", "data_dir", 1024, false },
		{ "collect", "socket", 107, false }, /* less a NUL */
		{ "collect", "dump_dir", 1024, true },
	};
	const char *base = "/etc/t/";

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf text = BUF_INIT(10000), want = BUF_INIT(10000);
		int longest = cases[i].max - (int)strlen(base);

		print_message("%s\n", cases[i].key);
		buf_addf(&text,
		    "[deliver]\ndirectory = /x\n" COLLECT_ONLY
		    "[%s]\n%s = %0*d",
		    cases[i].section, cases[i].key, longest, 0);
		if (!cases[i].must_exist)
			config_free(parse_ok(buf_str(&text)));
		buf_addc(&text, '0');
		buf_addf(&want,
		    "t.conf:6: %s.%s: \"%s%0*d\" is longer than %d bytes\n",
		    cases[i].section, cases[i].key, base,
		    100 - (int)strlen(base), 0, cases[i].max);
		assert_faults(buf_str(&text), buf_str(&want));
		buf_free(&text);
		buf_free(&want);
	}
}

static void
test_long_path_below_the_data_folder(void **state)
{
	struct buf text = BUF_INIT(10000), want = BUF_INIT(10000);

	(void)state;
	buf_addf(&text, COLLECT_ONLY "data_dir = /%01017d\n", 0);
	buf_addf(&want,
	    "t.conf: deliver.directory: \"/%099d\" is longer than 1024 "
	    "bytes\n",
	    0);
	assert_faults(buf_str(&text), buf_str(&want));
	buf_free(&text);
	buf_free(&want);
}

static void
test_all_faults_at_once_but_not_without_end(void **state)
{
	struct buf text = BUF_INIT(100000), errors = BUF_INIT(100000);
	struct config *c = NULL;
	unsigned lines = 0;

	(void)state;
	for (int i = 0; i < 150; i++)
		buf_adds(&text, "x\n");
	assert_err(E_USAGE, parse(buf_str(&text), &c, &errors));
	for (size_t i = 0; i < errors.len; i++)
		lines += errors.p[i] == '\n';
	assert_int_equal(100, lines);
	buf_free(&text);
	buf_free(&errors);
}

static void
test_long_values_are_shown_in_part(void **state)
{
	struct buf text = BUF_INIT(10000), want = BUF_INIT(10000);

	(void)state;
	buf_addf(&text, COLLECT_ONLY "[collect]\nflush_rows = %05000d\n", 0);
	buf_addf(&want,
	    "t.conf:4: collect.flush_rows: \"%0100d\" must be from "
	    "100 to 5000000\n",
	    0);
	assert_faults(buf_str(&text), buf_str(&want));
	buf_free(&text);
	buf_free(&want);
}

/* -- files -- */

static void
write_file(const char *path, const char *text, size_t times)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	while (times-- > 0)
		assert_true(fputs(text, f) >= 0);
	assert_int_equal(0, fclose(f));
}

static void
test_read_a_file(void **state)
{
	struct buf errors = BUF_INIT(1000), want = BUF_INIT(1000);
	char folder[256], path[512], link[512];
	struct config *c = NULL;

	(void)state;
	support_mkdtemp(folder);
	(void)snprintf(path, sizeof(path), "%s/t.conf", folder);
	(void)snprintf(link, sizeof(link), "%s/link", folder);
	write_file(path,
	    COLLECT_ONLY "data_dir = d\n[collect]\ndump_dir = link\n", 1);
	assert_int_equal(0, mkdir(link, 0700));
	(void)snprintf(link, sizeof(link), "%s/link/other.conf", folder);
	assert_int_equal(0, symlink("../t.conf", link));
	/* Relative to the folder of the file, not of a link to it. */
	assert_ok(config_read(link, &c, &errors));
	assert_string_equal(path, c->file);
	buf_addf(&want, "%s/d", folder);
	assert_string_equal(buf_str(&want), c->daemon_data_dir);
	buf_clear(&want);
	buf_addf(&want, "%s/link", folder);
	assert_string_equal(buf_str(&want), c->collect_dump_dir);
	config_free(c);
	buf_free(&want);
	buf_free(&errors);
	support_rmdir(folder);
}

static void
test_read_errors(void **state)
{
	struct buf errors = BUF_INIT(1000);
	char folder[256], path[512];
	struct config *c = NULL;

	(void)state;
	support_mkdtemp(folder);
	(void)snprintf(path, sizeof(path), "%s/t.conf", folder);
	assert_err(E_USAGE, config_read(path, &c, &errors));
	assert_non_null(strstr(buf_str(&errors), "/t.conf: No such file"));
	buf_clear(&errors);
	assert_err(E_USAGE, config_read(folder, &c, &errors));
	assert_non_null(strstr(buf_str(&errors), "Is a directory"));
	buf_clear(&errors);
	write_file(path, "# 16 characters\n", 65537);
	assert_err(E_USAGE, config_read(path, &c, &errors));
	assert_non_null(strstr(buf_str(&errors), "more than 1048576 bytes"));
	buf_clear(&errors);
	write_file(path, "oops\n", 1);
	assert_err(E_USAGE, config_read(path, &c, &errors));
	assert_non_null(strstr(buf_str(&errors), "/t.conf:1: neither"));
	assert_null(c);
	buf_free(&errors);
	support_rmdir(folder);
}

static void
test_defaults_without_a_file(void **state)
{
	struct buf errors = BUF_INIT(1000);
	struct config *c = NULL;

	(void)state;
	assert_err(E_USAGE, config_read(NULL, &c, &errors));
	assert_memory_equal("defaults: report.organization is needed",
	    buf_str(&errors), 39);
	buf_free(&errors);
}

/* -- config_dump -- */

static void
test_dump_is_read_again(void **state)
{
	static const char *const texts[] = {
		LEAST,
		COLLECT_ONLY,
		LEAST "[daemon]\ndata_dir = data\nlog_level = error\n"
		      "demo = yes\nclock_offset = -36h\n"
		      "[store]\nurl = postgresql://h/db?a=b\n"
		      "[collect]\nsocket = s\nsocket_owner = root\n"
		      "socket_mode = 7\nallow_uids = root 5\n"
		      "journal_sync = 1500ms\njournal_max = 200MiB\n"
		      "flush_rows = 777\ndump_dir = /\ndump_max = 9\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct buf first = BUF_INIT(100000), second = BUF_INIT(100000);
		struct config *c = parse_ok(texts[i]);

		config_dump(c, &first);
		config_free(c);
		assert_ok(first.err);
		c = parse_ok(buf_str(&first));
		config_dump(c, &second);
		config_free(c);
		assert_string_equal(buf_str(&first), buf_str(&second));
		buf_free(&first);
		buf_free(&second);
	}
}

/* Lines of the dump that set the option, in its section. */
static int
count_lines(struct span dump, const struct option *o)
{
	struct buf head = BUF_INIT(1000), key = BUF_INIT(1000);
	bool is_inside = false;
	int n = 0;

	buf_addf(&head, "[%s]", o->section);
	buf_addf(&key, "%s = ", o->key);
	while (dump.len > 0) {
		struct span line = span_until(&dump, '\n');

		if (line.len > 0 && line.p[0] == '[')
			is_inside = span_eq(line, buf_span(&head));
		n += is_inside && span_take(&line, buf_span(&key));
	}
	buf_free(&head);
	buf_free(&key);
	return n;
}

static void
test_dump_has_each_option_once(void **state)
{
	struct config *c = parse_ok(LEAST "[collect]\nflush_rows = 777\n");
	struct buf out = BUF_INIT(100000);
	struct span rest, line;

	(void)state;
	config_dump(c, &out);
	config_free(c);
	assert_non_null(strstr(buf_str(&out), "\nflush_rows = 777\n"));
	assert_non_null(strstr(buf_str(&out), "\njournal_keep = 1d\n"));
	assert_non_null(strstr(buf_str(&out), "\ncontact = tls@reporter."));
	for (size_t i = 0; i < noptions; i++)
		assert_int_equal(1, count_lines(buf_span(&out), &options[i]));
	for (rest = buf_span(&out); rest.len > 0;) {
		line = span_until(&rest, '\n');
		assert_in_range(line.len, 0, 80);
	}
	buf_free(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_lines_as_people_write_them),
		cmocka_unit_test(test_byte_order_mark_is_skipped),
		cmocka_unit_test(test_refused_values_are_not_missing),
		cmocka_unit_test(test_words_of_a_list_are_not_told),
		cmocka_unit_test(test_section_may_come_twice),
		cmocka_unit_test(test_relative_paths),
		cmocka_unit_test(test_has_role),
		cmocka_unit_test(test_faults_of_lines),
		cmocka_unit_test(test_key_before_any_section),
		cmocka_unit_test(test_nul_byte),
		cmocka_unit_test(test_faults_of_the_whole),
		cmocka_unit_test(test_what_is_no_fault),
		cmocka_unit_test(test_long_relative_paths),
		cmocka_unit_test(test_long_path_below_the_data_folder),
		cmocka_unit_test(test_all_faults_at_once_but_not_without_end),
		cmocka_unit_test(test_long_values_are_shown_in_part),
		cmocka_unit_test(test_read_a_file),
		cmocka_unit_test(test_read_errors),
		cmocka_unit_test(test_defaults_without_a_file),
		cmocka_unit_test(test_dump_is_read_again),
		cmocka_unit_test(test_dump_has_each_option_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
