#include "store/store_account.h"

#include "base/ascii.h"
#include "base/clock.h"
#include "base/uuid.h"
#include "store/store_private.h"

static const char *const roles[NACCOUNT_ROLES] = {
	[ACCOUNT_VIEWER] = "viewer",
	[ACCOUNT_ANALYST] = "analyst",
	[ACCOUNT_ADMIN] = "admin",
};

const char *
account_role_text(enum account_role role)
{
	return roles[role];
}

enum err
account_role_from_text(struct span text, enum account_role *ret)
{
	for (size_t i = 0; i < NACCOUNT_ROLES; i++)
		if (span_eq(span_str(roles[i]), text)) {
			*ret = (enum account_role)i;
			return E_OK;
		}
	return E_ABSENT;
}

bool
account_name_is_valid(struct span name)
{
	for (size_t i = 0; i < name.len; i++)
		if (!ascii_is_alnum(name.p[i]) &&
		    !ascii_is_one_of(name.p[i], "._-@+"))
			return false;
	return name.len > 0 && name.len <= ACCOUNT_NAME_MAX;
}

/* e unless a row was written. */
static enum err
write_row(struct store *store, enum query query, const struct db_value *params,
    size_t n, enum err otherwise, const char *text, struct why *why)
{
	int64_t changed = 0;
	enum err e = db_run(store->db,
	    &(const struct db_statement){ .query = query,
		.params = params,
		.nparams = n },
	    &changed, why);

	return e == E_OK && changed == 0 ? why_set(why, otherwise, "%s", text)
					 : e;
}

#define WRITE_ROW(store, query, otherwise, text, why, ...)                    \
	write_row((store), (query), (const struct db_value[]){ __VA_ARGS__ }, \
	    sizeof((const struct db_value[]){ __VA_ARGS__ }) /                \
		sizeof(struct db_value),                                      \
	    (otherwise), (text), (why))

/* -- users -- */

static enum err
add(struct store *store, enum query query, const struct account *a,
    enum err otherwise, const char *text, struct why *why)
{
	return WRITE_ROW(store, query, otherwise, text, why, DB_T(a->name),
	    DB_T(span_str(roles[a->role])), DB_I(a->is_bound),
	    DB_T(a->password), DB_I(a->created_s));
}

enum err
store_account_add(struct store *store, const struct account *a, struct why *why)
{
	return add(store, QUERY_ACCOUNT_ADD, a, E_EXISTS,
	    "there is a user of that name", why);
}

enum err
store_account_add_first(struct store *store, const struct account *a,
    struct why *why)
{
	return add(store, QUERY_ACCOUNT_FIRST, a, E_CONFLICT,
	    "there is a user already", why);
}

enum err
store_account_bind(struct store *store, struct span name,
    const struct span *domains, size_t n, struct why *why)
{
	enum err e = db_write(store->db, QUERY_ACCOUNT_DOMAIN_CLEAR, why,
	    DB_T(name));

	for (size_t i = 0; e == E_OK && i < n; i++)
		e = db_write(store->db, QUERY_ACCOUNT_DOMAIN_ADD, why,
		    DB_T(name), DB_T(domains[i]));
	return e;
}

struct list {
	union {
		account_fn *account;
		account_domain_fn *domain;
		session_fn *session;
		token_fn *token;
		audit_fn *audit;
	} fn;
	void *arg;
	bool is_found;
};

static enum err
hand_over_account(void *arg, const struct db_value *row)
{
	struct list *list = arg;
	struct account a = {
		.name = row[0].bytes,
		.is_bound = row[2].num != 0,
		.password = row[3].bytes,
		.created_s = row[4].num,
		.seen_s = row[5].num,
	};

	list->is_found = true;
	if (account_role_from_text(row[1].bytes, &a.role) != E_OK)
		return E_SYNTAX;
	return list->fn.account(list->arg, &a);
}

enum err
store_account_get(struct store *store, struct span name, account_fn *fn,
    void *arg, struct why *why)
{
	struct list list = { .fn.account = fn, .arg = arg };
	enum err e = db_read(store->db, QUERY_ACCOUNT_GET, hand_over_account,
	    &list, why, DB_T(name));

	return e == E_OK && !list.is_found ? E_ABSENT : e;
}

