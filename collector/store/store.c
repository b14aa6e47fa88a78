#include "store/store_private.h"

#include <stdlib.h>

#include "store/store_inbox_day.h"

#define CONNECT_TIMEOUT_MS 5000
#define STATEMENT_TIMEOUT_MS 60000
#define LOCK_TIMEOUT_MS 30000

struct store_options
store_options_default(const char *url)
{
	return (struct store_options){
		.url = url,
		.connect_timeout_ms = CONNECT_TIMEOUT_MS,
		.statement_timeout_ms = STATEMENT_TIMEOUT_MS,
		.lock_timeout_ms = LOCK_TIMEOUT_MS,
	};
}

enum err
store_open_as(const struct store_options *options, struct store **ret,
    struct why *why)
{
	struct store *store = calloc(1, sizeof(*store));
	enum err e;

	if (store == NULL)
		return why_set(why, E_NOMEM, "out of memory");
	if ((e = db_open_as(options, &store->db, why)) != E_OK) {
		free(store);
		return e;
	}
	*ret = store;
	return E_OK;
}

enum err
store_open(const char *url, struct store **ret, struct why *why)
{
	struct store_options options = store_options_default(url);

	return store_open_as(&options, ret, why);
}

enum err
store_make(const char *url, struct store **ret, struct why *why)
{
	struct store_options options = store_options_default(url);

	options.make = true;
	return store_open_as(&options, ret, why);
}

void
store_close(struct store *store)
{
	if (store == NULL)
		return;
	db_close(store->db);
	inbox_touched_free(&store->touched);
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
	/* Its failure sticks, and the commit tells it. */
	(void)store_inbox_day_refresh(store, NULL);
	return db_commit(store->db, why);
}

void
store_rollback(struct store *store)
{
	inbox_touched_clear(&store->touched);
	db_rollback(store->db);
}
