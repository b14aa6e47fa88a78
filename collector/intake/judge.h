/* intake/judge.h -- how far a report is to be believed: s3, by the signatures
 * of its mail. */
#ifndef INTAKE_JUDGE_H
#define INTAKE_JUDGE_H

#include "intake/proof.h"
#include "intake/take.h"

/* So long after its receipt a report waits for keys that DNS gives no answer
 * about; then nobody can tell any more. */
#define JUDGE_WAIT_S (3 * S_PER_DAY)
/* Between two times that DNS is asked: as long as it has waited, but within
 * these. */
#define JUDGE_AGAIN_MIN_S 60
#define JUDGE_AGAIN_MAX_S 3600

struct judge {
	const struct clock *clock;
	const struct list *authserv_ids; /* intake.authserv_id */
	keys_ask_fn *ask;		 /* NULL: no key is looked up */
	void *ask_arg;
};

struct judge_case {
	const struct judge *judge;
	const struct receipt_facts *facts;
	const struct proof *proof; /* of a mail; else NULL */
	struct buf text;	   /* what the last verdict's texts are in */
};

#define JUDGE_TEXT_MAX 8192

/* A take_judge_fn, of a struct judge_case. */
enum err judge_report(void *arg, const struct examined *,
    const struct examined_report *, struct take_trust *ret);

/* When something is to be tried again that waits since then: UTC. */
int64_t judge_again_s(int64_t received_s, int64_t now_s);

#endif
