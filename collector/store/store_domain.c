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
	return e == E_OK
	    ? db_write(store->db, QUERY_DOMAIN_HOST_CLEAR, why, DB_T(domain))
	    : e;
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

struct only {
	struct arena *arena;
	struct span domain;
	size_t n;
};

static enum err
note_only(void *arg, const struct db_value *row)
{
	struct only *only = arg;

	only->n++;
	only->domain = arena_copy(only->arena, row[0].bytes);
	return only->domain.p == NULL ? E_NOMEM : E_OK;
}

static enum err
read_only(struct store *store, enum query query, struct span key,
    struct arena *arena, struct span *ret, struct why *why)
{
	struct only only = { .arena = arena };
	enum err e = db_read(store->db, query, note_only, &only, why,
	    DB_T(key));

	if (e == E_OK && only.n != 1)
		return E_ABSENT;
	if (e == E_OK)
		*ret = only.domain;
	return e;
}

enum err
store_domain_of_token(struct store *store, struct span token,
    struct arena *arena, struct span *ret, struct why *why)
{
	return read_only(store, QUERY_DOMAIN_OF_TOKEN, token, arena, ret, why);
}

/* -- MX hosts -- */

enum err
store_domain_set_hosts(struct store *store, struct span domain,
    struct span_list hosts, struct why *why)
{
	enum err e = db_write(store->db, QUERY_DOMAIN_HOST_CLEAR, why,
	    DB_T(domain));

	for (size_t i = 0; e == E_OK && i < hosts.n; i++)
		e = db_write(store->db, QUERY_DOMAIN_HOST_ADD, why,
		    DB_T(hosts.v[i]), DB_T(domain));
	return e;
}

enum err
store_domain_hosts(struct store *store, struct span domain, owned_host_fn *fn,
    void *arg, struct why *why)
{
	struct text_taker hosts = { fn, arg };

	return db_read(store->db, QUERY_DOMAIN_HOST_LIST, text_hand, &hosts,
	    why, DB_T(domain));
}

enum err
store_domain_has_host(struct store *store, struct span domain, struct span host,
    bool *ret, struct why *why)
{
	*ret = false;
	return db_read(store->db, QUERY_DOMAIN_HOST_GET, note_found, ret, why,
	    DB_T(host), DB_T(domain));
}

enum err
store_domain_of_host(struct store *store, struct span host, struct arena *arena,
    struct span *ret, struct why *why)
{
	return read_only(store, QUERY_DOMAIN_OF_HOST, host, arena, ret, why);
}
