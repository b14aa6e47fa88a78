#include "api/api_private.h"

/* Between two notes that a session or a token was used. */
#define NOTE_EVERY_S 60

bool
api_sees(const struct api_account *a, struct span domain)
{
	if (!a->is_bound)
		return true;
	for (size_t i = 0; i < a->domains.n; i++)
		if (span_eq(a->domains.v[i], domain))
			return true;
	return false;
}

/* -- who it is -- */

struct finding {
	struct arena *arena;
	struct api_identity *identity;
	struct session_row session;
	struct token_row token;
	size_t room; /* for domains */
};

static enum err
keep(struct finding *f, struct span text, struct span *ret)
{
	*ret = arena_copy(f->arena, text);
	return ret->p == NULL ? E_NOMEM : E_OK;
}

static enum err
take_session(void *arg, const struct session_row *s)
{
	struct finding *f = arg;
	enum err e;

	f->session = *s;
	e = keep(f, s->name, &f->session.name);
	return e == E_OK ? keep(f, s->csrf, &f->session.csrf) : e;
}

static enum err
take_token(void *arg, const struct token_row *t)
{
	struct finding *f = arg;
	enum err e;

	f->token = *t;
	e = keep(f, t->name, &f->token.name);
	return e == E_OK ? keep(f, t->id, &f->token.id) : e;
}

static enum err
take_account(void *arg, const struct account *a)
{
	struct finding *f = arg;
	struct api_account *account = &f->identity->account;

	account->role = a->role;
	account->is_bound = a->is_bound;
	return keep(f, a->name, &account->name);
}

static enum err
take_domain(void *arg, struct span domain)
{
	struct finding *f = arg;
	struct span_list *list = &f->identity->account.domains;

	if (list->n == f->room) {
		f->room = f->room == 0 ? 16 : 2 * f->room;
		list->v = arena_grow(f->arena, list->v, list->n, f->room,
		    sizeof(*list->v));
		if (list->v == NULL)
			return E_NOMEM;
	}
	return keep(f, domain, &list->v[list->n++]);
}

static enum err
load_account(struct store *store, struct finding *f, struct span name,
    struct why *why)
{
	enum err e = store_account_get(store, name, take_account, f, why);

	if (e == E_OK && f->identity->account.is_bound)
		e = store_account_domains(store, name, take_domain, f, why);
	return e;
}

/* E_ABSENT: it stands for nobody. */
static enum err
by_token(struct store *store, struct finding *f, struct span secret,
    int64_t now_s, struct why *why)
{
	struct api_identity *id = f->identity;
	unsigned char key[SHA256_BYTES];
	enum err e = secret_key(secret, key);

	if (e != E_OK)
		return e == E_SYNTAX ? E_ABSENT : e;
	e = store_token_get(store,
	    (struct span){ (const char *)key, sizeof(key) }, take_token, f,
	    why);
	if (e != E_OK)
		return e;
	if (now_s >= f->token.expires_s)
		return E_ABSENT;
	e = load_account(store, f, f->token.name, why);
	id->account.by_token = true;
	id->expires_s = f->token.expires_s;
	if (!f->token.is_admin) /* it does not write */
		id->account.role = ACCOUNT_VIEWER;
	id->note_token = now_s - f->token.seen_s >= NOTE_EVERY_S;
	id->token_id = f->token.id;
	return e;
}

/* E_ABSENT: it stands for nobody. */
static enum err
by_session(const struct api *api, struct store *store, struct finding *f,
    struct span secret, int64_t now_s, struct why *why)
{
	const struct api_options *o = &api->options;
	struct api_identity *id = f->identity;
	char *key = arena_bytes(f->arena, SHA256_BYTES);
	int64_t idle_s, end_s;
	enum err e = key == NULL ? E_NOMEM
				 : secret_key(secret, (unsigned char *)key);

	if (e != E_OK)
		return e == E_SYNTAX ? E_ABSENT : e;
	id->session_key = (struct span){ key, SHA256_BYTES };
	e = store_session_get(store, id->session_key, take_session, f, why);
	if (e != E_OK)
		return e;
	idle_s = f->session.seen_s + o->session_idle_s;
	end_s = f->session.created_s + o->session_max_s;
	if (now_s >= idle_s || now_s >= end_s)
		return E_ABSENT;
	e = load_account(store, f, f->session.name, why);
	id->csrf = f->session.csrf;
	id->expires_s = end_s;
	id->note_session = now_s - f->session.seen_s >= NOTE_EVERY_S;
	return e;
}

enum err
api_identify(struct api *api, struct store *store, struct span session,
    struct span token, int64_t now_s, struct arena *arena,
    struct api_identity *ret, struct why *why)
{
	struct finding f = { .arena = arena, .identity = ret };
	enum err e = E_ABSENT;

	*ret = (struct api_identity){ .expires_s = 0 };
	if (token.p != NULL)
		e = by_token(store, &f, token, now_s, why);
	else if (session.p != NULL)
		e = by_session(api, store, &f, session, now_s, why);
	if (e != E_ABSENT)
		return e;
	*ret = (struct api_identity){ .expires_s = 0 };
	return E_OK;
}

/* -- what he may do -- */

unsigned
api_permit(const struct api_route *route, const struct api_identity *id,
    struct span csrf, const char **ret_detail)
{
	const struct api_account *a = &id->account;

	if (route->scope == API_OPEN)
		return 0;
	*ret_detail = "log in first, or show a token that is in force";
	if (a->name.len == 0)
		return 401;
	*ret_detail = "this token only reads";
	if (a->by_token && a->role == ACCOUNT_VIEWER &&
	    route->does == API_WRITES)
		return 403;
	*ret_detail = "the CSRF token is missing or wrong";
	if (!a->by_token && route->does == API_WRITES &&
	    !secret_eq(csrf, id->csrf))
		return 403;
	*ret_detail = "only an analyst or an administrator may do that";
	if (route->scope == API_ANALYST && a->role == ACCOUNT_VIEWER)
		return 403;
	*ret_detail = "only an administrator may do that";
	if (route->scope == API_ADMIN && a->role != ACCOUNT_ADMIN)
		return 403;
	*ret_detail = "this is about domains that the account does not see";
	if (route->reach == API_WHOLE && a->is_bound)
		return 403;
	return 0;
}
