/* deliver/send_private.h -- what the files of send_stage share. */
#ifndef DELIVER_SEND_PRIVATE_H
#define DELIVER_SEND_PRIVATE_H

#include "deliver/send_job.h"
#include "deliver/send_stage.h"
#include "net/http_client.h"
#include "net/smtp_client.h"
#include "store/store_mail.h"

struct send_stage {
	const struct config *config;
	const struct clock *clock;
	struct address_filter filter;
	struct transfers *transfers;
	struct http_client *http;
	struct smtp_client *smtp;  /* NULL: a sendmail program takes mails */
	struct resolver *resolver; /* NULL: DNS is not asked */
	int epoll_fd; /* readable: asked to end, an answer from DNS, or a
		       * program has ended */
	struct send_job *jobs;
	size_t njobs;
	struct busy_hosts hosts;      /* that these are for */
	size_t nloaded, bytes_loaded; /* of these */
	bool clock_is_off;	      /* as it was told last */
	bool any_suppressed;	      /* when those of this step were claimed */
};

/* Of one that was taken out of jobs. */
void send_forget(struct send_stage *, struct send_job *);

/* send_claim.c: claim what is due, as many as may be under way. */
MUST_CHECK enum err send_claim(struct send_stage *, struct store *,
    struct why *why);

/* send_load.c: read what is to be sent. What is not there any more, or is
 * suppressed, is done. E_SYNTAX, E_RANGE: this one cannot be sent. */
MUST_CHECK enum err send_load(struct send_stage *, struct send_job *,
    struct store *, struct why *why);

/* send_look.c: ask DNS whether the report is still asked for, and whether the
 * keys are published; and judge what it said. */
MUST_CHECK enum err send_look(struct send_stage *, struct send_job *,
    struct why *why);
MUST_CHECK enum err send_looked(struct send_stage *, struct send_job *,
    struct store *, struct why *why);

/* Begin; a failure is this machine's, and the job stays as it was. */
MUST_CHECK enum err send_https(struct send_stage *, struct send_job *,
    struct why *why);
MUST_CHECK enum err send_mail(struct send_stage *, struct send_job *,
    struct why *why);
/* sender: of the envelope; empty: <>. */
MUST_CHECK enum err send_smtp(struct send_stage *, struct send_job *,
    struct span sender, struct why *why);
MUST_CHECK enum err send_program(struct send_stage *, struct send_job *,
    struct span sender, struct why *why);

/* Settle those whose program has ended. */
void send_program_poll(struct send_stage *);
/* When to do that even if epoll_fd is not readable: monotonic; INT64_MAX: none
 * runs. */
int64_t send_program_deadline_ns(const struct send_stage *);
/* Give those that run so long to end, then kill them: all are done. */
void send_program_end(struct send_stage *, int64_t max_ns);

#endif
