/* cli/cmd_delivery.c -- delivery list, show, mail, retry, cancel. */
#include <stdio.h>
#include <sysexits.h>

#include "cli/cli.h"
#include "model/limits.h"
#include "store/store_delivery.h"
#include "store/store_mail.h"

const struct cli_option delivery_list_options[] = {
	{ "state", "STATE",
	    "one of:"
#define DELIVERY_STATE(code, name, text, sentence) " " text
#include "model/delivery_states.def"
#undef DELIVERY_STATE
	    " (default: all)" },
	{ NULL, NULL, NULL },
};

static const char *const heads[] = { "DELIVERY", "DAY", "DOMAIN", "STATE",
	">ATTEMPTS", "NEXT OR LAST", "TO", NULL };

/* -- one delivery -- */

/* The object stays open for the attempts. */
static void
begin_json(struct json_out *out, const struct delivery *d)
{
	char day[DAY_TEXT_SIZE];

	day_text(d->day, day);
	json_out_object(out, NULL);
	json_out_text(out, "delivery", d->id);
	json_out_text(out, "report-id", d->report);
	json_out_text(out, "day", span_str(day));
	json_out_text(out, "domain", d->domain);
	json_out_text(out, "rua", d->uri);
	json_out_text(out, "target", d->target);
	json_out_text(out, "state", span_str(delivery_state_text(d->state)));
	json_out_text(out, "reason", d->reason);
	json_out_bool(out, "being-tried", d->is_claimed);
	json_out_bool(out, "waits-for-signature", d->to_sign);
	json_out_int(out, "attempts", d->attempts);
	cli_json_time(out, "queued-at", d->queued_s);
	cli_json_time(out, "first-attempt-at", d->first_s);
	cli_json_time(out, "next-attempt-at", d->done_s == 0 ? d->due_s : 0);
	cli_json_time(out, "done-at", d->done_s);
}

/* When something will happen, or happened last. */
static int64_t
next_or_last(const struct delivery *d)
{
	return d->done_s == 0 ? d->due_s : d->done_s;
}

void
cli_note_target(struct cli_table *table, struct span target)
{
	struct buf note = BUF_INIT(2 * URI_TEXT_MAX);

	if (target.len == 0)
		return;
	buf_adds(&note, "sent instead to ");
	buf_add(&note, target);
	cli_table_note(table, buf_span(&note));
	buf_free(&note);
}

static enum err
list_delivery(void *arg, const struct delivery *d)
{
	const struct cli_listing *l = arg;
	char day[DAY_TEXT_SIZE];

	if (l->out != NULL) {
		begin_json(l->out, d);
		json_out_end(l->out);
		return E_OK;
	}
	day_text(d->day, day);
	cli_table_text(l->table, d->id);
	cli_table_text(l->table, span_str(day));
	cli_table_text(l->table, d->domain);
	cli_table_text(l->table, span_str(delivery_state_text(d->state)));
	cli_table_count(l->table, (uint64_t)d->attempts);
	cli_table_time(l->table, next_or_last(d));
	cli_table_text(l->table, d->uri);
	cli_note_target(l->table, d->target);
	return E_OK;
}

/* -- list -- */

static int
wanted_state(const struct cli *cli, int *ret)
{
	const char *text = cli_value(cli, "state");
	enum delivery_state state;

	*ret = 0;
	if (text == NULL)
		return EX_OK;
	if (delivery_state_from_text(span_str(text), &state) != E_OK)
		return cli_usage(cli, "--state: there is no state \"%s\"",
		    text);
	*ret = (int)state;
	return EX_OK;
}

static enum err
fill(struct cli_listing *l, void *arg, struct why *why)
{
	const int *state = arg;

	return store_delivery_list(l->cli->store, *state, list_delivery, l,
	    why);
}

int
cmd_delivery_list(struct cli *cli)
{
	int state, code = wanted_state(cli, &state);

	if (code != EX_OK || (code = cli_store(cli)) != EX_OK)
		return code;
	return cli_list(cli, heads,
	    "no deliveries; deliver.mode says whether there are any", fill,
	    &state);
}

/* -- show -- */

static enum err
attempt_json(void *arg, const struct delivery_attempt *a)
{
	const struct cli_listing *l = arg;

	json_out_object(l->out, NULL);
	json_out_int(l->out, "attempt", a->number);
	cli_json_time(l->out, "started-at", a->started_s);
	cli_json_time(l->out, "ended-at", a->ended_s);
	json_out_text(l->out, "transport", a->transport);
	json_out_text(l->out, "peer", a->peer);
	json_out_text(l->out, "tls", a->tls);
	json_out_int(l->out, "status", a->status);
	json_out_text(l->out, "answer", a->answer);
	json_out_end(l->out);
	return E_OK;
}

