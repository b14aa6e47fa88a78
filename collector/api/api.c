#include "api/api.h"

#include <stdio.h>
#include <stdlib.h>

#include "api/api_private.h"
#include "api/encoding.h"
#include "api/export.h"
#include "api/guard.h"
#include "api/send.h"
#include "base/log.h"
#include "codec/typed.h"

#define BODY_MAX 16384 /* bytes */
#define KEY_MAX ((size_t)2 * 1024 * 1024)
#define KEPT_MAX ((size_t)48 * 1024 * 1024)

static const struct http_field again[] = { { "Retry-After", "2" }, { 0 } };

/* -- by the pool's threads -- */

/* What it is about: the path's domain in its one spelling, and whether the
 * account sees that of the query. E_ABSENT: it does not; E_SYNTAX. */
static enum err
check_domains(struct api_job *job, const struct api_account *account)
{
	struct span *domain = &job->segments[0];
	enum err e = E_OK;

	if (job->route->reach == API_DOMAIN)
		e = typed_domain(*domain, &job->arena, domain, NULL);
	if (e == E_SYNTAX ||
	    (job->route->reach == API_DOMAIN && !api_sees(account, *domain)))
		return E_ABSENT;
	if (job->query.domain.p != NULL &&
	    !api_sees(account, job->query.domain))
		return E_ABSENT;
	return e;
}

/* Have somebody note that session or token was used; not now if all are busy.
 */
static void
note_use(struct api *api, const struct api_identity *id)
{
	struct api_job *job;

	if (!id->note_session && !id->note_token)
		return;
	job = api_job_new_note(id->note_session ? id->session_key : SPAN_NONE,
	    id->note_token ? id->token_id : SPAN_NONE);
	if (job != NULL && api_pool_put(api->pool, job, true) != E_OK)
		api_job_free(job);
}

static enum err
write_note(struct store *store, const struct api_job *job, int64_t now_s,
    struct why *why)
{
	enum err e = E_OK;

	if (job->session.p != NULL)
		e = store_session_seen(store, job->session, now_s, why);
	if (e == E_OK && job->token.p != NULL)
		e = store_token_seen(store, job->token, now_s, why);
	return e;
}

/* Whether the store is at fault, so that another connection may do better. */
static bool
is_of_store(enum err e)
{
	return e == E_AWAY || e == E_IO || e == E_DAMAGED || e == E_DENIED ||
	    e == E_VERSION || e == E_UNCERTAIN;
}

struct turn {
	struct api *api;
	struct store *store;
	struct api_job *job;
	struct api_identity identity;
	struct api_request request;
	struct api_answer answer;
	/* Of an answer that is kept. */
	struct api_key key;
	int64_t since_ns;
	bool makes, is_kept;
	bool is_sent; /* it is made for others alone */
};

/* -- answers that are kept -- */

/* All that an answer depends on. The route is of the path. */
static enum err
key_of(const struct turn *t, struct api_key *ret)
{
	const struct api_account *a = &t->identity.account;
	struct buf text = BUF_INIT(KEY_MAX);
	enum err e;

	buf_addf(&text, "%lld %d %d %zu:", (long long)t->request.now_s / 86400,
	    (int)a->role, (int)a->is_bound, t->job->path.len);
	buf_add(&text, t->job->path);
	buf_addf(&text, "%zu:", t->job->query_text.len);
	buf_add(&text, t->job->query_text);
	for (size_t i = 0; i < a->domains.n; i++) {
		buf_addc(&text, '|');
		buf_add(&text, a->domains.v[i]);
	}
	e = text.err != E_OK ? text.err : sha256(buf_span(&text), ret->b);
	buf_free(&text);
	return e;
}

/* Those that waited are asked again: it is there now, or one of them makes it.
 */
static void
ask_again(struct api *api, struct api_jobs *jobs)
{
	struct api_job *job;

	while ((job = STAILQ_FIRST(jobs)) != NULL) {
		STAILQ_REMOVE_HEAD(jobs, next);
		if (api_pool_put(api->pool, job, false) == E_OK)
			continue;
		http_refuse(job->http, 503, "too many ask at the moment",
		    again);
		api_job_free(job);
	}
}

