/* cli/cmd_db_copy.c -- db copy: everything of one store into another. */
#include <inttypes.h>
#include <stdio.h>
#include <sysexits.h>

#include "cli/cli.h"
#include "cli/progress.h"
#include "store/store_config.h"
#include "store/store_copy.h"

struct db_copy {
	struct cli *cli;
	struct progress progress;
	struct json_out *out;	 /* --json; else NULL */
	struct cli_table *table; /* else */
	uint64_t rows;
};

static void
tell(void *arg, uint64_t done, uint64_t all, const char *doing,
    const char *table)
{
	struct db_copy *c = arg;
	char text[160];

	if (!progress_is_due(&c->progress))
		return;
	(void)snprintf(text, sizeof(text), "%s %.64s", doing, table);
	progress_tell(&c->progress, done, all, text);
}

static void
note_table(void *arg, const char *table, uint64_t rows)
{
	struct db_copy *c = arg;

	c->rows += rows;
	if (c->out == NULL) {
		cli_table_text(c->table, span_str(table));
		cli_table_count(c->table, rows);
		return;
	}
	json_out_object(c->out, NULL);
	json_out_text(c->out, "table", span_str(table));
	json_out_count(c->out, "rows", rows);
	json_out_end(c->out);
}

static enum err
begin_output(struct db_copy *c, struct why *why)
{
	static const char *const heads[] = { "TABLE", ">ROWS", NULL };

	if (c->cli->json)
		c->out = json_out_new();
	else
		c->table = cli_table_new(heads);
	if (c->out == NULL && c->table == NULL)
		return why_set(why, E_NOMEM, "out of memory");
	if (c->out != NULL) {
		json_out_object(c->out, NULL);
		json_out_array(c->out, "tables");
	}
	return E_OK;
}

static int
print(struct db_copy *c)
{
	int code;

	if (c->out != NULL) {
		json_out_end(c->out);
		json_out_count(c->out, "rows", c->rows);
		json_out_end(c->out);
		return cli_print_json(c->cli, c->out);
	}
	code = cli_table_print(c->cli, c->table, "");
	if (code == EX_OK)
		(void)printf("%" PRIu64 " rows are the same in both stores\n",
		    c->rows);
	return code;
}

/* With the password file of the configuration; a sum over a large table takes
 * its time. */
static enum err
open_operand(const struct cli *cli, size_t i, bool make, struct store **ret,
    struct why *why)
{
	struct config config = *cli->config;
	struct why own = { { 0 } };
	enum err e;

	config.store_path_url = cli->operands[i];
	config.store_statement_timeout_ms = 0;
	e = store_open_config(&config,
	    &(const struct store_user){ .application = "tlsrpt" }, make, ret,
	    &own);
	return e == E_OK
	    ? e
	    : why_set(why, e, "%s: %s", i == 0 ? "from" : "to", own.text);
}

static enum err
copy(struct db_copy *c, struct store *from, struct store *to, struct why *why)
{
	const struct store_copy_watch watch = { tell, note_table, c };
	struct clock clock = cli_clock(c->cli);
	struct store_schema schema;
	enum err e = store_check(from, &schema, why);

	if (e == E_OK)
		e = begin_output(c, why);
	if (e == E_OK)
		e = store_copy(from, to, c->cli->operands[0],
		    clock_wall_s(&clock), &watch, why);
	return e;
}

int
cmd_db_copy(struct cli *cli)
{
	struct db_copy c = { .cli = cli };
	struct store *from = NULL, *to = NULL;
	struct why why = { { 0 } };
	int code = cli_config(cli);
	enum err e;

	if (code != EX_OK)
		return code;
	if (strcmp(cli->operands[0], cli->operands[1]) == 0)
		return cli_usage(cli, "from and to are the same");
	progress_begin(&c.progress);
	e = open_operand(cli, 0, false, &from, &why);
	if (e == E_OK)
		e = open_operand(cli, 1, true, &to, &why);
	if (e == E_OK)
		e = copy(&c, from, to, &why);
	progress_clear(&c.progress);
	store_close(from);
	store_close(to);
	if (e == E_OK)
		return print(&c);
	json_out_free(c.out);
	cli_table_free(c.table);
	return cli_fail(cli, e, &why);
}
