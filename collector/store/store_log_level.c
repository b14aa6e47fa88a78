#include "store/store_log_level.h"

#include <stdlib.h>

#include "base/clock.h"
#include "store/store_private.h"

/* -- places -- */

static enum err
take_place(void *arg, const struct db_value *row)
{
	*(struct log_place *)arg = (struct log_place){
		.device = (uint64_t)row[0].num,
		.inode = (uint64_t)row[1].num,
		.position = row[2].num,
		.head_bytes = (uint32_t)row[3].num,
		.head_crc = (uint32_t)row[4].num,
	};
	return E_OK;
}

enum err
store_log_place(struct store *store, struct span collector, struct span path,
    struct log_place *ret, struct why *why)
{
	struct log_place place = { .device = 0 };
	enum err e = db_read(store->db, QUERY_LOG_FILE_GET, take_place, &place,
	    why, DB_T(collector), DB_T(path));

	if (e == E_OK)
		*ret = place;
	return e;
}

/* Compare and set: what two have read counts once. */
static enum err
move(struct db *db, const struct log_flush *f, struct why *why)
{
	const struct db_value params[] = { DB_T(f->collector), DB_T(f->path),
		DB_I(f->from.device), DB_I(f->from.inode),
		DB_I(f->from.position), DB_I(f->to.device), DB_I(f->to.inode),
		DB_I(f->to.position), DB_I(f->to.head_bytes),
		DB_I(f->to.head_crc), DB_I(f->now_s) };
	const struct db_statement s = { .query = QUERY_LOG_FILE_MOVE,
		.params = params,
		.nparams = sizeof(params) / sizeof(params[0]) };
	int64_t changed = 0;
	enum err e = db_write(db, QUERY_LOG_FILE_ADD, why, DB_T(f->collector),
	    DB_T(f->path));

	if (e == E_OK)
		e = db_run(db, &s, &changed, why);
	if (e == E_OK && changed != 1)
		e = why_set(why, E_CONFLICT, "somebody else reads %.*s too",
		    SPAN_ARG(f->path));
	return e;
}

/* -- orders -- */

typedef const struct mta_session *session_ref;

