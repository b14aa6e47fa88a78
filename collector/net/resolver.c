#include "net/resolver.h"

#include <assert.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/queue.h>
#include <unbound.h>

#include "base/ascii.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/num.h"

#define CLASS_IN 1
/* RFC 1035 s2.3.4, as text without the final dot. */
#define NAME_MAX_BYTES 253
#define LABEL_MAX_BYTES 63
#define SERVER_MAX_BYTES 80
#define ANCHORS_MAX_BYTES 65536

struct lookup {
	TAILQ_ENTRY(lookup) next; /* among waiting, started or done */
	struct resolver *resolver;
	txt_fn *fn;
	void *arg;
	enum dns_type type;
	int id;		     /* libunbound's */
	int64_t deadline_ns; /* once started */
	/* Once done: what came, or why nothing did. */
	struct ub_result *result;
	struct why why;
	char name[];
};

TAILQ_HEAD(lookups, lookup);

struct resolver {
	struct ub_ctx *ctx;
	struct clock clock;
	int64_t timeout_ms;
	bool validates, closing;
	/* started: by deadline, as all have the same time. */
	struct lookups waiting, started, done;
	size_t nstarted, pending;
};

/* -- opening -- */

static enum err
ub_err(int code, struct why *why)
{
	if (code == 0)
		return E_OK;
	return why_set(why, code == UB_NOMEM ? E_NOMEM : E_IO, "libunbound: %s",
	    ub_strerror(code));
}

static enum err
set_options(struct ub_ctx *ctx, struct why *why)
{
	static const struct {
		const char *name, *value;
	} options[] = {
		/* The forwarder may well be on this machine. */
		{ "do-not-query-localhost:", "no" },
		/* Ports and connections at a time. Lookups that were given up
		 * keep theirs until libunbound gives up too. */
		{ "outgoing-range:", "200" },
		{ "outgoing-num-tcp:", "20" },
		/* Seconds that is remembered how a server failed, by default
		 * 900: one that is back is asked the sooner. */
		{ "infra-host-ttl:", "5" },
	};
	enum err e = E_OK;

	for (size_t i = 0;
	     e == E_OK && i < sizeof(options) / sizeof(options[0]); i++)
		e = ub_err(ub_ctx_set_option(ctx, options[i].name,
			       options[i].value),
		    why);
	return e;
}

/* libunbound would pass over what is wrong with a port. */
static bool
is_port_or_none(struct span server)
{
	int64_t port;

	if (!span_has(server, '@'))
		return true;
	(void)span_until(&server, '@');
	return num_parse(server, 1, 65535, &port) == E_OK;
}

static enum err
add_server(struct ub_ctx *ctx, struct span server, struct why *why)
{
	char text[SERVER_MAX_BYTES + 1];
	int code = UB_SYNTAX;

	if (server.len <= SERVER_MAX_BYTES && is_port_or_none(server)) {
		memcpy(text, server.p, server.len);
		text[server.len] = '\0';
		code = ub_ctx_set_fwd(ctx, text);
	}
	if (code == UB_SYNTAX)
		return why_set(why, E_USAGE,
		    "\"%.*s\" is no address of a name server",
		    SPAN_ARG(server));
	return ub_err(code, why);
}

static struct span
next_word(struct span *rest)
{
	for (size_t i = 0; i < rest->len; i++)
		if (ascii_is_one_of(rest->p[i], ", \t\r"))
			return span_until(rest, rest->p[i]);
	return span_until(rest, '\n');
}

static enum err
add_servers(struct ub_ctx *ctx, const char *servers, struct why *why)
{
	struct span rest = span_str(servers);
	enum err e = E_OK;
	bool any = false;

	while (e == E_OK && rest.len > 0) {
		struct span server = next_word(&rest);

		if (server.len == 0)
			continue;
		any = true;
		e = add_server(ctx, server, why);
	}
	if (e == E_OK && !any)
		return why_set(why, E_USAGE, "no name server");
	return e;
}

static enum err
set_servers(struct ub_ctx *ctx, const char *servers, struct why *why)
{
	if (strcmp(servers, "system") != 0)
		return add_servers(ctx, servers, why);
	if (ub_ctx_resolvconf(ctx, NULL) != 0)
		return why_set(why, E_USAGE,
		    "/etc/resolv.conf names no usable name servers");
	return E_OK;
}

/* DS or DNSKEY among the words of a line, which ends where a comment begins. */
static bool
is_anchor(struct span line)
{
	struct span rest = span_until(&line, ';');

	while (rest.len > 0) {
		struct span word = next_word(&rest);

		if (span_eq_nocase(word, SPAN_LIT("DS")) ||
		    span_eq_nocase(word, SPAN_LIT("DNSKEY")))
			return true;
	}
	return false;
}

