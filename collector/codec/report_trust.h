/* codec/report_trust.h -- the verdict on a report that we received: s3, by the
 * signatures of its mail and whose they are. Pure. */
#ifndef CODEC_REPORT_TRUST_H
#define CODEC_REPORT_TRUST_H

#include "codec/auth_results.h"
#include "codec/dkim_verify.h"
#include "model/trust.h"

/* So long at least keys are taken to be published after they signed. */
#define TRUST_GONE_AFTER_S (7 * 86400)

struct trust_policy {
	/* A key with s=email does for reports, too: s3 lets receivers ignore
	 * reports of keys without s=tlsrpt. */
	bool email_keys;
	int64_t gone_after_s;
};

/* Names are in the spelling of model/domain.h. */
struct trust_evidence {
	const struct dkim_signatures *signatures;
	const struct dkim_judgement *judgements; /* one of each */
	/* Of our own mail server, for signatures whose key cannot be had any
	 * more; NULL: none. */
	const struct auth_results *results;
	struct span from;    /* of From; empty: codec/from_domain.h has none */
	struct span contact; /* of contact-info; empty: null or none */
	struct span submitter; /* TLS-Report-Submitter; empty: none */
	int64_t age_s; /* from receipt to when the keys were asked for */
};

#define TRUST_NO_SIGNATURE SIZE_MAX

struct trust {
	enum trust_verdict verdict;
	uint32_t reasons;     /* trust_has */
	size_t signature;     /* whose domain vouches, or TRUST_NO_SIGNATURE */
	bool may_turn_better; /* once DNS answers about a key */
};

/* Of a report that came by mail.
 *
 * A signature vouches if it passes, has no l=, and its key is for TLS reports.
 * It does so for the report if d= is of the same organisation as From, and as
 * contact-info and TLS-Report-Submitter if those are there: s5.3. */
struct trust report_trust_mail(const struct trust_evidence *,
    const struct trust_policy *);

/* Of one that came by HTTPS. */
struct trust report_trust_https(void);

#endif
