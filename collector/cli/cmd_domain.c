/* cli/cmd_domain.c -- domain list, add, remove: whose reports count. */
#include <sysexits.h>

#include "cli/cli.h"
#include "codec/typed.h"
#include "store/store_domain.h"

#define TEXTS_BYTES ((size_t)64 * 1024)
#define TOKEN_MAX 64

const struct cli_option domain_add_options[] = {
	{ "token", "TOKEN",
	    "of its rua: behind /tlsrpt/ in the URL, or \"+\" in the address" },
	{ NULL, NULL, NULL },
};

static enum err
list_domain(void *arg, const struct owned_domain *d)
{
	const struct cli_listing *l = arg;

	if (l->out != NULL) {
		json_out_object(l->out, NULL);
		json_out_text(l->out, "domain", d->domain);
		json_out_text(l->out, "token", d->token);
		cli_json_time(l->out, "added-at", d->added_s);
		json_out_end(l->out);
		return E_OK;
	}
	cli_table_text(l->table, d->domain);
	cli_table_text(l->table, d->token);
	cli_table_time(l->table, d->added_s);
	return E_OK;
}

static enum err
fill(struct cli_listing *l, void *arg, struct why *why)
{
	(void)arg;
	return store_domain_list(l->cli->store, list_domain, l, why);
}

int
cmd_domain_list(struct cli *cli)
{
	static const char *const heads[] = { "DOMAIN", "TOKEN", "ADDED", NULL };
	int code = cli_store(cli);

	if (code != EX_OK)
		return code;
	return cli_list(cli, heads,
	    "no domain is ours yet; see tlsrpt domain add", fill, NULL);
}

/* -- add and remove -- */

static bool
is_token(struct span text)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.p[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') &&
		    !(c >= '0' && c <= '9') && c != '-' && c != '_' && c != '.')
			return false;
	}
	return text.len <= TOKEN_MAX;
}

typedef enum err change_fn(struct cli *, struct span domain, struct why *why);

static enum err
add(struct cli *cli, struct span domain, struct why *why)
{
	const char *token = cli_value(cli, "token");
	struct clock clock = cli_clock(cli);

	return store_domain_add(cli->store,
	    &(const struct owned_domain){ domain,
		span_str(token == NULL ? "" : token), clock_wall_s(&clock) },
	    why);
}

static enum err
remove_domain(struct cli *cli, struct span domain, struct why *why)
{
	return store_domain_remove(cli->store, domain, why);
}

/* As it was typed, so that the reason names it. */
static enum err
change_one(struct cli *cli, const char *typed, change_fn *fn,
    struct arena *texts, struct why *why)
{
	struct why reason = { { 0 } };
	struct span domain;
	enum err e = typed_domain(span_str(typed), texts, &domain, &reason);

	if (e != E_OK)
		return why_set(why, e, "\"%.300s\" is %s", typed, reason.text);
	return fn(cli, domain, why);
}

static int
change(struct cli *cli, change_fn *fn)
{
	struct arena texts = ARENA_INIT(TEXTS_BYTES);
	struct why why = { { 0 } };
	int code = cli_store(cli);
	enum err e = E_OK;

	if (code != EX_OK)
		return code;
	for (size_t i = 0; i < cli->noperands && e == E_OK; i++) {
		arena_reset(&texts);
		e = change_one(cli, cli->operands[i], fn, &texts, &why);
	}
	arena_free(&texts);
	return e == E_OK ? EX_OK : cli_fail(cli, e, &why);
}

int
cmd_domain_add(struct cli *cli)
{
	const char *token = cli_value(cli, "token");

	if (token != NULL && !is_token(span_str(token)))
		return cli_usage(cli,
		    "--token: letters, digits, \".\", \"-\" and \"_\", at "
		    "most %d of them",
		    TOKEN_MAX);
	if (token != NULL && cli->noperands > 1)
		return cli_usage(cli, "--token belongs to one domain");
	return change(cli, add);
}

int
cmd_domain_remove(struct cli *cli)
{
	return change(cli, remove_domain);
}
