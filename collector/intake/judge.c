#include "intake/judge.h"

#include "model/trust.h"

/* s3: a mail counts only if its signature verifies; nothing vouches for what is
 * posted. */
enum err
judge_unverified(void *arg, const struct examined *x,
    const struct examined_report *r, struct take_trust *ret)
{
	(void)arg;
	(void)r;
	if (x->mail.n > 0) {
		ret->rank = TAKE_NOT_COUNTED;
	} else {
		ret->verdict = TRUST_UNAUTHENTICATED;
		ret->rank = TAKE_UNAUTHENTICATED;
	}
	return E_OK;
}
