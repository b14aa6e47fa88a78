/* cli/main.c -- the operator's hand: find the command, read its arguments. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/log.h"
#include "base/nearest.h"
#include "cli/cli.h"
#include "cli/completion.h"
#include "tlsrptd_version.h"

static const struct cli_command commands[] = {
#define COMMAND(name, fn, options, operands, min, max, sentence) \
	{ name, operands, min, max, options, sentence, fn },
#include "cli/commands.def"
#undef COMMAND
};

#define NCOMMANDS (sizeof(commands) / sizeof(commands[0]))

static const struct cli_option common[] = {
	{ "config", "FILE", "configuration (default " CLI_CONFIG_DEFAULT ")" },
	{ "json", NULL, "print JSON, with RFC 8460's names where it has any" },
	{ "help", NULL, "this text" },
	{ NULL, NULL, NULL },
};

/* -- help -- */

static void
print_options(const struct cli_option *o)
{
	for (; o != NULL && o->name != NULL; o++) {
		char left[64];

		(void)snprintf(left, sizeof(left), "--%s%s%s", o->name,
		    o->argument == NULL ? "" : " ",
		    o->argument == NULL ? "" : o->argument);
		(void)printf("  %-28s %s\n", left, o->sentence);
	}
}

static void
print_help(void)
{
	(void)puts("Usage: tlsrpt [-c FILE] [--json] COMMAND [OPTIONS]\n\n"
		   "SMTP TLS Reporting (RFC 8460) from the shell.\n");
	for (size_t i = 0; i < NCOMMANDS; i++)
		(void)printf("  %-19s %s\n", commands[i].name,
		    commands[i].sentence);
	(void)puts("\ntlsrpt COMMAND --help tells a command's options, "
		   "tlsrpt(1) the rest.");
}

static void
print_command_help(const struct cli_command *c)
{
	if (c == NULL) {
		print_help();
		return;
	}
	(void)printf("Usage: tlsrpt %s%s%s%s\n\nThis will %s.\n\n", c->name,
	    c->options == NULL ? "" : " [OPTIONS]",
	    c->operands[0] == '\0' ? "" : " ", c->operands, c->sentence);
	print_options(c->options);
	print_options(common);
}

/* -- commands -- */

/* Words of argv that the command's name takes: 0 if it is another one. */
static int
match(const struct cli_command *c, int argc, char **argv)
{
	struct span rest = span_str(c->name);
	int words = 0;

	while (rest.len > 0) {
		struct span word = span_until(&rest, ' ');

		if (words == argc || !span_eq(word, span_str(argv[words])))
			return 0;
		words++;
	}
	return words;
}

/* A word that commands begin with: "inbox". */
static bool
is_of_group(const struct cli_command *c, struct span group)
{
	struct span rest = span_str(c->name);

	return span_eq(span_until(&rest, ' '), group) && rest.len > 0;
}

/* False: there are none. */
static bool
print_group(FILE *to, struct span group)
{
	bool any = false;

	for (size_t i = 0; i < NCOMMANDS; i++) {
		if (!is_of_group(&commands[i], group))
			continue;
		if (!any)
			(void)fprintf(to, "Usage: tlsrpt %.*s COMMAND\n\n",
			    SPAN_ARG(group));
		(void)fprintf(to, "  %-19s %s\n", commands[i].name,
		    commands[i].sentence);
		any = true;
	}
	return any;
}

/* The group alone: whether help was asked for. */
static int
run_group(int argc, char **argv)
{
	struct span group = span_str(argv[0]);
	bool help = argc > 1 &&
	    (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0);

	if (argc > 1 && argv[1][0] != '-')
		return -1;
	if (!print_group(help ? stdout : stderr, group))
		return -1;
	return help ? EX_OK : EX_USAGE;
}

static int
unknown_command(int argc, char **argv)
{
	struct buf name = BUF_INIT(256);
	struct nearest near = { .best = NULL };

	buf_adds(&name, argv[0]);
	if (argc > 1 && argv[1][0] != '-')
		buf_addf(&name, " %s", argv[1]);
	near.word = buf_span(&name);
	for (size_t i = 0; i < NCOMMANDS; i++)
		nearest_offer(&near, commands[i].name);
	if (near.best == NULL) {
		near.word = span_str(argv[0]);
		for (size_t i = 0; i < NCOMMANDS; i++)
			nearest_offer(&near, commands[i].name);
	}
	(void)fprintf(stderr, "tlsrpt: there is no command \"%s\"", argv[0]);
	if (near.best != NULL)
		(void)fprintf(stderr, "; did you mean \"%s\"?", near.best);
	(void)fputs("\ntlsrpt --help lists them\n", stderr);
	buf_free(&name);
	return EX_USAGE;
}

/* -- options -- */

static const struct cli_option *
find_option(const struct cli_option *o, struct span name)
{
	for (; o != NULL && o->name != NULL; o++)
		if (span_eq(span_str(o->name), name))
			return o;
	return NULL;
}

/* None but the common ones while the command is not known. */
static const struct cli_option *
options_of(const struct cli_command *c)
{
	return c == NULL ? NULL : c->options;
}

