/* api/resource_session.c -- log in and out, and the first user. */
#include <stdio.h>

#include "api/api_private.h"
#include "api/body.h"
#include "base/random.h"
#include "base/utf8.h"
#include "codec/password.h"

/* -- what a session is told of itself -- */

static void
put_domains(struct json_out *out, const struct api_account *account)
{
	if (!account->is_bound) {
		json_out_null(out, "domains");
		return;
	}
	json_out_array(out, "domains");
	for (size_t i = 0; i < account->domains.n; i++)
		json_out_text(out, NULL, account->domains.v[i]);
	json_out_end(out);
}

static void
put_session(const struct api_request *r, struct api_answer *a,
    const struct api_identity *id)
{
	const struct api_account *account = &id->account;
	struct json_out *out = api_object(a);

	if (account->name.len > 0) {
		json_out_text(out, "name", account->name);
		json_out_text(out, "role",
		    span_str(account_role_text(account->role)));
	} else {
		json_out_null(out, "name");
		json_out_null(out, "role");
	}
	put_domains(out, account);
	if (id->csrf.len > 0)
		json_out_text(out, "csrf", id->csrf);
	else
		json_out_null(out, "csrf");
	api_json_time(out, "expires", id->expires_s);
	json_out_bool(out, "setup-needed", api_setup_is_open(r->api));
	json_out_text(out, "version", span_str(r->api->options.version));
}

enum err
api_get_session(const struct api_request *r, struct api_answer *a,
    struct why *why)
{
	(void)why;
	put_session(r, a, r->identity);
	return E_OK;
}

/* -- making one -- */

struct fresh {
	char secret[SECRET_TEXT_SIZE], csrf[SECRET_TEXT_SIZE];
	unsigned char key[SHA256_BYTES];
};

static enum err
make_secret(char ret[SECRET_TEXT_SIZE])
{
	unsigned char bytes[SECRET_BYTES];
	enum err e = random_bytes(bytes, sizeof(bytes));

	if (e == E_OK)
		secret_text(bytes, ret);
	return e;
}

static enum err
make_fresh(struct fresh *f, struct why *why)
{
	enum err e = make_secret(f->secret);

	if (e == E_OK)
		e = make_secret(f->csrf);
	if (e == E_OK)
		e = secret_key(span_str(f->secret), f->key);
	return e == E_OK ? E_OK : why_set(why, e, "no secret for a session");
}

static void
set_cookie(const struct api *api, struct api_answer *a, const char *secret,
    const char *more)
{
	char cookie[API_COOKIE_MAX];

	(void)snprintf(cookie, sizeof(cookie),
	    "%s=%s; Path=/; HttpOnly; SameSite=Strict%s%s", api->cookie_name,
	    secret, api->is_secure ? "; Secure" : "", more);
	api_cookie(a, cookie);
}

/* In a transaction: the session of that user, and what he is told of it. */
static enum err
begin_session(const struct api_request *r, struct api_answer *a,
    struct span name, struct why *why)
{
	struct api_identity id;
	struct fresh f;
	enum err e = make_fresh(&f, why);

	if (e == E_OK)
		e = store_session_add(r->store,
		    (struct span){ (const char *)f.key, sizeof(f.key) },
		    &(const struct session_row){ .name = name,
			.csrf = span_str(f.csrf),
			.created_s = r->now_s },
		    why);
	if (e == E_OK)
		e = store_account_seen(r->store, name, r->now_s, why);
	if (e == E_OK)
		e = api_identify(r->api, r->store, span_str(f.secret),
		    SPAN_NONE, r->now_s, r->arena, &id, why);
	if (e != E_OK)
		return e;
	set_cookie(r->api, a, f.secret, "");
	put_session(r, a, &id);
	api_created(a);
	return E_OK;
}

static enum err
take_password(void *arg, const struct account *account)
{
	struct buf *hash = arg;

	buf_add(hash, account->password);
	return hash->err;
}

/* E_DENIED: that is not his password, or there is nobody of the name. */
static enum err
check_password(const struct api_request *r, struct span name,
    struct span password, struct why *why)
{
	struct buf hash = BUF_INIT(PASSWORD_HASH_SIZE);
	enum err e = store_account_get(r->store, name, take_password, &hash,
	    why);

	if (e == E_OK || e == E_ABSENT)
		e = password_check(password,
		    e == E_OK ? buf_span(&hash) : SPAN_NONE);
	buf_free(&hash);
	return e;
}

static int64_t
wait_s(const struct api_request *r, struct span name, struct span address)
{
	const struct throttle *t = &r->api->throttle;
	int64_t now_s = clock_mono_ns(r->api->options.clock) / NS_PER_S;
	int64_t by_name = throttle_wait_s(t, "name", name, now_s);
	int64_t by_address = throttle_wait_s(t, "address", address, now_s);

	return by_name > by_address ? by_name : by_address;
}

static enum err
note_failure(const struct api_request *r, struct span name, const char *event,
    struct why *why)
{
	struct throttle *t = &r->api->throttle;
	int64_t now_s = clock_mono_ns(r->api->options.clock) / NS_PER_S;

	throttle_fail(t, "name", name, now_s);
	throttle_fail(t, "address", span_str(r->block), now_s);
	return api_audit(r, name, event, SPAN_NONE, why);
}

/* As check_password, for one who may have to wait: he is told so, with what
 * api_refuse returns. */
static enum err
try_password(const struct api_request *r, struct api_answer *a,
    struct span name, struct span password, struct why *why)
{
	int64_t wait = wait_s(r, name, span_str(r->block));
	enum err e;

