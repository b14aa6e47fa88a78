/* cli/cmd_collector.c -- collector list, collector forget. */
#include <stdio.h>
#include <sysexits.h>

#include "cli/cli.h"

/* -- list -- */

void
cli_json_collector(struct json_out *out, const struct collector *c)
{
	char id[UUID_TEXT_SIZE];

	uuid_text(&c->id, id);
	json_out_object(out, NULL);
	json_out_text(out, "collector", span_str(id));
	json_out_text(out, "host", c->host);
	cli_json_time(out, "complete-until", c->watermark_s);
	cli_json_time(out, "seen", c->seen_s);
	json_out_int(out, "segment", c->position.segment);
	json_out_int(out, "offset", c->position.offset);
	json_out_bool(out, "forgotten", c->forgotten);
	json_out_end(out);
}

static enum err
list_collector(void *arg, const struct collector *c)
{
	const struct cli_listing *l = arg;
	char id[UUID_TEXT_SIZE];

	if (l->out != NULL) {
		cli_json_collector(l->out, c);
		return E_OK;
	}
	uuid_text(&c->id, id);
	cli_table_text(l->table, c->host);
	cli_table_text(l->table, span_str(id));
	cli_table_time(l->table, c->watermark_s);
	cli_table_time(l->table, c->seen_s);
	cli_table_text(l->table,
	    c->forgotten ? SPAN_LIT("forgotten") : SPAN_LIT("waited for"));
	return E_OK;
}

static enum err
fill(struct cli_listing *l, void *arg, struct why *why)
{
	(void)arg;
	return store_collector_list(l->cli->store, list_collector, l, why);
}

int
cmd_collector_list(struct cli *cli)
{
	static const char *const heads[] = { "HOST", "COLLECTOR",
		"COMPLETE UNTIL", "SEEN", "DAYS", NULL };
	int code = cli_store(cli);

	if (code != EX_OK)
		return code;
	return cli_list(cli, heads, "no collector has registered yet", fill,
	    NULL);
}

/* -- forget -- */

/* What is no id is told before any is forgotten. */
static int
check_ids(const struct cli *cli)
{
	struct uuid id;

	for (size_t i = 0; i < cli->noperands; i++)
		if (!uuid_parse(span_str(cli->operands[i]), &id))
			return cli_usage(cli,
			    "\"%.100s\" is no collector's id: "
			    "tlsrpt collector list shows them",
			    cli->operands[i]);
	return EX_OK;
}

int
cmd_collector_forget(struct cli *cli)
{
	struct why why = { { 0 } };
	enum err e = E_OK;
	struct uuid id;
	int code = check_ids(cli);

	if (code == EX_OK)
		code = cli_store(cli);
	if (code != EX_OK)
		return code;
	for (size_t i = 0; i < cli->noperands && e == E_OK; i++)
		if (uuid_parse(span_str(cli->operands[i]), &id))
			e = store_collector_forget(cli->store, &id, &why);
	return e == E_OK ? EX_OK : cli_fail(cli, e, &why);
}
