/* cli/cmd_inbox.c -- inbox list, show, raw: reports of others. */
#include <stdio.h>
#include <sysexits.h>

#include "cli/cli.h"
#include "codec/gzip.h"
#include "codec/lines.h"
#include "model/result_type.h"
#include "model/trust.h"
#include "store/store_inbox.h"

#define RAW_MAX ((size_t)128 << 20)
#define LINES_BYTES ((size_t)1 << 20)

const struct cli_option inbox_list_options[] = {
	{ "state", "STATE",
	    "one of:"
#define INBOX_STATE(code, name, text, sentence) " " text
#include "model/inbox_states.def"
#undef INBOX_STATE
	    " (default: all)" },
	{ NULL, NULL, NULL },
};

static const char *const heads[] = { "INTAKE", "RECEIVED", "FROM", "FIRST DAY",
	"STATE", ">SUCCEEDED", ">FAILED", NULL };

/* -- one report -- */

static void
list_lines(struct json_out *out, const char *key, struct span text)
{
	struct arena arena = ARENA_INIT(LINES_BYTES);
	struct span_list list = { NULL, 0 };

	json_out_array(out, key);
	if (lines_split(text, &arena, &list) == E_OK)
		for (size_t i = 0; i < list.n; i++)
			json_out_text(out, NULL, list.v[i]);
	json_out_end(out);
	arena_free(&arena);
}

/* "" while nothing was judged. */
static struct span
verdict_of(const struct inbox_row *r)
{
	enum trust_verdict verdict;

	return trust_verdict_from_code(r->verdict, &verdict) == E_OK
	    ? span_str(trust_verdict_text(verdict))
	    : SPAN_LIT("");
}

/* The object stays open for the policies. */
static void
begin_json(struct json_out *out, const struct inbox_row *r)
{
	json_out_object(out, NULL);
	json_out_text(out, "intake", r->intake);
	json_out_int(out, "part", r->part);
	cli_json_time(out, "received-at", r->received_s);
	json_out_text(out, "way", r->way);
	json_out_text(out, "peer", r->peer);
	json_out_text(out, "route", r->route);
	json_out_text(out, "state", span_str(inbox_state_text(r->state)));
	json_out_text(out, "reason", r->reason);
	json_out_text(out, "verdict", verdict_of(r));
	list_lines(out, "reasons", r->trust);
	json_out_text(out, "submitter", r->submitter);
	json_out_text(out, "organization-name", r->organization);
	json_out_text(out, "contact-info", r->contact);
	json_out_text(out, "report-id", r->report_id);
	json_out_object(out, "date-range");
	cli_json_time(out, "start-datetime", r->start_s);
	cli_json_time(out, "end-datetime", r->end_s);
	json_out_end(out);
	json_out_int(out, "total-successful-session-count",
	    (int64_t)r->succeeded);
	json_out_int(out, "total-failure-session-count", (int64_t)r->failed);
	list_lines(out, "deviations", r->notes);
	json_out_text(out, "like", r->like);
}

static enum err
list_report(void *arg, const struct inbox_row *r)
{
	const struct cli_listing *l = arg;
	char day[DAY_TEXT_SIZE] = "-";

	if (l->out != NULL) {
		begin_json(l->out, r);
		json_out_end(l->out);
		return E_OK;
	}
	if (r->start_s != 0)
		day_text(day_of_s(r->start_s), day);
	cli_table_text(l->table, r->intake);
	cli_table_time(l->table, r->received_s);
	cli_table_text(l->table,
	    r->submitter.len > 0 ? r->submitter : r->organization);
	cli_table_text(l->table, span_str(day));
	cli_table_text(l->table, span_str(inbox_state_text(r->state)));
	cli_table_count(l->table, r->succeeded);
	cli_table_count(l->table, r->failed);
	return E_OK;
}

/* -- list -- */

static enum err
fill(struct cli_listing *l, void *arg, struct why *why)
{
	const int *state = arg;

	return store_inbox_list(l->cli->store, *state, list_report, l, why);
}

int
cmd_inbox_list(struct cli *cli)
{
	const char *text = cli_value(cli, "state");
	enum inbox_state state;
	int wanted = 0, code;

	if (text != NULL &&
	    inbox_state_from_text(span_str(text), &state) != E_OK)
		return cli_usage(cli, "--state: there is no state \"%s\"",
		    text);
	if (text != NULL)
		wanted = (int)state;
	if ((code = cli_store(cli)) != EX_OK)
		return code;
	return cli_list(cli, heads, "nothing was received yet", fill, &wanted);
}

/* -- show -- */

static enum err
policy_json(void *arg, const struct inbox_policy *p)
{
	const struct cli_listing *l = arg;

	json_out_object(l->out, NULL);
	json_out_text(l->out, "owned-domain", p->domain);
	json_out_text(l->out, "policy-type",
	    p->unknown_type.len > 0 ? p->unknown_type
				    : span_str(policy_type_text(p->type)));
	json_out_text(l->out, "policy-domain", p->policy_domain);
	list_lines(l->out, "policy-string", p->strings);
	list_lines(l->out, "mx-host", p->mx_hosts);
	json_out_int(l->out, "total-successful-session-count",
	    (int64_t)p->succeeded);
	json_out_int(l->out, "total-failure-session-count", (int64_t)p->failed);
	json_out_end(l->out);
	return E_OK;
}

