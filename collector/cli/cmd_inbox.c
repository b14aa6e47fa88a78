/* cli/cmd_inbox.c -- inbox list, raw: reports of others. */
#include <inttypes.h>
#include <stdio.h>
#include <sysexits.h>

#include "cli/cli.h"
#include "cli/inbox_view.h"
#include "codec/gzip.h"
#include "codec/lines.h"
#include "codec/typed.h"
#include "model/trust.h"
#include "store/store_inbox.h"
#include "store/store_inbox_account.h"

#define RAW_MAX ((size_t)128 << 20)
#define TEXTS_BYTES ((size_t)64 * 1024)
#define NOTE_BYTES ((size_t)1 << 20)
#define DOMAINS_SHOWN 4

const struct cli_option inbox_list_options[] = {
	{ "state", "STATE",
	    "one of:"
#define INBOX_STATE(code, name, text, sentence) " " text
#include "model/inbox_states.def"
#undef INBOX_STATE
	    " (default: all)" },
	{ "verdict", "VERDICT",
	    "one of:"
#define TRUST_VERDICT(code, name, text, sentence) " " text
#include "model/trust_verdicts.def"
#undef TRUST_VERDICT
	    " (default: all)" },
	{ "reporter", "NAME", "a submitter's domain, or an organization" },
	{ "domain", "DOMAIN", "the policy domain of one of its policies" },
	{ "since", "DAY", "what is about that UTC day or a later one" },
	{ "until", "DAY", "what is about that UTC day or an earlier one" },
	{ NULL, NULL, NULL },
};

/* -- which -- */

static int
take_words(struct cli *cli, struct inbox_filter *f)
{
	const char *state = cli_value(cli, "state");
	const char *verdict = cli_value(cli, "verdict");
	enum inbox_state s;
	enum trust_verdict v;

	if (state != NULL) {
		if (inbox_state_from_text(span_str(state), &s) != E_OK)
			return cli_usage(cli,
			    "--state: there is no state \"%s\"", state);
		f->state = (int)s;
	}
	if (verdict != NULL) {
		if (trust_verdict_from_text(span_str(verdict), &v) != E_OK)
			return cli_usage(cli,
			    "--verdict: there is no verdict \"%s\"", verdict);
		f->verdict = (int)v;
	}
	return EX_OK;
}

static int
take_days(struct cli *cli, struct inbox_filter *f)
{
	const char *since = cli_value(cli, "since");
	const char *until = cli_value(cli, "until");
	int64_t day;

	if (since != NULL) {
		if (day_parse(span_str(since), &day) != E_OK)
			return cli_usage(cli,
			    "--since: \"%s\" is not a day such as 2026-11-22",
			    since);
		f->since_s = day_start_s(day);
	}
	if (until != NULL) {
		if (day_parse(span_str(until), &day) != E_OK)
			return cli_usage(cli,
			    "--until: \"%s\" is not a day such as 2026-11-22",
			    until);
		f->until_s = day_end_s(day);
	}
	return EX_OK;
}

static int
take_filter(struct cli *cli, struct arena *texts, struct inbox_filter *f)
{
	const char *reporter = cli_value(cli, "reporter");
	const char *domain = cli_value(cli, "domain");
	struct why why = { { 0 } };
	int code = take_words(cli, f);

	if (code == EX_OK)
		code = take_days(cli, f);
	if (code != EX_OK)
		return code;
	f->reporter = span_str(reporter == NULL ? "" : reporter);
	f->domain = SPAN_LIT("");
	if (domain != NULL &&
	    typed_domain(span_str(domain), texts, &f->domain, &why) != E_OK)
		return cli_usage(cli, "--domain: %s", why.text);
	return EX_OK;
}

/* -- list -- */

struct listed {
	struct cli_listing *listing;
	struct why *why;
};

static void
add_days(struct cli_table *t, const struct inbox_row *r)
{
	char start[DAY_TEXT_SIZE], text[32] = "-";
	int64_t more;

	if (r->start_s != 0) {
		day_text(day_of_s(r->start_s), start);
		more = day_of_s(r->end_s) - day_of_s(r->start_s);
		(void)snprintf(text, sizeof(text),
		    r->end_s != 0 && more > 0 ? "%s +%lld" : "%s", start,
		    (long long)more);
	}
	cli_table_text(t, span_str(text));
}

static void
add_count(struct cli_table *t, uint64_t n, bool is_told)
{
	if (is_told)
		cli_table_count(t, n);
	else
		cli_table_text(t, SPAN_LIT("not told"));
}

static bool
is_new(const struct inbox_view *v, size_t i)
{
	for (size_t j = 0; j < i; j++)
		if (span_eq(v->policies[j].policy.domain,
			v->policies[i].policy.domain))
			return false;
	return v->policies[i].policy.domain.len > 0;
}

