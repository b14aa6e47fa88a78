/* cli/cmd_db.c -- db migrate, db check. */
#include <stdio.h>
#include <sysexits.h>

#include "cli/cli.h"
#include "store/store_config.h"

static int
tell(const struct cli *cli, const struct store_schema *schema)
{
	struct json_out *out;

	if (!cli->json) {
		(void)printf("store has schema %d, as this program needs\n",
		    schema->version);
		return EX_OK;
	}
	if ((out = json_out_new()) == NULL)
		return cli_print_json(cli, NULL);
	json_out_object(out, NULL);
	json_out_int(out, "schema", schema->version);
	json_out_int(out, "wanted", schema->wanted);
	json_out_end(out);
	return cli_print_json(cli, out);
}

static int
with_store(struct cli *cli, bool migrate)
{
	struct store_schema schema;
	struct why why = { { 0 } };
	int code = cli_config(cli);
	struct clock clock;
	enum err e;

	if (code != EX_OK)
		return code;
	clock = cli_clock(cli);
	e = store_open_config(cli->config,
	    &(const struct store_user){ .application = "tlsrpt" }, migrate,
	    &cli->store, &why);
	if (e == E_OK && migrate)
		e = store_migrate(cli->store, clock_wall_s(&clock), &schema,
		    &why);
	else if (e == E_OK)
		e = store_check(cli->store, &schema, &why);
	return e == E_OK ? tell(cli, &schema) : cli_fail(cli, e, &why);
}

int
cmd_db_migrate(struct cli *cli)
{
	return with_store(cli, true);
}

int
cmd_db_check(struct cli *cli)
{
	return with_store(cli, false);
}
