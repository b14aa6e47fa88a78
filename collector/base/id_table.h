/* base/id_table.h -- things found by an id of 128 random bits, such as a keyed
 * hash: nothing but the id is compared. Open addressing: it takes a third of
 * the memory of a chained table. */
#ifndef BASE_ID_TABLE_H
#define BASE_ID_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct id {
	uint64_t v[2];
};

struct id_slot {
	struct id id;
	void *p; /* NULL: free */
};

/* Zeroed it is an empty table. */
struct id_table {
	struct id_slot *slots;
	size_t nslots; /* 0 or a power of two */
	size_t used;
};

/* NULL: not there. */
void *id_table_find(const struct id_table *, const struct id *);
/* The id is not there, p is not NULL. False: out of memory, nothing changed. */
bool id_table_add(struct id_table *, const struct id *, void *p);
void id_table_clear(struct id_table *);
void id_table_free(struct id_table *);
size_t id_table_bytes(const struct id_table *);

#endif
