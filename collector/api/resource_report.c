/* api/resource_report.c -- what is in one received report: its policies, their
 * failures, and its bytes. */
#include <stdio.h>

#include "api/view.h"
#include "base/num.h"
#include "codec/gzip.h"
#include "store/store_retake.h"

#define RAW_MAX ((size_t)30 << 20)

/* The store itself tells where there is none. */
static enum err
is_there(void *arg, int64_t day, const struct inbox_row *row)
{
	(void)arg, (void)day, (void)row;
	return E_OK;
}

/* -- its policies -- */

static const struct api_column policy_columns[] = {
	{ "policy", API_NUMBER },
	{ "domain", API_TEXT },
	{ "policy-type", API_TEXT },
	{ "policy-domain", API_TEXT },
	{ "policy-string", API_TEXTS },
	{ "mx-host", API_TEXTS },
	{ "succeeded", API_COUNT },
	{ "failed", API_COUNT },
	{ "level", API_TEXT },
	{ "failure-level", API_TEXT },
	{ "failures", API_COUNT },
	{ NULL, API_END },
};

struct policies {
	struct arena *arena;
	struct api_list *list;
};

static enum err
put_policy(void *arg, const struct view_report_policy *p)
{
	const struct policies *policies = arg;
	struct api_list *list = policies->list;
	struct span_list strings, hosts;
	enum err e = view_lines(policies->arena, p->row.strings, &strings);

	if (e == E_OK)
		e = view_lines(policies->arena, p->row.mx_hosts, &hosts);
	if (e != E_OK || !api_row(list, SPAN_NONE, SPAN_NONE))
		return e;
	api_number(list, p->row.number);
	api_text(list, p->row.domain);
	api_text(list, view_policy_text(p->row.type, p->row.unknown_type));
	api_text(list, p->row.policy_domain);
	api_texts(list, strings);
	api_texts(list, hosts);
	api_count_if(list, p->row.has_succeeded, p->row.succeeded);
	api_count_if(list, p->row.has_failed, p->row.failed);
	api_text(list, view_level_text(p->succeeded_level));
	api_text(list, view_level_text(p->failed_level));
	api_count(list, p->details);
	return E_OK;
}

enum err
api_get_report_policies(const struct api_request *r, struct api_answer *a,
    struct why *why)
{
	struct policies policies = { .arena = r->arena };
	struct view_filter f;
	struct view_report_id id;
	enum err e = view_report_id_of(r, &id, why);

	if (e == E_OK)
		e = view_filter_of(r, &f);
	if (e == E_OK)
		e = store_view_report(r->store, f.allowed, id.intake, id.part,
		    is_there, NULL, why);
	if (e != E_OK)
		return e;
	policies.list = api_list(a, policy_columns);
	return store_view_report_policies(r->store, f.allowed, id.intake,
	    id.part, put_policy, &policies, why);
}

/* -- its failures -- */

static const struct api_column failure_columns[] = {
	{ "policy", API_NUMBER },
	{ "result-type", API_TEXT },
	{ "sending-mta-ip", API_TEXT },
	{ "receiving-mx-hostname", API_TEXT },
	{ "receiving-mx-helo", API_TEXT },
	{ "receiving-ip", API_TEXT },
	{ "failed-session-count", API_COUNT },
	{ "additional-information", API_TEXT },
	{ "failure-reason-code", API_TEXT },
	{ NULL, API_END },
};

static void
text_or_null(struct api_list *list, struct span text)
{
	api_text(list, text.len == 0 ? SPAN_NONE : text);
}

static enum err
put_failure(void *arg, const struct inbox_detail *d)
{
	struct api_list *list = arg;
	char cursor[64];

	(void)snprintf(cursor, sizeof(cursor), "%lld %lld",
	    (long long)d->policy, (long long)d->number);
	if (!api_row(list, SPAN_NONE, span_str(cursor)))
		return E_OK;
	api_number(list, d->policy);
	api_text(list,
	    view_result_text((int64_t)d->detail.type, d->unknown_type));
	text_or_null(list, d->detail.sending_ip);
	text_or_null(list, d->detail.mx_hostname);
	text_or_null(list, d->detail.helo);
	text_or_null(list, d->detail.receiving_ip);
	api_count_if(list, d->has_sessions, d->sessions);
	text_or_null(list, d->detail.info);
	text_or_null(list, d->detail.reason);
	return E_OK;
}

/* "policy detail" */
static enum err
detail_of(struct span cursor, int64_t *policy, int64_t *detail, struct why *why)
{
	struct span first = span_until(&cursor, ' ');

	if (num_parse(first, 0, INT64_MAX, policy) != E_OK ||
	    num_parse(cursor, 0, INT64_MAX, detail) != E_OK)
		return why_set(why, E_SYNTAX, "cursor: not one of ours");
	return E_OK;
}

enum err
api_get_report_failures(const struct api_request *r, struct api_answer *a,
    struct why *why)
{
	int64_t policy = 0, detail = -1;
	struct view_filter f;
	struct view_report_id id;
	enum err e = view_report_id_of(r, &id, why);

	if (e == E_OK)
		e = view_filter_of(r, &f);
	if (e == E_OK && r->query->cursor.p != NULL)
		e = detail_of(r->query->cursor, &policy, &detail, why);
	if (e == E_OK)
		e = store_view_report(r->store, f.allowed, id.intake, id.part,
		    is_there, NULL, why);
	if (e != E_OK)
		return e;
	return store_view_report_details(r->store, f.allowed, id.intake,
	    id.part, policy, detail, r->query->limit + 1, put_failure,
	    api_list(a, failure_columns), why);
}

/* -- as it was received -- */

struct raw {
	struct buf bytes;
	bool is_mail;
	enum err err;
};

static enum err
expand(void *arg, const struct inbox_receipt *receipt)
{
	struct raw *raw = arg;

	raw->is_mail = receipt->is_mail;
	raw->err = gzip_expand(receipt->raw, &raw->bytes);
	return E_OK;
}

/* Whoever may not see all that is in it does not get it. */
static enum err
check_open(const struct api_request *r, struct span allowed,
    const struct view_report_id *id, struct why *why)
{
	bool is_open = false;
	enum err e = store_view_is_open(r->store, allowed, id->intake, &is_open,
	    why);

	return e == E_OK && !is_open
	    ? why_set(why, E_ABSENT,
		  "there is no such report, or others are in it as well")
	    : e;
}

enum err
api_get_report_raw(const struct api_request *r, struct api_answer *a,
    struct why *why)
{
	struct raw raw = { .bytes = BUF_INIT(RAW_MAX) };
	char name[VIEW_REPORT_ID_SIZE + 8];
	struct view_filter f;
	struct view_report_id id;
	enum err e = view_report_id_of(r, &id, why);

	if (e == E_OK)
		e = view_filter_of(r, &f);
	if (e == E_OK)
		e = check_open(r, f.allowed, &id, why);
	if (e == E_OK)
		e = store_inbox_receipt(r->store, id.intake, expand, &raw, why);
	if (e == E_OK && raw.err != E_OK)
		e = raw.err == E_RANGE
		    ? api_refuse(a, 413,
			  "it is too large for a page: tlsrpt inbox raw")
		    : raw.err;
	if (e == E_OK) {
		(void)snprintf(name, sizeof(name), "%.*s.%s",
		    SPAN_ARG(id.intake), raw.is_mail ? "eml" : "json");
		api_bytes(a,
		    raw.is_mail ? "text/plain" : "application/octet-stream",
		    buf_span(&raw.bytes), name);
	}
	buf_free(&raw.bytes);
	return e;
}
