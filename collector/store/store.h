/* store/store.h -- the meeting point of all stages: SQLite or PostgreSQL.
 *
 * A store is used by one thread at a time; each thread opens its own. Errors
 * that any call may return, beside those named: E_BUSY and E_AWAY (try again),
 * E_FULL, E_DENIED, E_IO, E_DAMAGED, E_NOMEM. Lists go to a callback, whose
 * texts are valid during the call; anything but E_OK from it ends the list and
 * is returned. */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/uuid.h"
#include "model/counters.h"
#include "model/tally.h"

struct store;

/* How a store is reached. SQLite knows of url, make and
 * read_only only. */
struct store_options {
	const char *url; /* "sqlite:PATH" or "postgresql://…" */
	bool make;	 /* a missing SQLite file, for store_migrate */
	bool read_only;	 /* nothing is written, and a transaction sees the store
			  * as it was when that read first */
	bool pooler;	 /* in between, with a session for each transaction */
	const char *application;   /* in the server's list; NULL: "tlsrptd" */
	const char *password_file; /* NULL: none */
	int64_t connect_timeout_ms;
	int64_t statement_timeout_ms, lock_timeout_ms; /* 0: none */
	/* The process is to end: no server is waited for much longer. By any
	 * thread; NULL: it never is. */
	bool (*hurries)(void);
};

struct store_options store_options_default(const char *url);

/* The options' texts are copied. E_ABSENT: no such file; E_USAGE: another
 * scheme. */
MUST_CHECK enum err store_open_as(const struct store_options *,
    struct store **ret, struct why *why);
/* With the default options; store_make makes a missing SQLite file. */
MUST_CHECK enum err store_open(const char *url, struct store **ret,
    struct why *why);
MUST_CHECK enum err store_make(const char *url, struct store **ret,
    struct why *why);
void store_close(struct store *); /* NULL is fine */

/* For a stage that writes what follows from what it reads. The first failure in
 * between sticks; store_commit rolls back and returns it. Calls that say so
 * make a transaction of their own and must not stand inside one. */
MUST_CHECK enum err store_begin(struct store *, struct why *why);
MUST_CHECK enum err store_commit(struct store *, struct why *why);
void store_rollback(struct store *); /* nothing outside a transaction */

/* -- schema -- */

struct store_schema {
	int version; /* of the store; 0: empty */
	int wanted;  /* of this program */
};

/* Bring the schema up to this program's, all steps or none, in a transaction of
 * its own; nothing is locked if it is there.
 * E_VERSION: the store is newer than the program, or a step was altered.
 * E_UNCERTAIN: again will tell. */
MUST_CHECK enum err store_migrate(struct store *, int64_t now_s,
    struct store_schema *ret, struct why *why);
/* Look without changing anything. E_VERSION: not this program's schema; ret is
 * set all the same. */
MUST_CHECK enum err store_check(struct store *, struct store_schema *ret,
    struct why *why);

/* -- collectors -- */

/* A place in a collector's journal; a journal made anew has another UUID. */
struct position {
	struct uuid journal;
	int64_t segment;
	int64_t offset; /* bytes */
};

struct collector {
	struct uuid id;
	struct span host;
	struct position position; /* committed up to here */
	int64_t watermark_s;	  /* all received before is in the store */
	int64_t registered_s, seen_s;
	bool forgotten; /* no day waits for it */
	/* Of the tlsrptd that has the id: a UUID, or empty: none has. */
	struct span claim;
	struct span place; /* where that one runs; empty: it was ended */
};

typedef enum err collector_fn(void *arg, const struct collector *);
MUST_CHECK enum err store_collector_list(struct store *, collector_fn *,
    void *arg, struct why *why);

/* Register the collector at start unless it is known already; ret_position is
 * where it is then committed up to. */
MUST_CHECK enum err store_collector_register(struct store *,
    const struct uuid *id, struct span host, const struct position *start,
    int64_t now_s, struct position *ret_position, struct why *why);

/* One collector. E_ABSENT. */
MUST_CHECK enum err store_collector_get(struct store *, const struct uuid *id,
    collector_fn *, void *arg, struct why *why);

/* That one tlsrptd has a collector's id, and no other: it flushes with its
 * claim. */
struct collector_claim {
	struct uuid collector;
	struct span found; /* the claim in the store, to be replaced */
	struct span claim, place;
	struct position first; /* in a journal that the store does not know */
};

/* The claim is in the store from now on; ret_position: up to where the journal
 * of first is committed. In a transaction of its own. E_BUSY: somebody else
 * claimed it meanwhile. E_UNCERTAIN: again will tell. */
