/* cli/cmd_report_send.c -- report send: queue deliveries by hand, or look what
 * would be sent where. */
#include <stdio.h>
#include <sysexits.h>

#include "cli/cli.h"
#include "codec/destination.h"
#include "deliver/queue.h"

#define REPORTS_BYTES ((size_t)1 << 28)

const struct cli_option report_send_options[] = {
	{ "day", "DAY", "all reports of a UTC day: 2026-11-22 or yesterday" },
	{ "dry-run", NULL, "queue nothing, only say what would be" },
	{ NULL, NULL, NULL },
};

/* -- which reports -- */

struct reports {
	struct arena arena;
	struct report_row *v;
	size_t n, cap;
};

/* What queue_by_hand looks at. */
static enum err
note_report(void *arg, const struct report_row *r)
{
	struct reports *list = arg;
	struct report_row *copy;

	if (list->n == list->cap) {
		list->cap = list->cap == 0 ? 64 : 2 * list->cap;
		list->v = arena_grow(&list->arena, list->v, list->n, list->cap,
		    sizeof(*list->v));
	}
	if (list->v == NULL)
		return E_NOMEM;
	copy = &list->v[list->n++];
	*copy = (struct report_row){
		.id = arena_copy(&list->arena, r->id),
		.day = r->day,
		.domain = arena_copy(&list->arena, r->domain),
		.rua = arena_copy(&list->arena, r->rua),
		.failed = r->failed,
		.stale = r->stale,
		.delivered_s = r->delivered_s,
	};
	return copy->id.p == NULL || copy->domain.p == NULL ||
		copy->rua.p == NULL
	    ? E_NOMEM
	    : E_OK;
}

static enum err
find_reports(const struct cli *cli, int64_t day, struct reports *ret,
    struct why *why)
{
	enum err e = E_OK;

	if (cli->noperands == 0) {
		e = store_report_list(cli->store, day, day, note_report, ret,
		    why);
		if (e == E_OK && ret->n == 0)
			e = why_set(why, E_ABSENT, "no reports of that day");
		return e;
	}
	for (size_t i = 0; e == E_OK && i < cli->noperands; i++)
		e = store_report_get(cli->store, span_str(cli->operands[i]),
		    note_report, ret, why);
	return e;
}

/* -- what becomes of them -- */

static struct span
transport(const struct delivery *d)
{
	struct span uri = d->target.len > 0 ? d->target : d->uri;
	struct destination to;

	if (destination_parse(uri, &to, NULL) != E_OK)
		return SPAN_LIT("");
	return to.kind == DESTINATION_MAIL ? SPAN_LIT("mail")
					   : SPAN_LIT("https");
}

static void
write_why(enum queue_finding finding, const struct delivery *d, struct buf *out)
{
	if (finding == QUEUE_THERE)
		buf_addf(out, "queued before as delivery %.*s",
		    SPAN_ARG(d->id));
	else if (finding == QUEUE_UNWANTED)
		buf_adds(out, "no session failed (deliver.only_with_failures)");
	if (finding == QUEUE_UNWANTED || d->reason.len == 0)
		return;
	if (out->len > 0)
		buf_adds(out, ": ");
	buf_add(out, d->reason);
}

static void
put_json(struct json_out *out, enum queue_finding finding,
    const struct delivery *d, struct span why)
{
	json_out_object(out, NULL);
	json_out_text(out, "report-id", d->report);
	json_out_text(out, "domain", d->domain);
	json_out_text(out, "rua", d->uri);
	json_out_text(out, "target", d->target);
	json_out_text(out, "transport", transport(d));
	if (finding == QUEUE_UNWANTED)
		json_out_null(out, "state");
	else
		json_out_text(out, "state",
		    span_str(delivery_state_text(d->state)));
	json_out_text(out, "why", why);
	json_out_bool(out, "new", finding == QUEUE_NEW);
	if (d->id.len > 0)
		json_out_text(out, "delivery", d->id);
	else
		json_out_null(out, "delivery");
	json_out_end(out);
}

static void
put_row(struct cli_table *table, enum queue_finding finding,
    const struct delivery *d, struct span why)
{
	cli_table_text(table, d->domain);
	cli_table_text(table, d->report);
	cli_table_text(table, transport(d));
	cli_table_text(table,
	    span_str(finding == QUEUE_UNWANTED
		    ? "-"
		    : delivery_state_text(d->state)));
	cli_table_text(table, d->uri);
	cli_note_target(table, d->target);
	if (why.len > 0)
		cli_table_note(table, why);
}

static enum err
list_finding(void *arg, enum queue_finding finding, const struct delivery *d)
{
	const struct cli_listing *l = arg;
	struct buf why = BUF_INIT(65536);

	write_why(finding, d, &why);
	if (l->out != NULL)
		put_json(l->out, finding, d, buf_span(&why));
	else
		put_row(l->table, finding, d, buf_span(&why));
	buf_free(&why);
	return E_OK;
}

static enum err
fill(struct cli_listing *l, void *arg, struct why *why)
{
	bool dry = cli_value(l->cli, "dry-run") != NULL;
	struct clock clock = cli_clock(l->cli);
	const struct reports *list = arg;
	enum err e = E_OK;

	for (size_t i = 0; e == E_OK && i < list->n; i++)
		e = queue_by_hand(l->cli->store, l->cli->config, &list->v[i],
		    dry, clock_wall_s(&clock), list_finding, l, why);
	return e;
}

/* -- from outside -- */

static int
wanted_day(const struct cli *cli, int64_t *ret)
{
	bool given = cli_value(cli, "day") != NULL;

	if (given && cli->noperands > 0)
		return cli_usage(cli, "REPORT-ID and --day: one of them");
	if (!given && cli->noperands == 0)
		return cli_usage(cli, "missing argument: REPORT-ID, or --day");
	return cli_day(cli, ret);
}

static void
say_when(const struct cli *cli)
{
	if (cli->config->deliver_mode != DELIVER_ON)
		(void)fputs("tlsrpt report send: deliver.mode is not on: "
			    "nothing that is queued is sent until it is\n",
		    stderr);
}

int
cmd_report_send(struct cli *cli)
{
	static const char *const heads[] = { "DOMAIN", "REPORT ID", "TRANSPORT",
		"STATE", "TO", NULL };
	struct reports list = { .arena = ARENA_INIT(REPORTS_BYTES) };
	struct why why = { { 0 } };
	int code = cli_store(cli);
	int64_t day = 0;
	enum err e;

	if (code != EX_OK || (code = wanted_day(cli, &day)) != EX_OK)
		return code;
	e = find_reports(cli, day, &list, &why);
	code = e == E_OK
	    ? cli_list(cli, heads, "nobody asked for them", fill, &list)
	    : cli_fail(cli, e, &why);
	if (code == EX_OK)
		say_when(cli);
	arena_free(&list.arena);
	return code;
}
