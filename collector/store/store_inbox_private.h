/* store/store_inbox_private.h -- what the files of the inbox share. */
#ifndef STORE_STORE_INBOX_PRIVATE_H
#define STORE_STORE_INBOX_PRIVATE_H

#include "store/store_inbox.h"
#include "store/store_inbox_account.h"
#include "store/store_private.h"

/* Out of the columns of inbox_held_get, as views of the row. E_SYNTAX: a class
 * that there is none of. */
MUST_CHECK enum err inbox_held_of(const struct db_value *,
    struct inbox_held *ret);

/* Reports of one identity, out of the columns of inbox_rivals and inbox_same; a
 * db_row_fn of a struct inbox_rivals. */
struct inbox_rivals {
	inbox_fn *fn;
	void *arg;
};
enum err inbox_rival_of(void *rivals, const struct db_value *);

/* n and bytes may be below zero. */
enum err inbox_sum_add(struct store *, struct span account, enum inbox_class,
    int64_t n, int64_t bytes, struct why *why);

#endif
