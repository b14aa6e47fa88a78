/* Whatever comes in, as it was posted or as a mail, gives reports within their
 * ceilings, or one sentence that tells why not. */
#include "fuzz/fuzz.h"

#include "intake/examine.h"

static void
check_report(const struct examined_report *r)
{
	size_t ndetails = 0;

	assert(r->report.npolicies <= INCOMING_POLICIES_MAX);
	for (size_t i = 0; i < r->report.npolicies; i++)
		ndetails += r->report.policies[i].ndetails;
	assert(ndetails <= INCOMING_DETAILS_MAX);
	assert(r->submitter.len <= DOMAIN_TEXT_MAX);
}

static void
check(struct span body, bool is_mail)
{
	const struct receipt_facts facts = { .is_mail = is_mail };
	struct why why = { { 0 } };
	struct examined x;
	enum err e = examine(&facts, body, &x, &why);

	assert(e == E_OK || e == E_SYNTAX || e == E_RANGE);
	assert((e == E_OK) == (x.n > 0 && why.text[0] == '\0'));
	assert(x.n <= EXAMINED_REPORTS_MAX && (is_mail || x.n <= 1));
	assert(x.unpacked <= INCOMING_BYTES_MAX);
	if (e == E_OK)
		for (size_t i = 0; i < x.n; i++)
			check_report(&x.v[i]);
	examined_free(&x);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span body = { (const char *)data, size };

	check(body, false);
	check(body, true);
	return 0;
}
