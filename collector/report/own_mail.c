#include "report/own_mail.h"

#include "base/num.h"
#include "store/store_delivery.h"

/* Sessions by the type of policy that they were judged by. */
struct sums {
	uint64_t tlsa, sts, none;
	uint64_t failed;
};

static enum err
add_sum(void *arg, enum policy_type type, uint64_t succeeded, uint64_t failed)
{
	struct sums *s = arg;
	uint64_t n = count_add(succeeded, failed);

	switch (type) {
	case POLICY_TLSA:
		s->tlsa = count_add(s->tlsa, n);
		break;
	case POLICY_STS:
		s->sts = count_add(s->sts, n);
		break;
	case POLICY_NO_POLICY_FOUND:
		s->none = count_add(s->none, n);
		break;
	}
	s->failed = count_add(s->failed, failed);
	return E_OK;
}

/* s4: a session has a result for each policy that applied: the domain's own for
 * MTA-STS, that of the MX host for DANE, or for neither that none was found. So
 * one session has at most one result of each type, and the sum of all results
 * would count some twice: a domain with DANE and MTA-STS would never fall
 * silent. Policies of one type are of different sessions, and are added up. */
static uint64_t
least_sessions(const struct sums *s)
{
	return count_add(s->none, s->tlsa > s->sts ? s->tlsa : s->sts);
}

enum err
own_mail_look(struct store *store, int64_t day, struct span domain,
    struct own_mail *ret, struct why *why)
{
	struct own_mail own = { .mails = 0 };
	struct sums sums = { .failed = 0 };
	enum err e = store_delivery_mails_done(store, domain, day, &own.mails,
	    why);

	if (e == E_OK && own.mails > 0)
		e = store_tally_sums(store, day, domain, add_sum, &sums, why);
	if (e != E_OK)
		return e;
	own.sessions = least_sessions(&sums);
	own.failed = sums.failed;
	*ret = own;
	return E_OK;
}

/* A failure is always news. Datagrams do not say which session carried what, so
 * it is the numbers that must explain each other. */
bool
own_mail_is_all(const struct own_mail *own)
{
	return own->mails > 0 && own->failed == 0 &&
	    own->sessions <= own->mails;
}
