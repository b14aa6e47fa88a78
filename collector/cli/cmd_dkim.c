/* cli/cmd_dkim.c -- dkim record: what to publish for the keys that sign. */
#include <stdio.h>
#include <sysexits.h>

#include "cli/cli.h"
#include "report/signing_key.h"

#define TXT_STRING_MAX 255 /* bytes: RFC 1035 s3.3 */

const struct cli_option dkim_record_options[] = {
	{ "any-service", NULL, "the key may sign other mail as well" },
	{ NULL, NULL, NULL },
};

/* A line of a zone file (RFC 1035 s5.1). */
static void
print_text(const struct cli *cli, const struct signing_key *key,
    struct span record)
{
	(void)printf("%.*s._domainkey.%s. IN TXT (", SPAN_ARG(key->selector),
	    cli->config->report_submitter);
	while (record.len > 0) {
		struct span part = span_head(record, TXT_STRING_MAX);

		(void)printf(" \"%.*s\"", SPAN_ARG(part));
		record = span_skip(record, part.len);
	}
	(void)puts(" )");
}

static void
add_json(const struct cli *cli, struct json_out *out,
    const struct signing_key *key, struct span record)
{
	struct buf name = BUF_INIT(1024);

	buf_addf(&name, "%.*s._domainkey.%s", SPAN_ARG(key->selector),
	    cli->config->report_submitter);
	json_out_object(out, NULL);
	json_out_text(out, "name", buf_span(&name));
	json_out_text(out, "algorithm", span_str(dkim_key_algorithm(key->key)));
	json_out_text(out, "record", record);
	json_out_end(out);
	buf_free(&name);
}

/* out: NULL for people. */
static enum err
show_key(const struct cli *cli, const char *text, struct json_out *out,
    struct why *why)
{
	enum dkim_service service = cli_value(cli, "any-service") == NULL
	    ? DKIM_SERVICE_TLSRPT
	    : DKIM_SERVICE_ANY;
	struct buf record = BUF_INIT(DKIM_RECORD_MAX);
	struct signing_key key = { .key = NULL };
	enum err e = signing_key_load(text, &key, why);

	if (e == E_OK &&
	    (e = dkim_key_record(key.key, service, &record)) != E_OK)
		(void)why_set(why, e, "%s: %s", text, err_text(e));
	if (e == E_OK && out != NULL)
		add_json(cli, out, &key, buf_span(&record));
	else if (e == E_OK)
		print_text(cli, &key, buf_span(&record));
	dkim_key_free(key.key);
	buf_free(&record);
	return e;
}

static enum err
check_config(const struct config *c, struct why *why)
{
	if (c->report_dkim_keys.n == 0)
		return why_set(why, E_ABSENT, "report.dkim_keys names no key");
	if (c->report_submitter[0] == '\0')
		return why_set(why, E_ABSENT,
		    "report.contact is not set: its domain is the one that "
		    "signs");
	return E_OK;
}

static enum err
show_keys(const struct cli *cli, struct json_out *out, struct why *why)
{
	const struct list *keys = &cli->config->report_dkim_keys;
	enum err e = E_OK;

	for (size_t i = 0; e == E_OK && i < keys->n; i++)
		e = show_key(cli, keys->v[i], out, why);
	return e;
}

static int
show_json(const struct cli *cli)
{
	struct json_out *out = json_out_new();
	struct why why = { { 0 } };
	enum err e;

	if (out == NULL)
		return cli_print_json(cli, NULL);
	json_out_array(out, NULL);
	e = show_keys(cli, out, &why);
	json_out_end(out);
	if (e == E_OK)
		return cli_print_json(cli, out);
	json_out_free(out);
	return cli_fail(cli, e, &why);
}

int
cmd_dkim_record(struct cli *cli)
{
	struct why why = { { 0 } };
	int code = cli_config(cli);
	enum err e;

	if (code != EX_OK)
		return code;
	e = check_config(cli->config, &why);
	if (e == E_OK && cli->json)
		return show_json(cli);
	if (e == E_OK)
		e = show_keys(cli, NULL, &why);
	return e == E_OK ? EX_OK : cli_fail(cli, e, &why);
}
