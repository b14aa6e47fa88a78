/* store/store_scan.h -- every row of a table in the order of its key, page by
 * page; private to store/. */
#ifndef STORE_STORE_SCAN_H
#define STORE_STORE_SCAN_H

#include "store/store_tables.h"

struct page {
	const struct table *table;
	struct arena bytes;
	struct db_value *rows; /* one behind the other */
	size_t n, wanted;
	bool has_more;
};

typedef enum err page_fn(void *arg, const struct page *, struct why *why);

/* From behind the greatest key that the same table has in `behind`, or, if that
 * is NULL, from the start. Pages have at least one row. */
MUST_CHECK enum err table_scan(struct db *, const struct table *,
    struct db *behind, page_fn *, void *arg, struct why *why);

/* "a, b, c" */
void table_column_names(const struct table *, struct buf *out);

#endif
