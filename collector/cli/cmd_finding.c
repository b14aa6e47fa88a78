/* cli/cmd_finding.c -- finding judge, list, show, acknowledge, mute. */
#include <stdio.h>
#include <sysexits.h>

#include "base/escape.h"
#include "base/utf8.h"
#include "cli/cli.h"
#include "codec/json_read.h"
#include "codec/typed.h"
#include "insight/evidence_json.h"
#include "insight/found.h"
#include "insight/judge.h"
#include "store/store_finding.h"

#define LISTED_MAX 10000
#define TEXTS_BYTES ((size_t)64 * 1024)
#define EVIDENCE_DEPTH 4
#define REASON_MAX 500 /* bytes */

const struct cli_option finding_judge_options[] = {
	{ "day", "DAY",
	    "such as 2026-11-22: what came later does not count (default: now)" },
	{ NULL, NULL, NULL },
};
const struct cli_option finding_mute_options[] = {
	{ "until", "DATE", "such as 2026-12-24 (default: for good)" },
	{ "reason", "TEXT", "for whoever looks at it" },
	{ NULL, NULL, NULL },
};
const struct cli_option finding_reason_options[] = {
	{ "reason", "TEXT", "for whoever looks at it" },
	{ NULL, NULL, NULL },
};
const struct cli_option finding_list_options[] = {
	{ "state", "STATE", "open, acknowledged, muted or closed" },
	{ NULL, NULL, NULL },
};

/* -- judge -- */

static int
print_judgement(const struct cli *cli, const struct judgement *j)
{
	struct json_out *out = cli->json ? json_out_new() : NULL;

	if (!cli->json) {
		(void)printf("%llu opened, %llu worsened, %llu closed; %llu "
			     "are there\n",
		    (unsigned long long)j->opened,
		    (unsigned long long)j->worsened,
		    (unsigned long long)j->closed,
		    (unsigned long long)j->current);
		return EX_OK;
	}
	if (out != NULL) {
		json_out_object(out, NULL);
		json_out_count(out, "opened", j->opened);
		json_out_count(out, "worsened", j->worsened);
		json_out_count(out, "closed", j->closed);
		json_out_count(out, "current", j->current);
		json_out_end(out);
	}
	return cli_print_json(cli, out);
}

/* The end of option --day, or now. */
static int
wanted_time(const struct cli *cli, int64_t *ret_s)
{
	struct clock clock = cli_clock(cli);
	int64_t day;
	int code;

	*ret_s = clock_wall_s(&clock);
	if (cli_value(cli, "day") == NULL)
		return EX_OK;
	if ((code = cli_day(cli, &day)) == EX_OK)
		*ret_s = day_end_s(day);
	return code;
}

int
cmd_finding_judge(struct cli *cli)
{
	struct judgement judgement;
	struct why why = { { 0 } };
	int64_t as_of_s;
	int code = cli_store(cli);
	enum err e;

	if (code != EX_OK || (code = wanted_time(cli, &as_of_s)) != EX_OK)
		return code;
	e = insight_judge(cli->store, as_of_s, &judgement, &why);
	return e == E_OK ? print_judgement(cli, &judgement)
			 : cli_fail(cli, e, &why);
}

/* -- list and show -- */

static void
put_day(struct json_out *out, const char *key, int64_t day)
{
	char text[DAY_TEXT_SIZE];

	day_text(day, text);
	json_out_text(out, key, span_str(text));
}

