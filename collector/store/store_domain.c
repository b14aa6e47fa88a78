#include "store/store_domain.h"

#include "store/store_private.h"

enum err
store_domain_add(struct store *store, const struct owned_domain *d,
    struct why *why)
{
	return db_write(store->db, QUERY_DOMAIN_ADD, why, DB_T(d->domain),
	    DB_T(d->token), DB_I(d->added_s));
}

enum err
store_domain_remove(struct store *store, struct span domain, struct why *why)
{
	const struct db_value params[] = { DB_T(domain) };
	int64_t changed = 0;
	enum err e = db_run(store->db,
	    &(const struct db_statement){ .query = QUERY_DOMAIN_REMOVE,
		.params = params,
		.nparams = 1 },
	    &changed, why);

	if (e == E_OK && changed == 0)
		e = why_set(why, E_ABSENT, "%.*s is not in the list of domains",
		    SPAN_ARG(domain));
	return e;
}

struct list {
	owned_domain_fn *fn;
	void *arg;
};

static enum err
hand_over(void *arg, const struct db_value *row)
{
	const struct list *list = arg;
	const struct owned_domain d = { row[0].bytes, row[1].bytes,
		row[2].num };

	return list->fn(list->arg, &d);
}

enum err
store_domain_list(struct store *store, owned_domain_fn *fn, void *arg,
    struct why *why)
{
	struct list list = { fn, arg };

	return db_run(store->db,
	    &(const struct db_statement){ .query = QUERY_DOMAIN_LIST,
		.row = hand_over,
		.arg = &list },
	    NULL, why);
}

static enum err
note_found(void *arg, const struct db_value *row)
{
	(void)row;
	*(bool *)arg = true;
	return E_OK;
}

enum err
store_domain_is_owned(struct store *store, struct span domain, bool *ret,
    struct why *why)
{
	*ret = false;
	return db_read(store->db, QUERY_DOMAIN_GET, note_found, ret, why,
	    DB_T(domain));
}
