/* deliver/send_job.h -- one attempt at a delivery, from its claim until what
 * came of it is in the store. */
#ifndef DELIVER_SEND_JOB_H
#define DELIVER_SEND_JOB_H

#include "base/buf.h"
#include "config/config.h"
#include "net/http_client.h"
#include "store/store_delivery.h"

struct send_job {
	struct send_job *next;
	struct arena texts;
	struct uuid claim;
	struct span id, report, uri, target, host;
	const char *url;
	int64_t attempt, tries, first_s;
	int64_t claimed_until_s;
	struct buf body;
	bool unverified; /* the second go, after the certificate failed */
	bool is_posted;
	bool is_done;
	struct delivery_outcome outcome; /* once it is done */
};

/* Of a claimed delivery. NULL: out of memory. */
struct send_job *send_job_new(const struct uuid *claim,
    const struct delivery *);
void send_job_free(struct send_job *);

/* What the answer means for the delivery; or, where the certificate did not
 * verify and the configuration allows it, that it is to be posted once more. */
void send_job_answered(struct send_job *, const struct config *, int64_t now_s,
    const struct http_result *);
/* It is left to whoever claims it next. */
void send_job_let_go(struct send_job *, int64_t now_s, const char *why);
/* It cannot be sent at all. */
void send_job_give_up(struct send_job *, int64_t now_s, const char *reason);
/* It is not to be sent there; reason lasts as long as the job. */
void send_job_suppress(struct send_job *, int64_t now_s, struct span reason);

#endif