enum err
store_account_list(struct store *store, account_fn *fn, void *arg,
    struct why *why)
{
	struct list list = { .fn.account = fn, .arg = arg };

	return db_run(store->db,
	    &(const struct db_statement){ .query = QUERY_ACCOUNT_LIST,
		.row = hand_over_account,
		.arg = &list },
	    NULL, why);
}

static enum err
hand_over_domain(void *arg, const struct db_value *row)
{
	const struct list *list = arg;

	return list->fn.domain(list->arg, row[0].bytes);
}

enum err
store_account_domains(struct store *store, struct span name,
    account_domain_fn *fn, void *arg, struct why *why)
{
	struct list list = { .fn.domain = fn, .arg = arg };

	return db_read(store->db, QUERY_ACCOUNT_DOMAIN_LIST, hand_over_domain,
	    &list, why, DB_T(name));
}

static enum err
take_count(void *arg, const struct db_value *row)
{
	*(struct account_count *)arg = (struct account_count){
		(uint64_t)row[0].num, (uint64_t)row[1].num
	};
	return E_OK;
}

enum err
store_account_count(struct store *store, struct account_count *ret,
    struct why *why)
{
	return db_run(store->db,
	    &(const struct db_statement){ .query = QUERY_ACCOUNT_COUNT,
		.row = take_count,
		.arg = ret },
	    NULL, why);
}

static const char no_user[] = "there is no user of that name";

enum err
store_account_remove(struct store *store, struct span name, struct why *why)
{
	enum err e = WRITE_ROW(store, QUERY_ACCOUNT_REMOVE, E_ABSENT, no_user,
	    why, DB_T(name));

	if (e == E_OK)
		e = db_write(store->db, QUERY_ACCOUNT_DOMAIN_CLEAR, why,
		    DB_T(name));
	if (e == E_OK)
		e = db_write(store->db, QUERY_SESSION_REMOVE_ALL, why,
		    DB_T(name));
	return e == E_OK
	    ? db_write(store->db, QUERY_TOKEN_REMOVE_ALL, why, DB_T(name))
	    : e;
}

enum err
store_account_set_role(struct store *store, struct span name,
    enum account_role role, bool is_bound, struct why *why)
{
	return WRITE_ROW(store, QUERY_ACCOUNT_ROLE, E_ABSENT, no_user, why,
	    DB_T(name), DB_T(span_str(roles[role])), DB_I(is_bound));
}

enum err
store_account_set_password(struct store *store, struct span name,
    struct span password, struct why *why)
{
	enum err e = WRITE_ROW(store, QUERY_ACCOUNT_PASSWORD, E_ABSENT, no_user,
	    why, DB_T(name), DB_T(password));

	return e == E_OK
	    ? db_write(store->db, QUERY_SESSION_REMOVE_ALL, why, DB_T(name))
	    : e;
}

enum err
store_account_seen(struct store *store, struct span name, int64_t now_s,
    struct why *why)
{
	return db_write(store->db, QUERY_ACCOUNT_SEEN, why, DB_T(name),
	    DB_I(now_s));
}

/* -- sessions -- */

enum err
store_session_add(struct store *store, struct span key,
    const struct session_row *s, struct why *why)
{
	return db_write(store->db, QUERY_SESSION_ADD, why, DB_B(key),
	    DB_T(s->name), DB_T(s->csrf), DB_I(s->created_s));
}

static enum err
hand_over_session(void *arg, const struct db_value *row)
{
	struct list *list = arg;

	list->is_found = true;
	return list->fn.session(list->arg,
	    &(const struct session_row){ .name = row[0].bytes,
		.csrf = row[1].bytes,
		.created_s = row[2].num,
		.seen_s = row[3].num });
}

enum err
store_session_get(struct store *store, struct span key, session_fn *fn,
    void *arg, struct why *why)
{
	struct list list = { .fn.session = fn, .arg = arg };
	enum err e = db_read(store->db, QUERY_SESSION_GET, hand_over_session,
	    &list, why, DB_B(key));

	return e == E_OK && !list.is_found ? E_ABSENT : e;
}

