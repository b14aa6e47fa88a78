/* store/store_delivery.h -- the queue of deliveries: one for each destination
 * of a report, claimed by any number of workers. Errors and lists as in
 * store.h. */
#ifndef STORE_STORE_DELIVERY_H
#define STORE_STORE_DELIVERY_H

#include "model/delivery_state.h"
#include "store/store.h"

struct delivery {
	struct span id; /* UUID */
	struct span report;
	int64_t day;	    /* of the report; 0: it is not there any more */
	struct span domain; /* likewise; empty */
	struct span uri;    /* of the rua set */
	struct span target; /* URI that it goes to instead; empty: to uri */
	struct span host;   /* that is visited; empty: the URI is refused */
	enum delivery_state state;
	struct span reason; /* of the state, for a person; may be empty */
	int64_t queued_s;
	int64_t due_s;	  /* next attempt, or until when it is claimed */
	bool is_claimed;  /* an attempt is going on, or its worker died */
	bool to_sign;	  /* role report has to make its mail first */
	int64_t attempts; /* begun */
	int64_t first_s;  /* attempt; 0: none yet */
	int64_t tries;	  /* attempts since first_s but for the forgiven;
			   * set by a claim alone */
	int64_t done_s;	  /* 0: there is something to do */
};

struct delivery_attempt {
	int64_t number; /* from 1 */
	int64_t started_s;
	int64_t ended_s;       /* 0: nobody knows how it ended */
	struct span transport; /* "https" */
	struct span peer;      /* "192.0.2.1:443"; empty: none was reached */
	struct span tls;       /* "verified", "unverified", "" */
	int64_t status;	       /* HTTP status or SMTP reply code; 0: none */
	struct span answer; /* the peer's first bytes, or why there is none */
};

/* Queue it, unless there is a delivery of that report to that URI already. Of
 * the delivery id, report, uri, target, host, state, reason, queued_s, due_s,
 * done_s and to_sign are looked at. In a transaction of the caller's. */
enum err store_delivery_add(struct store *, const struct delivery *,
    struct why *why);

typedef enum err delivery_fn(void *arg, const struct delivery *);

/* What the store's clock says, UTC: that of the machine which it runs on. */
MUST_CHECK enum err store_delivery_clock(struct store *, int64_t *ret_s,
    struct why *why);

struct delivery_wish {
	int64_t now_s, lease_s;
	size_t max;
	size_t max_hosts; /* to look at for them, one each time; 0: any */
	/* Whether one more attempt at the host may begin; asked before each is
	 * handed over. NULL: any. */
	bool (*may_visit)(void *arg, struct span host);
	/* Claims an hour of one host over HTTPS, and of one mailbox, by all
	 * workers; 0: any number. */
	int64_t host_hourly, mailbox_hourly;
};

/* Begin an attempt of deliveries that are due, a few of each host, first those
 * that are so for longest, in a transaction of its own. Until lease_s later
 * nobody else takes them; after that everybody may. claim: a new UUID, for
 * store_delivery_settle. What is past an hourly ceiling is put back into the
 * next hour: that is no attempt. id, report, day, domain, uri, target, host,
 * attempts, first_s and tries are set. What was handed over is claimed on E_OK
 * only, and may be claimed anew if the power fails before one is settled. */
MUST_CHECK enum err store_delivery_claim(struct store *,
    const struct uuid *claim, const struct delivery_wish *, delivery_fn *,
    void *arg, struct why *why);

struct delivery_outcome {
	enum delivery_state state;
	struct span reason;
	int64_t due_s;	  /* of another attempt */
	int64_t done_s;	  /* 0: there will be another */
	bool is_forgiven; /* it is no try: we broke it off */
	struct delivery_attempt attempt;
};

struct delivery_settling {
	struct uuid claim;
	struct span id;
	const struct delivery_outcome *outcome; /* that of one that is done */
	bool is_lost;				/* set */
	void *own;				/* the caller's */
};

/* What came of attempts, in a transaction of its own: all are noted, or none.
 * Lost is one whose claim has run out so that another worker has it, or that
 * the operator stopped; the attempt is noted all the same. They are sorted, so
 * that two workers never wait for each other. Those that will be tried again
 * are of one host only: they move it, and others have their own order for
 * hosts. */
MUST_CHECK enum err store_delivery_settle(struct store *,
    struct delivery_settling *, size_t n, struct why *why);

/* All, or those in one state, by the time of queueing. state 0: any. */
MUST_CHECK enum err store_delivery_list(struct store *, int state,
    delivery_fn *, void *arg, struct why *why);
/* E_ABSENT. */
MUST_CHECK enum err store_delivery_get(struct store *, struct span id,
    delivery_fn *, void *arg, struct why *why);
/* How many mails to mailboxes of the domain were handed over or accepted on the
 * UTC day. */
MUST_CHECK enum err store_delivery_mails_done(struct store *,
    struct span domain, int64_t day, uint64_t *ret, struct why *why);
/* The one of that report to that URI. E_ABSENT: there is none; why stays empty.
 */
MUST_CHECK enum err store_delivery_find(struct store *, struct span report,
    struct span uri, delivery_fn *, void *arg, struct why *why);
typedef enum err delivery_attempt_fn(void *arg,
    const struct delivery_attempt *);
MUST_CHECK enum err store_delivery_attempts(struct store *, struct span id,
    delivery_attempt_fn *, void *arg, struct why *why);

/* Those done from first_s on and before end_s, by state and by whether they go
 * by mail. */
typedef enum err delivery_count_fn(void *arg, enum delivery_state, bool by_mail,
    uint64_t n);
MUST_CHECK enum err store_delivery_done(struct store *, int64_t first_s,
    int64_t end_s, delivery_count_fn *, void *arg, struct why *why);

struct delivery_work {
	uint64_t attempts; /* begun from first_s on and before end_s */
	uint64_t waiting;  /* not done now */
	int64_t oldest_s;  /* when the oldest of those was queued; 0: none */
};
MUST_CHECK enum err store_delivery_work(struct store *, int64_t first_s,
    int64_t end_s, struct delivery_work *ret, struct why *why);

/* The operator's hand. E_CONFLICT: it is still being tried; E_ABSENT. */
MUST_CHECK enum err store_delivery_retry(struct store *, struct span id,
    int64_t now_s, struct why *why);
/* E_CONFLICT: it is done already; E_ABSENT. */
MUST_CHECK enum err store_delivery_cancel(struct store *, struct span id,
    int64_t now_s, struct why *why);

#endif
