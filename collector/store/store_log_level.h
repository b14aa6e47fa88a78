/* store/store_log_level.h -- what the logs of our MTAs tell of their sessions,
 * and how far each log has been read. Errors and lists as in store.h.
 *
 * It feeds history and findings; store/store_log_report.h has what of it goes
 * into reports. */
#ifndef STORE_STORE_LOG_LEVEL_H
#define STORE_STORE_LOG_LEVEL_H

#include "model/mta_history.h"
#include "store/store.h"

/* A place in a file, which is known by more than its name: logs are renamed,
 * and their numbers used again. All 0: at the beginning of one not seen yet. */
struct log_place {
	uint64_t device, inode;
	int64_t position;    /* bytes before it */
	uint32_t head_bytes; /* of its first bytes, */
	uint32_t head_crc;   /* CRC-32C */
};

struct log_flush {
	struct span collector; /* its UUID, or the name of a machine */
	struct span path;      /* empty: of nothing that has a place */
	struct log_place from, to;
	const struct mta_session *sessions; /* in the order of the log */
	size_t n;
	int64_t now_s;
};

/* Up to where the log is counted. */
MUST_CHECK enum err store_log_place(struct store *, struct span collector,
    struct span path, struct log_place *ret, struct why *why);

/* Add the sessions, in days and history, and move the place, in one
 * transaction of its own. E_CONFLICT: somebody else moved it, and nothing is
 * added; E_UNCERTAIN: ask for the place. */
MUST_CHECK enum err store_log_flush(struct store *, const struct log_flush *,
    struct why *why);

/* -- for findings -- */

struct log_level_row {
	int64_t day;
	struct span domain, mx_host, peer_ip;
	enum tls_seen tls;
	enum level level;
	uint64_t sessions;
	uint64_t datagrams; /* of them the MTA sent one: they are in tallies
			     * by that */
	uint64_t settled;   /* of the others: it is decided whether they go
			     * into reports, */
	uint64_t reported;  /* and these do: they are in tallies too */
	int64_t first_s, last_s;
};

typedef enum err log_level_fn(void *arg, const struct log_level_row *);
/* The days of a domain, canonical, by day and host; of all domains if it is
 * empty, by domain, day and host. E_SYNTAX: a row that no program of ours
 * wrote. */
MUST_CHECK enum err store_log_levels(struct store *, struct span domain,
    int64_t first_day, int64_t last_day, log_level_fn *, void *arg,
    struct why *why);

/* The row behind which a page begins. */
struct log_level_cursor {
	int64_t day;
	struct span domain, mx_host, peer_ip; /* empty: the day's first row */
	int64_t tls, level;
};

struct log_level_filter {
	int64_t first, last; /* days */
	struct span domain;  /* empty: any */
	struct span allowed; /* "|a|b|"; empty: all */
	int64_t level;	     /* 0: any */
	struct log_level_cursor after;
	size_t max;
};

/* The newest day first, of each by domain and host. E_SYNTAX as above. */
MUST_CHECK enum err store_log_page(struct store *,
    const struct log_level_filter *, log_level_fn *, void *arg,
    struct why *why);

struct log_history {
	struct span domain, mx_host;
	struct mta_history seen;
};

typedef enum err log_history_fn(void *arg, const struct log_history *);
/* What was seen of the MX hosts of a domain, or of all if it is empty, that had
 * a session since then; by domain and host. */
MUST_CHECK enum err store_log_histories(struct store *, struct span domain,
    int64_t since_s, log_history_fn *, void *arg, struct why *why);

#endif