enum err
store_session_seen(struct store *store, struct span key, int64_t now_s,
    struct why *why)
{
	return db_write(store->db, QUERY_SESSION_SEEN, why, DB_B(key),
	    DB_I(now_s));
}

enum err
store_session_remove(struct store *store, struct span key, struct why *why)
{
	return db_write(store->db, QUERY_SESSION_REMOVE, why, DB_B(key));
}

enum err
store_session_expire(struct store *store, int64_t idle_s, int64_t made_s,
    struct why *why)
{
	return db_write(store->db, QUERY_SESSION_EXPIRE, why, DB_I(idle_s),
	    DB_I(made_s));
}

/* -- tokens -- */

enum err
store_token_add(struct store *store, struct span key, const struct token_row *t,
    struct why *why)
{
	return db_write(store->db, QUERY_TOKEN_ADD, why, DB_T(t->id), DB_B(key),
	    DB_T(t->name), DB_T(t->label),
	    DB_T(t->is_admin ? SPAN_LIT("admin") : SPAN_LIT("read")),
	    DB_I(t->created_s), DB_I(t->expires_s));
}

static enum err
hand_over_token(void *arg, const struct db_value *row)
{
	struct list *list = arg;

	list->is_found = true;
	return list->fn.token(list->arg,
	    &(const struct token_row){ .id = row[0].bytes,
		.name = row[1].bytes,
		.label = row[2].bytes,
		.is_admin = span_eq(row[3].bytes, SPAN_LIT("admin")),
		.created_s = row[4].num,
		.expires_s = row[5].num,
		.seen_s = row[6].num });
}

enum err
store_token_get(struct store *store, struct span key, token_fn *fn, void *arg,
    struct why *why)
{
	struct list list = { .fn.token = fn, .arg = arg };
	enum err e = db_read(store->db, QUERY_TOKEN_GET, hand_over_token, &list,
	    why, DB_B(key));

	return e == E_OK && !list.is_found ? E_ABSENT : e;
}

enum err
store_token_list(struct store *store, struct span name, token_fn *fn, void *arg,
    struct why *why)
{
	struct list list = { .fn.token = fn, .arg = arg };

	return db_read(store->db, QUERY_TOKEN_LIST, hand_over_token, &list, why,
	    DB_T(name));
}

enum err
store_token_remove(struct store *store, struct span id, struct span name,
    struct why *why)
{
	return WRITE_ROW(store, QUERY_TOKEN_REMOVE, E_ABSENT,
	    "there is no such token", why, DB_T(id), DB_T(name));
}

enum err
store_token_seen(struct store *store, struct span id, int64_t now_s,
    struct why *why)
{
	return db_write(store->db, QUERY_TOKEN_SEEN, why, DB_T(id),
	    DB_I(now_s));
}

/* -- what was done -- */

enum err
store_audit_add(struct store *store, const struct audit_row *a, struct why *why)
{
	return db_write(store->db, QUERY_AUDIT_ADD, why, DB_T(a->id),
	    DB_I(a->at_s), DB_T(a->name), DB_T(a->address), DB_T(a->event),
	    DB_T(a->detail));
}

static enum err
hand_over_audit(void *arg, const struct db_value *row)
{
	const struct list *list = arg;

	return list->fn.audit(list->arg,
	    &(const struct audit_row){ .id = row[0].bytes,
		.at_s = row[1].num,
		.name = row[2].bytes,
		.address = row[3].bytes,
		.event = row[4].bytes,
		.detail = row[5].bytes });
}

enum err
store_audit_list(struct store *store, struct span before, size_t max,
    audit_fn *fn, void *arg, struct why *why)
{
	struct list list = { .fn.audit = fn, .arg = arg };

	return db_read(store->db, QUERY_AUDIT_LIST, hand_over_audit, &list, why,
	    DB_T(before), DB_I(max));
}

enum err
store_audit_forget(struct store *store, int64_t before_s, struct why *why)
{
	struct uuid first = uuid_first(before_s * NS_PER_S);
	char text[UUID_TEXT_SIZE];

	uuid_text(&first, text);
	return db_write(store->db, QUERY_AUDIT_FORGET, why,
	    DB_T(span_str(text)), DB_I(before_s));
}
