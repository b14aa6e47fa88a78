/* daemon/main.c -- tlsrptd's command line. */
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "api/openapi.h"
#include "config/config.h"
#include "daemon/role.h"
#include "daemon/supervisor.h"
#include "deliver/plan.h"
#include "intake/key_lookup.h"
#include "tlsrptd_version.h"

#define CONFIG_DEFAULT "/etc/tlsrptd/tlsrptd.conf"

struct arguments {
	const char *config;
	const char *role;
	bool check, dump;
};

static const struct option long_options[] = {
	{ "config", required_argument, NULL, 'c' },
	{ "check-config", no_argument, NULL, 'C' },
	{ "dump-config", no_argument, NULL, 'D' },
	{ "role", required_argument, NULL, 'r' },
	{ "openapi", no_argument, NULL, 'O' },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 },
};

static void
print_help(void)
{
	(void)
	    fputs("Usage: tlsrptd [-c FILE] [--check-config | --dump-config]\n"
		  "\n"
		  "SMTP TLS Reporting (RFC 8460): collects the TLS sessions "
		  "of a Sending MTA\nand reports them.\n"
		  "\n"
		  "  -c, --config FILE  configuration (default " CONFIG_DEFAULT
		  ";\n"
		  "                     - is standard input)\n"
		  "      --check-config say all that is wrong with it, and "
		  "end\n"
		  "      --dump-config  print it with all defaults and "
		  "explanations, and end\n"
		  "      --role ROLE    run one role in this process "
		  "(the supervisor does that)\n"
		  "      --openapi      print the description of the page's "
		  "API, and end\n"
		  "  -h, --help         this text\n"
		  "  -V, --version      the version\n"
		  "\n"
		  "tlsrptd(8) and tlsrptd.conf(5) tell the rest.\n",
		stdout);
}

static int
check_config(const char *path, struct config **ret)
{
	struct buf errors = BUF_INIT(65536);
	int code = EX_OK;

	if (config_read(path, ret, &errors) != E_OK) {
		(void)fputs(errors.len > 0 ? buf_str(&errors)
					   : "out of memory\n",
		    stderr);
		code = EX_CONFIG;
	}
	buf_free(&errors);
	return code;
}

/* What only those roles find out that ask DNS. */
static int
check_dns(const char *path, const struct config *c)
{
	bool is_asked = (config_has_role(c, "intake") &&
			    (c->intake_http_listen[0] != '\0' ||
				c->intake_lmtp_listen[0] != '\0')) ||
	    (config_has_role(c, "deliver") && c->deliver_mode == DELIVER_ON);
	struct key_lookup *lookup = NULL;
	struct why why = { { 0 } };

	if (!is_asked || key_lookup_open(c, -1, &lookup, &why) == E_OK) {
		key_lookup_close(lookup);
		return EX_OK;
	}
	(void)fprintf(stderr, "%s: %s\n", path, why.text);
	return EX_CONFIG;
}

static void
tell_check(const char *path, const struct config *c)
{
	struct buf warnings = BUF_INIT(CONFIG_FILE_MAX);

	config_warn(c, &warnings);
	(void)fputs(buf_str(&warnings), stderr);
	(void)printf("%s: no fault found\n", path);
	buf_free(&warnings);
}

static int
dump_config(const struct config *c)
{
	struct buf text = BUF_INIT(CONFIG_FILE_MAX);

	config_dump(c, &text);
	(void)fputs(buf_str(&text), stdout);
	buf_free(&text);
	return EX_OK;
}

static int
print_openapi(void)
{
	struct buf text = BUF_INIT(CONFIG_FILE_MAX);
	int code = api_openapi(TLSRPTD_VERSION, &text) == E_OK ? EX_OK
							       : EX_OSERR;

	(void)puts(buf_str(&text));
	buf_free(&text);
	return code;
}

static int
run(const struct arguments *a, const struct config *c)
{
	const struct role *role;

	if (a->dump)
		return dump_config(c);
	if (a->role == NULL)
		return supervisor_run(c);
	if ((role = role_find(a->role)) == NULL) {
		(void)fprintf(stderr, "tlsrptd: there is no role \"%s\"\n",
		    a->role);
		return EX_USAGE;
	}
	return role_run(role, c);
}

/* -1: go on. */
static int
parse_arguments(int argc, char **argv, struct arguments *a)
{
	int opt;

	while (
	    (opt = getopt_long(argc, argv, "c:hV", long_options, NULL)) != -1) {
		switch (opt) {
		case 'c':
			a->config = optarg;
			break;
		case 'C':
			a->check = true;
			break;
		case 'D':
			a->dump = true;
			break;
		case 'r':
			a->role = optarg;
			break;
		case 'h':
			print_help();
			return EX_OK;
		case 'O':
			return print_openapi();
		case 'V':
			(void)puts("tlsrptd " TLSRPTD_VERSION);
			return EX_OK;
		default:
			return EX_USAGE;
		}
	}
	if (optind == argc)
		return -1;
	(void)fprintf(stderr, "tlsrptd: unexpected argument \"%s\"\n",
	    argv[optind]);
	return EX_USAGE;
}

/* So that no file of ours takes the place of one that is closed. */
static void
open_standard_files(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		(void)close(fd);
}

int
main(int argc, char **argv)
{
	struct arguments a = { .config = CONFIG_DEFAULT };
	struct config *c = NULL;
	int code;

	open_standard_files();
	code = parse_arguments(argc, argv, &a);
	if (code >= 0)
		return code;
	code = check_config(a.config, &c);
	if (code == EX_OK && a.check)
		code = check_dns(a.config, c);
	if (code == EX_OK && a.check)
		tell_check(a.config, c);
	else if (code == EX_OK)
		code = run(&a, c);
	config_free(c);
	return code;
}
