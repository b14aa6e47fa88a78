/* cli/cmd_user.c -- user list, add, remove, passwd. */
#include <stdio.h>
#include <sysexits.h>
#include <termios.h>
#include <unistd.h>

#include "base/random.h"
#include "cli/account.h"
#include "codec/password.h"
#include "codec/typed.h"

#define ARENA_BYTES ((size_t)1024 * 1024)
#define DOMAINS_MAX 1000

const struct cli_option user_add_options[] = {
	{ "role", "ROLE", "admin, analyst or viewer (default: viewer)" },
	{ "domain", "DOMAIN", "all that he sees; may be given again" },
	{ NULL, NULL, NULL },
};

/* -- list -- */

static enum err
put_domain(void *arg, struct span domain)
{
	json_out_text(arg, NULL, domain);
	return E_OK;
}

static enum err
add_word(void *arg, struct span domain)
{
	struct buf *words = arg;

	buf_adds(words, words->len > 0 ? " " : "");
	buf_add(words, domain);
	return words->err;
}

static enum err
list_json(struct cli_listing *l, const struct account *a)
{
	enum err e = E_OK;

	json_out_object(l->out, NULL);
	json_out_text(l->out, "name", a->name);
	json_out_text(l->out, "role", span_str(account_role_text(a->role)));
	if (a->is_bound) {
		json_out_array(l->out, "domains");
		e = store_account_domains(l->cli->store, a->name, put_domain,
		    l->out, NULL);
		json_out_end(l->out);
	} else {
		json_out_null(l->out, "domains");
	}
	cli_json_time(l->out, "created", a->created_s);
	cli_json_time(l->out, "last-login", a->seen_s);
	json_out_end(l->out);
	return e;
}

static enum err
list_user(void *arg, const struct account *a)
{
	struct cli_listing *l = arg;
	struct buf domains = BUF_INIT(ARENA_BYTES);
	enum err e = E_OK;

	if (l->out != NULL)
		return list_json(l, a);
	if (a->is_bound)
		e = store_account_domains(l->cli->store, a->name, add_word,
		    &domains, NULL);
	cli_table_text(l->table, a->name);
	cli_table_text(l->table, span_str(account_role_text(a->role)));
	cli_table_time(l->table, a->seen_s);
	cli_table_text(l->table,
	    a->is_bound ? buf_span(&domains) : SPAN_LIT("(all)"));
	buf_free(&domains);
	return e;
}

static enum err
fill(struct cli_listing *l, void *arg, struct why *why)
{
	(void)arg;
	return store_account_list(l->cli->store, list_user, l, why);
}

int
cmd_user_list(struct cli *cli)
{
	static const char *const heads[] = { "NAME", "ROLE", "LAST LOGIN",
		"DOMAINS", NULL };
	int code = cli_store(cli);

	return code == EX_OK
	    ? cli_list(cli, heads, "there is no user", fill, NULL)
	    : code;
}

/* -- what is shared with token -- */

enum err
cli_audit(struct cli *cli, const char *event, struct span detail,
    struct why *why)
{
	struct clock clock = cli_clock(cli);
	struct uuid id = uuid_new(clock_wall_ns(&clock));
	char text[UUID_TEXT_SIZE];

	uuid_text(&id, text);
	return store_audit_add(cli->store,
	    &(const struct audit_row){ .id = span_str(text),
		.at_s = clock_wall_s(&clock),
		.name = SPAN_LIT("(command line)"),
		.address = SPAN_LIT(""),
		.event = span_str(event),
		.detail = detail },
	    why);
}

/* -- passwords -- */

