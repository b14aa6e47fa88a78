/* api/resource_user.c -- users, as an administrator sees to them. */
#include "api/api_private.h"
#include "api/body.h"
#include "base/random.h"
#include "codec/password.h"
#include "codec/typed.h"

enum err
api_password(struct span password, struct arena *arena, struct span *ret,
    struct why *why)
{
	unsigned char salt[PASSWORD_SALT_BYTES];
	char hash[PASSWORD_HASH_SIZE];
	enum err e = random_bytes(salt, sizeof(salt));

	if (e == E_OK)
		e = password_hash(password, salt, hash);
	if (e == E_RANGE)
		return why_set(why, e, "a password has %d to %d bytes",
		    PASSWORD_MIN, PASSWORD_MAX);
	if (e != E_OK)
		return why_set(why, e, "no password can be made");
	*ret = arena_copy(arena, span_str(hash));
	return ret->p == NULL ? E_NOMEM : E_OK;
}

enum err
api_domains(struct span_list list, struct arena *arena, struct why *why)
{
	enum err e = E_OK;

	for (size_t i = 0; e == E_OK && i < list.n; i++)
		e = typed_domain(list.v[i], arena, &list.v[i], NULL);
	return e == E_SYNTAX ? why_set(why, e, "domains has one that is none")
			     : e;
}

/* -- list -- */

static const struct api_column columns[] = {
	{ "name", API_TEXT },
	{ "role", API_TEXT },
	{ "domains", API_TEXTS },
	{ "created", API_TIME },
	{ "last-login", API_TIME },
	{ NULL, API_END },
};

struct user {
	struct span name;
	enum account_role role;
	bool is_bound;
	int64_t created_s, seen_s;
	struct span_list domains;
};

struct users {
	struct arena *arena;
	struct user *v;
	size_t n, room, domain_room;
	struct user *at;
};

static enum err
keep_user(void *arg, const struct account *a)
{
	struct users *u = arg;

	if (u->n == u->room) {
		u->room = u->room == 0 ? 16 : 2 * u->room;
		u->v = arena_grow(u->arena, u->v, u->n, u->room, sizeof(*u->v));
		if (u->v == NULL)
			return E_NOMEM;
	}
	u->v[u->n] = (struct user){
		.name = arena_copy(u->arena, a->name),
		.role = a->role,
		.is_bound = a->is_bound,
		.created_s = a->created_s,
		.seen_s = a->seen_s,
	};
	return u->v[u->n++].name.p == NULL ? E_NOMEM : E_OK;
}

static enum err
keep_domain(void *arg, struct span domain)
{
	struct users *u = arg;
	struct span_list *list = &u->at->domains;

	if (list->n == u->domain_room) {
		u->domain_room = u->domain_room == 0 ? 4 : 2 * u->domain_room;
		list->v = arena_grow(u->arena, list->v, list->n, u->domain_room,
		    sizeof(*list->v));
		if (list->v == NULL)
			return E_NOMEM;
	}
	list->v[list->n] = arena_copy(u->arena, domain);
	return list->v[list->n++].p == NULL ? E_NOMEM : E_OK;
}

static void
put_user(struct api_list *list, const struct user *u)
{
	if (!api_row(list, SPAN_NONE, SPAN_NONE))
		return;
	api_text(list, u->name);
	api_text(list, span_str(account_role_text(u->role)));
	if (u->is_bound)
		api_texts(list, u->domains);
	else
		api_null(list);
	api_time(list, u->created_s);
	api_time(list, u->seen_s);
}

enum err
api_get_users(const struct api_request *r, struct api_answer *a,
    struct why *why)
{
	struct api_list *list = api_list(a, columns);
	struct users users = { .arena = r->arena };
	enum err e = store_account_list(r->store, keep_user, &users, why);

	for (size_t i = 0; e == E_OK && i < users.n; i++) {
		users.at = &users.v[i];
		users.domain_room = 0;
		e = store_account_domains(r->store, users.at->name, keep_domain,
		    &users, why);
		if (e == E_OK)
			put_user(list, users.at);
	}
	return e;
}

/* -- changes -- */

struct wish {
	struct span name, password, role_text;
	enum account_role role;
	struct span_list domains;
	bool has_domains; /* given, be it as null: it sees all */
	struct span hash;
};

static enum err
read_wish(const struct api_request *r, struct wish *w, bool is_new,
    struct why *why)
{
	const struct api_member members[] = {
		{ .name = "role",
		    .text = &w->role_text,
		    .is_required = is_new },
		{ .name = "password",
		    .text = &w->password,
		    .is_required = is_new },
		{ .name = "domains",
		    .texts = &w->domains,
		    .is_given = &w->has_domains },
		{ .name = is_new ? "name" : NULL,
		    .text = &w->name,
		    .is_required = is_new },
		{ .name = NULL },
	};
	enum err e = api_body_read(r->body, members, r->arena, why);

