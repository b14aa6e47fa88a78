/* cli/cmd_inbox_show.c -- inbox show: a report in words. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

#include "cli/cli.h"
#include "cli/inbox_view.h"
#include "cli/prose.h"
#include "codec/lines.h"
#include "codec/receipt_flags.h"
#include "model/result_advice.h"
#include "model/sts.h"
#include "model/trust.h"
#include "store/store_inbox.h"

#define LINES_BYTES ((size_t)1 << 20)
#define ROWS_MAX 40 /* of a table of failures: the busiest */

struct show {
	struct cli *cli;
	struct json_out *out; /* --json; else NULL */
	struct why *why;
	bool any;
};

static struct span
or_else(struct span text, const char *other)
{
	return text.len > 0 ? text : span_str(other);
}

/* -- who reported, how it came, how far it is to be believed -- */

static void
print_who(const struct inbox_row *r)
{
	char start[TIME_TEXT_SIZE] = "a time not told";
	char end[TIME_TEXT_SIZE] = "a time not told";
	struct span who = or_else(r->organization, "Somebody without a name");

	prose(0, "REPORT %.*s, part %d", SPAN_ARG(r->intake), (int)r->part);
	if (r->start_s != 0)
		time_text(r->start_s, start);
	if (r->end_s != 0)
		time_text(r->end_s, end);
	prose(2, "%.*s (%.*s) reports on mail that it sent from %s to %s.",
	    SPAN_ARG(who),
	    SPAN_ARG(or_else(r->submitter, "whose domain is not told")), start,
	    end);
	prose(2, "Its name for the report: %.*s. Contact: %.*s.",
	    SPAN_ARG(or_else(r->report_id, "none")),
	    SPAN_ARG(or_else(r->contact, "none")));
}

/* A name of model/trust_reasons.def as a sentence, else as it is. */
static void
print_reason(struct span line)
{
	for (int i = 0; i < TRUST_REASONS; i++) {
		enum trust_reason reason = (enum trust_reason)i;

		if (span_eq(line, span_str(trust_reason_text(reason)))) {
			prose(4, "- %s", trust_reason_sentence(reason));
			return;
		}
	}
	prose(4, "- %.*s", SPAN_ARG(line));
}

typedef void line_fn(struct span line);

static void
each_line(struct span text, line_fn *fn)
{
	struct arena arena = ARENA_INIT(LINES_BYTES);
	struct span_list list = { NULL, 0 };

	if (lines_split(text, &arena, &list) == E_OK)
		for (size_t i = 0; i < list.n; i++)
			fn(list.v[i]);
	arena_free(&arena);
}

/* receipt_way as the store has it. */
static const char *
way_text(struct span way)
{
	static const struct {
		const char *way, *text;
	} ways[] = {
		{ "https", "by HTTPS" },
		{ "lmtp", "by mail (LMTP)" },
		{ "imap", "by mail (IMAP)" },
		{ "file", "out of a file" },
	};

	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		if (span_eq(way, span_str(ways[i].way)))
			return ways[i].text;
	return "in a way that is not known";
}

static void
print_trust(const struct inbox_row *r)
{
	char received[TIME_TEXT_SIZE];
	enum trust_verdict verdict;

	time_text(r->received_s, received);
	(void)puts("\nHOW FAR IT IS TO BE BELIEVED");
	prose(2, "Received %s, %s, from %.*s.", received, way_text(r->way),
	    SPAN_ARG(or_else(r->peer, "a peer that is not told")));
	if (trust_verdict_from_code(r->verdict, &verdict) == E_OK)
		prose(2, "Verdict %s: %s.", trust_verdict_text(verdict),
		    trust_verdict_sentence(verdict));
	else
		prose(2, "Nothing that vouches for it was looked at.");
	each_line(r->trust, print_reason);
	prose(2, "State %s: %s.", inbox_state_text(r->state),
	    inbox_state_sentence(r->state));
	if (r->reason.len > 0)
		prose(4, "- %.*s", SPAN_ARG(r->reason));
	if (r->like.len > 0)
		prose(4, "- the other one: %.*s", SPAN_ARG(r->like));
}

/* -- sessions -- */

/* text: room for a number. */
static const char *
count_text(uint64_t n, bool is_told, char text[32])
{
	if (!is_told)
		return "not told";
	(void)snprintf(text, 32, "%" PRIu64, n);
	return text;
}

