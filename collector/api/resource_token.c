/* api/resource_token.c -- tokens of programs: each user has his own. */
#include "api/api_private.h"
#include "api/body.h"
#include "base/random.h"

#define DAYS_DEFAULT 90
#define DAYS_MAX 1096
#define LABEL_MAX 100 /* bytes */

static const struct api_column columns[] = {
	{ "id", API_TEXT },
	{ "user", API_TEXT },
	{ "name", API_TEXT },
	{ "scopes", API_TEXTS },
	{ "created", API_TIME },
	{ "expires", API_TIME },
	{ "last-used", API_TIME },
	{ NULL, API_END },
};

static struct span
scope_text(bool is_admin)
{
	return is_admin ? SPAN_LIT("admin") : SPAN_LIT("read");
}

static enum err
put_token(void *arg, const struct token_row *t)
{
	struct span scope = scope_text(t->is_admin);
	struct api_list *list = arg;

	if (!api_row(list, SPAN_NONE, SPAN_NONE))
		return E_OK;
	api_text(list, t->id);
	api_text(list, t->name);
	api_text(list, t->label);
	api_texts(list, (struct span_list){ &scope, 1 });
	api_time(list, t->created_s);
	api_time(list, t->expires_s);
	api_time(list, t->seen_s);
	return E_OK;
}

/* Whose tokens he may see to: an administrator all of them. */
static struct span
owner(const struct api_request *r)
{
	return r->account->role == ACCOUNT_ADMIN ? SPAN_LIT("")
						 : r->account->name;
}

enum err
api_get_tokens(const struct api_request *r, struct api_answer *a,
    struct why *why)
{
	return store_token_list(r->store, owner(r), put_token,
	    api_list(a, columns), why);
}

/* -- a new one -- */

struct fresh {
	char id[UUID_TEXT_SIZE], secret[SECRET_TEXT_SIZE];
	unsigned char key[SHA256_BYTES];
};

static enum err
make_fresh(const struct api_request *r, struct fresh *f)
{
	struct uuid id = uuid_new(clock_wall_ns(r->api->options.clock));
	unsigned char bytes[SECRET_BYTES];
	enum err e = random_bytes(bytes, sizeof(bytes));

	if (e != E_OK)
		return e;
	uuid_text(&id, f->id);
	secret_text(bytes, f->secret);
	return secret_key(span_str(f->secret), f->key);
}

static enum err
add_token(const struct api_request *r, const struct token_row *t,
    const struct fresh *f, struct why *why)
{
	enum err e = store_begin(r->store, why);

	if (e == E_OK)
		e = store_token_add(r->store,
		    (struct span){ (const char *)f->key, sizeof(f->key) }, t,
		    why);
	if (e == E_OK)
		e = api_audit(r, r->account->name, "token-add", t->label, why);
	return e == E_OK ? store_commit(r->store, why) : e;
}

/* One that may write may read. */
static enum err
read_scopes(struct span_list scopes, bool *ret_admin, struct why *why)
{
	for (size_t i = 0; i < scopes.n; i++) {
		if (span_eq(scopes.v[i], scope_text(true)))
			*ret_admin = true;
		else if (!span_eq(scopes.v[i], scope_text(false)))
			return why_set(why, E_SYNTAX,
			    "scopes has another one than read and admin");
	}
	return E_OK;
}

/* expires: the last day on which the token is good. */
static enum err
read_token(const struct api_request *r, struct token_row *t, struct why *why)
{
	struct span_list scopes = { NULL, 0 };
	struct span expires = SPAN_NONE;
	const struct api_member members[] = {
		{ .name = "name", .text = &t->label, .is_required = true },
		{ .name = "scopes", .texts = &scopes },
		{ .name = "expires", .text = &expires },
		{ .name = NULL },
	};
	int64_t today = day_of_s(r->now_s), day = today + DAYS_DEFAULT;
	enum err e = api_body_read(r->body, members, r->arena, why);

	if (e != E_OK)
		return e;
	if (expires.p != NULL &&
	    (day_parse(expires, &day) != E_OK || day < today ||
		day > today + DAYS_MAX))
		return why_set(why, E_SYNTAX,
		    "expires is no date within the next three years");
	if (t->label.len == 0 || t->label.len > LABEL_MAX)
		return why_set(why, E_SYNTAX, "a name has 1 to %d bytes",
		    LABEL_MAX);
	t->expires_s = day_start_s(day + 1);
	return read_scopes(scopes, &t->is_admin, why);
}

enum err
api_post_token(const struct api_request *r, struct api_answer *a,
    struct why *why)
{
	struct token_row t = { .name = r->account->name,
		.created_s = r->now_s };
	struct json_out *out;
	struct fresh f;
	enum err e = read_token(r, &t, why);

	if (e == E_OK && t.is_admin && r->account->role != ACCOUNT_ADMIN)
		return api_refuse(a, 403, "only an administrator may do that");
	if (e == E_OK)
		e = make_fresh(r, &f);
	if (e != E_OK)
		return e;
	t.id = span_str(f.id);
	e = add_token(r, &t, &f, why);
	if (e != E_OK)
		return e;
	out = api_object(a);
	json_out_text(out, "id", t.id);
	json_out_text(out, "token", span_str(f.secret));
	api_json_time(out, "expires", t.expires_s);
	api_created(a);
	return E_OK;
}

enum err
api_delete_token(const struct api_request *r, struct api_answer *a,
    struct why *why)
{
	enum err e = store_begin(r->store, why);

	if (e == E_OK)
		e = store_token_remove(r->store, r->segments[0], owner(r), why);
	if (e == E_OK)
		e = api_audit(r, r->account->name, "token-remove",
		    r->segments[0], why);
	if (e == E_OK)
		e = store_commit(r->store, why);
	api_done(a);
	return e;
}