/* "; " between two. */
static void
begin(struct buf *out)
{
	if (out->len > 0)
		buf_adds(out, "; ");
}

static void
name_domains(const struct inbox_view *v, struct buf *out)
{
	size_t shown = 0, left = 0;

	for (size_t i = 0; i < v->npolicies; i++) {
		if (!is_new(v, i))
			continue;
		if (shown == DOMAINS_SHOWN) {
			left++;
			continue;
		}
		if (shown == 0)
			begin(out);
		buf_adds(out, shown++ == 0 ? "about " : ", ");
		buf_add(out, v->policies[i].policy.domain);
		if (v->policies[i].row.domain.len == 0)
			buf_adds(out, " (not ours)");
	}
	if (left > 0)
		buf_addf(out, " and %zu more", left);
}

static void
name_deviations(struct span notes, struct buf *out)
{
	bool any = false;

	while (notes.len > 0) {
		if (!any)
			begin(out);
		buf_adds(out, any ? ", " : "odd: ");
		buf_add(out, span_until(&notes, '\n'));
		any = true;
	}
}

/* Below the row: what would make it too wide. */
static void
add_notes(struct cli_table *t, const struct inbox_view *v)
{
	struct buf note = BUF_INIT(NOTE_BYTES);
	const struct inbox_row *r = v->row;

	buf_adds(&note, inbox_verdict_text(r->verdict));
	name_domains(v, &note);
	if (r->reason.len > 0) {
		begin(&note);
		buf_add(&note, r->reason);
	}
	name_deviations(r->notes, &note);
	cli_table_note(t, buf_span(&note));
	buf_free(&note);
}

static enum err
list_report(void *arg, const struct inbox_row *r)
{
	const struct listed *list = arg;
	const struct cli_listing *l = list->listing;
	struct inbox_view v;
	enum err e = inbox_view_load(l->cli->store, r, l->out != NULL, &v,
	    list->why);

	if (e == E_OK && l->out != NULL) {
		inbox_view_json(&v, l->out);
	} else if (e == E_OK) {
		cli_table_text(l->table, r->intake);
		cli_table_text(l->table,
		    r->submitter.len > 0 ? r->submitter : r->organization);
		add_days(l->table, r);
		add_count(l->table, r->succeeded, r->has_succeeded);
		add_count(l->table, r->failed, r->has_failed);
		cli_table_text(l->table, span_str(inbox_state_text(r->state)));
		add_notes(l->table, &v);
	}
	inbox_view_free(&v);
	return e;
}

static enum err
fill(struct cli_listing *l, void *arg, struct why *why)
{
	struct listed list = { l, why };

	return store_inbox_list(l->cli->store, arg, list_report, &list, why);
}

int
cmd_inbox_list(struct cli *cli)
{
	static const char *const heads[] = { "INTAKE", "FROM", "DAYS",
		">SUCCEEDED", ">FAILED", "STATE", NULL };
	struct arena texts = ARENA_INIT(TEXTS_BYTES);
	struct inbox_filter filter = INBOX_ALL;
	int code = take_filter(cli, &texts, &filter);

	if (code == EX_OK)
		code = cli_store(cli);
	if (code == EX_OK)
		code = cli_list(cli, heads,
		    cli->ngiven > 0 ? "no report is like that"
				    : "nothing was received yet",
		    fill, &filter);
	arena_free(&texts);
	return code;
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

/* The bytes are not there: perhaps not any more. */
static enum err
look_for_raw(const struct cli *cli, struct span intake, struct why *why)
{
	char when[TIME_TEXT_SIZE];
	struct inbox_held held;
	enum err e = store_inbox_held(cli->store, intake, &held, why);

	if (e != E_OK)
		return e;
	if (held.raw_gone_s == 0)
		return why_set(why, E_ABSENT, "its bytes are not there");
	time_text(held.raw_gone_s, when);
	return why_set(why, E_ABSENT,
	    "its bytes were removed at %s, %" PRId64
	    "d after it was received, by intake.keep_raw",
	    when, (held.raw_gone_s - held.received_s) / S_PER_DAY);
}

int
cmd_inbox_raw(struct cli *cli)
{
	struct span intake = span_str(cli->operands[0]);
	struct why why = { { 0 } }, gone = { { 0 } };
	int code = cli_store(cli);
	enum err e;

	if (code != EX_OK)
		return code;
	e = store_inbox_raw(cli->store, intake, print_raw, NULL, &why);
	if (e == E_ABSENT)
		return cli_fail(cli, look_for_raw(cli, intake, &gone), &gone);
	return e == E_OK ? EX_OK : cli_fail(cli, e, &why);
}
