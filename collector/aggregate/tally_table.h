/* aggregate/tally_table.h -- sessions summed up in memory, between two flushes.
 *
 * Counting rules (requirements 5.5): for each policy of a session exactly one
 * success or failure, by its final result alone; each distinct failure detail
 * counts one a session, also where the session ended well; a failure that tells
 * no detail gets one, "unspecified". */
#ifndef AGGREGATE_TALLY_TABLE_H
#define AGGREGATE_TALLY_TABLE_H

#include "aggregate/ceiling.h"
#include "aggregate/repeat.h"
#include "model/counters.h"
#include "model/session.h"
#include "model/tally.h"

struct day_counters;
struct tally_source;
struct tally_table;

/* Ceilings of distinct things a day; limits.h has the defaults. */
struct tally_limits {
	uint32_t day_domains;
	uint32_t domain_records;
	uint32_t record_policies;
	uint32_t policy_details;
};
struct tally_limits tally_limits_default(void);

/* max_bytes: of rows, past which adding fails; flush well before. ceiling: of
 * the day so far, shared by the tables that take turns; outlives the table. */
MUST_CHECK enum err tally_table_new(size_t max_bytes,
    const struct tally_limits *, struct ceiling *, struct tally_table **ret);
void tally_table_free(struct tally_table *); /* NULL is fine */
void tally_table_clear(struct tally_table *);

/* Count one session of a UTC day. key: of its datagram, so that repeats of it
 * are known; NULL: repeats count more than the rows show. E_NOMEM: it may be
 * counted in part, so the table is worthless; start again from the journal. */
MUST_CHECK enum err tally_table_add(struct tally_table *, int64_t day,
    const struct session *, const struct id *key);

/* What many sessions came to that another program has counted. */
struct tally_sum {
	uint64_t succeeded, failed; /* of the policy */
	/* Sessions with the failure detail, or, where the session has none,
	 * that failed without telling one. */
	uint64_t details;
};
/* Count the sum for a session of one policy and at most one failure detail.
 * E_NOMEM: as above. */
MUST_CHECK enum err tally_table_add_sum(struct tally_table *, int64_t day,
    const struct session *, const struct tally_sum *);

/* Count the session of a datagram that was added before. False: it was not. */
bool tally_table_repeat(struct tally_table *, const struct id *key);

/* Counters of a day, to be added to; NULL: out of memory. */
struct counters *tally_table_counters(struct tally_table *, int64_t day);

size_t tally_table_rows(const struct tally_table *);  /* to be written */
size_t tally_table_bytes(const struct tally_table *); /* in use */

/* All of it in the order that a flush wants; good until the table is cleared.
 * E_NOMEM. */
MUST_CHECK enum err tally_table_sort(struct tally_table *,
    struct tally_source *ret);
/* The counters by day, as struct day_counters of store.h. */
void tally_table_day_counters(const struct tally_table *,
    const struct day_counters **ret, size_t *ret_n);

#endif