/* libunbound takes a file without any for no wish to validate. */
static enum err
check_anchors(const char *path, struct why *why)
{
	struct buf text = BUF_INIT(ANCHORS_MAX_BYTES);
	enum err e = file_read(path, &text, why);
	struct span rest = buf_span(&text);
	bool any = false;

	while (e == E_OK && rest.len > 0)
		any = is_anchor(span_until(&rest, '\n')) || any;
	buf_free(&text);
	if (e == E_OK && !any)
		(void)why_set(why, E_USAGE, "%s: no DS or DNSKEY record", path);
	return e == E_OK && any ? E_OK : e == E_NOMEM ? e : E_USAGE;
}

static enum err
add_anchors(struct ub_ctx *ctx, const char *path, struct why *why)
{
	enum err e = check_anchors(path, why);

	return e == E_OK ? ub_err(ub_ctx_add_ta_file(ctx, path), why) : e;
}

/* The settings take effect here, so that a fault of the anchors shows. And what
 * is in test. (RFC 6761) is for the servers to say. */
static enum err
finish_settings(struct ub_ctx *ctx, const char *anchors, struct why *why)
{
	int code = ub_ctx_zone_remove(ctx, "test.");

	if (code == UB_INITFAIL && anchors != NULL)
		return why_set(why, E_USAGE, "%s: not DS and DNSKEY records",
		    anchors);
	return ub_err(code, why);
}

static enum err
open_context(struct ub_ctx *ctx, const struct resolver_options *o,
    const char *anchors, struct why *why)
{
	enum err e;

	/* It would write to stderr. */
	(void)ub_ctx_debugout(ctx, NULL);
	/* A thread. Else, and also if this is asked for later, it forks. */
	e = ub_err(ub_ctx_async(ctx, 1), why);
	if (e == E_OK)
		e = set_options(ctx, why);
	if (e == E_OK)
		e = set_servers(ctx, o->servers, why);
	if (e == E_OK && anchors != NULL)
		e = add_anchors(ctx, anchors, why);
	if (e == E_OK)
		e = finish_settings(ctx, anchors, why);
	return e;
}

enum err
resolver_open(const struct resolver_options *o, struct resolver **ret,
    struct why *why)
{
	const char *anchors = o->trust_anchor;
	struct resolver *r = calloc(1, sizeof(*r));
	enum err e;

	assert(o->timeout_ms > 0);
	if (anchors != NULL && anchors[0] == '\0')
		anchors = NULL;
	if (r == NULL || (r->ctx = ub_ctx_create()) == NULL) {
		free(r);
		return why_set(why, E_NOMEM, "out of memory");
	}
	TAILQ_INIT(&r->waiting);
	TAILQ_INIT(&r->started);
	TAILQ_INIT(&r->done);
	r->clock = clock_machine(0);
	r->timeout_ms = o->timeout_ms;
	r->validates = anchors != NULL;
	e = open_context(r->ctx, o, anchors, why);
	if (e == E_OK)
		*ret = r;
	else
		resolver_close(r);
	return e;
}

/* -- lookups -- */

static bool
is_label(struct span label)
{
	for (size_t i = 0; i < label.len; i++)
		if (!ascii_is_alnum(label.p[i]) &&
		    !ascii_is_one_of(label.p[i], "-_"))
			return false;
	return label.len > 0 && label.len <= LABEL_MAX_BYTES;
}

static bool
is_name(struct span name)
{
	if (name.len == 0 || name.len > NAME_MAX_BYTES ||
	    name.p[name.len - 1] == '.')
		return false;
	while (name.len > 0)
		if (!is_label(span_until(&name, '.')))
			return false;
	return true;
}

static void
end_started(struct lookup *l)
{
	struct resolver *r = l->resolver;

	TAILQ_REMOVE(&r->started, l, next);
	TAILQ_INSERT_TAIL(&r->done, l, next);
	r->nstarted--;
}

/* ub_callback_type, in the thread that calls ub_process. */
static void
take_result(void *arg, int code, struct ub_result *result)
{
	struct lookup *l = arg;

	l->result = result;
	if (result == NULL)
		(void)ub_err(code, &l->why);
	end_started(l);
}

/* The thread is made here with the first: signals are not for it. */
static enum err
hand_over(struct resolver *r, struct lookup *l, struct why *why)
{
	sigset_t all, before;
	int code;

	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	code = ub_resolve_async(r->ctx, l->name, (int)l->type, CLASS_IN, l,
	    take_result, &l->id);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	return ub_err(code, why);
}