static void
print_protection(const struct inbox_view *v)
{
	for (int i = 0; i < NPROTECTIONS; i++) {
		enum protection p = (enum protection)i;
		struct told_count n = inbox_view_protected(v, p);

		if (n.n > 0)
			prose(4, "%" PRIu64 " %s", n.n, protection_sentence(p));
	}
	for (int i = 0; i < NFAILURE_EFFECTS; i++) {
		enum failure_effect f = (enum failure_effect)i;
		struct told_count n = inbox_view_failed(v, f);

		if (n.n > 0)
			prose(4, "%" PRIu64 " failed: %s", n.n,
			    failure_effect_sentence(f));
	}
}

static bool
tells_twice(const struct inbox_view *v)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < v->npolicies; i++)
		sum += v->policies[i].row.succeeded + v->policies[i].row.failed;
	return sum > v->row->succeeded + v->row->failed;
}

static void
print_sessions(const struct inbox_view *v)
{
	const struct inbox_row *r = v->row;
	char succeeded[32], failed[32];

	(void)puts("\nSESSIONS (tries to hand over mail; not messages)");
	prose(2, "succeeded: %s, failed: %s",
	    count_text(r->succeeded, r->has_succeeded, succeeded),
	    count_text(r->failed, r->has_failed, failed));
	print_protection(v);
	if (tells_twice(v))
		prose(2,
		    "MTA-STS and DANE tell of the same sessions: they are "
		    "counted once here, and under each policy below.");
}

/* -- policies and their failures -- */

static const char *
mode_text(const struct inbox_view_policy *p)
{
	if (!p->is_known || p->policy.type != POLICY_STS)
		return "";
	switch (sts_mode(&p->policy)) {
	case STS_MODE_ENFORCE:
		return ", mode enforce";
	case STS_MODE_TESTING:
		return ", mode testing";
	case STS_MODE_NONE:
		return ", mode none";
	case STS_MODE_NOT_TOLD:
		break;
	}
	return ", mode not told";
}

static void
print_counts(const struct inbox_view_policy *p)
{
	char text[32];

	prose(4, "succeeded: %s%s%s",
	    count_text(p->row.succeeded, p->row.has_succeeded, text),
	    p->row.succeeded > 0 ? ": " : "",
	    p->row.succeeded > 0 ? protection_sentence(p->protection) : "");
	prose(4, "failed: %s%s%s",
	    count_text(p->row.failed, p->row.has_failed, text),
	    p->row.failed > 0 ? ": " : "",
	    p->row.failed > 0 ? failure_effect_sentence(p->effect) : "");
}

static struct span
type_of(const struct inbox_detail *d)
{
	return d->unknown_type.len > 0
	    ? d->unknown_type
	    : span_str(result_type_text(d->detail.type));
}

static int
busiest_first(const void *a, const void *b)
{
	const struct inbox_detail *x = a, *y = b;

	if (x->sessions != y->sessions)
		return x->sessions < y->sessions ? 1 : -1;
	return x->number < y->number ? -1 : 1;
}

static void
add_detail(struct cli_table *t, const struct inbox_detail *d)
{
	cli_table_text(t, type_of(d));
	cli_table_text(t, or_else(d->detail.mx_hostname, "-"));
	cli_table_text(t, or_else(d->detail.receiving_ip, "-"));
	cli_table_text(t, or_else(d->detail.sending_ip, "-"));
	if (d->has_sessions)
		cli_table_count(t, d->sessions);
	else
		cli_table_text(t, SPAN_LIT("not told"));
	if (d->detail.reason.len > 0)
		cli_table_note(t, d->detail.reason);
}

static enum err
print_details(const struct cli *cli, const struct inbox_view_policy *p)
{
	static const char *const heads[] = { "FAILURE", "MX HOST",
		"RECEIVING IP", "SENDING IP", ">SESSIONS", NULL };
	struct cli_table *t;

	if (p->ndetails == 0)
		return E_OK;
	if ((t = cli_table_new(heads)) == NULL)
		return E_NOMEM;
	qsort(p->details, p->ndetails, sizeof(p->details[0]), busiest_first);
	for (size_t i = 0; i < p->ndetails && i < ROWS_MAX; i++)
		add_detail(t, &p->details[i]);
	if (cli_table_print(cli, t, NULL) != EX_OK)
		return E_NOMEM;
	if (p->ndetails > ROWS_MAX)
		prose(4, "and %zu more: see --json", p->ndetails - ROWS_MAX);
	return E_OK;
}

