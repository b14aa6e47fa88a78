/* store/store_outgoing.h -- what our own servers saw and we reported, as it is
 * looked at. Errors and lists as in store.h. */
#ifndef STORE_STORE_OUTGOING_H
#define STORE_STORE_OUTGOING_H

#include "model/delivery_state.h"
#include "model/levels.h"
#include "store/store.h"

typedef enum err outgoing_day_fn(void *arg, int64_t day, uint64_t domains);
/* For how many domains there were sessions, of the days that have any. */
MUST_CHECK enum err store_outgoing_days(struct store *, int64_t first,
    int64_t last, outgoing_day_fn *, void *arg, struct why *why);

typedef enum err outgoing_levels_fn(void *arg, int64_t day,
    const struct levels *);
/* How well the sessions of the days that have any were protected; a day may
 * come in several parts. */
MUST_CHECK enum err store_outgoing_levels(struct store *, int64_t first,
    int64_t last, outgoing_levels_fn *, void *arg, struct why *why);

#define OUTGOING_STATES_MAX 16 /* more than there are */

struct outgoing_report {
	struct span id, domain;
	int64_t day;
	uint64_t succeeded, failed;
	struct {
		enum delivery_state state;
		uint64_t n;
	} deliveries[OUTGOING_STATES_MAX];
	size_t ndeliveries; /* states that there are deliveries in */
};

struct outgoing_filter {
	int64_t first, last; /* days */
	struct span domain;  /* empty: any */
	struct span allowed; /* "|a|b|"; empty: all */
	int64_t state;	     /* of a delivery; 0: any, or none */
	struct report_cursor after;
	size_t max;
};

typedef enum err outgoing_report_fn(void *arg, const struct outgoing_report *);
/* By day, domain and id. */
MUST_CHECK enum err store_outgoing_reports(struct store *,
    const struct outgoing_filter *, outgoing_report_fn *, void *arg,
    struct why *why);

struct outgoing_delivery {
	struct span id, report, domain, uri;
	enum delivery_state state;
	struct span reason;
	int64_t attempts, queued_s;
	int64_t next_s;	    /* 0: it is done */
	struct span answer; /* of the last attempt; empty: none yet */
};

struct outgoing_delivery_filter {
	struct span domain, report; /* empty: any */
	struct span allowed;	    /* as above */
	int64_t state;		    /* 0: any */
	int64_t before_s;	    /* queued; start: INT64_MAX */
	struct span before_id;
	size_t max;
};

typedef enum err outgoing_delivery_fn(void *arg,
    const struct outgoing_delivery *);
/* The newest first. */
MUST_CHECK enum err store_outgoing_deliveries(struct store *,
    const struct outgoing_delivery_filter *, outgoing_delivery_fn *, void *arg,
    struct why *why);

typedef enum err collector_counter_fn(void *arg, struct span collector,
    struct span counter, uint64_t n);
/* Sums from day first on, by collector. */
MUST_CHECK enum err store_collector_counters(struct store *, int64_t first,
    collector_counter_fn *, void *arg, struct why *why);

#endif
