/* cli/cmd_tally.c -- tally list: what will be reported for a day. */
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

#include "cli/cli.h"
#include "codec/lines.h"
#include "codec/report_write.h"
#include "model/domain.h"
#include "report/report_build.h"

#define CHUNK 64
#define CHUNK_BYTES ((size_t)1 << 30)

const struct cli_option tally_list_options[] = {
	{ "day", "DAY",
	    "UTC day: 2026-11-22, today or yesterday (default: yesterday)" },
	{ "domain", "DOMAIN", "only this TLSRPT domain" },
	{ NULL, NULL, NULL },
};

struct listing {
	struct cli *cli;
	struct span domain; /* SPAN_NONE: all */
	struct arena *arena;
	struct json_out *out;	 /* --json */
	struct cli_table *table; /* else */
};

/* -- JSON: RFC 8460's names where it has them -- */

static enum err
tally_json(struct listing *l, const struct tally *t)
{
	struct report_policy *policies;
	struct span_list rua;
	char day[DAY_TEXT_SIZE];
	enum err e = report_policies_of(t, l->arena, &policies);

	if (e == E_OK)
		e = lines_split(t->rua, l->arena, &rua);
	if (e != E_OK)
		return e;
	day_text(t->day, day);
	json_out_object(l->out, NULL);
	json_out_text(l->out, "day", span_str(day));
	json_out_text(l->out, "domain", t->domain);
	json_out_int(l->out, "part", t->part);
	json_out_text(l->out, "record", t->record);
	json_out_array(l->out, "rua");
	for (size_t i = 0; i < rua.n; i++)
		json_out_text(l->out, NULL, rua.v[i]);
	json_out_end(l->out);
	json_out_array(l->out, "policies");
	for (size_t i = 0; i < t->npolicies; i++)
		report_write_policy(l->out, &policies[i]);
	json_out_end(l->out);
	if (t->no_report.len > 0)
		json_out_text(l->out, "no-report", t->no_report);
	json_out_end(l->out);
	return E_OK;
}

/* -- tables -- */

/* "2 x validation-failure (self-signed_certificate) at mx[192.0.2.1] …" */
static void
detail_note(struct cli_table *t, const struct failure_detail *d, uint64_t n)
{
	struct buf text = BUF_INIT(4096);

	buf_addf(&text, "%llu x %s", (unsigned long long)n,
	    result_type_text(d->type));
	if (d->reason.len > 0)
		buf_addf(&text, " (%.*s)", SPAN_ARG(d->reason));
	if (d->mx_hostname.len > 0 || d->receiving_ip.len > 0)
		buf_addf(&text, " at %.*s[%.*s]", SPAN_ARG(d->mx_hostname),
		    SPAN_ARG(d->receiving_ip));
	if (d->sending_ip.len > 0)
		buf_addf(&text, " from %.*s", SPAN_ARG(d->sending_ip));
	cli_table_note(t, buf_span(&text));
	buf_free(&text);
}

static void
policy_rows(struct cli_table *table, const struct tally *t,
    const struct tally_policy *p)
{
	cli_table_text(table,
	    t->domain.len > 0 ? t->domain : SPAN_LIT("(other domains)"));
	cli_table_text(table, span_str(policy_type_text(p->type)));
	cli_table_text(table, p->domain.len > 0 ? p->domain : SPAN_LIT("-"));
	cli_table_count(table, p->succeeded);
	cli_table_count(table, p->failed);
	for (size_t i = 0; i < p->ndetails; i++)
		detail_note(table, &p->details[i].detail,
		    p->details[i].sessions);
}

static void
no_report_note(struct cli_table *table, struct span reason)
{
	struct buf text = BUF_INIT(4096);

	buf_addf(&text, "no report: %.*s", SPAN_ARG(reason));
	cli_table_note(table, buf_span(&text));
	buf_free(&text);
}

/* Of the rest of a day's domains no record is known. */
static bool
has_no_destination(const struct tally *t)
{
	return t->domain.len > 0 && t->record.len > 0 && t->rua.len == 0;
}

/* -- the whole -- */

static enum err
list_tally(struct listing *l, const struct tally *t)
{
	if (l->out != NULL)
		return tally_json(l, t);
	for (size_t i = 0; i < t->npolicies; i++)
		policy_rows(l->table, t, &t->policies[i]);
	if (t->no_report.len > 0)
		no_report_note(l->table, t->no_report);
	else if (has_no_destination(t))
		no_report_note(l->table,
		    SPAN_LIT("no destination in the record can be used"));
	return E_OK;
}

/* Sorted by domain: behind the wanted one there is nothing more. */
static bool
is_wanted(const struct listing *l, const struct tally *t)
{
	return l->domain.p == NULL || span_eq(t->domain, l->domain);
}

static enum err
list_day(struct listing *l, int64_t day, struct why *why)
{
	/* Two by turns: the cursor points into the one before. */
	struct arena arenas[2] = { ARENA_INIT(CHUNK_BYTES),
		ARENA_INIT(CHUNK_BYTES) };
	struct tally_cursor cursor = TALLY_CURSOR_START;
	struct tally *tallies;
	size_t n = CHUNK, i = CHUNK;
	enum err e = E_OK;

	if (l->domain.p != NULL)
		cursor.domain = l->domain;
	for (unsigned turn = 0; e == E_OK && i == CHUNK; turn ^= 1) {
		l->arena = &arenas[turn];
		arena_reset(l->arena);
		e = store_tally_read(l->cli->store, day, &cursor, CHUNK,
		    l->arena, &tallies, &n, why);
		for (i = 0; e == E_OK && i < n && is_wanted(l, &tallies[i]);
		     i++)
			e = list_tally(l, &tallies[i]);
		if (e == E_OK && n > 0)
			cursor = tally_cursor_at(&tallies[n - 1]);
	}
	arena_free(&arenas[0]);
	arena_free(&arenas[1]);
	return e;
}

/* Begin the output, list, end it. */
static int
print_day(struct listing *l, int64_t day)
{
	static const char *const heads[] = { "DOMAIN", "POLICY",
		"POLICY DOMAIN", ">SUCCEEDED", ">FAILED", NULL };
	struct why why = { { 0 } };
	enum err e = E_NOMEM;
	int code = EX_OK;

	if (l->cli->json && (l->out = json_out_new()) != NULL) {
		json_out_array(l->out, NULL);
		e = list_day(l, day, &why);
		json_out_end(l->out);
		if (e == E_OK)
			return cli_print_json(l->cli, l->out);
		json_out_free(l->out);
	} else if (!l->cli->json && (l->table = cli_table_new(heads)) != NULL) {
		e = list_day(l, day, &why);
		code = cli_table_print(l->cli, l->table,
		    "no sessions on that day");
	}
	return e == E_OK ? code : cli_fail(l->cli, e, &why);
}

int
cmd_tally_list(struct cli *cli)
{
	const char *domain = cli_value(cli, "domain");
	struct arena names = ARENA_INIT(1 << 16);
	struct listing l = { .cli = cli };
	struct why why = { { 0 } };
	int code = cli_store(cli);
	bool repaired = false;
	int64_t day;

	if (code != EX_OK || (code = cli_day(cli, &day)) != EX_OK)
		return code;
	if (domain == NULL)
		return print_day(&l, day);
	if (domain_canonical(span_str(domain), &names, &l.domain, &repaired) !=
	    E_OK)
		return cli_fail(cli, E_NOMEM, &why);
	code = print_day(&l, day);
	arena_free(&names);
	return code;
}
