/* intake/admission.h -- who may come in, given what is held: in front of the
 * spool, so that a flood of what nobody vouches for leaves room for the reports
 * of those who are known to sign theirs.
 *
 * Part of the spool is a reserve for mails that claim to be of a known signer.
 * A claim is only words until the worker has judged the mail, so one signer's
 * are given an eighth of the reserve at a time, and half of that again for each
 * that proved false of late; a single one always fits. Whoever forges a name
 * thus takes from that name alone, and cannot have it refused (ADR 17). */
#ifndef INTAKE_ADMISSION_H
#define INTAKE_ADMISSION_H

#include "base/clock.h"
#include "intake/claims.h"
#include "intake/receipt.h"
#include "model/inbox_class.h"

#define ADMISSION_SHARES 8 /* of the reserve */

/* -- the rule; pure -- */

struct admission_room {
	uint64_t waiting, max; /* bytes in the spool */
	unsigned reserve;      /* percent of max */
	bool store_is_full;    /* of what is not removed for a flood */
};

/* Of the signer that a mail claims. */
struct admission_standing {
	uint64_t waiting; /* bytes of mails that claim it */
	unsigned failed;  /* claims of late */
	bool is_spent;	  /* it had its share of the day */
};

enum admission_answer {
	ADMISSION_OPEN,	   /* there is room for anybody: ask the source's
			      share */
	ADMISSION_RESERVE, /* for this one */
	ADMISSION_NO_ROOM,
	ADMISSION_SPENT,
	ADMISSION_STORE_FULL,
};

/* standing: NULL for who claims no known signer. */
enum admission_answer admission_decide(const struct admission_room *,
    const struct admission_standing *, uint64_t bytes);

/* -- the door -- */

struct admission_options {
	struct receipt_sink sink; /* where it leads */
	/* Bytes that wait there. Thread-safe. */
	uint64_t (*waiting)(void *arg);
	void *arg;
	uint64_t spool_max;
	unsigned reserve;   /* percent */
	uint64_t daily;	    /* reports of a source; 0: any number */
	size_t sources_max; /* that are remembered for it */
	const struct clock *clock;
};

struct admission;

/* E_NOMEM. */
MUST_CHECK enum err admission_open(const struct admission_options *,
    struct admission **ret);
void admission_close(struct admission *); /* NULL is fine */

/* Its put returns also E_BUSY: the source has had its share of the day. Lasts
 * as long as the admission. */
struct receipt_sink admission_sink(struct admission *);

/* -- the worker's side; thread-safe -- */

/* What became of a mail. */
enum admission_outcome {
	ADMISSION_UNKNOWN, /* nobody can tell, or it came before */
	ADMISSION_FALSE,   /* nothing vouches for it */
	ADMISSION_TRUE,	   /* signer does */
};

/* bytes: as they were put. signer: an organisational domain, for
 * ADMISSION_TRUE. True: that it signs is news, at least of today. */
bool admission_judged(struct admission *, const struct claims *, uint64_t bytes,
    enum admission_outcome, struct span signer);

void admission_learn(struct admission *, struct span signer, int64_t seen_s);
void admission_store_is_full(struct admission *, bool);
/* How many were refused since it was last asked. */
uint64_t admission_take_refused(struct admission *, enum inbox_event);

#endif