static enum err
show_json(void *arg, const struct delivery *d)
{
	const struct cli_listing *l = arg;
	enum err e;

	begin_json(l->out, d);
	json_out_array(l->out, "tried");
	e = store_delivery_attempts(l->cli->store, d->id, attempt_json, arg,
	    NULL);
	json_out_end(l->out);
	json_out_end(l->out);
	return e;
}

static enum err
attempt_row(void *arg, const struct delivery_attempt *a)
{
	const struct cli_listing *l = arg;

	cli_table_count(l->table, (uint64_t)a->number);
	cli_table_time(l->table, a->started_s);
	cli_table_time(l->table, a->ended_s);
	cli_table_text(l->table, a->transport);
	cli_table_text(l->table, a->peer);
	cli_table_text(l->table, a->tls);
	cli_table_count(l->table, (uint64_t)a->status);
	cli_table_note(l->table, a->answer);
	return E_OK;
}

static enum err
show_delivery(void *arg, const struct delivery *d)
{
	struct cli_listing *l = arg;

	if ((l->table = cli_table_new(heads)) == NULL)
		return E_NOMEM;
	(void)list_delivery(arg, d);
	cli_table_note(l->table, span_str(delivery_state_sentence(d->state)));
	if (d->reason.len > 0)
		cli_table_note(l->table, d->reason);
	if (d->to_sign)
		cli_table_note(l->table,
		    SPAN_LIT("role report has to make and sign its mail"));
	(void)cli_table_print(l->cli, l->table, NULL);
	return E_OK;
}

static int
show_tables(struct cli_listing *l, struct span id)
{
	static const char *const attempt[] = { ">ATTEMPT", "STARTED", "ENDED",
		"BY", "PEER", "TLS", ">STATUS", NULL };
	struct why why = { { 0 } };
	enum err e = store_delivery_get(l->cli->store, id, show_delivery, l,
	    &why);

	if (e == E_OK && (l->table = cli_table_new(attempt)) != NULL) {
		e = store_delivery_attempts(l->cli->store, id, attempt_row, l,
		    &why);
		(void)cli_table_print(l->cli, l->table, "not tried yet");
	}
	return e == E_OK ? EX_OK : cli_fail(l->cli, e, &why);
}

int
cmd_delivery_show(struct cli *cli)
{
	struct span id = span_str(cli->operands[0]);
	struct cli_listing l = { .cli = cli };
	struct why why = { { 0 } };
	int code = cli_store(cli);
	enum err e;

	if (code != EX_OK)
		return code;
	if (!cli->json)
		return show_tables(&l, id);
	if ((l.out = json_out_new()) == NULL)
		return cli_fail(cli, E_NOMEM, &why);
	e = store_delivery_get(cli->store, id, show_json, &l, &why);
	if (e == E_OK)
		return cli_print_json(cli, l.out);
	json_out_free(l.out);
	return cli_fail(cli, e, &why);
}

/* -- mail -- */

static enum err
print_mail(void *arg, const struct signed_mail *mail)
{
	(void)arg;
	(void)fwrite(mail->message.p, 1, mail->message.len, stdout);
	return E_OK;
}

int
cmd_delivery_mail(struct cli *cli)
{
	struct why why = { { 0 } };
	int code = cli_store(cli);
	enum err e;

	if (code != EX_OK)
		return code;
	e = store_mail_get(cli->store, span_str(cli->operands[0]), print_mail,
	    NULL, &why);
	return e == E_OK ? EX_OK : cli_fail(cli, e, &why);
}

/* -- retry and cancel -- */

typedef enum err change_fn(struct store *, struct span id, int64_t now_s,
    struct why *why);

/* Those that are given, up to the first that cannot be changed. */
static int
change(struct cli *cli, change_fn *fn)
{
	struct why why = { { 0 } };
	int code = cli_store(cli);
	struct clock clock;
	enum err e = E_OK;

	if (code != EX_OK)
		return code;
	clock = cli_clock(cli);
	for (size_t i = 0; i < cli->noperands && e == E_OK; i++)
		e = fn(cli->store, span_str(cli->operands[i]),
		    clock_wall_s(&clock), &why);
	return e == E_OK ? EX_OK : cli_fail(cli, e, &why);
}

int
cmd_delivery_retry(struct cli *cli)
{
	return change(cli, store_delivery_retry);
}

int
cmd_delivery_cancel(struct cli *cli)
{
	return change(cli, store_delivery_cancel);
}
