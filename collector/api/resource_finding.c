/* api/resource_finding.c -- what was concluded from reports of others. */
#include "api/api_private.h"
#include "api/body.h"
#include "api/view.h"
#include "base/clock.h"
#include "base/uuid.h"
#include "insight/evidence_json.h"
#include "store/store_finding.h"

#define ROWS_MAX 10000 /* read for one answer */

/* -- the list -- */

static const struct api_column columns[] = {
	{ "id", API_TEXT },
	{ "kind", API_TEXT },
	{ "meaning", API_TEXT },
	{ "domain", API_TEXT },
	{ "subject", API_TEXT },
	{ "state", API_TEXT },
	{ "severity", API_TEXT },
	{ "conclusion", API_TEXT },
	{ "confidence", API_TEXT },
	{ "first-seen", API_DATE },
	{ "last-seen", API_DATE },
	{ "opened-at", API_TIME },
	{ "closed-at", API_TIME },
	{ "muted-until", API_TIME },
	{ "reason", API_TEXT },
	{ NULL, API_END },
};

static struct span
meaning_of(const struct kind_info *kind)
{
	return span_str(kind == NULL ? "" : kind->sentence);
}

static enum err
put_row(void *arg, const struct finding *f)
{
	struct api_list *list = arg;

	if (!api_row(list, f->domain, SPAN_NONE))
		return E_OK;
	api_text(list, f->id);
	api_text(list, f->kind);
	api_text(list, meaning_of(kind_named(f->kind)));
	api_text(list, f->domain);
	api_text(list, f->subject);
	api_text(list, span_str(finding_state_text(f->state)));
	api_text(list, span_str(finding_severity_text(f->severity)));
	api_text(list, span_str(finding_conclusion_text(f->conclusion)));
	api_text(list, span_str(finding_confidence_text(f->confidence)));
	api_date(list, f->first_day);
	api_date(list, f->last_day);
	api_time(list, f->opened_s);
	api_time(list, f->closed_s);
	api_time(list, f->muted_until_s);
	api_text(list, f->reason);
	return E_OK;
}

static struct finding_filter
filter_of(const struct api_query *q, const struct view_filter *view)
{
	return (struct finding_filter){ .allowed = view->allowed,
		.domain = view->domain,
		.state = (int)q->finding_state,
		.kind = q->kind,
		.severity = q->severity,
		.conclusion = q->conclusion,
		.first = q->has_range ? q->from : 0,
		.last = q->has_range ? q->to : 0,
		.max = ROWS_MAX };
}

static enum err
put_judged(const struct api_request *r, struct api_list *list, struct why *why)
{
	struct json_out *out = api_list_beside(list);
	int64_t judged_s;
	enum err e = store_finding_judged(r->store, &judged_s, why);

	if (e == E_OK && out != NULL)
		api_json_time(out, "judged-at", judged_s);
	return e;
}

enum err
api_get_findings(const struct api_request *r, struct api_answer *a,
    struct why *why)
{
	struct api_list *list = api_list(a, columns);
	struct finding_filter filter;
	struct view_filter view;
	enum err e = view_filter_of(r, &view);

	if (e != E_OK)
		return e;
	filter = filter_of(r->query, &view);
	e = store_finding_list(r->store, &filter, put_row, list, why);
	return e == E_OK ? put_judged(r, list, why) : e;
}

/* -- one -- */

struct one {
	const struct api_request *request;
	struct api_answer *answer;
	bool is_seen;
};

static void
put_words(struct json_out *out, const struct finding *f)
{
	const struct kind_info *kind = kind_named(f->kind);

	json_out_text(out, "meaning", meaning_of(kind));
	json_out_text(out, "reasoning",
	    span_str(kind == NULL ? "" : kind->reasoning));
	json_out_text(out, "next-step",
	    span_str(kind == NULL ? "" : kind_next_step(kind)));
	json_out_text(out, "conclusion-in-words",
	    span_str(finding_conclusion_sentence(f->conclusion)));
}

static void
put_finding(struct json_out *out, const struct finding *f)
{
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
	api_json_date(out, "first-seen", f->first_day);
	api_json_date(out, "last-seen", f->last_day);
	api_json_time(out, "opened-at", f->opened_s);
	api_json_time(out, "closed-at", f->closed_s);
	api_json_time(out, "muted-until", f->muted_until_s);
	json_out_text(out, "reason", f->reason);
	put_words(out, f);
	evidence_put(out, "evidence", f->evidence);
}