static void
start_waiting(struct resolver *r)
{
	struct lookup *l;

	while (r->nstarted < RESOLVER_LOOKUPS_MAX &&
	    (l = TAILQ_FIRST(&r->waiting)) != NULL) {
		l->deadline_ns = clock_mono_ns(&r->clock) +
		    r->timeout_ms * NS_PER_MS;
		TAILQ_REMOVE(&r->waiting, l, next);
		TAILQ_INSERT_TAIL(&r->started, l, next);
		r->nstarted++;
		if (hand_over(r, l, &l->why) != E_OK)
			end_started(l);
	}
}

enum err
resolver_ask(struct resolver *r, const char *name, enum dns_type type,
    txt_fn *fn, void *arg, struct why *why)
{
	size_t size = strlen(name) + 1;
	struct lookup *l;

	assert(!r->closing);
	if (!is_name(span_str(name)))
		return why_set(why, E_SYNTAX, "not a name to be looked up");
	if ((l = calloc(1, sizeof(*l) + size)) == NULL)
		return why_set(why, E_NOMEM, "out of memory");
	memcpy(l->name, name, size);
	l->resolver = r;
	l->type = type;
	l->fn = fn;
	l->arg = arg;
	TAILQ_INSERT_TAIL(&r->waiting, l, next);
	r->pending++;
	start_waiting(r);
	return E_OK;
}

enum err
resolver_txt(struct resolver *r, const char *name, txt_fn *fn, void *arg,
    struct why *why)
{
	return resolver_ask(r, name, DNS_TXT, fn, arg, why);
}

int
resolver_fd(const struct resolver *r)
{
	return ub_fd(r->ctx);
}

size_t
resolver_pending(const struct resolver *r)
{
	return r->pending;
}

/* -- running -- */

/* Out of the books before it is told: fn may ask anew. */
static void
tell(struct resolver *r, struct lookups *from, struct lookup *l,
    const struct txt_answer *answer)
{
	TAILQ_REMOVE(from, l, next);
	r->pending--;
	l->fn(l->arg, answer);
	ub_resolve_free(l->result);
	free(l);
}

static void
tell_done(struct resolver *r, struct lookups *done, struct lookup *l)
{
	struct arena arena = ARENA_INIT((size_t)2 * TXT_BYTES_MAX);
	struct txt_answer answer = { .outcome = TXT_FAILED };

	if (l->result != NULL)
		txt_answer_read(l->result, r->validates, &arena, &l->why,
		    &answer);
	else
		answer.why = span_str(l->why.text);
	tell(r, done, l, &answer);
	arena_free(&arena);
}

static void
tell_all_done(struct resolver *r)
{
	struct lookups done = TAILQ_HEAD_INITIALIZER(done);
	struct lookup *l;

	/* Not those that are done because of what fn asks now. */
	TAILQ_CONCAT(&done, &r->done, next);
	while ((l = TAILQ_FIRST(&done)) != NULL)
		tell_done(r, &done, l);
}

/* It has the lookup as long as take_result was not called. */
static void
cancel(struct lookup *l)
{
	int code = ub_cancel(l->resolver->ctx, l->id);

	assert(code == 0);
	(void)code;
	end_started(l);
}

static void
end_late(struct resolver *r)
{
	const int64_t now = clock_mono_ns(&r->clock);
	struct lookup *l;

	while (
	    (l = TAILQ_FIRST(&r->started)) != NULL && l->deadline_ns <= now) {
		(void)why_set(&l->why, E_AWAY, "no answer within %g s",
		    (double)r->timeout_ms / 1000);
		cancel(l);
	}
}

enum err
resolver_run(struct resolver *r, struct why *why)
{
	int code = ub_process(r->ctx);

	end_late(r);
	start_waiting(r);
	tell_all_done(r);
	return ub_err(code, why);
}

int64_t
resolver_next_deadline_ns(const struct resolver *r)
{
	const struct lookup *l = TAILQ_FIRST(&r->started);

	if (!TAILQ_EMPTY(&r->done))
		return 0;
	return l == NULL ? INT64_MAX : l->deadline_ns;
}

static void
abandon(struct resolver *r, struct lookups *from)
{
	const struct txt_answer answer = { .outcome = TXT_ABANDONED,
		.why = SPAN_LIT("given up before there was an answer") };
	struct lookup *l;

	while ((l = TAILQ_FIRST(from)) != NULL)
		tell(r, from, l, &answer);
}

void
resolver_abandon(struct resolver *r)
{
	struct lookup *l;

	while ((l = TAILQ_FIRST(&r->started)) != NULL)
		cancel(l);
	r->closing = true;
	abandon(r, &r->done);
	abandon(r, &r->waiting);
	r->closing = false;
}

void
resolver_close(struct resolver *r)
{
	if (r == NULL)
		return;
	r->closing = true;
	abandon(r, &r->done);
	abandon(r, &r->started);
	abandon(r, &r->waiting);
	/* No callback comes from here, so the lookups may be gone. */
	ub_ctx_delete(r->ctx);
	free(r);
}