/* Whoever makes an answer says what became of it, whatever it is. */
static void
end_making(struct turn *t)
{
	struct api_answer *a = &t->answer;
	struct api_jobs waiting;

	if (!t->makes)
		return;
	t->makes = false;
	if (a->status == 200) {
		api_etag_make(a);
		if (t->job != NULL && api_is_for_gzip(t->job, a))
			(void)api_answer_compress(a);
		api_cache_keep(t->api->cache, &t->key, t->since_ns, a,
		    &waiting);
	} else {
		api_cache_give_up(t->api->cache, &t->key, &waiting);
	}
	ask_again(t->api, &waiting);
}

static void
send_and_note(struct turn *t)
{
	api_send(t->job, &t->answer);
	if (t->answer.status < 400)
		note_use(t->api, &t->identity);
}

/* What was kept goes out before another is made. False: out of memory. */
static bool
send_before(struct turn *t)
{
	send_and_note(t);
	t->is_sent = true;
	api_answer_free(&t->answer);
	return api_answer_init(&t->answer, &t->request,
	    t->job->route->reach != API_ROWS);
}

/* *ret_ended: there is nothing to make: it is answered, or it waits. */
static enum err
look_for_kept(struct turn *t, bool *ret_ended)
{
	enum api_place place;

	*ret_ended = false;
	if (t->job->route->does != API_VIEWS || key_of(t, &t->key) != E_OK)
		return E_OK;
	t->since_ns = clock_mono_ns(t->api->options.clock);
	place = api_cache_find(t->api->cache, &t->key, t->since_ns, t->job,
	    &t->answer);
	t->makes = place == API_MAKE || place == API_RENEW;
	t->is_kept = place == API_HERE;
	*ret_ended = !t->makes;
	if (place == API_WAIT)
		t->job = NULL;
	return place != API_RENEW || send_before(t) ? E_OK : E_NOMEM;
}

static enum err
ask_resource(struct turn *t, struct why *why)
{
	const struct api_route *route = t->job->route;
	const char *detail = NULL;
	unsigned status = api_permit(route, &t->identity, t->job->csrf,
	    &detail);
	bool is_ended;
	enum err e;

	if (status != 0)
		return api_refuse(&t->answer, status, detail);
	e = check_domains(t->job, &t->identity.account);
	if (e != E_OK)
		return e;
	e = look_for_kept(t, &is_ended);
	if (e != E_OK || is_ended)
		return e;
	for (size_t i = 0; i < API_SEGMENTS_MAX; i++)
		t->request.segments[i] = t->job->segments[i];
	return t->job->query.is_whole
	    ? api_export(route->resource, &t->request, &t->answer, why)
	    : route->resource(&t->request, &t->answer, why);
}

static enum err
identify_and_ask(struct turn *t, struct why *why)
{
	enum err e = api_identify(t->api, t->store, t->job->session,
	    t->job->token, t->request.now_s, &t->job->arena, &t->identity, why);

	return e == E_OK ? ask_resource(t, why) : e;
}

static enum err
read_or_write(struct turn *t, struct why *why)
{
	enum err e;

	if (t->job->route->does == API_WRITES) {
		e = identify_and_ask(t, why);
		store_rollback(t->store);
		return e;
	}
	if ((e = store_begin(t->store, why)) != E_OK)
		return e;
	e = identify_and_ask(t, why);
	store_rollback(t->store);
	return e;
}

/* Of what the resource returned. */
static void
answer(struct turn *t, enum err e, const struct why *why)
{
	if (!t->is_kept)
		api_answer_finish(&t->answer, e, why);
	end_making(t);
	if (t->answer.status == 500)
		log_error("a request could not be answered",
		    LOG_STR("route", t->job->route->name),
		    LOG_STR("error", err_text(e)), LOG_WHY(why));
	if (!t->is_sent)
		send_and_note(t);
}

static enum err
run_turn(struct turn *t, bool may_retry, struct why *why)
{
	const struct api_job *job = t->job;
	enum err e = E_NOMEM;

	t->request = (struct api_request){
		.api = t->api,
		.store = t->store,
		.query = &job->query,
		.account = &t->identity.account,
		.identity = &t->identity,
		.body = job->body,
		.address = job->address,
		.block = job->block,
		.arena = &t->job->arena,
		.now_s = clock_wall_s(t->api->options.clock),
	};
	if (api_answer_init(&t->answer, &t->request,
		job->route->reach != API_ROWS))
		e = read_or_write(t, why);
	may_retry = may_retry && !t->is_sent && t->answer.status < 400 &&
	    is_of_store(e);
	if (may_retry)
		end_making(t);
	else if (t->job != NULL)
		answer(t, e, why);
	api_answer_free(&t->answer);
	if (!may_retry)
		api_job_free(t->job);
	return is_of_store(e) ? e : E_OK;
}

