#include "intake/weigh.h"

/* What a row takes beside its texts, with its keys and its places in indexes:
 * measured in SQLite. */
#define INTAKE_BYTES 500
#define REPORT_BYTES 450
#define POLICY_BYTES 300
#define DETAIL_BYTES 180

static uint64_t
of_list(struct span_list list)
{
	uint64_t n = 0;

	for (size_t i = 0; i < list.n; i++)
		n += list.v[i].len + 1;
	return n;
}

static uint64_t
of_details(const struct incoming_policy *p)
{
	uint64_t n = 0;

	for (size_t i = 0; i < p->ndetails; i++) {
		const struct failure_detail *d = &p->details[i].detail;

		n += DETAIL_BYTES + p->policy.domain.len +
		    p->details[i].unknown_type.len + d->sending_ip.len +
		    d->mx_hostname.len + d->helo.len + d->receiving_ip.len +
		    d->info.len + d->reason.len;
	}
	return n;
}

static uint64_t
of_report(const struct examined_report *r)
{
	const struct incoming_report *in = &r->report;
	uint64_t n = REPORT_BYTES + r->submitter.len + in->organization.len +
	    in->contact.len + in->id.len;

	for (size_t i = 0; i < in->npolicies; i++) {
		const struct incoming_policy *p = &in->policies[i];

		n += POLICY_BYTES + 2 * p->policy.domain.len +
		    of_list(p->policy.strings) + of_list(p->policy.mx_hosts) +
		    of_details(p);
	}
	return n;
}

uint64_t
weigh_rows(const struct receipt_facts *f, const struct examined *x)
{
	uint64_t facts = f->peer.len + f->route.len + f->sender.len +
	    f->recipient.len;
	uint64_t n = INTAKE_BYTES;

	for (size_t i = 0; i < x->n; i++)
		n += facts + of_report(&x->v[i]);
	return x->n == 0 ? n + REPORT_BYTES + facts : n;
}