static enum err
detail_json(void *arg, const struct inbox_detail *d)
{
	const struct cli_listing *l = arg;

	json_out_object(l->out, NULL);
	json_out_int(l->out, "policy", d->policy);
	json_out_text(l->out, "result-type",
	    d->unknown_type.len > 0
		? d->unknown_type
		: span_str(result_type_text(d->detail.type)));
	json_out_text(l->out, "sending-mta-ip", d->detail.sending_ip);
	json_out_text(l->out, "receiving-mx-hostname", d->detail.mx_hostname);
	json_out_text(l->out, "receiving-mx-helo", d->detail.helo);
	json_out_text(l->out, "receiving-ip", d->detail.receiving_ip);
	json_out_text(l->out, "additional-information", d->detail.info);
	json_out_text(l->out, "failure-reason-code", d->detail.reason);
	if (d->has_sessions)
		json_out_int(l->out, "failed-session-count",
		    (int64_t)d->sessions);
	json_out_end(l->out);
	return E_OK;
}

static enum err
show_json(void *arg, const struct inbox_row *r)
{
	const struct cli_listing *l = arg;
	struct store *store = l->cli->store;
	enum err e;

	begin_json(l->out, r);
	json_out_array(l->out, "policies");
	e = store_inbox_policies(store, r->intake, r->part, policy_json, arg,
	    NULL);
	json_out_end(l->out);
	json_out_array(l->out, "failure-details");
	if (e == E_OK)
		e = store_inbox_details(store, r->intake, r->part, detail_json,
		    arg, NULL);
	json_out_end(l->out);
	json_out_end(l->out);
	return e;
}

static enum err
policy_row(void *arg, const struct inbox_policy *p)
{
	const struct cli_listing *l = arg;

	cli_table_text(l->table, p->policy_domain);
	cli_table_text(l->table,
	    p->unknown_type.len > 0 ? p->unknown_type
				    : span_str(policy_type_text(p->type)));
	cli_table_text(l->table,
	    p->domain.len > 0 ? p->domain : SPAN_LIT("(not ours)"));
	cli_table_count(l->table, p->succeeded);
	cli_table_count(l->table, p->failed);
	return E_OK;
}

static enum err
detail_row(void *arg, const struct inbox_detail *d)
{
	const struct cli_listing *l = arg;

	cli_table_text(l->table,
	    d->unknown_type.len > 0
		? d->unknown_type
		: span_str(result_type_text(d->detail.type)));
	cli_table_text(l->table, d->detail.mx_hostname);
	cli_table_text(l->table, d->detail.receiving_ip);
	cli_table_text(l->table, d->detail.sending_ip);
	cli_table_count(l->table, d->sessions);
	if (d->unknown_type.len == 0)
		cli_table_note(l->table,
		    span_str(result_type_sentence(d->detail.type)));
	if (d->detail.reason.len > 0)
		cli_table_note(l->table, d->detail.reason);
	return E_OK;
}

/* Rows of one table of a report. */
static enum err
print_rows(struct cli_listing *l, const char *const *columns,
    const struct inbox_row *r, bool details, const char *empty)
{
	struct store *store = l->cli->store;
	enum err e;

	if ((l->table = cli_table_new(columns)) == NULL)
		return E_NOMEM;
	e = details ? store_inbox_details(store, r->intake, r->part, detail_row,
			  l, NULL)
		    : store_inbox_policies(store, r->intake, r->part,
			  policy_row, l, NULL);
	(void)cli_table_print(l->cli, l->table, empty);
	return e;
}

static enum err
show_tables(void *arg, const struct inbox_row *r)
{
	static const char *const policies[] = { "POLICY DOMAIN", "TYPE", "OURS",
		">SUCCEEDED", ">FAILED", NULL };
	static const char *const details[] = { "FAILURE", "MX", "RECEIVING IP",
		"SENDING IP", ">SESSIONS", NULL };
	struct cli_listing *l = arg;
	enum err e;

	if ((l->table = cli_table_new(heads)) == NULL)
		return E_NOMEM;
	(void)list_report(arg, r);
	cli_table_note(l->table, span_str(inbox_state_sentence(r->state)));
	if (r->reason.len > 0)
		cli_table_note(l->table, r->reason);
	(void)cli_table_print(l->cli, l->table, NULL);
	if (r->state == INBOX_UNREADABLE)
		return E_OK;
	e = print_rows(l, policies, r, false, "no policies");
	return e == E_OK ? print_rows(l, details, r, true, "no failures") : e;
}

int
cmd_inbox_show(struct cli *cli)
{
	struct span id = span_str(cli->operands[0]);
	struct cli_listing l = { .cli = cli };
	struct why why = { { 0 } };
	int code = cli_store(cli);
	enum err e;

	if (code != EX_OK)
		return code;
	if (cli->json && (l.out = json_out_new()) == NULL)
		return cli_fail(cli, E_NOMEM, &why);
	if (cli->json)
		json_out_array(l.out, NULL);
	e = store_inbox_get(cli->store, id, cli->json ? show_json : show_tables,
	    &l, &why);
	if (cli->json)
		json_out_end(l.out);
	if (e == E_OK)
		return cli->json ? cli_print_json(cli, l.out) : EX_OK;
	json_out_free(l.out);
	return cli_fail(cli, e, &why);
}

/* -- raw -- */

static enum err
print_raw(void *arg, struct span raw, uint64_t raw_bytes)
{
	struct buf body = BUF_INIT(RAW_MAX);
	enum err e = gzip_expand(raw, &body);

	(void)arg;
	(void)raw_bytes;
	if (e == E_OK)
		(void)fwrite(body.p, 1, body.len, stdout);
	buf_free(&body);
	return e;
}

int
cmd_inbox_raw(struct cli *cli)
{
	struct why why = { { 0 } };
	int code = cli_store(cli);
	enum err e;

	if (code != EX_OK)
		return code;
	e = store_inbox_raw(cli->store, span_str(cli->operands[0]), print_raw,
	    NULL, &why);
	return e == E_OK ? EX_OK : cli_fail(cli, e, &why);
}