static enum err
run(void *arg, struct store *store, struct api_job *job, bool may_retry,
    struct why *why)
{
	struct api *api = arg;
	struct turn turn = { .api = api, .store = store, .job = job };
	enum err e;

	if (job->route != NULL)
		return run_turn(&turn, may_retry, why);
	e = write_note(store, job, clock_wall_s(api->options.clock), why);
	api_job_free(job);
	return e;
}

static void
refuse_without_store(void *arg, struct api_job *job)
{
	(void)arg;
	if (job->route != NULL)
		http_refuse(job->http, 503,
		    "the store cannot be reached at the moment", again);
}

#define HOUSE_EVERY_NS (60 * NS_PER_S)

/* Sessions and notes past their time; and whether there is a user at all. */
static enum err
keep_house(void *arg, struct store *store, struct why *why)
{
	struct api *api = arg;
	const struct api_options *o = &api->options;
	int64_t mono_ns = clock_mono_ns(o->clock);
	int64_t now_s = clock_wall_s(o->clock);
	enum err e;

	if (api->house_kept_ns != 0 &&
	    mono_ns - api->house_kept_ns < HOUSE_EVERY_NS)
		return E_OK;
	e = api_setup_look(api, store, why);
	if (e == E_OK)
		e = store_session_expire(store, now_s - o->session_idle_s,
		    now_s - o->session_max_s, why);
	if (e == E_OK)
		e = store_audit_forget(store, now_s - o->audit_keep_s, why);
	if (e == E_OK)
		api->house_kept_ns = mono_ns;
	return e;
}

/* -- by the server's threads -- */

/* False: it is refused. */
static bool
is_meant_for_us(const struct api *api, struct http_request *http)
{
	const char *url = api->options.public_url;
	struct span method = http_request_method(http);
	struct span host = http_request_field(http, "Host");

	if (!api_host_is_ours(host, url)) {
		http_refuse(http, 421,
		    "this host name is not ours: see web.public_url", NULL);
		return false;
	}
	if (span_eq(method, SPAN_LIT("GET")) ||
	    span_eq(method, SPAN_LIT("HEAD")))
		return true;
	if (!api_origin_is_ours(http_request_field(http, "Origin"),
		http_request_field(http, "Sec-Fetch-Site"), host, url)) {
		http_refuse(http, 403, "another page sent this", NULL);
		return false;
	}
	return true;
}

static bool
body_is_json(struct http_request *http)
{
	struct span type = http_request_field(http, "Content-Type");

	return http_request_body(http).len == 0 ||
	    span_eq_nocase(span_trim(span_until(&type, ';')),
		SPAN_LIT("application/json"));
}

/* False: it is refused. */
static bool
read_target(struct api *api, struct api_job *job)
{
	int64_t today = day_of_s(clock_wall_s(api->options.clock));
	struct http_request *http = job->http;
	struct buf allow = BUF_INIT(256);
	struct why why = { { 0 } };
	bool ok = false;

	switch (
	    api_route_find(http_request_method(http), http_request_path(http),
		&job->arena, &job->route, job->segments, &allow)) {
	case API_MATCH:
		ok = api_query_read(http_request_query(http),
			 job->route->parameters, today, &job->arena,
			 &job->query, &why) == E_OK;
		if (!ok)
			http_refuse(http, 400, why.text, NULL);
		break;
	case API_NO_METHOD:
		http_refuse(http, 405, "not by this method",
		    (const struct http_field[]){ { "Allow", buf_str(&allow) },
			{ 0 } });
		break;
	case API_NO_PATH:
		http_refuse(http, 404, "there is nothing here", NULL);
		break;
	}
	buf_free(&allow);
	return ok;
}