static int
compare_numbers(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

static int
compare_hosts(session_ref a, session_ref b)
{
	int order = span_cmp(a->domain, b->domain);

	return order != 0 ? order : span_cmp(a->mx_host, b->mx_host);
}

/* By the key of log_level. */
static int
compare_keys(session_ref a, session_ref b)
{
	int order = compare_hosts(a, b);

	if (order == 0)
		order = span_cmp(a->peer_ip, b->peer_ip);
	if (order == 0)
		order = compare_numbers(a->tls, b->tls);
	if (order == 0)
		order = compare_numbers(a->level, b->level);
	if (order == 0)
		order = compare_numbers(day_of_s(a->time_s),
		    day_of_s(b->time_s));
	return order;
}

static int
by_key(const void *a, const void *b)
{
	return compare_keys(*(const session_ref *)a, *(const session_ref *)b);
}

/* By the key of log_history, then as they were; of one time, as in the log. */
static int
by_time(const void *a, const void *b)
{
	session_ref x = *(const session_ref *)a, y = *(const session_ref *)b;
	int order = compare_hosts(x, y);

	if (order == 0)
		order = compare_numbers(x->time_s, y->time_s);
	return order != 0 ? order : (x > y) - (x < y);
}

/* -- days -- */

static void
add_level(struct db *db, const session_ref *v, size_t n)
{
	session_ref s = v[0];
	int64_t first_s = s->time_s, last_s = s->time_s, datagrams = 0;

	for (size_t i = 0; i < n; i++) {
		if (v[i]->time_s < first_s)
			first_s = v[i]->time_s;
		if (v[i]->time_s > last_s)
			last_s = v[i]->time_s;
		datagrams += v[i]->has_datagram;
	}
	(void)db_write(db, QUERY_LOG_LEVEL_ADD, NULL, DB_I(day_of_s(s->time_s)),
	    DB_T(s->domain), DB_T(s->mx_host), DB_T(s->peer_ip), DB_I(s->tls),
	    DB_I(s->level), DB_I(n), DB_I(datagrams), DB_I(first_s),
	    DB_I(last_s));
}

/* -- history -- */

static enum err
history_of(const struct db_value *row, struct log_history *ret)
{
	*ret = (struct log_history){
		.domain = row[0].bytes,
		.mx_host = row[1].bytes,
		.seen = {
			.first_s = row[2].num,
			.last_s = row[3].num,
			.first_tls_s = row[4].num,
			.last_tls_s = row[5].num,
			.run = (uint64_t)row[6].num,
			.run_since_s = row[7].num,
			.best = (enum level)row[8].num,
			.missing_since_s = row[9].num,
			.last_missing_s = row[10].num,
			.missing = (uint64_t)row[11].num,
		},
	};
	return row[8].num >= 0 && row[8].num <= NLEVELS ? E_OK : E_SYNTAX;
}

static enum err
take_history(void *arg, const struct db_value *row)
{
	struct log_history h;
	enum err e = history_of(row, &h);

	if (e == E_OK)
		*(struct mta_history *)arg = h.seen;
	return e;
}

static void
add_history(struct db *db, const session_ref *v, size_t n)
{
	const struct db_value domain = DB_T(v[0]->domain);
	const struct db_value mx_host = DB_T(v[0]->mx_host);
	struct mta_history h = { .first_s = 0 };

	(void)db_write(db, QUERY_LOG_HISTORY_ADD, NULL, domain, mx_host);
	(void)db_read(db, QUERY_LOG_HISTORY_HOLD, take_history, &h, NULL,
	    domain, mx_host);
	for (size_t i = 0; i < n; i++)
		mta_history_add(&h, v[i]);
	(void)db_write(db, QUERY_LOG_HISTORY_PUT, NULL, domain, mx_host,
	    DB_I(h.first_s), DB_I(h.last_s), DB_I(h.first_tls_s),
	    DB_I(h.last_tls_s), DB_I(h.run), DB_I(h.run_since_s), DB_I(h.best),
	    DB_I(h.missing_since_s), DB_I(h.last_missing_s), DB_I(h.missing));
}

/* -- a flush -- */

typedef void add_fn(struct db *, const session_ref *, size_t n);

/* Each run of equal ones, in the order of all. Who adds does so in this order:
 * none waits for another in a circle. */
static void
add_runs(struct db *db, const session_ref *v, size_t n,
    int (*compare)(session_ref, session_ref), add_fn *add)
{
	for (size_t i = 0, end; i < n; i = end) {
		for (end = i + 1; end < n && compare(v[i], v[end]) == 0;)
			end++;
		add(db, v + i, end - i);
	}
}

static enum err
add_sessions(struct db *db, const struct log_flush *f)
{
	session_ref *v;

	if (f->n == 0)
		return E_OK;
	if ((v = calloc(f->n, sizeof(*v))) == NULL)
		return E_NOMEM;
	for (size_t i = 0; i < f->n; i++)
		v[i] = &f->sessions[i];
	qsort(v, f->n, sizeof(*v), by_key);
	add_runs(db, v, f->n, compare_keys, add_level);
	qsort(v, f->n, sizeof(*v), by_time);
	add_runs(db, v, f->n, compare_hosts, add_history);
	free(v);
	return E_OK;
}

enum err
store_log_flush(struct store *store, const struct log_flush *f, struct why *why)
{
	enum err e = db_begin(store->db, why);

	if (e != E_OK)
		return e;
	e = schema_hold(store, why);
	if (e == E_OK && f->path.len > 0)
		e = move(store->db, f, why);
	if (e == E_OK && (e = add_sessions(store->db, f)) != E_OK)
		e = why_set(why, e, "out of memory");
	if (e != E_OK) {
		db_rollback(store->db);
		return e;
	}
	return db_commit(store->db, why);
}

/* -- lists -- */

struct level_list {
	log_level_fn *fn;
	void *arg;
};

static enum err
hand_level(void *arg, const struct db_value *row)
{
	const struct level_list *list = arg;
	struct log_level_row l = {
		.day = row[0].num,
		.domain = row[1].bytes,
		.mx_host = row[2].bytes,
		.peer_ip = row[3].bytes,
		.level = (enum level)row[5].num,
		.sessions = (uint64_t)row[6].num,
		.datagrams = (uint64_t)row[7].num,
		.settled = (uint64_t)row[8].num,
		.reported = (uint64_t)row[9].num,
		.first_s = row[10].num,
		.last_s = row[11].num,
	};

	if (tls_seen_from_code(row[4].num, &l.tls) != E_OK || row[5].num < 1 ||
	    row[5].num > NLEVELS)
		return E_SYNTAX;
	return list->fn(list->arg, &l);
}

enum err
store_log_levels(struct store *store, struct span domain, int64_t first_day,
    int64_t last_day, log_level_fn *fn, void *arg, struct why *why)
{
	struct level_list list = { fn, arg };

	if (domain.len == 0)
		return db_read(store->db, QUERY_LOG_LEVEL_DAYS, hand_level,
		    &list, why, DB_I(first_day), DB_I(last_day));
	return db_read(store->db, QUERY_LOG_LEVEL_LIST, hand_level, &list, why,
	    DB_T(domain), DB_I(first_day), DB_I(last_day));
}

struct page {
	struct level_list list;
	size_t left;
};

static enum err
hand_on(void *arg, const struct db_value *row)
{
	struct page *page = arg;

	page->left--;
	return hand_level(&page->list, row);
}

enum err
store_log_page(struct store *store, const struct log_level_filter *f,
    log_level_fn *fn, void *arg, struct why *why)
{
	struct page page = { { fn, arg }, f->max };
	struct log_level_cursor after = f->after;
	enum err e = E_OK;

	if (after.day > f->last)
		after = (struct log_level_cursor){ .day = f->last };
	while (e == E_OK && after.day >= f->first && page.left > 0) {
		e = db_read(store->db, QUERY_LOG_LEVEL_PAGE, hand_on, &page,
		    why, DB_I(after.day), DB_T(f->domain), DB_I(f->level),
		    DB_T(after.domain), DB_T(after.mx_host),
		    DB_T(after.peer_ip), DB_I(after.tls), DB_I(after.level),
		    DB_I((int64_t)page.left), DB_T(f->allowed));
		after = (struct log_level_cursor){ .day = after.day - 1 };
	}
	return e;
}

struct history_list {
	log_history_fn *fn;
	void *arg;
};

static enum err
hand_history(void *arg, const struct db_value *row)
{
	const struct history_list *list = arg;
	struct log_history h;
	enum err e = history_of(row, &h);

	return e == E_OK ? list->fn(list->arg, &h) : e;
}

enum err
store_log_histories(struct store *store, struct span domain, int64_t since_s,
    log_history_fn *fn, void *arg, struct why *why)
{
	struct history_list list = { fn, arg };

	return db_read(store->db, QUERY_LOG_HISTORY_LIST, hand_history, &list,
	    why, DB_T(domain), DB_I(since_s));
}
