/* cli/cmd_token.c -- token list, add, remove. */
#include <stdio.h>
#include <sysexits.h>

#include "base/random.h"
#include "cli/account.h"
#include "codec/secret.h"

#define FOR_DEFAULT "90d"
#define FOR_MAX_MS INT64_C(94694400000) /* three years */
#define LABEL_MAX 100

const struct cli_option token_add_options[] = {
	{ "scope", "SCOPE", "read or admin (default: read)" },
	{ "for", "DURATION", "how long it is good (default: " FOR_DEFAULT ")" },
	{ "name", "TEXT", "what it is for" },
	{ NULL, NULL, NULL },
};

static struct span
scope_text(bool is_admin)
{
	return is_admin ? SPAN_LIT("admin") : SPAN_LIT("read");
}

/* -- list -- */

static enum err
list_token(void *arg, const struct token_row *t)
{
	const struct cli_listing *l = arg;

	if (l->out != NULL) {
		json_out_object(l->out, NULL);
		json_out_text(l->out, "id", t->id);
		json_out_text(l->out, "user", t->name);
		json_out_text(l->out, "name", t->label);
		json_out_text(l->out, "scope", scope_text(t->is_admin));
		cli_json_time(l->out, "created", t->created_s);
		cli_json_time(l->out, "expires", t->expires_s);
		cli_json_time(l->out, "last-used", t->seen_s);
		json_out_end(l->out);
		return E_OK;
	}
	cli_table_text(l->table, t->id);
	cli_table_text(l->table, t->name);
	cli_table_text(l->table, scope_text(t->is_admin));
	cli_table_time(l->table, t->expires_s);
	cli_table_time(l->table, t->seen_s);
	cli_table_text(l->table, t->label);
	return E_OK;
}

static enum err
fill(struct cli_listing *l, void *arg, struct why *why)
{
	(void)arg;
	return store_token_list(l->cli->store, SPAN_LIT(""), list_token, l,
	    why);
}

int
cmd_token_list(struct cli *cli)
{
	static const char *const heads[] = { "ID", "USER", "SCOPE", "EXPIRES",
		"LAST USED", "NAME", NULL };
	int code = cli_store(cli);

	return code == EX_OK
	    ? cli_list(cli, heads, "there is no token", fill, NULL)
	    : code;
}

/* -- add -- */

static int
wanted_token(const struct cli *cli, int64_t now_s, struct token_row *t)
{
	const char *scope = cli_value(cli, "scope"),
		   *lasts = cli_value(cli, "for"),
		   *name = cli_value(cli, "name");
	int64_t ms;

	t->is_admin = scope != NULL && strcmp(scope, "admin") == 0;
	if (scope != NULL && !t->is_admin && strcmp(scope, "read") != 0)
		return cli_usage(cli, "--scope is read or admin");
	if (config_duration(span_str(lasts == NULL ? FOR_DEFAULT : lasts),
		&ms) != E_OK ||
	    ms < 1000 || ms > FOR_MAX_MS)
		return cli_usage(cli,
		    "--for is a duration such as 12h or 90d, up to 1096d");
	t->label = span_str(name == NULL ? "" : name);
	if (t->label.len > LABEL_MAX)
		return cli_usage(cli, "--name has at most %d bytes", LABEL_MAX);
	t->name = span_str(cli->operands[0]);
	t->created_s = now_s;
	t->expires_s = now_s + ms / 1000;
	return EX_OK;
}

struct role {
	enum account_role role;
};

static enum err
take_role(void *arg, const struct account *a)
{
	((struct role *)arg)->role = a->role;
	return E_OK;
}

/* In a transaction. */
static enum err
add(struct cli *cli, const struct token_row *t, const unsigned char *key,
    struct why *why)
{
	struct role role = { ACCOUNT_VIEWER };
	enum err e = store_account_get(cli->store, t->name, take_role, &role,
	    why);

	if (e == E_ABSENT)
		return why_set(why, e, "there is no user of that name");
	if (e == E_OK && t->is_admin && role.role != ACCOUNT_ADMIN)
		return why_set(why, E_DENIED, "the user is no administrator");
	if (e == E_OK)
		e = store_token_add(cli->store,
		    (struct span){ (const char *)key, SHA256_BYTES }, t, why);
	return e == E_OK ? cli_audit(cli, "token-add", t->label, why) : e;
}

static enum err
make_secret(char text[SECRET_TEXT_SIZE], unsigned char key[SHA256_BYTES],
    struct why *why)
{
	unsigned char bytes[SECRET_BYTES];
	enum err e = random_bytes(bytes, sizeof(bytes));

	if (e == E_OK) {
		secret_text(bytes, text);
		e = secret_key(span_str(text), key);
	}
	return e == E_OK ? E_OK : why_set(why, e, "no secret can be made");
}

static int
add_and_show(struct cli *cli)
{
	struct clock clock = cli_clock(cli);
	struct uuid uuid = uuid_new(clock_wall_ns(&clock));
	unsigned char key[SHA256_BYTES];
	char secret[SECRET_TEXT_SIZE], id[UUID_TEXT_SIZE];
	struct token_row t = { .id = SPAN_NONE };
	struct why why = { { 0 } };
	int code = wanted_token(cli, clock_wall_s(&clock), &t);
	enum err e;

	if (code != EX_OK)
		return code;
	uuid_text(&uuid, id);
	t.id = span_str(id);
	e = make_secret(secret, key, &why);
	if (e == E_OK)
		e = store_begin(cli->store, &why);
	if (e == E_OK)
		e = add(cli, &t, key, &why);
	if (e == E_OK)
		e = store_commit(cli->store, &why);
	store_rollback(cli->store);
	if (e != E_OK)
		return cli_fail(cli, e, &why);
	(void)puts(secret);
	return EX_OK;
}

int
cmd_token_add(struct cli *cli)
{
	int code = cli_store(cli);

	return code == EX_OK ? add_and_show(cli) : code;
}

/* -- remove -- */

int
cmd_token_remove(struct cli *cli)
{
	struct why why = { { 0 } };
	int code = cli_store(cli);
	enum err e;

	if (code != EX_OK)
		return code;
	e = store_begin(cli->store, &why);
	for (size_t i = 0; e == E_OK && i < cli->noperands; i++) {
		struct span id = span_str(cli->operands[i]);

		e = store_token_remove(cli->store, id, SPAN_LIT(""), &why);
		if (e == E_OK)
			e = cli_audit(cli, "token-remove", id, &why);
	}
	if (e == E_OK)
		e = store_commit(cli->store, &why);
	store_rollback(cli->store);
	return e == E_OK ? EX_OK : cli_fail(cli, e, &why);
}
