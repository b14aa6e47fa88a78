/* store/store_tables.h -- the tables of a store as its database tells them;
 * private to store/. */
#ifndef STORE_STORE_TABLES_H
#define STORE_STORE_TABLES_H

#include "base/buf.h"
#include "store/store_private.h"

#define TABLE_NAME_MAX 64
#define TABLE_KEY_MAX 8

struct table_column {
	char name[TABLE_NAME_MAX];
	size_t key; /* place in the primary key from 1 on; 0: not in it */
};

struct table {
	char name[TABLE_NAME_MAX];
	struct table_column columns[DB_VALUES_MAX];
	size_t ncolumns, nkey;
};

struct tables {
	struct table *v; /* by name */
	size_t n;
};

/* Those of schema steps, without the list of steps. E_RANGE: one has more or
 * longer columns than there is room for. */
MUST_CHECK enum err tables_list(struct db *, struct tables *ret,
    struct why *why);
void tables_free(struct tables *);

/* NULL: there is none of the name. */
const struct table *tables_find(const struct tables *, const char *name);

MUST_CHECK enum err table_count(struct db *, const struct table *,
    uint64_t *ret, struct why *why);

#endif