static void
put_finding(struct json_out *out, const struct finding *f)
{
	json_out_object(out, NULL);
	json_out_text(out, "id", f->id);
	json_out_text(out, "kind", f->kind);
	json_out_text(out, "domain", f->domain);
	json_out_text(out, "subject", f->subject);
	json_out_text(out, "state", span_str(finding_state_text(f->state)));
	json_out_text(out, "severity",
	    span_str(finding_severity_text(f->severity)));
	json_out_text(out, "conclusion",
	    span_str(finding_conclusion_text(f->conclusion)));
	json_out_text(out, "confidence",
	    span_str(finding_confidence_text(f->confidence)));
	put_day(out, "first-seen", f->first_day);
	put_day(out, "last-seen", f->last_day);
	cli_json_time(out, "opened-at", f->opened_s);
	cli_json_time(out, "closed-at", f->closed_s);
	cli_json_time(out, "muted-until", f->muted_until_s);
	json_out_text(out, "reason", f->reason);
	evidence_put(out, "evidence", f->evidence);
	json_out_end(out);
}

static enum err
list_finding(void *arg, const struct finding *f)
{
	const struct cli_listing *l = arg;
	char day[DAY_TEXT_SIZE];

	if (l->out != NULL) {
		put_finding(l->out, f);
		return E_OK;
	}
	day_text(f->last_day, day);
	cli_table_text(l->table, f->domain);
	cli_table_text(l->table, f->kind);
	cli_table_text(l->table, f->subject);
	cli_table_text(l->table, span_str(finding_state_text(f->state)));
	cli_table_text(l->table, span_str(finding_severity_text(f->severity)));
	cli_table_text(l->table,
	    span_str(finding_conclusion_text(f->conclusion)));
	cli_table_text(l->table, span_str(day));
	cli_table_text(l->table, f->id);
	return E_OK;
}

static enum err
fill(struct cli_listing *l, void *arg, struct why *why)
{
	return store_finding_list(l->cli->store, arg, list_finding, l, why);
}

static int
wanted_filter(const struct cli *cli, struct arena *arena,
    struct finding_filter *ret)
{
	const char *state = cli_value(cli, "state");
	struct why why = { { 0 } };
	enum finding_state code;

	*ret = (struct finding_filter){ .allowed = SPAN_LIT(""),
		.domain = SPAN_LIT(""),
		.max = LISTED_MAX };
	if (state != NULL) {
		if (finding_state_from_text(span_str(state), &code) != E_OK)
			return cli_usage(cli,
			    "--state: \"%s\" is none of: open, acknowledged, "
			    "muted, closed",
			    state);
		ret->state = (int)code;
	}
	if (cli->noperands > 0 &&
	    typed_domain(span_str(cli->operands[0]), arena, &ret->domain,
		&why) != E_OK)
		return cli_usage(cli, "\"%.100s\" is %s", cli->operands[0],
		    why.text);
	return EX_OK;
}

int
cmd_finding_list(struct cli *cli)
{
	static const char *const heads[] = { "DOMAIN", "KIND", "SUBJECT",
		"STATE", "SEVERITY", "CONCLUSION", "LAST SEEN", "ID", NULL };
	struct arena arena = ARENA_INIT(TEXTS_BYTES);
	struct finding_filter filter;
	int code = cli_store(cli);

	if (code == EX_OK)
		code = wanted_filter(cli, &arena, &filter);
	if (code == EX_OK)
		code = cli_list(cli, heads, "nothing was found", fill, &filter);
	arena_free(&arena);
	return code;
}

static void
say(const char *head, struct span text)
{
	struct buf out = BUF_INIT(65536);

	escape_terminal(&out, text);
	if (text.len > 0)
		(void)printf("%s%s\n", head, buf_str(&out));
	buf_free(&out);
}

/* One row of evidence as "reporter R, failed 3, …". */
static void
say_row(struct json_reader *in)
{
	struct buf line = BUF_INIT(16384);
	struct span key, text;
	int64_t n;

	json_read_object(in);
	while (json_read_member(in, &key)) {
		buf_adds(&line, line.len == 0 ? "  " : ", ");
		buf_add(&line, key);
		buf_addc(&line, ' ');
		if (json_read_peek(in) == JSON_KIND_NUMBER) {
			n = 0;
			json_read_int(in, &n);
			buf_addf(&line, "%lld", (long long)n);
		} else {
			text = SPAN_LIT("");
			json_read_string(in, &text);
			buf_add(&line, text);
		}
	}
	say("", buf_span(&line));
	buf_free(&line);
}

