#include "codec/report_write.h"

#include "base/clock.h"

/* s4.4: absent optional members are left out, never empty or null. */
static void
put_optional(struct json_out *out, const char *key, struct span text)
{
	if (text.len > 0)
		json_out_text(out, key, text);
}

static void
put_list(struct json_out *out, const char *key, struct span_list list)
{
	if (list.n == 0)
		return;
	json_out_array(out, key);
	for (size_t i = 0; i < list.n; i++)
		json_out_text(out, NULL, list.v[i]);
	json_out_end(out);
}

static void
put_policy(struct json_out *out, const struct policy *p)
{
	json_out_object(out, "policy");
	json_out_text(out, "policy-type", span_str(policy_type_text(p->type)));
	put_list(out, "policy-string", p->strings);
	json_out_text(out, "policy-domain", p->domain);
	/* An array: s4.4, and erratum 6241 for the example. */
	put_list(out, "mx-host", p->mx_hosts);
	json_out_end(out);
}

static void
put_summary(struct json_out *out, const struct report_policy *p)
{
	json_out_object(out, "summary");
	json_out_count(out, "total-successful-session-count", p->succeeded);
	json_out_count(out, "total-failure-session-count", p->failed);
	json_out_end(out);
}

static void
put_detail(struct json_out *out, const struct report_detail *d)
{
	json_out_object(out, NULL);
	json_out_text(out, "result-type",
	    span_str(result_type_text(d->detail.type)));
	put_optional(out, "sending-mta-ip", d->detail.sending_ip);
	put_optional(out, "receiving-mx-hostname", d->detail.mx_hostname);
	put_optional(out, "receiving-mx-helo", d->detail.helo);
	put_optional(out, "receiving-ip", d->detail.receiving_ip);
	json_out_count(out, "failed-session-count", d->sessions);
	put_optional(out, "additional-information", d->detail.info);
	put_optional(out, "failure-reason-code", d->detail.reason);
	json_out_end(out);
}

void
report_write_policy(struct json_out *out, const struct report_policy *p)
{
	json_out_object(out, NULL);
	put_policy(out, &p->policy);
	put_summary(out, p);
	if (p->ndetails > 0) {
		json_out_array(out, "failure-details");
		for (size_t i = 0; i < p->ndetails; i++)
			put_detail(out, &p->details[i]);
		json_out_end(out);
	}
	json_out_end(out);
}

/* s4.1: the whole UTC day. */
static void
put_date_range(struct json_out *out, int64_t day)
{
	char start[TIME_TEXT_SIZE], end[TIME_TEXT_SIZE];

	time_text(day_start_s(day), start);
	time_text(day_end_s(day), end);
	json_out_object(out, "date-range");
	json_out_text(out, "start-datetime", span_str(start));
	json_out_text(out, "end-datetime", span_str(end));
	json_out_end(out);
}

enum err
report_write(const struct report *r, struct buf *text)
{
	struct json_out *out = json_out_new();
	enum err e;

	if (out == NULL)
		return E_NOMEM;
	json_out_object(out, NULL);
	json_out_text(out, "organization-name", r->reporter.organization);
	put_date_range(out, r->day);
	json_out_text(out, "contact-info", r->reporter.contact);
	json_out_text(out, "report-id", r->id);
	json_out_array(out, "policies");
	for (size_t i = 0; i < r->npolicies; i++)
		report_write_policy(out, &r->policies[i]);
	json_out_end(out);
	json_out_end(out);
	e = json_out_finish(out, JSON_COMPACT_STYLE, text);
	json_out_free(out);
	return e;
}