static void
take_request(void *arg, struct http_request *http)
{
	struct api *api = arg;
	struct api_job *job;

	if (!is_meant_for_us(api, http))
		return;
	if (!body_is_json(http)) {
		http_refuse(http, 415, "the body has to be application/json",
		    NULL);
		return;
	}
	if ((job = api_job_new(http, api->cookie_name)) == NULL) {
		http_refuse(http, 503, "there is no memory", again);
		return;
	}
	if (!read_target(api, job)) {
		api_job_free(job);
		return;
	}
	if (api_pool_put(api->pool, job, job->route->does == API_WRITES) ==
	    E_OK)
		return;
	http_refuse(http, 503, "too many ask at the moment", again);
	api_job_free(job);
}

static void
take_file(void *arg, struct http_request *http)
{
	if (is_meant_for_us(arg, http))
		api_files_answer(http);
}

void
api_http_routes(struct api *api, struct http_route ret[API_HTTP_ROUTES])
{
	static const struct http_route routes[API_HTTP_ROUTES] = {
		{ .method = "GET", .path = API_PREFIX "/{*}" },
		{ .method = "POST",
		    .path = API_PREFIX "/{*}",
		    .body_max = BODY_MAX },
		{ .method = "PATCH",
		    .path = API_PREFIX "/{*}",
		    .body_max = BODY_MAX },
		{ .method = "DELETE", .path = API_PREFIX "/{*}" },
		{ .method = "GET", .path = "/{*}", .handle = take_file },
	};

	for (size_t i = 0; i < API_HTTP_ROUTES; i++) {
		ret[i] = routes[i];
		ret[i].arg = api;
		if (ret[i].handle == NULL)
			ret[i].handle = take_request;
	}
}

/* -- open and close -- */

static enum err
open_store(void *arg, bool read_only, struct store **ret, struct why *why)
{
	const struct api_options *o = &((const struct api *)arg)->options;

	return o->open_store(o->arg, read_only, ret, why);
}

static void
set_fields(struct api *api)
{
	static const struct http_field common[] = {
		{ "Content-Security-Policy",
		    "default-src 'none'; script-src 'self'; style-src 'self'; "
		    "connect-src 'self'; img-src 'self' data:; "
		    "base-uri 'none'; form-action 'self'; "
		    "frame-ancestors 'none'" },
		{ "X-Content-Type-Options", "nosniff" },
		{ "X-Frame-Options", "DENY" },
		{ "Referrer-Policy", "no-referrer" },
		{ "Cross-Origin-Opener-Policy", "same-origin" },
		{ "Cross-Origin-Resource-Policy", "same-origin" },
		{ "Permissions-Policy",
		    "camera=(), geolocation=(), microphone=()" },
	};
	size_t n = sizeof(common) / sizeof(common[0]);

	memcpy(api->fields, common, sizeof(common));
	if (api->is_secure)
		api->fields[n] = (struct http_field){
			"Strict-Transport-Security", "max-age=31536000"
		};
}

const struct http_field *
api_http_fields(const struct api *api)
{
	return api->fields;
}

static enum err
open_pool(struct api *api, struct why *why)
{
	return api_pool_open(
	    &(const struct api_pool_options){
		.threads = api->options.threads,
		.open_store = open_store,
		.run = run,
		.refuse = refuse_without_store,
		.keep_house = keep_house,
		.arg = api,
	    },
	    &api->pool, why);
}

static bool
is_https(const char *url)
{
	struct span rest = span_str(url);

	return span_take(&rest, SPAN_LIT("https://"));
}

enum err
api_open(const struct api_options *options, struct api **ret, struct why *why)
{
	struct api *api = calloc(1, sizeof(*api));
	enum err e;

	if (api == NULL)
		return why_set(why, E_NOMEM, "out of memory");
	api->options = *options;
	api->is_secure = options->is_tls || is_https(options->public_url);
	api->cookie_name = api->is_secure ? "__Host-tlsrpt" : "tlsrpt-session";
	set_fields(api);
	(void)pthread_mutex_init(&api->lock, NULL);
	e = api_cache_open(
	    &(const struct api_cache_options){
		.age_ns = options->answer_age_ns,
		.bytes_max = KEPT_MAX,
	    },
	    &api->cache, why);
	if (e == E_OK)
		e = open_pool(api, why);
	if (e == E_OK)
		*ret = api;
	else
		api_close(api);
	return e;
}

void
api_close(struct api *api)
{
	if (api == NULL)
		return;
	api_pool_close(api->pool);
	api_cache_close(api->cache);
	(void)pthread_mutex_destroy(&api->lock);
	free(api);
}