	if (e == E_OK && w->role_text.p != NULL &&
	    account_role_from_text(w->role_text, &w->role) != E_OK)
		e = why_set(why, E_SYNTAX,
		    "role is none of admin, analyst, viewer");
	if (e == E_OK)
		e = api_domains(w->domains, r->arena, why);
	if (e == E_OK && w->password.p != NULL)
		e = api_password(w->password, r->arena, &w->hash, why);
	return e;
}

static bool
wants_bound(const struct wish *w)
{
	return w->domains.v != NULL;
}

static enum err
add_user(const struct api_request *r, const struct wish *w, struct why *why)
{
	enum err e = store_begin(r->store, why);

	if (e == E_OK)
		e = store_account_add(r->store,
		    &(const struct account){ .name = w->name,
			.role = w->role,
			.is_bound = wants_bound(w),
			.password = w->hash,
			.created_s = r->now_s },
		    why);
	if (e == E_OK)
		e = store_account_bind(r->store, w->name, w->domains.v,
		    w->domains.n, why);
	if (e == E_OK)
		e = api_audit(r, r->account->name, "user-add", w->name, why);
	return e == E_OK ? store_commit(r->store, why) : e;
}

enum err
api_post_user(const struct api_request *r, struct api_answer *a,
    struct why *why)
{
	struct wish w = { .role = ACCOUNT_VIEWER };
	enum err e = read_wish(r, &w, true, why);

	if (e != E_OK)
		return e;
	if (!account_name_is_valid(w.name))
		return api_refuse(a, 400, ACCOUNT_NAME_RULE);
	if (w.role == ACCOUNT_ADMIN && wants_bound(&w))
		return api_refuse(a, 400, "an administrator sees all domains");
	e = add_user(r, &w, why);
	if (e != E_OK)
		return e;
	json_out_text(api_object(a), "name", w.name);
	api_created(a);
	return E_OK;
}

static enum err
keep_account(void *arg, const struct account *a)
{
	struct user *u = arg;

	u->role = a->role;
	u->is_bound = a->is_bound;
	return E_OK;
}

/* E_CONFLICT: without him there would be no administrator. In the transaction
 * of what is done. */
static enum err
check_admins(const struct api_request *r, const struct user *before,
    bool stays_admin, struct why *why)
{
	struct account_count count;
	enum err e;

	if (before->role != ACCOUNT_ADMIN || stays_admin)
		return E_OK;
	e = store_account_count(r->store, &count, why);
	return e == E_OK && count.admins < 2 ? E_CONFLICT : e;
}

static const char last_admin[] = "that is the last administrator";

/* In a transaction. */
static enum err
change(const struct api_request *r, const struct wish *w, struct span name,
    struct why *why)
{
	struct user u = { .name = name };
	enum err e = store_account_get(r->store, name, keep_account, &u, why);
	enum account_role role = w->role_text.p != NULL ? w->role : u.role;
	bool is_bound = w->has_domains ? wants_bound(w) : u.is_bound;

	if (e == E_OK && role == ACCOUNT_ADMIN && is_bound)
		e = why_set(why, E_SYNTAX, "an administrator sees all domains");
	if (e == E_OK)
		e = check_admins(r, &u, role == ACCOUNT_ADMIN, why);
	if (e == E_OK)
		e = store_account_set_role(r->store, name, role, is_bound, why);
	if (e == E_OK && w->has_domains)
		e = store_account_bind(r->store, name, w->domains.v,
		    w->domains.n, why);
	if (e == E_OK && w->hash.p != NULL)
		e = store_account_set_password(r->store, name, w->hash, why);
	return e == E_OK
	    ? api_audit(r, r->account->name, "user-change", name, why)
	    : e;
}

enum err
api_patch_user(const struct api_request *r, struct api_answer *a,
    struct why *why)
{
	struct wish w = { .role = ACCOUNT_VIEWER };
	enum err e = read_wish(r, &w, false, why);

	if (e == E_OK)
		e = store_begin(r->store, why);
	if (e == E_OK)
		e = change(r, &w, r->segments[0], why);
	if (e == E_CONFLICT)
		return api_refuse(a, 409, last_admin);
	if (e == E_OK)
		e = store_commit(r->store, why);
	api_done(a);
	return e;
}

enum err
api_delete_user(const struct api_request *r, struct api_answer *a,
    struct why *why)
{
	struct user u = { .name = r->segments[0] };
	enum err e = store_begin(r->store, why);

	if (e == E_OK)
		e = store_account_get(r->store, u.name, keep_account, &u, why);
	if (e == E_OK)
		e = check_admins(r, &u, false, why);
	if (e == E_CONFLICT)
		return api_refuse(a, 409, last_admin);
	if (e == E_OK)
		e = store_account_remove(r->store, u.name, why);
	if (e == E_OK)
		e = api_audit(r, r->account->name, "user-remove", u.name, why);
	if (e == E_OK)
		e = store_commit(r->store, why);
	api_done(a);
	return e;
}
