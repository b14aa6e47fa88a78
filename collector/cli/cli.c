#include "cli/cli.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "base/escape.h"
#include "store/store_config.h"

const char *
cli_value(const struct cli *cli, const char *option)
{
	const char *value = NULL;

	for (size_t i = 0; i < cli->ngiven; i++)
		if (strcmp(cli->given[i].option->name, option) == 0)
			value = cli->given[i].value;
	return value;
}

static int
exit_code(enum err e)
{
	switch (e) {
	case E_OK:
		return EX_OK;
	case E_SYNTAX:
	case E_RANGE:
	case E_CONFLICT:
	case E_EXISTS:
		return EX_DATAERR;
	case E_ABSENT:
		return EX_NOINPUT;
	case E_DENIED:
		return EX_NOPERM;
	case E_BUSY:
	case E_AWAY:
	case E_UNCERTAIN:
		return EX_TEMPFAIL;
	case E_VERSION:
		return EX_CONFIG;
	case E_USAGE:
		return EX_USAGE;
	case E_IO:
	case E_FULL:
	case E_DAMAGED:
		return EX_IOERR;
	case E_NOMEM:
		break;
	}
	return EX_OSERR;
}

/* "tlsrpt", and the command once it is known. */
static void
say_who(const struct cli *cli)
{
	(void)fprintf(stderr, "tlsrpt%s%s: ", cli->command == NULL ? "" : " ",
	    cli->command == NULL ? "" : cli->command->name);
}

static void
say_harmless(const char *outside)
{
	struct buf text = BUF_INIT(4096);

	escape_terminal(&text, span_str(outside));
	(void)fputs(buf_str(&text), stderr);
	buf_free(&text);
}

int
cli_fail(const struct cli *cli, enum err e, const struct why *why)
{
	say_who(cli);
	say_harmless(why->text[0] == '\0' ? err_text(e) : why->text);
	(void)fputc('\n', stderr);
	return exit_code(e);
}

int
cli_usage(const struct cli *cli, const char *fmt, ...)
{
	char text[WHY_MAX];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	say_who(cli);
	say_harmless(text);
	if (cli->command == NULL)
		(void)fputs("\ntlsrpt --help tells more\n", stderr);
	else
		(void)fprintf(stderr, "\ntlsrpt %s --help tells its options\n",
		    cli->command->name);
	return EX_USAGE;
}

int
cli_config(struct cli *cli)
{
	struct buf errors = BUF_INIT(65536);
	int code = EX_OK;

	if (cli->config == NULL &&
	    config_read(cli->config_path, &cli->config, &errors) != E_OK) {
		(void)fprintf(stderr, "tlsrpt %s: configuration:\n%s",
		    cli->command->name, buf_str(&errors));
		code = EX_CONFIG;
	}
	buf_free(&errors);
	return code;
}

int
cli_store(struct cli *cli)
{
	struct store_schema schema;
	struct why why = { { 0 } };
	int code = cli_config(cli);
	enum err e;

	if (code != EX_OK)
		return code;
	e = store_open_config(cli->config,
	    &(const struct store_user){ .application = "tlsrpt" }, false,
	    &cli->store, &why);
	if (e == E_OK)
		e = store_check(cli->store, &schema, &why);
	return e == E_OK ? EX_OK : cli_fail(cli, e, &why);
}

struct clock
cli_clock(const struct cli *cli)
{
	return clock_machine(cli->config->daemon_clock_offset_ms / 1000);
}

int
cli_day(const struct cli *cli, int64_t *ret)
{
	const char *text = cli_value(cli, "day");
	struct clock clock = cli_clock(cli);
	int64_t today = day_of_s(clock_wall_s(&clock));

	if (text == NULL || strcmp(text, "yesterday") == 0)
		*ret = today - 1;
	else if (strcmp(text, "today") == 0)
		*ret = today;
	else if (day_parse(span_str(text), ret) != E_OK)
		return cli_usage(cli,
		    "\"%s\" is not a day such as 2026-11-22, today or "
		    "yesterday",
		    text);
	return EX_OK;
}

static int
list_json(struct cli_listing *l, cli_fill_fn *fill, void *arg, struct why *why)
{
	enum err e;

	if ((l->out = json_out_new()) == NULL)
		return cli_print_json(l->cli, NULL);
	json_out_array(l->out, NULL);
	e = fill(l, arg, why);
	json_out_end(l->out);
	if (e == E_OK)
		return cli_print_json(l->cli, l->out);
	json_out_free(l->out);
	return cli_fail(l->cli, e, why);
}

int
cli_list(struct cli *cli, const char *const *heads, const char *empty,
    cli_fill_fn *fill, void *arg)
{
	struct cli_listing l = { .cli = cli };
	struct why why = { { 0 } };
	enum err e;
	int code;

	if (cli->json)
		return list_json(&l, fill, arg, &why);
	if ((l.table = cli_table_new(heads)) == NULL)
		return cli_fail(cli, E_NOMEM, &why);
	e = fill(&l, arg, &why);
	code = cli_table_print(cli, l.table, empty);
	return e == E_OK ? code : cli_fail(cli, e, &why);
}

void
cli_json_time(struct json_out *out, const char *key, int64_t s)
{
	char text[TIME_TEXT_SIZE];

	if (s == 0) {
		json_out_null(out, key);
		return;
	}
	time_text(s, text);
	json_out_text(out, key, span_str(text));
}

int
cli_print_json(const struct cli *cli, struct json_out *out)
{
	struct buf text = BUF_INIT((size_t)1 << 30);
	struct why why = { { 0 } };
	enum err e = out == NULL
	    ? E_NOMEM
	    : json_out_finish(out, JSON_PRETTY_STYLE, &text);

	if (e == E_OK)
		(void)puts(buf_str(&text));
	buf_free(&text);
	json_out_free(out);
	return e == E_OK ? EX_OK : cli_fail(cli, e, &why);
}
