/* cli/cmd_domain.c -- domain list, add, remove: whose reports count. */
#include <string.h>
#include <sysexits.h>

#include "cli/cli.h"
#include "codec/typed.h"
#include "store/store_domain.h"

#define TEXTS_BYTES ((size_t)64 * 1024)
#define HOSTS_BYTES ((size_t)1 << 20)
#define TOKEN_MAX 64

const struct cli_option domain_add_options[] = {
	{ "token", "TOKEN",
	    "of its rua: behind /tlsrpt/ in the URL, or \"+\" in the address" },
	{ "mx", "HOST",
	    "an MX host of the domain: what is told of it by name counts for "
	    "the domain; may be repeated, and replaces those of before" },
	{ NULL, NULL, NULL },
};

/* -- list -- */

static enum err
add_host_json(void *arg, struct span host)
{
	json_out_text(arg, NULL, host);
	return E_OK;
}

static enum err
add_host_word(void *arg, struct span host)
{
	struct buf *out = arg;

	buf_adds(out, out->len == 0 ? "MX hosts: " : ", ");
	buf_add(out, host);
	return E_OK;
}

static enum err
list_json(const struct cli_listing *l, const struct owned_domain *d)
{
	enum err e;

	json_out_object(l->out, NULL);
	json_out_text(l->out, "domain", d->domain);
	json_out_text(l->out, "token", d->token);
	json_out_array(l->out, "mx-hosts");
	e = store_domain_hosts(l->cli->store, d->domain, add_host_json, l->out,
	    NULL);
	json_out_end(l->out);
	cli_json_time(l->out, "added-at", d->added_s);
	json_out_end(l->out);
	return e;
}

static enum err
list_domain(void *arg, const struct owned_domain *d)
{
	const struct cli_listing *l = arg;
	struct buf hosts = BUF_INIT(HOSTS_BYTES);
	enum err e;

	if (l->out != NULL)
		return list_json(l, d);
	e = store_domain_hosts(l->cli->store, d->domain, add_host_word, &hosts,
	    NULL);
	cli_table_text(l->table, d->domain);
	cli_table_text(l->table, d->token);
	cli_table_time(l->table, d->added_s);
	cli_table_note(l->table, buf_span(&hosts));
	buf_free(&hosts);
	return e;
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

/* In a transaction. */
typedef enum err change_fn(struct cli *, struct span domain,
    struct arena *texts, struct why *why);

/* As it was typed, so that the reason names it. */
static enum err
read_domain(const char *typed, struct arena *texts, struct span *ret,
    struct why *why)
{
	struct why reason = { { 0 } };
	enum err e = typed_domain(span_str(typed), texts, ret, &reason);

	return e == E_OK
	    ? E_OK
	    : why_set(why, e, "\"%.300s\" is %s", typed, reason.text);
}

static enum err
read_hosts(const struct cli *cli, struct arena *texts, struct span_list *ret,
    struct why *why)
{
	struct span *v = arena_alloc(texts, (cli->ngiven + 1) * sizeof(*v));
	enum err e = E_OK;

	*ret = (struct span_list){ v, 0 };
	if (v == NULL)
		return why_set(why, E_NOMEM, "out of memory");
	for (size_t i = 0; e == E_OK && i < cli->ngiven; i++)
		if (strcmp(cli->given[i].option->name, "mx") == 0)
			e = read_domain(cli->given[i].value, texts,
			    &v[ret->n++], why);
	return e;
}

static enum err
put(struct cli *cli, struct span domain, struct span_list hosts,
    struct why *why)
{
	const char *token = cli_value(cli, "token");
	struct clock clock = cli_clock(cli);
	enum err e = store_domain_add(cli->store,
	    &(const struct owned_domain){ domain,
		span_str(token == NULL ? "" : token), clock_wall_s(&clock) },
	    why);

	return e == E_OK && hosts.n > 0
	    ? store_domain_set_hosts(cli->store, domain, hosts, why)
	    : e;
}

static enum err
add(struct cli *cli, struct span domain, struct arena *texts, struct why *why)
{
	struct span_list hosts;
	enum err e = read_hosts(cli, texts, &hosts, why);

	return e == E_OK ? put(cli, domain, hosts, why) : e;
}

static enum err
remove_domain(struct cli *cli, struct span domain, struct arena *texts,
    struct why *why)
{
	(void)texts;
	return store_domain_remove(cli->store, domain, why);
}

static enum err
change_one(struct cli *cli, const char *typed, change_fn *fn,
    struct arena *texts, struct why *why)
{
	struct span domain;
	enum err e = read_domain(typed, texts, &domain, why);

	if (e == E_OK && (e = store_begin(cli->store, why)) == E_OK) {
		if ((e = fn(cli, domain, texts, why)) == E_OK)
			return store_commit(cli->store, why);
		store_rollback(cli->store);
	}
	return e;
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
	if (cli->ngiven > 0 && cli->noperands > 1)
		return cli_usage(cli, "--token and --mx belong to one domain");
	return change(cli, add);
}

int
cmd_domain_remove(struct cli *cli)
{
	return change(cli, remove_domain);
}