MUST_CHECK enum err store_collector_claim(struct store *,
    const struct collector_claim *, struct position *ret_position,
    struct why *why);
/* Who has the claim ends. */
enum err store_collector_leave(struct store *, const struct uuid *id,
    struct span claim, struct why *why);

/* No day waits for the collector any more, until it flushes again, and the next
 * to claim the id gets it: for one whose machine or id is lost. E_ABSENT. */
MUST_CHECK enum err store_collector_forget(struct store *,
    const struct uuid *id, struct why *why);

/* What a collector saw of one UTC day since the last flush. */
struct day_counters {
	int64_t day;
	struct counters counters;
};

/* Where a flush gets its tallies from, more than once if it has to be repeated.
 * get: the i-th, valid until the next call; E_NOMEM. */
struct tally_source {
	enum err (*get)(void *arg, size_t i, struct tally *ret);
	void *arg;
	size_t n;
};

/* Out of an array. */
enum err tally_of_array(void *array, size_t i, struct tally *ret);

struct flush {
	struct uuid collector;
	struct span claim; /* empty: none was made */
	struct span host;
	struct position from, to; /* the journal's part that this stands for */
	int64_t watermark_s;
	int64_t now_s;
	struct tally_source tallies; /* sorted: day, domain, record_key */
	const struct day_counters *counters;
	size_t ncounters;
};

/* Add tallies and counters and move the collector from -> to, all or nothing,
 * in a transaction of its own. Tallies of a closed day become stale reports or
 * further parts. E_CONFLICT: the collector is not at from, or another claimed
 * it; read it again. E_UNCERTAIN: likewise. */
MUST_CHECK enum err store_flush(struct store *, const struct flush *,
    struct why *why);

/* Add what another program counted, once, under an id that is made of what it
 * kept: in one transaction the collector is registered at f->from, moved to
 * f->to, and forgotten. f->from and f->to differ.
 * E_EXISTS: it was added before; ret_at is where the collector then came to.
 * E_UNCERTAIN: again will tell. */
MUST_CHECK enum err store_adopt(struct store *, const struct flush *f,
    struct position *ret_at, struct why *why);

/* -- tallies -- */

struct tally_cursor {
	struct span domain; /* start: SPAN_NONE */
	struct content_key record_key;
	int64_t part; /* start: -1 */
};
#define TALLY_CURSOR_START ((struct tally_cursor){ .part = -1 })

/* The next tallies of a day after the cursor, at most max, whole and sorted, in
 * the arena. *ret_n less than max: there are no more. E_NOMEM: the arena's
 * ceiling, try with a lesser max. */
MUST_CHECK enum err store_tally_read(struct store *, int64_t day,
    const struct tally_cursor *after, size_t max, struct arena *,
    struct tally **ret, size_t *ret_n, struct why *why);

struct tally_cursor tally_cursor_at(const struct tally *);

/* The one tally at the cursor without its failure details, for a report; until
 * the transaction ends nobody else adds to it. E_ABSENT; E_NOMEM: the arena's
 * ceiling; E_SYNTAX: a row that no program of ours wrote. */
MUST_CHECK enum err store_tally_get(struct store *, int64_t day,
    const struct tally_cursor *at, struct arena *, struct tally *ret,
    struct why *why);

/* Its failure details by the policy's key and their own; policy counts in the
 * tally's policies. E_SYNTAX. */
typedef enum err tally_detail_fn(void *arg, size_t policy,
    const struct tally_detail *);
MUST_CHECK enum err store_tally_details(struct store *, const struct tally *,
    tally_detail_fn *, void *arg, struct why *why);

/* A domain's policy results of a day by type, over all its records and parts.
 * E_SYNTAX. */
typedef enum err tally_sum_fn(void *arg, enum policy_type, uint64_t succeeded,
    uint64_t failed);
MUST_CHECK enum err store_tally_sums(struct store *, int64_t day,
    struct span domain, tally_sum_fn *, void *arg, struct why *why);

typedef enum err counter_fn(void *arg, struct span counter, uint64_t n);
/* Sums over all collectors from day first to last. */
MUST_CHECK enum err store_counter_list(struct store *, int64_t first,
    int64_t last, counter_fn *, void *arg, struct why *why);

/* -- days -- */

struct day_state {
	int64_t day;
	int64_t closed_s;	    /* 0: open */
	struct span closed_by;	    /* "watermark", "grace", "operator" */
	struct span missing;	    /* collectors that had not passed it */
	uint64_t succeeded, failed; /* policy results */
	uint64_t late; /* of them, what came after it had been closed */
	uint64_t reports, delivered;
};

typedef enum err day_fn(void *arg, const struct day_state *);
MUST_CHECK enum err store_day_list(struct store *, int64_t first, day_fn *,
    void *arg, struct why *why);