static enum err
print_policies(const struct cli *cli, const struct inbox_view *v)
{
	enum err e = E_OK;

	(void)puts("\nPOLICIES");
	if (v->npolicies == 0)
		prose(2, "none");
	for (size_t i = 0; e == E_OK && i < v->npolicies; i++) {
		const struct inbox_view_policy *p = &v->policies[i];
		struct span type = p->is_known
		    ? span_str(policy_type_text(p->policy.type))
		    : p->row.unknown_type;

		prose(2, "%.*s, %.*s%s%s",
		    SPAN_ARG(or_else(p->policy.domain, "no domain is told")),
		    SPAN_ARG(type), mode_text(p),
		    p->row.domain.len > 0
			? ""
			: " (not ours: kept, and not counted; see domain add)");
		print_counts(p);
		e = print_details(cli, p);
	}
	return e;
}

/* -- what it means -- */

static void
print_advice(enum result_type type)
{
	const struct result_advice *a = result_advice(type);

	prose(2, "%s (RFC 8460 section %s)", result_type_text(type),
	    a->section);
	prose(4, "%s", a->meaning);
	prose(4, "Likely causes: %s", a->causes);
	prose(4, "Next: %s", a->next);
}

static bool
has_type(const struct inbox_view *v, enum result_type type)
{
	for (size_t i = 0; i < v->npolicies; i++)
		for (size_t d = 0; d < v->policies[i].ndetails; d++)
			if (v->policies[i].details[d].unknown_type.len == 0 &&
			    v->policies[i].details[d].detail.type == type)
				return true;
	return false;
}

static bool
has_unknown_type(const struct inbox_view *v)
{
	for (size_t i = 0; i < v->npolicies; i++)
		for (size_t d = 0; d < v->policies[i].ndetails; d++)
			if (v->policies[i].details[d].unknown_type.len > 0)
				return true;
	return false;
}

static void
print_meanings(const struct inbox_view *v)
{
	enum result_type type;
	bool any = false;

	for (size_t i = 0; i < v->npolicies; i++)
		any |= v->policies[i].ndetails > 0;
	if (!any)
		return;
	(void)puts("\nWHAT THE FAILURES MEAN");
	for (size_t i = 0; result_type_at(i, &type); i++)
		if (has_type(v, type))
			print_advice(type);
	if (has_unknown_type(v))
		prose(2,
		    "Other types are not of RFC 8460 (section 4.3): read the "
		    "reason that stands with them, or ask the reporter.");
}

static void
print_deviation(struct span name)
{
	const char *sentence = deviation_sentence(name);

	prose(2, "%.*s: %s", SPAN_ARG(name),
	    sentence == NULL ? "unknown to this program" : sentence);
}

/* -- the command -- */

static enum err
print_words(const struct cli *cli, const struct inbox_view *v)
{
	const struct inbox_row *r = v->row;
	enum err e;

	print_who(r);
	print_trust(r);
	if (r->state == INBOX_UNREADABLE)
		return E_OK;
	print_sessions(v);
	e = print_policies(cli, v);
	print_meanings(v);
	if (r->notes.len > 0) {
		(void)puts("\nWHAT IS ODD ABOUT IT");
		each_line(r->notes, print_deviation);
	}
	return e;
}

static enum err
show_report(void *arg, const struct inbox_row *r)
{
	struct show *s = arg;
	struct inbox_view v;
	enum err e = inbox_view_load(s->cli->store, r, true, &v, s->why);

	if (e == E_OK && s->out != NULL) {
		inbox_view_json(&v, s->out);
	} else if (e == E_OK) {
		if (s->any)
			(void)putchar('\n');
		e = print_words(s->cli, &v);
	}
	s->any = true;
	inbox_view_free(&v);
	return e;
}

int
cmd_inbox_show(struct cli *cli)
{
	struct why why = { { 0 } };
	struct show s = { .cli = cli, .why = &why };
	int code = cli_store(cli);
	enum err e;

	if (code != EX_OK)
		return code;
	if (cli->json && (s.out = json_out_new()) == NULL)
		return cli_fail(cli, E_NOMEM, &why);
	if (cli->json)
		json_out_array(s.out, NULL);
	e = store_inbox_get(cli->store, span_str(cli->operands[0]), show_report,
	    &s, &why);
	if (cli->json)
		json_out_end(s.out);
	if (e == E_OK)
		return cli->json ? cli_print_json(cli, s.out) : EX_OK;
	json_out_free(s.out);
	return cli_fail(cli, e, &why);
}