/* What is of no domain is told to those who see all. */
static bool
sees(const struct api_account *who, const struct finding *f)
{
	return f->domain.len == 0 ? !who->is_bound : api_sees(who, f->domain);
}

static enum err
put_one(void *arg, const struct finding *f)
{
	struct one *one = arg;

	if (!sees(one->request->account, f))
		return E_OK;
	one->is_seen = true;
	put_finding(api_object(one->answer), f);
	return E_OK;
}

/* E_ABSENT: there is none, or it is not seen by who asks. */
static enum err
find_one(struct one *one, finding_fn *fn, struct why *why)
{
	const struct api_request *r = one->request;
	struct why own = { { 0 } };
	struct uuid uuid;
	enum err e = E_ABSENT;

	if (uuid_parse(r->segments[0], &uuid))
		e = store_finding_get(r->store, r->segments[0], fn, one, &own);
	if (e == E_ABSENT || (e == E_OK && !one->is_seen))
		return why_set(why, E_ABSENT, "there is no such finding");
	return e == E_OK ? E_OK : why_set(why, e, "%s", own.text);
}

enum err
api_get_finding(const struct api_request *r, struct api_answer *a,
    struct why *why)
{
	struct one one = { .request = r, .answer = a };

	return find_one(&one, put_one, why);
}

/* -- what a person says about it -- */

#define REASON_MAX 500 /* bytes */

struct mark {
	enum finding_state state;
	int64_t until_s; /* 0: for good */
	struct span reason;
	const char *event;
};

static enum err
note_seen(void *arg, const struct finding *f)
{
	struct one *one = arg;

	one->is_seen = sees(one->request->account, f);
	return E_OK;
}

static enum err
mark_in_transaction(const struct api_request *r, const struct mark *m,
    struct why *why)
{
	struct one one = { .request = r };
	enum err e = find_one(&one, note_seen, why);

	if (e == E_OK)
		e = store_finding_mark(r->store, r->segments[0], m->state,
		    m->until_s, m->reason, why);
	return e == E_OK
	    ? api_audit(r, r->account->name, m->event, r->segments[0], why)
	    : e;
}

static enum err
mark_one(const struct api_request *r, struct api_answer *a,
    const struct mark *m, struct why *why)
{
	enum err e;

	if (m->reason.len > REASON_MAX)
		return why_set(why, E_SYNTAX, "a reason has at most %d bytes",
		    REASON_MAX);
	if ((e = store_begin(r->store, why)) == E_OK)
		e = mark_in_transaction(r, m, why);
	if (e == E_OK)
		e = store_commit(r->store, why);
	api_done(a);
	return e;
}

enum err
api_post_finding_acknowledge(const struct api_request *r, struct api_answer *a,
    struct why *why)
{
	struct mark m = { .state = FINDING_ACKNOWLEDGED,
		.reason = SPAN_LIT(""),
		.event = "finding-acknowledge" };
	const struct api_member members[] = {
		{ .name = "reason", .text = &m.reason },
		{ .name = NULL },
	};
	enum err e = api_body_read(r->body, members, r->arena, why);

	return e == E_OK ? mark_one(r, a, &m, why) : e;
}

/* until: the first day on which it is told of again. */
enum err
api_post_finding_mute(const struct api_request *r, struct api_answer *a,
    struct why *why)
{
	struct mark m = { .state = FINDING_MUTED,
		.reason = SPAN_LIT(""),
		.event = "finding-mute" };
	struct span until = SPAN_NONE;
	const struct api_member members[] = {
		{ .name = "reason", .text = &m.reason },
		{ .name = "until", .text = &until },
		{ .name = NULL },
	};
	int64_t day = 0;
	enum err e = api_body_read(r->body, members, r->arena, why);

	if (e != E_OK)
		return e;
	if (until.p != NULL &&
	    (day_parse(until, &day) != E_OK || day <= day_of_s(r->now_s)))
		return why_set(why, E_SYNTAX, "until is no date to come");
	m.until_s = until.p == NULL ? 0 : day_start_s(day);
	return mark_one(r, a, &m, why);
}

enum err
api_post_finding_unmute(const struct api_request *r, struct api_answer *a,
    struct why *why)
{
	const struct mark m = { .state = FINDING_OPEN,
		.reason = SPAN_LIT(""),
		.event = "finding-unmute" };

	return mark_one(r, a, &m, why);
}