static void
say_evidence(struct span evidence)
{
	struct arena arena = ARENA_INIT((size_t)4 << 20);
	struct json_reader in;

	(void)puts("evidence:");
	json_read_begin(&in, evidence, &arena, EVIDENCE_DEPTH, true);
	json_read_array(&in);
	while (json_read_element(&in))
		say_row(&in);
	arena_free(&arena);
}

static enum err
say_finding(void *arg, const struct finding *f)
{
	const struct kind_info *kind = kind_named(f->kind);
	char first[DAY_TEXT_SIZE], last[DAY_TEXT_SIZE];

	(void)arg;
	day_text(f->first_day, first);
	day_text(f->last_day, last);
	say("", f->kind);
	say("domain: ", f->domain);
	say("subject: ", f->subject);
	(void)printf("%s, %s; seen from %s to %s\n",
	    finding_state_text(f->state), finding_severity_text(f->severity),
	    first, last);
	(void)printf("%s (confidence %s)\n",
	    finding_conclusion_sentence(f->conclusion),
	    finding_confidence_text(f->confidence));
	say("reason: ", f->reason);
	if (kind != NULL)
		(void)printf("\n%s\n%s\n%s\n\n", kind->sentence,
		    kind->reasoning, kind_next_step(kind));
	say_evidence(f->evidence);
	return E_OK;
}

static enum err
json_finding(void *arg, const struct finding *f)
{
	put_finding(arg, f);
	return E_OK;
}

int
cmd_finding_show(struct cli *cli)
{
	struct span id = span_str(cli->operands[0]);
	struct why why = { { 0 } };
	struct json_out *out = NULL;
	int code = cli_store(cli);
	enum err e;

	if (code != EX_OK)
		return code;
	if (!cli->json) {
		e = store_finding_get(cli->store, id, say_finding, NULL, &why);
		return e == E_OK ? EX_OK : cli_fail(cli, e, &why);
	}
	if ((out = json_out_new()) == NULL)
		return cli_print_json(cli, NULL);
	e = store_finding_get(cli->store, id, json_finding, out, &why);
	if (e == E_OK)
		return cli_print_json(cli, out);
	json_out_free(out);
	return cli_fail(cli, e, &why);
}

/* -- acknowledge and mute -- */

static bool
is_utf8(struct span s)
{
	while (s.len > 0 && utf8_char(s) > 0)
		s = span_skip(s, utf8_char(s));
	return s.len == 0;
}

static int
mark(struct cli *cli, enum finding_state state, int64_t until_s)
{
	const char *text = cli_value(cli, "reason");
	struct span reason = span_str(text == NULL ? "" : text);
	struct why why = { { 0 } };
	int code = cli_store(cli);
	enum err e;

	if (code != EX_OK)
		return code;
	if (reason.len > REASON_MAX || !is_utf8(reason))
		return cli_usage(cli, "--reason: not UTF-8 of at most %d bytes",
		    REASON_MAX);
	e = store_finding_mark(cli->store, span_str(cli->operands[0]), state,
	    until_s, reason, &why);
	return e == E_OK ? EX_OK : cli_fail(cli, e, &why);
}

int
cmd_finding_acknowledge(struct cli *cli)
{
	return mark(cli, FINDING_ACKNOWLEDGED, 0);
}

int
cmd_finding_mute(struct cli *cli)
{
	const char *text = cli_value(cli, "until");
	int64_t day = 0;

	if (text != NULL && day_parse(span_str(text), &day) != E_OK)
		return cli_usage(cli,
		    "--until: \"%s\" is not a day such as 2026-12-24", text);
	return mark(cli, FINDING_MUTED, text == NULL ? 0 : day_start_s(day));
}

int
cmd_finding_unmute(struct cli *cli)
{
	return mark(cli, FINDING_OPEN, 0);
}
