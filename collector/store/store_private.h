/* store/store_private.h -- what the files of store/ share. */
#ifndef STORE_STORE_PRIVATE_H
#define STORE_STORE_PRIVATE_H

#include "model/inbox.h"
#include "model/levels.h"
#include "store/db.h"
#include "store/store.h"

/* A day and a domain, or a reporter, that is to be added up anew. */
struct roll {
	int64_t day;
	struct span name;
};

struct rolls {
	struct roll *v;
	size_t n, room;
	struct arena names;
};

struct inbox_touched {
	struct rolls domains, reporters;
	struct rolls weeks; /* of the domains, which have the names */
};

struct store {
	struct db *db;
	struct inbox_touched touched; /* by the transaction */
};

/* -- the inbox -- */

/* Out of the columns of inbox_get and inbox_details, as views of the row.
 * E_ABSENT: a code that there is none of. */
MUST_CHECK enum err inbox_row_of(const struct db_value *,
    struct inbox_row *ret);
MUST_CHECK enum err inbox_detail_of(const struct db_value *,
    struct inbox_detail *ret);

/* What a report counts for is about to change, or has changed: the transaction
 * adds it up anew before it ends. Of a report; of all of an intake; of all of
 * that identity. */
enum err inbox_touch(struct store *, int64_t day, struct span domain,
    struct span reporter, struct why *why);
enum err inbox_touch_intake(struct store *, struct span intake,
    struct why *why);
enum err inbox_touch_rivals(struct store *, const struct content_key *identity,
    struct why *why);
void inbox_touched_clear(struct inbox_touched *);
void inbox_touched_free(struct inbox_touched *);

/* In a writing transaction: this program may use the store until its end. A
 * newer one may have taken it over since it was opened. E_VERSION. */
MUST_CHECK enum err schema_hold(struct store *, struct why *why);

/* Add sorted tallies, in a transaction. E_NOMEM; what the database refuses
 * comes with the commit. */
MUST_CHECK enum err tallies_add(struct store *, const struct tally_source *);

/* A copy that is not whole has this step of the schema, so that every program
 * leaves it alone. */
#define STORE_COPY_STEP 1000000

/* A db_row_fn for lists of one text each. */
struct text_taker {
	enum err (*fn)(void *arg, struct span);
	void *arg;
};

static inline enum err
text_hand(void *arg, const struct db_value *row)
{
	const struct text_taker *taker = arg;

	return taker->fn(taker->arg, row[0].bytes);
}

/* A content key from a BLOB column; another length gives zeros. */
static inline struct content_key
content_key_of(const struct db_value *v)
{
	struct content_key key = { { 0 } };

	if (v->bytes.len == sizeof(key.b))
		memcpy(key.b, v->bytes.p, sizeof(key.b));
	return key;
}

/* The first day that is open or has reports to be built; INT64_MAX: none. Those
 * before it have been added up. */
MUST_CHECK enum err day_unsettled(struct store *, int64_t *ret,
    struct why *why);

/* How well the day's sessions were protected is added up and kept, unless it is
 * due; in the transaction that settles it. */
MUST_CHECK enum err day_keep_levels(struct store *, int64_t day,
    struct why *why);

/* What a flush brings for a closed day; zeroed but for the day. */
struct day_late {
	int64_t day;
	uint64_t succeeded, failed;
	struct levels levels;
	struct arena strings; /* of a policy; to be freed */
};

/* E_NOMEM. */
MUST_CHECK enum err day_late_add(struct day_late *,
    const struct tally_policy *);
/* In the transaction of the flush. */
enum err day_late_put(struct store *, const struct day_late *);

/* The delivery's host has one to be claimed when that is due, at the latest.
 * After each statement that lets one be claimed, or sooner, in its transaction.
 */
enum err delivery_host_lower(struct store *, struct span id, struct why *why);

/* A detail out of its columns, detail_key first, as views of the row. E_SYNTAX:
 * a result type that there is none of. */
MUST_CHECK enum err tally_detail_of(const struct db_value *,
    struct tally_detail *ret);

#endif