static int
unknown_option(struct cli *cli, struct span name)
{
	struct nearest near = { .word = name };

	for (const struct cli_option *o = options_of(cli->command);
	     o != NULL && o->name != NULL; o++)
		nearest_offer(&near, o->name);
	for (const struct cli_option *o = common; o->name != NULL; o++)
		nearest_offer(&near, o->name);
	if (near.best != NULL)
		return cli_usage(cli,
		    "unknown option --%.*s; did you mean --%s?", SPAN_ARG(name),
		    near.best);
	return cli_usage(cli, "unknown option --%.*s", SPAN_ARG(name));
}

/* An argument that is an option; *i moves on behind its value. -1: go on. */
static int
take_option(struct cli *cli, int argc, char **argv, int *i)
{
	struct span rest = span_str(argv[*i]), name;
	const struct cli_option *o;
	const char *value = "";
	bool is_common, attached;

	if (span_eq(rest, SPAN_LIT("-c")))
		rest = SPAN_LIT("--config");
	else if (span_eq(rest, SPAN_LIT("-h")))
		rest = SPAN_LIT("--help");
	rest = span_skip(rest, 2);
	attached = span_has(rest, '=');
	name = span_until(&rest, '=');
	o = find_option(common, name);
	is_common = o != NULL;
	if (o == NULL)
		o = find_option(options_of(cli->command), name);
	if (o == NULL)
		return unknown_option(cli, name);
	if (o->argument == NULL && attached)
		return cli_usage(cli, "option --%s takes no value", o->name);
	if (o->argument != NULL && attached)
		value = rest.p;
	else if (o->argument != NULL && *i + 1 == argc)
		return cli_usage(cli, "option --%s needs a value: %s", o->name,
		    o->argument);
	else if (o->argument != NULL)
		value = argv[++*i];
	if (!is_common) {
		cli->given[cli->ngiven++] = (struct cli_given){ o, value };
	} else if (strcmp(o->name, "config") == 0) {
		cli->config_path = value;
	} else if (strcmp(o->name, "json") == 0) {
		cli->json = true;
	} else {
		print_command_help(cli->command);
		return EX_OK;
	}
	return -1;
}

static bool
is_option(const char *argument)
{
	return argument[0] == '-' &&
	    (argument[1] == '-' || strcmp(argument, "-c") == 0 ||
		strcmp(argument, "-h") == 0);
}

/* -1: go on. */
static int
take_arguments(struct cli *cli, int argc, char **argv)
{
	bool options = true;
	int code;

	for (int i = 0; i < argc; i++) {
		if (options && strcmp(argv[i], "--") == 0) {
			options = false;
		} else if (!options || !is_option(argv[i])) {
			cli->operands[cli->noperands++] = argv[i];
		} else if ((code = take_option(cli, argc, argv, &i)) >= 0) {
			return code;
		}
	}
	if (cli->noperands < cli->command->min_operands)
		return cli_usage(cli, "missing argument: %s",
		    cli->command->operands);
	if (cli->noperands > cli->command->max_operands)
		return cli_usage(cli, "unexpected argument \"%s\"",
		    cli->operands[cli->command->max_operands]);
	return -1;
}

static int
run(struct cli *cli, int argc, char **argv)
{
	int code;

	cli->given = calloc((size_t)argc + 1, sizeof(*cli->given));
	cli->operands = calloc((size_t)argc + 1, sizeof(*cli->operands));
	if (cli->given == NULL || cli->operands == NULL)
		code = cli_usage(cli, "out of memory");
	else if ((code = take_arguments(cli, argc, argv)) < 0)
		code = cli->command->run(cli);
	if (fflush(stdout) != 0 && code == EX_OK)
		code = EX_IOERR;
	store_close(cli->store);
	config_free(cli->config);
	free(cli->given);
	free(cli->operands);
	return code;
}

static int
run_command(struct cli *cli, int argc, char **argv)
{
	int words;

	if (argc == 0) {
		print_help();
		return EX_USAGE;
	}
	for (size_t i = 0; i < NCOMMANDS; i++) {
		if ((words = match(&commands[i], argc, argv)) == 0)
			continue;
		cli->command = &commands[i];
		return run(cli, argc - words, argv + words);
	}
	words = run_group(argc, argv);
	return words >= 0 ? words : unknown_command(argc, argv);
}

int
main(int argc, char **argv)
{
	struct cli cli = { .config_path = CLI_CONFIG_DEFAULT };
	int i, code;

	log_setup(LOG_TO_STDERR, LOG_LEVEL_WARNING, "tlsrpt");
	for (i = 1; i < argc && is_option(argv[i]); i++) {
		if (strcmp(argv[i], "--version") == 0) {
			(void)puts("tlsrpt " TLSRPTD_VERSION);
			return EX_OK;
		}
		if (strcmp(argv[i], "--completion") == 0) {
			completion_print(commands, NCOMMANDS, common);
			return EX_OK;
		}
		if ((code = take_option(&cli, argc, argv, &i)) >= 0)
			return code;
	}
	return run_command(&cli, argc - i, argv + i);
}
