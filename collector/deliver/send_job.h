/* deliver/send_job.h -- one attempt at a delivery, from its claim until what
 * came of it is in the store. */
#ifndef DELIVER_SEND_JOB_H
#define DELIVER_SEND_JOB_H

#include "base/buf.h"
#include "codec/destination.h"
#include "net/mail_program.h"
#include "deliver/busy_hosts.h"
#include "deliver/verdict.h"
#include "net/resolver.h"
#include "store/store_delivery.h"

enum send_phase {
	SEND_CLAIMED,
	SEND_LOOKING, /* in DNS, whether it is still asked for */
	SEND_LOOKED,
	SEND_READY,
	SEND_GOING,
	SEND_DONE, /* what came of it is not in the store yet */
};

/* What DNS says of the record that asked for the report. */
struct send_record {
	enum txt_outcome outcome;
	enum dnssec dnssec;
	struct span_list txts;
	struct why why;
};

struct send_job {
	struct send_job *next;
	struct arena texts;
	struct uuid claim;
	struct span id, report, uri, target, host;
	const char *url; /* the target, or else the uri */
	struct destination to;
	struct span domain; /* of the report, */
	int64_t day;	    /* likewise */
	int64_t attempt, tries, first_s;
	int64_t claimed_until_s;
	struct busy_host *at;
	bool is_loaded; /* counted so, with its body */
	enum send_phase phase;
	struct buf body;  /* the report; or the signed mail, and */
	struct span keys; /* what signed it: as in struct signed_mail */
	size_t lookups;	  /* not answered yet */
	struct send_record record;
	struct why key_fault; /* empty: all keys are published */
	bool key_is_refused;  /* DNS answered, and it is not the key */
	bool unverified;      /* the second go, after the certificate failed */
	struct program *program;
	struct delivery_outcome outcome; /* once it is done */
};

/* Of a claimed delivery. NULL: out of memory. */
struct send_job *send_job_new(const struct uuid *claim,
    const struct delivery *);
void send_job_free(struct send_job *);

/* What the peer says, as texts of the job that a database takes: a copy with
 * other bytes replaced. */
struct span send_job_keep(struct send_job *, struct span);

/* -- how it ends: each sets the outcome but for the attempt's peer, tls, status
 * and answer -- */

/* accepted: the state that stands for VERDICT_ACCEPTED here; retry_after_s: as
 * for retry_next_s. */
void send_job_judge(struct send_job *, enum delivery_verdict,
    enum delivery_state accepted, int64_t now_s, int64_t retry_after_s);
/* It is tried again, or given up after 24 hours. */
void send_job_retry(struct send_job *, int64_t now_s);
/* It will not be tried again; reason may quote nobody, or is kept. */
void send_job_finish(struct send_job *, enum delivery_state, struct span reason,
    int64_t now_s);
/* It is not to be sent there; that was no try. */
void send_job_suppress(struct send_job *, struct span reason, int64_t now_s);
/* It is left to whoever claims it next, and was no try. */
void send_job_let_go(struct send_job *, int64_t now_s);

#endif