static void
ask(const char *prompt, struct termios *ret_old)
{
	struct termios quiet;

	(void)fprintf(stderr, "%s", prompt);
	(void)tcgetattr(STDIN_FILENO, ret_old);
	quiet = *ret_old;
	quiet.c_lflag &= ~(tcflag_t)ECHO;
	(void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
}

/* One line of standard input, without showing it where somebody types. */
static int
read_password(const struct cli *cli, char *ret, size_t size)
{
	bool is_typed = isatty(STDIN_FILENO) != 0;
	struct termios old;
	const char *got;

	if (is_typed)
		ask("Password: ", &old);
	got = fgets(ret, (int)size, stdin);
	if (is_typed) {
		(void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &old);
		(void)fputc('\n', stderr);
	}
	if (got == NULL)
		return cli_usage(cli,
		    "the password is expected on standard input");
	ret[strcspn(ret, "\r\n")] = '\0';
	return EX_OK;
}

static int
wanted_password(const struct cli *cli, char ret[PASSWORD_HASH_SIZE])
{
	unsigned char salt[PASSWORD_SALT_BYTES];
	char password[PASSWORD_MAX + 3] = "";
	struct why why = { { 0 } };
	int code = read_password(cli, password, sizeof(password));
	enum err e = E_OK;

	if (code == EX_OK && (e = random_bytes(salt, sizeof(salt))) == E_OK)
		e = password_hash(span_str(password), salt, ret);
	explicit_bzero(password, sizeof(password));
	if (code != EX_OK || e == E_OK)
		return code;
	if (e == E_RANGE)
		return cli_usage(cli, "a password has %d to %d bytes",
		    PASSWORD_MIN, PASSWORD_MAX);
	return cli_fail(cli, why_set(&why, e, "no password can be made"), &why);
}

/* -- add, remove, passwd -- */

struct wish {
	enum account_role role;
	struct span domains[DOMAINS_MAX];
	size_t ndomains;
};

static int
wanted_domains(const struct cli *cli, struct arena *arena, struct wish *w)
{
	for (size_t i = 0; i < cli->ngiven; i++) {
		const struct cli_given *g = &cli->given[i];

		if (strcmp(g->option->name, "domain") != 0)
			continue;
		if (w->ndomains == DOMAINS_MAX ||
		    typed_domain(span_str(g->value), arena,
			&w->domains[w->ndomains++], NULL) != E_OK)
			return cli_usage(cli, "--domain: \"%.100s\" is none",
			    g->value);
	}
	return EX_OK;
}

static int
wanted_user(const struct cli *cli, struct arena *arena, struct wish *w)
{
	const char *role = cli_value(cli, "role");
	int code;

	if (!account_name_is_valid(span_str(cli->operands[0])))
		return cli_usage(cli, "%s", ACCOUNT_NAME_RULE);
	if (role != NULL &&
	    account_role_from_text(span_str(role), &w->role) != E_OK)
		return cli_usage(cli,
		    "--role: \"%.100s\" is none of: admin, analyst, viewer",
		    role);
	code = wanted_domains(cli, arena, w);
	if (code == EX_OK && w->ndomains > 0 && w->role == ACCOUNT_ADMIN)
		return cli_usage(cli, "an administrator sees all domains");
	return code;
}

static int
finish(struct cli *cli, enum err e, const char *event, struct why *why)
{
	if (e == E_OK)
		e = cli_audit(cli, event, span_str(cli->operands[0]), why);
	if (e == E_OK)
		e = store_commit(cli->store, why);
	store_rollback(cli->store);
	return e == E_OK ? EX_OK : cli_fail(cli, e, why);
}

static int
add(struct cli *cli, const struct wish *w, const char *hash)
{
	struct clock clock = cli_clock(cli);
	struct span name = span_str(cli->operands[0]);
	struct why why = { { 0 } };
	enum err e = store_begin(cli->store, &why);

	if (e == E_OK)
		e = store_account_add(cli->store,
		    &(const struct account){ .name = name,
			.role = w->role,
			.is_bound = w->ndomains > 0,
			.password = span_str(hash),
			.created_s = clock_wall_s(&clock) },
		    &why);
	if (e == E_OK)
		e = store_account_bind(cli->store, name, w->domains,
		    w->ndomains, &why);
	return finish(cli, e, "user-add", &why);
}

int
cmd_user_add(struct cli *cli)
{
	static struct wish w;
	struct arena arena = ARENA_INIT(ARENA_BYTES);
	char hash[PASSWORD_HASH_SIZE];
	int code = cli_store(cli);

	if (code == EX_OK)
		code = wanted_user(cli, &arena, &w);
	if (code == EX_OK)
		code = wanted_password(cli, hash);
	if (code == EX_OK)
		code = add(cli, &w, hash);
	arena_free(&arena);
	return code;
}

int
cmd_user_remove(struct cli *cli)
{
	struct why why = { { 0 } };
	int code = cli_store(cli);
	enum err e;

	if (code != EX_OK)
		return code;
	if ((e = store_begin(cli->store, &why)) == E_OK)
		e = store_account_remove(cli->store, span_str(cli->operands[0]),
		    &why);
	return finish(cli, e, "user-remove", &why);
}

int
cmd_user_passwd(struct cli *cli)
{
	char hash[PASSWORD_HASH_SIZE];
	struct why why = { { 0 } };
	int code = cli_store(cli);
	enum err e;

	if (code == EX_OK)
		code = wanted_password(cli, hash);
	if (code != EX_OK)
		return code;
	if ((e = store_begin(cli->store, &why)) == E_OK)
		e = store_account_set_password(cli->store,
		    span_str(cli->operands[0]), span_str(hash), &why);
	return finish(cli, e, "user-password", &why);
}
