/* intake/proof.h -- what there is to say who a mail is of: its signatures, and
 * what our own mail server found of them. */
#ifndef INTAKE_PROOF_H
#define INTAKE_PROOF_H

#include "codec/report_trust.h"
#include "config/config.h"
#include "intake/keys.h"
#include "intake/receipt.h"

struct proof {
	struct dkim_signatures signatures;
	struct dkim_judgement judgements[DKIM_SIGNATURES_MAX];
	enum dnssec dnssec[DKIM_SIGNATURES_MAX]; /* of their keys */
	struct auth_results results;
	bool has_results;
	struct span from; /* the domain; empty: there is not exactly one */
	int64_t age_s;	  /* of the mail, for all that we know */
	/* Private: what the above are views of, beside the message. */
	struct arena arena;
	struct buf lines;
};

/* Read the signatures of a mail, which must outlast *ret, and note the keys
 * they need. Until proof_judge nothing is known of those. What is too large to
 * be looked at has no signature. Free ret in any case. E_NOMEM; E_IO: the
 * library failed. */
MUST_CHECK enum err proof_read(const struct receipt_facts *,
    struct span message, const struct list *authserv_ids, int64_t now_s,
    struct keys *, struct proof *ret);

/* Verify them by their keys. */
MUST_CHECK enum err proof_judge(struct proof *, const struct keys *);

void proof_free(struct proof *);

#endif
