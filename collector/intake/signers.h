/* intake/signers.h -- domains whose reports were authenticated lately, and what
 * mails that claim to be theirs turned out to be. Bounded; by one thread at a
 * time. */
#ifndef INTAKE_SIGNERS_H
#define INTAKE_SIGNERS_H

#include "base/err.h"
#include "intake/claims.h"

#define SIGNERS_MAX 4096 /* who was known first stays */
#define SIGNER_KNOWN_S ((int64_t)90 * 86400)

struct signer {
	struct id id;
	int64_t last_s;	  /* when a report of its was authenticated */
	uint64_t waiting; /* bytes of mails that claim it, not judged yet */
	/* Claims that were false, of late: a true one halves it, and an hour
	 * without one ends it. */
	unsigned failed;
	int64_t failed_s;
	int64_t day; /* UTC, that today counts */
	uint64_t today;
};

struct signers;

MUST_CHECK enum err signers_open(struct signers **ret); /* E_NOMEM */
void signers_close(struct signers *);			/* NULL is fine */

/* NULL: not known, or not any more. Until the next signers_learn. */
struct signer *signers_find(const struct signers *, const struct id *,
    int64_t now_s);
/* The first of them that is known; NULL: none. */
struct signer *signers_claimed(const struct signers *, const struct claims *,
    int64_t now_s);
/* A report of its was authenticated then. NULL: there is no place. */
struct signer *signers_learn(struct signers *, const struct id *,
    int64_t seen_s, int64_t now_s);

/* What became of a mail of so many bytes that claims it. */
void signer_claim_held(struct signer *);
void signer_claim_failed(struct signer *, int64_t now_s);
/* The claims that are remembered against it. */
unsigned signer_failed(const struct signer *, int64_t now_s);
/* Reports that were authenticated today. */
uint64_t signer_today(const struct signer *, int64_t now_s);
void signer_count(struct signer *, int64_t now_s);

#endif
