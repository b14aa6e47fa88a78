/* cli/cmd_suppression.c -- suppression list, add, remove. */
#include <sysexits.h>

#include "base/utf8.h"
#include "cli/cli.h"
#include "codec/typed.h"
#include "store/store_suppression.h"

#define TEXTS_BYTES ((size_t)64 * 1024)
#define REASON_MAX 500			  /* bytes */
#define FOR_MAX_MS INT64_C(3155760000000) /* 100 years */

const struct cli_option suppression_add_options[] = {
	{ "reason", "TEXT", "for whoever looks at the list" },
	{ "for", "DURATION", "such as 12h or 90d (default: for good)" },
	{ NULL, NULL, NULL },
};

/* -- list -- */

static enum err
list_suppression(void *arg, const struct suppression *s)
{
	const struct cli_listing *l = arg;
	struct span kind = span_str(suppression_kind_text(s->kind));

	if (l->out != NULL) {
		json_out_object(l->out, NULL);
		json_out_text(l->out, "kind", kind);
		json_out_text(l->out, "value", s->value);
		json_out_text(l->out, "reason", s->reason);
		cli_json_time(l->out, "added-at", s->added_s);
		cli_json_time(l->out, "until", s->until_s);
		json_out_end(l->out);
		return E_OK;
	}
	cli_table_text(l->table, kind);
	cli_table_text(l->table, s->value);
	cli_table_time(l->table, s->added_s);
	cli_table_time(l->table, s->until_s);
	cli_table_text(l->table, s->reason);
	return E_OK;
}

static enum err
fill(struct cli_listing *l, void *arg, struct why *why)
{
	struct clock clock = cli_clock(l->cli);

	(void)arg;
	return store_suppression_list(l->cli->store, clock_wall_s(&clock),
	    list_suppression, l, why);
}

int
cmd_suppression_list(struct cli *cli)
{
	static const char *const heads[] = { "KIND", "VALUE", "ADDED", "UNTIL",
		"REASON", NULL };
	int code = cli_store(cli);

	if (code != EX_OK)
		return code;
	return cli_list(cli, heads, "nothing is suppressed", fill, NULL);
}

/* -- add and remove -- */

/* KIND VALUE as the store has them. */
static int
wanted_entry(const struct cli *cli, struct arena *arena,
    struct suppression *ret)
{
	struct span text = span_str(cli->operands[1]);
	struct why why = { { 0 } };
	enum err e = E_OK;

	if (suppression_kind_from_text(span_str(cli->operands[0]),
		&ret->kind) != E_OK)
		return cli_usage(cli, "\"%s\" is none of: rua, host, domain",
		    cli->operands[0]);
	switch (ret->kind) {
	case SUPPRESSION_RUA:
		e = typed_uri(text, arena, &ret->value, &why);
		break;
	case SUPPRESSION_HOST:
		e = typed_host(text, arena, &ret->value, &why);
		break;
	case SUPPRESSION_DOMAIN:
		e = typed_domain(text, arena, &ret->value, &why);
		break;
	}
	return e == E_OK ? EX_OK
			 : cli_usage(cli, "%s \"%.100s\": %s", cli->operands[0],
			       cli->operands[1], why.text);
}

static bool
is_utf8(struct span s)
{
	while (s.len > 0 && utf8_char(s) > 0)
		s = span_skip(s, utf8_char(s));
	return s.len == 0;
}

static int
wanted_reason(const struct cli *cli, struct suppression *ret)
{
	const char *text = cli_value(cli, "reason");

	ret->reason = span_str(text == NULL ? "" : text);
	if (ret->reason.len > REASON_MAX || !is_utf8(ret->reason))
		return cli_usage(cli, "--reason: not UTF-8 of at most %d bytes",
		    REASON_MAX);
	return EX_OK;
}

static int
wanted_end(const struct cli *cli, struct suppression *ret)
{
	const char *text = cli_value(cli, "for");
	int64_t ms;

	if (text == NULL)
		return EX_OK;
	if (config_duration(span_str(text), &ms) != E_OK || ms < 1000 ||
	    ms > FOR_MAX_MS)
		return cli_usage(cli,
		    "--for: \"%s\" is not a duration such as 12h or 90d", text);
	ret->until_s = ret->added_s + ms / 1000;
	return EX_OK;
}

static int
add(struct cli *cli, struct arena *arena)
{
	struct suppression s = { .kind = SUPPRESSION_RUA };
	struct clock clock = cli_clock(cli);
	struct why why = { { 0 } };
	int code;
	enum err e;

	s.added_s = clock_wall_s(&clock);
	if ((code = wanted_entry(cli, arena, &s)) != EX_OK ||
	    (code = wanted_reason(cli, &s)) != EX_OK ||
	    (code = wanted_end(cli, &s)) != EX_OK)
		return code;
	e = store_suppression_add(cli->store, &s, &why);
	return e == E_OK ? EX_OK : cli_fail(cli, e, &why);
}

static int
remove_one(struct cli *cli, struct arena *arena)
{
	struct suppression s = { .kind = SUPPRESSION_RUA };
	struct why why = { { 0 } };
	int code = wanted_entry(cli, arena, &s);
	enum err e;

	if (code != EX_OK)
		return code;
	e = store_suppression_remove(cli->store, s.kind, s.value, &why);
	return e == E_OK ? EX_OK : cli_fail(cli, e, &why);
}

static int
change(struct cli *cli, int (*fn)(struct cli *, struct arena *))
{
	struct arena arena = ARENA_INIT(TEXTS_BYTES);
	int code = cli_store(cli);

	if (code == EX_OK)
		code = fn(cli, &arena);
	arena_free(&arena);
	return code;
}

int
cmd_suppression_add(struct cli *cli)
{
	return change(cli, add);
}

int
cmd_suppression_remove(struct cli *cli)
{
	return change(cli, remove_one);
}
