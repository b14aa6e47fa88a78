#include "inbox_estate.h"

#include "base/clock.h"
#include "store/store_domain.h"
#include "store/store_inbox.h"
#include "store/store_inbox_level.h"

#define T(text) SPAN_LIT(text)

static struct inbox_row
row_of(const struct told_report *t)
{
	return (struct inbox_row){
		.intake = span_str(t->intake),
		.part = t->part,
		.received_s = day_start_s(t->day + 1) + 3600,
		.way = T("lmtp"),
		.peer = T("192.0.2.9:25"),
		.route = T("token"),
		.sender = T("s@r.example"),
		.recipient = T("tls@o.example"),
		.state = t->state,
		.reason = T(""),
		.verdict = t->verdict,
		.trust = T(""),
		.submitter = span_str(t->reporter),
		.organization = T("R"),
		.contact = T("tls@r.example"),
		.report_id = span_str(t->intake),
		.start_s = t->state == INBOX_UNREADABLE ? 0
							: day_start_s(t->day),
		.end_s = t->state == INBOX_UNREADABLE ? 0 : day_end_s(t->day),
		.notes = T(""),
		.identity = key(t->identity),
		.content = key(2),
		.like = T(""),
	};
}

static uint64_t
number(uint64_t told)
{
	return told == NOT_TOLD ? 0 : told;
}

static void
put_detail(struct fixture *f, const struct inbox_row *r,
    const struct inbox_policy *p, const struct told_policy *from)
{
	struct inbox_detail d = {
		.policy = p->number,
		.detail = detail(from->result, "mx.example hello"),
		.unknown_type = T(""),
		.sessions = number(from->sessions),
		.has_sessions = from->sessions != NOT_TOLD,
	};
	struct why why = { { 0 } };

	assert_ok_why(store_inbox_put_detail(f->store, r, p, &d, &why), &why);
}

static void
put_policy(struct fixture *f, const struct inbox_row *r, int64_t day, int64_t n,
    const struct told_policy *from)
{
	struct inbox_policy p = {
		.day = day,
		.domain = span_str(from->domain),
		.number = n,
		.type = from->type,
		.unknown_type = T(""),
		.policy_domain = span_str(from->domain),
		.strings = span_str(from->text),
		.mx_hosts = T(""),
		.succeeded = number(from->succeeded),
		.failed = number(from->failed),
		.has_succeeded = from->succeeded != NOT_TOLD,
		.has_failed = from->failed != NOT_TOLD,
	};
	struct why why = { { 0 } };

	assert_ok_why(store_inbox_put_policy(f->store, r, &p, &why), &why);
	if (from->result != 0)
		put_detail(f, r, &p, from);
}

static void
add_totals(struct inbox_row *r, const struct told_report *t)
{
	for (size_t i = 0; i < 4 && t->policies[i].domain != NULL; i++) {
		r->succeeded += number(t->policies[i].succeeded);
		r->failed += number(t->policies[i].failed);
		r->has_succeeded |= t->policies[i].succeeded != NOT_TOLD;
		r->has_failed |= t->policies[i].failed != NOT_TOLD;
		r->policies++;
	}
}

void
tell_within(struct fixture *f, const struct told_report *t)
{
	struct inbox_row r = row_of(t);
	struct why why = { { 0 } };

	add_totals(&r, t);
	assert_ok_why(store_inbox_put_raw(f->store, r.intake, T("raw"), 30,
			  true, NULL, &why),
	    &why);
	assert_ok_why(store_inbox_put(f->store, &r, &why), &why);
	for (size_t i = 0; i < 4 && t->policies[i].domain != NULL; i++)
		put_policy(f, &r, t->day, (int64_t)i, &t->policies[i]);
	assert_ok_why(store_inbox_put_levels(f->store, &r, &why), &why);
}

void
tell(struct fixture *f, const struct told_report *t)
{
	struct why why = { { 0 } };

	assert_ok_why(store_begin(f->store, &why), &why);
	tell_within(f, t);
	assert_ok_why(store_commit(f->store, &why), &why);
}

void
own(struct fixture *f, const char *domain)
{
	assert_ok(store_domain_add(f->store,
	    &(const struct owned_domain){ span_str(domain), T(""), NOW_S },
	    NULL));
}

void
tell_estate(struct fixture *f)
{
	static const struct told_report reports[] = {
		{ "r1", 0, DAY, "g.example", INBOX_COUNTED, TRUST_AUTHENTICATED,
		    1,
		    { { "a.example", POLICY_STS, ENFORCE, 90, 10,
			  RESULT_CERTIFICATE_EXPIRED, 10 },
			{ "a.example", POLICY_TLSA, USABLE, 95, 5,
			    RESULT_VALIDATION_FAILURE, 5 } } },
		{ "r2", 0, DAY, "m.example", INBOX_COUNTED, TRUST_AUTHENTICATED,
		    2,
		    { { "a.example", POLICY_NO_POLICY_FOUND, "", 40, 2,
			  RESULT_STARTTLS_NOT_SUPPORTED, 2 },
			{ "b.example", POLICY_STS, TESTING, 30, 3,
			    RESULT_CERTIFICATE_EXPIRED, 3 } } },
		{ "r3", 0, DAY, "evil.example", INBOX_COUNTED,
		    TRUST_UNAUTHENTICATED, 3,
		    { { "a.example", POLICY_STS, ENFORCE, 0, 1000,
			RESULT_VALIDATION_FAILURE, NOT_TOLD } } },
		{ "r4", 0, DAY + 1, "u.example", INBOX_UNTRUSTED,
		    TRUST_UNSIGNED, 4,
		    { { "a.example", POLICY_NO_POLICY_FOUND, "", 7, 0, 0,
			0 } } },
		{ "r5", 0, DAY, "g.example", INBOX_DUPLICATE,
		    TRUST_AUTHENTICATED, 1,
		    { { "a.example", POLICY_STS, ENFORCE, 90, 10, 0, 0 } } },
		{ "r6", 0, DAY, "", INBOX_UNREADABLE, 0, 6,
		    { { NULL, POLICY_NO_POLICY_FOUND, "", 0, 0, 0, 0 } } },
		{ "r7", 0, DAY + 2, "g.example", INBOX_COUNTED,
		    TRUST_AUTHENTICATED, 7,
		    { { "a.example", POLICY_STS, ENFORCE, NOT_TOLD, NOT_TOLD, 0,
			0 } } },
	};

	own(f, "a.example");
	own(f, "b.example");
	own(f, "c.example");
	for (size_t i = 0; i < sizeof(reports) / sizeof(reports[0]); i++)
		tell(f, &reports[i]);
}
