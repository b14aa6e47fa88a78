/* store/store_private.h -- what the files of store/ share. */
#ifndef STORE_STORE_PRIVATE_H
#define STORE_STORE_PRIVATE_H

#include "store/db.h"
#include "store/store.h"

struct store {
	struct db *db;
};

/* A content key from a BLOB column; another length gives zeros. */
static inline struct content_key
content_key_of(const struct db_value *v)
{
	struct content_key key = { { 0 } };

	if (v->bytes.len == sizeof(key.b))
		memcpy(key.b, v->bytes.p, sizeof(key.b));
	return key;
}

/* The delivery's host has one to be claimed when that is due, at the latest.
 * After each statement that lets one be claimed, or sooner, in its transaction.
 */
enum err delivery_host_lower(struct store *, struct span id, struct why *why);

/* A detail out of its columns, detail_key first, as views of the row. E_SYNTAX:
 * a result type that there is none of. */
MUST_CHECK enum err tally_detail_of(const struct db_value *,
    struct tally_detail *ret);

#endif
