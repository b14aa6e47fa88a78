/* store/store_alert.h -- alerts: what is to be told of findings, and what was.
 * Errors and lists as in store.h. */
#ifndef STORE_STORE_ALERT_H
#define STORE_STORE_ALERT_H

#include "model/alert.h"
#include "store/store.h"

/* -- one who works on a way -- */

struct alert_work {
	struct span way;
	char worker[UUID_TEXT_SIZE];
};

/* How the way stands. */
struct alert_way {
	int64_t due_s;	  /* not before: something failed */
	int64_t failures; /* in a row */
	/* UUID of the message that may have been told; empty: none. */
	char message_id[UUID_TEXT_SIZE];
	uint64_t left_out;	   /* past the ceiling, not told of yet */
	uint64_t message_left_out; /* that the message tells of */
};

struct alert_lease {
	int64_t now_s;
	int64_t until_s;  /* nobody else works on it */
	int64_t latest_s; /* beyond it nobody has it: a clock was wrong */
};

/* *ret_taken false: somebody else works on it. */
MUST_CHECK enum err store_alert_take(struct store *, const struct alert_work *,
    const struct alert_lease *, bool *ret_taken, struct alert_way *ret,
    struct why *why);
/* First in each transaction about the way; the time begins anew. E_CONFLICT:
 * somebody else has taken it over. */
MUST_CHECK enum err store_alert_hold(struct store *, const struct alert_work *,
    int64_t until_s, struct why *why);
MUST_CHECK enum err store_alert_leave(struct store *, const struct alert_work *,
    struct why *why);

/* -- what is to be said -- */

typedef enum err alert_finding_fn(void *arg, const struct finding *,
    const struct alert_said *);

/* Findings that are not closed and behind the id after, by id: of which
 * something was said, and they are not the same any more; and others of at
 * least that severity. */
MUST_CHECK enum err store_alert_current(struct store *, struct span way,
    struct span after, int64_t least_severity, size_t max, alert_finding_fn *,
    void *arg, struct why *why);
/* When something was said that is not news any more: by then, or after ahead_s,
 * which a clock that was wrong said. */
struct alert_old {
	int64_t until_s, ahead_s;
};

/* What something old was said of, or that was acknowledged or muted since, and
 * is found no more. */
MUST_CHECK enum err store_alert_gone(struct store *, struct span way,
    const struct alert_old *, size_t max, alert_finding_fn *, void *arg,
    struct why *why);

enum err store_alert_say(struct store *, struct span way,
    const struct finding *, const struct alert_said *, struct why *why);
/* That something was closed, if that is old. */
enum err store_alert_said_forget(struct store *, struct span way,
    const struct alert_old *, struct why *why);

enum err store_alert_add(struct store *, const struct alert *, struct why *why);
MUST_CHECK enum err store_alert_waiting(struct store *, struct span way,
    uint64_t *ret, struct why *why);
/* So many are not kept. */
enum err store_alert_leave_out(struct store *, struct span way, uint64_t n,
    struct why *why);

/* -- a message -- */

/* Make one of all that waits, but for what was acknowledged or muted
 * meanwhile.
 *   left_out  so many it tells of beside */
enum err store_alert_begin(struct store *, struct span way, struct span id,
    uint64_t left_out, int64_t now_s, struct why *why);

typedef enum err alert_fn(void *arg, const struct alert *);
MUST_CHECK enum err store_alert_message(struct store *, struct span way,
    struct span id, alert_fn *, void *arg, struct why *why);

enum alert_fate {
	ALERT_FATE_TOLD,
	ALERT_FATE_FAILED,    /* it was not told, for sure */
	ALERT_FATE_UNCERTAIN, /* the same message is to be tried again */
};

struct alert_settling {
	struct span way, message_id;
	enum alert_fate fate;
	uint64_t left_out; /* that it told of */
	int64_t now_s, due_s, failures;
	struct span answer; /* UTF-8 */
};
enum err store_alert_settle(struct store *, const struct alert_settling *,
    struct why *why);

/* Those made before then, whatever became of them. */
MUST_CHECK enum err store_alert_forget(struct store *, int64_t before_s,
    struct why *why);

/* -- for people -- */

/* state: 0 any. Those that wait first, then the latest. */
MUST_CHECK enum err store_alert_list(struct store *, int state, size_t max,
    alert_fn *, void *arg, struct why *why);

struct alert_way_listed {
	struct span way;
	int64_t due_s, failures, tried_s; /* tried_s: 0 never */
	uint64_t left_out, waiting;
	struct span answer;
};
typedef enum err alert_way_fn(void *arg, const struct alert_way_listed *);
MUST_CHECK enum err store_alert_ways(struct store *, alert_way_fn *, void *arg,
    struct why *why);

#endif