	if (wait > 0) {
		api_retry_after(a, wait);
		return api_refuse(a, 429, "too many failed; try again later");
	}
	e = check_password(r, name, password, why);
	if (e == E_OK)
		throttle_forgive(&r->api->throttle, "name", name);
	return e;
}

static enum err
log_in(const struct api_request *r, struct api_answer *a, struct span name,
    struct why *why)
{
	enum err e = store_begin(r->store, why);

	if (e == E_OK)
		e = api_audit(r, name, "login", SPAN_NONE, why);
	if (e == E_OK)
		e = begin_session(r, a, name, why);
	return e == E_OK ? store_commit(r->store, why) : e;
}

enum err
api_post_session(const struct api_request *r, struct api_answer *a,
    struct why *why)
{
	struct span name = SPAN_NONE, password = SPAN_NONE;
	const struct api_member members[] = {
		{ .name = "name", .text = &name, .is_required = true },
		{ .name = "password", .text = &password, .is_required = true },
		{ .name = NULL },
	};
	enum err e = api_body_read(r->body, members, r->arena, why);

	if (e != E_OK)
		return e;
	name = utf8_cut(name, ACCOUNT_NAME_MAX);
	e = try_password(r, a, name, password, why);
	if (e != E_DENIED)
		return e == E_OK ? log_in(r, a, name, why) : e;
	e = note_failure(r, name, "login-failed", why);
	return e == E_OK
	    ? api_refuse(a, 401, "name or password is not the right one")
	    : e;
}

enum err
api_delete_session(const struct api_request *r, struct api_answer *a,
    struct why *why)
{
	enum err e;

	if (r->account->by_token)
		return api_refuse(a, 400, "a token has no session");
	e = store_begin(r->store, why);
	if (e == E_OK)
		e = store_session_remove(r->store, r->identity->session_key,
		    why);
	if (e == E_OK)
		e = api_audit(r, r->account->name, "logout", SPAN_NONE, why);
	if (e == E_OK)
		e = store_commit(r->store, why);
	set_cookie(r->api, a, "", "; Max-Age=0");
	api_done(a);
	return e;
}

/* -- one's own password -- */

/* His sessions end with the old one; who changed it goes on in a new one. */
static enum err
replace_password(const struct api_request *r, struct api_answer *a,
    struct span hash, struct why *why)
{
	struct span name = r->account->name;
	enum err e = store_begin(r->store, why);

	if (e == E_OK)
		e = store_account_set_password(r->store, name, hash, why);
	if (e == E_OK)
		e = api_audit(r, name, "password-change", name, why);
	if (e == E_OK)
		e = begin_session(r, a, name, why);
	return e == E_OK ? store_commit(r->store, why) : e;
}

enum err
api_post_session_password(const struct api_request *r, struct api_answer *a,
    struct why *why)
{
	struct span now = SPAN_NONE, wanted = SPAN_NONE, hash = SPAN_NONE;
	const struct api_member members[] = {
		{ .name = "password", .text = &now, .is_required = true },
		{ .name = "new-password",
		    .text = &wanted,
		    .is_required = true },
		{ .name = NULL },
	};
	enum err e = api_body_read(r->body, members, r->arena, why);

	if (e == E_OK && r->account->by_token)
		return api_refuse(a, 400, "a token has no session");
	if (e == E_OK)
		e = api_password(wanted, r->arena, &hash, why);
	if (e == E_OK)
		e = try_password(r, a, r->account->name, now, why);
	if (e != E_DENIED)
		return e == E_OK ? replace_password(r, a, hash, why) : e;
	e = note_failure(r, r->account->name, "password-failed", why);
	return e == E_OK
	    ? api_refuse(a, 403, "that is not your password of now")
	    : e;
}

/* -- the first user -- */

static enum err
add_first(const struct api_request *r, struct api_answer *a, struct span name,
    struct span hash, struct why *why)
{
	enum err e = store_begin(r->store, why);

	if (e == E_OK)
		e = store_account_add_first(r->store,
		    &(const struct account){ .name = name,
			.role = ACCOUNT_ADMIN,
			.password = hash,
			.created_s = r->now_s },
		    why);
	if (e == E_OK)
		e = api_audit(r, name, "setup", SPAN_NONE, why);
	if (e == E_OK)
		e = begin_session(r, a, name, why);
	return e == E_OK ? store_commit(r->store, why) : e;
}

enum err
api_post_setup(const struct api_request *r, struct api_answer *a,
    struct why *why)
{
	struct span secret = SPAN_NONE, name = SPAN_NONE, password = SPAN_NONE;
	const struct api_member members[] = {
		{ .name = "token", .text = &secret, .is_required = true },
		{ .name = "name", .text = &name, .is_required = true },
		{ .name = "password", .text = &password, .is_required = true },
		{ .name = NULL },
	};
	struct span hash = SPAN_NONE;
	enum err e = api_body_read(r->body, members, r->arena, why);

	if (e == E_OK && !account_name_is_valid(name))
		return api_refuse(a, 400, ACCOUNT_NAME_RULE);
	if (e != E_OK)
		return e;
	if (!api_setup_take(r->api, secret))
		return api_refuse(a, 403,
		    "this set-up link is none, or has been used");
	e = api_password(password, r->arena, &hash, why);
	if (e == E_OK)
		e = add_first(r, a, name, hash, why);
	if (e != E_OK && e != E_CONFLICT)
		api_setup_give_back(r->api);
	return e;
}
