#include "store/store_private.h"

#include <stdlib.h>

static enum err
open_or_make(const char *url, bool make, struct store **ret, struct why *why)
{
	struct store *store = calloc(1, sizeof(*store));
	enum err e;

	if (store == NULL)
		return why_set(why, E_NOMEM, "out of memory");
	if ((e = db_open(url, make, &store->db, why)) != E_OK) {
		free(store);
		return e;
	}
	*ret = store;
	return E_OK;
}

enum err
store_open(const char *url, struct store **ret, struct why *why)
{
	return open_or_make(url, false, ret, why);
}

enum err
store_make(const char *url, struct store **ret, struct why *why)
{
	return open_or_make(url, true, ret, why);
}

void
store_close(struct store *store)
{
	if (store == NULL)
		return;
	db_close(store->db);
	free(store);
}

enum err
store_begin(struct store *store, struct why *why)
{
	return db_begin(store->db, why);
}

enum err
store_commit(struct store *store, struct why *why)
{
	return db_commit(store->db, why);
}

void
store_rollback(struct store *store)
{
	db_rollback(store->db);
}
