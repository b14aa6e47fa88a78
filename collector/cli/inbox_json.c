/* cli/inbox_json.c -- a report of somebody else as JSON: the names of RFC 8460
 * s4.4, and ours beside them. */
#include "cli/cli.h"
#include "cli/inbox_view.h"
#include "codec/lines.h"

#define LINES_BYTES ((size_t)4 << 20)

static void
put_list(struct json_out *out, const char *key, struct span_list list)
{
	json_out_array(out, key);
	for (size_t i = 0; i < list.n; i++)
		json_out_text(out, NULL, list.v[i]);
	json_out_end(out);
}

static void
put_lines(struct json_out *out, const char *key, struct span text)
{
	struct arena arena = ARENA_INIT(LINES_BYTES);
	struct span_list list = { NULL, 0 };

	if (lines_split(text, &arena, &list) == E_OK)
		put_list(out, key, list);
	arena_free(&arena);
}

/* What is not told is left out. */
static void
put_text(struct json_out *out, const char *key, struct span text)
{
	if (text.len > 0)
		json_out_text(out, key, text);
}

static void
put_count(struct json_out *out, const char *key, uint64_t n, bool is_told)
{
	if (is_told)
		json_out_count(out, key, n);
}

static void
put_total(struct json_out *out, const char *key, uint64_t n, bool is_told)
{
	if (is_told)
		json_out_count(out, key, n);
	else
		json_out_null(out, key);
}

/* -- policies -- */

static void
put_detail(struct json_out *out, const struct inbox_detail *d)
{
	json_out_object(out, NULL);
	json_out_text(out, "result-type",
	    d->unknown_type.len > 0
		? d->unknown_type
		: span_str(result_type_text(d->detail.type)));
	put_text(out, "sending-mta-ip", d->detail.sending_ip);
	put_text(out, "receiving-mx-hostname", d->detail.mx_hostname);
	put_text(out, "receiving-mx-helo", d->detail.helo);
	put_text(out, "receiving-ip", d->detail.receiving_ip);
	put_count(out, "failed-session-count", d->sessions, d->has_sessions);
	put_text(out, "additional-information", d->detail.info);
	put_text(out, "failure-reason-code", d->detail.reason);
	json_out_end(out);
}

static void
put_policy(struct json_out *out, const struct inbox_view_policy *p)
{
	json_out_object(out, NULL);
	json_out_object(out, "policy");
	json_out_text(out, "policy-type",
	    p->is_known ? span_str(policy_type_text(p->policy.type))
			: p->row.unknown_type);
	put_list(out, "policy-string", p->policy.strings);
	put_text(out, "policy-domain", p->policy.domain);
	put_list(out, "mx-host", p->policy.mx_hosts);
	json_out_end(out);
	json_out_object(out, "summary");
	put_count(out, "total-successful-session-count", p->row.succeeded,
	    p->row.has_succeeded);
	put_count(out, "total-failure-session-count", p->row.failed,
	    p->row.has_failed);
	json_out_end(out);
	json_out_array(out, "failure-details");
	for (size_t i = 0; i < p->ndetails; i++)
		put_detail(out, &p->details[i]);
	json_out_end(out);
	json_out_text(out, "owned-domain", p->row.domain);
	json_out_text(out, "protection",
	    span_str(protection_text(p->protection)));
	json_out_text(out, "failure-effect",
	    span_str(failure_effect_text(p->effect)));
	json_out_end(out);
}

/* -- the report -- */

static void
put_arrival(struct json_out *out, const struct inbox_row *r)
{
	json_out_text(out, "intake-id", r->intake);
	json_out_int(out, "part", r->part);
	cli_json_time(out, "received-at", r->received_s);
	json_out_text(out, "way", r->way);
	json_out_text(out, "peer", r->peer);
	json_out_text(out, "route", r->route);
	json_out_text(out, "state", span_str(inbox_state_text(r->state)));
	json_out_text(out, "reason", r->reason);
	json_out_text(out, "verdict", span_str(inbox_verdict_text(r->verdict)));
	put_lines(out, "reasons", r->trust);
	json_out_text(out, "submitter", r->submitter);
	put_lines(out, "deviations", r->notes);
	json_out_text(out, "like", r->like);
}

static void
put_sums(struct json_out *out, const struct inbox_view *v)
{
	const struct inbox_row *r = v->row;

	put_total(out, "total-successful-session-count", r->succeeded,
	    r->has_succeeded);
	put_total(out, "total-failure-session-count", r->failed, r->has_failed);
	json_out_object(out, "protection");
#define PROTECTION(name, text, sentence) \
	json_out_count(out, text, inbox_view_protected(v, PROTECTION_##name).n);
#include "model/protections.def"
#undef PROTECTION
	json_out_end(out);
	json_out_object(out, "failure-effect");
#define FAILURE_EFFECT(name, text, sentence) \
	json_out_count(out, text,            \
	    inbox_view_failed(v, FAILURE_EFFECT_##name).n);
#include "model/failure_effects.def"
#undef FAILURE_EFFECT
	json_out_end(out);
}

void
inbox_view_json(const struct inbox_view *v, struct json_out *out)
{
	const struct inbox_row *r = v->row;

	json_out_object(out, NULL);
	put_arrival(out, r);
	json_out_text(out, "organization-name", r->organization);
	json_out_object(out, "date-range");
	cli_json_time(out, "start-datetime", r->start_s);
	cli_json_time(out, "end-datetime", r->end_s);
	json_out_end(out);
	json_out_text(out, "contact-info", r->contact);
	json_out_text(out, "report-id", r->report_id);
	put_sums(out, v);
	json_out_array(out, "policies");
	for (size_t i = 0; i < v->npolicies; i++)
		put_policy(out, &v->policies[i]);
	json_out_end(out);
	json_out_end(out);
}
