#include "store/store_rua.h"

#include "store/store_private.h"

#define NOTED_EVERY_S 3600

static enum err
note_time(void *arg, const struct db_value *row)
{
	int64_t *last_s = arg;

	*last_s = row[0].num;
	return E_OK;
}

/* *ret_s: -1: never. */
static enum err
last_seen(struct store *store, struct span domain, struct span uri,
    int64_t *ret_s, struct why *why)
{
	*ret_s = -1;
	return db_read(store->db, QUERY_RUA_GET, note_time, ret_s, why,
	    DB_T(domain), DB_T(uri));
}

enum err
store_rua_saw(struct store *store, struct span domain, struct span uri,
    struct span dnssec, int64_t now_s, struct why *why)
{
	int64_t last_s;
	enum err e = last_seen(store, domain, uri, &last_s, why);

	if (e != E_OK ||
	    (last_s != -1 && now_s >= last_s && now_s - last_s < NOTED_EVERY_S))
		return e;
	return db_write(store->db, QUERY_RUA_PUT, why, DB_T(domain), DB_T(uri),
	    DB_I(now_s), DB_T(dnssec));
}

enum err
store_rua_is_seen(struct store *store, struct span domain, struct span uri,
    bool *ret, struct why *why)
{
	int64_t last_s;
	enum err e = last_seen(store, domain, uri, &last_s, why);

	*ret = e == E_OK && last_s != -1;
	return e;
}