/* due: for store_day_settle, else 0. */
typedef enum err day_number_fn(void *arg, int64_t day, int64_t due);
/* Open days before today, and closed ones from first on. */
MUST_CHECK enum err store_day_open(struct store *, int64_t today,
    day_number_fn *, void *arg, struct why *why);
MUST_CHECK enum err store_day_closed(struct store *, int64_t first,
    day_number_fn *, void *arg, struct why *why);

/* Closed days whose reports are to be built or built anew. */
MUST_CHECK enum err store_day_due(struct store *, day_number_fn *, void *arg,
    struct why *why);
/* The day's reports are built, as of the due that store_day_due gave: the day
 * is added up, for store_day_list and store_outgoing_days. */
MUST_CHECK enum err store_day_settle(struct store *, int64_t day, int64_t due,
    struct why *why);

/* Until the transaction ends nobody adds late sessions to the closed day. To be
 * called before anything of the day is read. */
MUST_CHECK enum err store_day_hold(struct store *, int64_t day,
    struct why *why);

/* E_EXISTS: closed already; E_ABSENT: no sessions on that day. */
MUST_CHECK enum err store_day_close(struct store *, int64_t day, int64_t now_s,
    struct span closed_by, struct span missing, struct why *why);

/* Room for the tallies of a day, best made before they come: what comes without
 * it is kept all the same. E_BUSY: others use the tables just now. */
MUST_CHECK enum err store_day_make(struct store *, int64_t day,
    struct why *why);
/* Tallies of the days before that one go, some of them, but none of a day whose
 * reports are not built, and of none behind it. What such a day came to stays,
 * and what comes late is added to that. ret_more: call again. E_BUSY: as above.
 */
MUST_CHECK enum err store_day_forget(struct store *, int64_t before,
    bool *ret_more, struct why *why);

/* -- reports -- */

struct report_row {
	struct span id;
	int64_t day;
	struct span domain;
	struct content_key record_key; /* not set by lists */
	int64_t part;
	struct span rua; /* codec/lines */
	struct span file_name;
	struct span body; /* gzip; only set by store_report_get */
	uint64_t json_bytes, body_bytes;
	uint64_t policies, succeeded, failed;
	uint64_t folded; /* failure details merged to fit */
	int64_t built_s;
	bool stale;
	int64_t frozen_s, delivered_s; /* 0: not yet */
};

/* The next tallies without a report, or with a stale one, that have somebody to
 * report to; in the arena. late: parts after the first, too. */
MUST_CHECK enum err store_report_due(struct store *, int64_t day,
    const struct tally_cursor *after, bool late, size_t max, struct arena *,
    struct tally_cursor **ret, size_t *ret_n, struct why *why);

/* The domain gets no report for the day: nothing of it is due until late
 * sessions come. reason: for a person. In the transaction that holds the day.
 */
enum err store_no_report_put(struct store *, int64_t day, struct span domain,
    struct span reason, struct why *why);

/* Write or write anew, in the transaction that read the tally. A frozen report
 * stays as it is. */
enum err store_report_put(struct store *, const struct report_row *,
    struct why *why);

typedef enum err report_fn(void *arg, const struct report_row *);
MUST_CHECK enum err store_report_list(struct store *, int64_t first,
    int64_t last, report_fn *, void *arg, struct why *why);
/* E_ABSENT: no such report. */
MUST_CHECK enum err store_report_get(struct store *, struct span id,
    report_fn *, void *arg, struct why *why);

/* The next reports after the cursor that wait for delivery, at most max; id,
 * day and domain are set. Freeze one before reading it. */
struct report_cursor {
	int64_t day;
	struct span domain, id;
};
#define REPORT_CURSOR_START ((struct report_cursor){ .day = -1 })
MUST_CHECK enum err store_report_undelivered(struct store *,
    const struct report_cursor *after, size_t max, report_fn *, void *arg,
    struct why *why);
/* From now on the report's bytes stay: somebody outside may see them.
 * E_CONFLICT: it is stale and will be built anew. */
MUST_CHECK enum err store_report_freeze(struct store *, struct span id,
    int64_t now_s, struct why *why);
MUST_CHECK enum err store_report_delivered(struct store *, struct span id,
    int64_t now_s, struct why *why);
/* Reports of the days before that one go, some of them, with their deliveries:
 * what was handed over and has no delivery that waits, of closed days whose
 * reports are built. No further report is built of a day that one went of.
 * ret_more: call again. In a transaction of its own. */
MUST_CHECK enum err store_report_forget(struct store *, int64_t before,
    bool *ret_more, struct why *why);

#endif
