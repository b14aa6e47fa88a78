/* api/resource_domain.c -- what failed for a domain, and whether it may enforce
 * its policy. */
#include "api/job.h"
#include "api/view.h"
#include "base/num.h"
#include "base/utf8.h"
#include "model/readiness.h"
#include "model/reporter_rhythm.h"
#include "model/trust.h"

#define ROWS_MAX 10000 /* read for one answer */
/* Of a policy's text that names a group; all of it is beside it. */
#define KEY_STRINGS_MAX 8
#define KEY_STRING_MAX 200 /* bytes of one */
#define KEY_MAX 4096

/* -- failures -- */

static const struct api_column failure_columns[] = {
	{ "key", API_TEXT },
	{ "result-type", API_TEXT },
	{ "sessions", API_COUNT },
	{ "reports", API_COUNT },
	{ "reporters", API_COUNT },
	{ "first-seen", API_DATE },
	{ "last-seen", API_DATE },
	{ "level", API_TEXT },
	{ "trust", API_TEXT },
	{ "policy-type", API_TEXT },
	{ "policy-domain", API_TEXT },
	{ "policy-string", API_TEXTS },
	{ NULL, API_END },
};

struct failures {
	struct arena row; /* its texts */
	struct api_list *list;
	enum view_group group;
	size_t n; /* read */
};

/* "sts a.example: version: STSv1; mode: enforce; mx: mx.a.example" */
static void
put_policy_key(struct api_list *list, const struct view_failure *v,
    struct span_list strings)
{
	struct span type = view_policy_text(v->policy_type, v->unknown_policy);
	struct buf key = BUF_INIT(KEY_MAX);

	buf_addf(&key, "%.*s %.*s", SPAN_ARG(utf8_cut(type, 64)),
	    SPAN_ARG(span_head(v->policy_domain, 255)));
	for (size_t i = 0; i < strings.n && i < KEY_STRINGS_MAX; i++) {
		buf_adds(&key, i == 0 ? ": " : "; ");
		buf_add(&key, utf8_cut(strings.v[i], KEY_STRING_MAX));
	}
	api_text(list, buf_span(&key));
	buf_free(&key);
}

static void
put_group(const struct failures *f, const struct view_failure *v,
    struct span type, struct span_list strings)
{
	if (f->group == VIEW_BY_POLICY)
		put_policy_key(f->list, v, strings);
	else
		api_text(f->list, f->group == VIEW_BY_TYPE ? type : v->name);
}

static void
put_policy(const struct failures *f, const struct view_failure *v,
    struct span_list strings)
{
	if (f->group == VIEW_BY_POLICY) {
		api_text(f->list,
		    view_policy_text(v->policy_type, v->unknown_policy));
		api_text(f->list, v->policy_domain);
		api_texts(f->list, strings);
		return;
	}
	for (int i = 0; i < 3; i++)
		api_null(f->list);
}

static enum err
put_failure(void *arg, const struct view_failure *v)
{
	struct failures *f = arg;
	struct span type = view_result_text(v->result_type, v->unknown_type);
	struct span_list strings = { NULL, 0 };
	enum err e = E_OK;

	if (++f->n > ROWS_MAX) {
		api_list_cut(f->list);
		return E_OK;
	}
	if (f->group == VIEW_BY_POLICY)
		e = view_lines(&f->row, v->name, &strings);
	if (e != E_OK || !api_row(f->list, SPAN_NONE, SPAN_NONE))
		return e;
	put_group(f, v, type, strings);
	api_text(f->list, type);
	if (v->is_told)
		api_count(f->list, count_add(0, v->sessions));
	else
		api_null(f->list);
	api_count(f->list, v->reports);
	api_count(f->list, v->reporters);
	api_date(f->list, v->first);
	api_date(f->list, v->last);
	api_text(f->list, view_level_text(v->level));
	api_text(f->list, view_trust_text(v->verdict));
	put_policy(f, v, strings);
	arena_reset(&f->row);
	return E_OK;
}

enum err
api_get_failures(const struct api_request *r, struct api_answer *a,
    struct why *why)
{
	static const enum view_group groups[] = {
		[API_GROUP_TYPE] = VIEW_BY_TYPE,
		[API_GROUP_MX] = VIEW_BY_MX,
		[API_GROUP_RECEIVING_IP] = VIEW_BY_RECEIVING_IP,
		[API_GROUP_REPORTER] = VIEW_BY_REPORTER,
		[API_GROUP_SENDING_IP] = VIEW_BY_SENDING_IP,
		[API_GROUP_POLICY] = VIEW_BY_POLICY,
	};
	struct failures failures = {
		.row = ARENA_INIT(API_JOB_BYTES),
		.group = groups[r->query->group],
	};
	struct json_out *out;
	struct view_filter f;
	uint64_t reporters = 0;
	enum err e = view_domain_filter(r, &f, why);

	if (e == E_OK)
		e = store_view_reporter_count(r->store, &f, &reporters, why);
	if (e != E_OK)
		return e;
	failures.list = api_list(a, failure_columns);
	e = store_view_failures(r->store, &f, failures.group, ROWS_MAX + 1,
	    put_failure, &failures, why);
	arena_free(&failures.row);
	if (e == E_OK && (out = api_list_beside(failures.list)) != NULL)
		json_out_count(out, "reporters", reporters);
	return e;
}

/* -- MTA-STS against DANE -- */

static const struct api_column compare_columns[] = {
	{ "date", API_DATE },
	{ "reporter", API_TEXT },
	{ "sts", API_PAIR },
	{ "tlsa", API_PAIR },
	{ "trust", API_TEXT },
	{ NULL, API_END },
};

struct pair {
	bool is_told;
	uint64_t succeeded, failed;
};

/* The row that is yet to be put. */
struct comparison {
	const struct api_request *request;
	struct api_list *list;
	size_t n; /* read */
	bool any;
	int64_t day, verdict;
	struct span reporter;
	struct pair sts, tlsa;
};

static void
put_pair(struct api_list *list, const struct pair *p)
{
	if (p->is_told)
		api_pair(list, count_add(0, p->succeeded),
		    count_add(0, p->failed));
	else
		api_null(list);
}

static void
put_comparison(struct comparison *c)
{
	if (!c->any || !api_row(c->list, SPAN_NONE, SPAN_NONE))
		return;
	api_date(c->list, c->day);
	api_text(c->list, c->reporter);
	put_pair(c->list, &c->sts);
	put_pair(c->list, &c->tlsa);
	api_text(c->list, view_trust_text(c->verdict));
}

static enum err
add_outcome(void *arg, const struct view_outcome *o)
{
	struct comparison *c = arg;
	const struct pair pair = { true, o->succeeded, o->failed };

	if (++c->n > ROWS_MAX) {
		api_list_cut(c->list);
		return E_OK;
	}
	if (!c->any || c->day != o->day || c->verdict != o->verdict ||
	    !span_eq(c->reporter, o->reporter)) {
		put_comparison(c);
		c->any = true;
		c->day = o->day;
		c->verdict = o->verdict;
		c->reporter = arena_copy(c->request->arena, o->reporter);
		c->sts = c->tlsa = (struct pair){ .is_told = false };
	}
	*(o->type == POLICY_STS ? &c->sts : &c->tlsa) = pair;
	return c->reporter.p == NULL ? E_NOMEM : E_OK;
}

enum err
api_get_compare(const struct api_request *r, struct api_answer *a,
    struct why *why)
{
	struct comparison c = { .request = r };
	struct view_filter f;
	enum err e = view_domain_filter(r, &f, why);

	if (e != E_OK)
		return e;
	c.list = api_list(a, compare_columns);
	e = store_view_compare(r->store, &f, ROWS_MAX + 1, add_outcome, &c,
	    why);
	put_comparison(&c);
	return e;
}

/* -- from testing to enforce -- */

struct ground {
	struct readiness_basis basis;
	int64_t today;
};

static enum err
add_basis(void *arg, const struct view_basis *v)
{
	struct readiness_basis *b = &((struct ground *)arg)->basis;

	if (v->level == LEVEL_AUTHENTICATED)
		b->enforced = count_add(v->succeeded, v->failed);
	if (v->level != LEVEL_TESTING)
		return E_OK;
	b->days = v->days;
	b->reporters = v->reporters;
	b->sessions = count_add(v->succeeded, v->failed);
	b->failures = count_add(0, v->failed);
	return E_OK;
}

/* What nobody could read may be about any domain; one that sees no others is
 * not told of it. */
static enum err
add_uncounted(void *arg, const struct view_sum *s)
{
	struct ground *g = arg;

	if (s->state == INBOX_UNTRUSTED || s->state == INBOX_WAITING ||
	    s->state == INBOX_IMPLAUSIBLE || s->state == INBOX_UNREADABLE)
		g->basis.uncounted += s->reports;
	return E_OK;
}

static enum err
add_silent(void *arg, const struct view_reporter *v)
{
	struct ground *g = arg;

	if (rhythm_is_silent(v->first, v->last, v->days, g->today))
		g->basis.silent++;
	return E_OK;
}

static enum err
load_ground(const struct api_request *r, struct view_filter f, struct ground *g,
    struct why *why)
{
	struct view_filter nobodys = f;
	enum err e;

	f.verdicts = INT64_C(1) << TRUST_AUTHENTICATED;
	nobodys.domain = SPAN_LIT("");
	e = store_view_readiness(r->store, &f, add_basis, g, why);
	if (e == E_OK)
		e = store_view_days(r->store, &f, add_uncounted, g, why);
	if (e == E_OK)
		e = store_view_days(r->store, &nobodys, add_uncounted, g, why);
	f.last = g->today;
	return e == E_OK ? store_view_reporters(r->store, &f,
			       g->today - RHYTHM_DAYS, add_silent, g, why)
			 : e;
}

static void
put_ground(struct json_out *out, const struct readiness_basis *b)
{
	json_out_object(out, "basis");
	json_out_count(out, "days", b->days);
	json_out_count(out, "reporters", b->reporters);
	json_out_count(out, "sessions", b->sessions);
	json_out_count(out, "failures", b->failures);
	json_out_count(out, "unreadable", b->uncounted);
	json_out_count(out, "silent-reporters", b->silent);
	json_out_count(out, "enforced", b->enforced);
	json_out_end(out);
}

enum err
api_get_readiness(const struct api_request *r, struct api_answer *a,
    struct why *why)
{
	struct ground g = { .today = r->now_s / 86400 };
	unsigned reasons = 0;
	struct view_filter f;
	struct json_out *out;
	enum readiness ready;
	enum err e = view_domain_filter(r, &f, why);

	if (e == E_OK)
		e = load_ground(r, f, &g, why);
	if (e != E_OK)
		return e;
	ready = readiness_of(&g.basis, &reasons);
	out = api_object(a);
	json_out_text(out, "ready", span_str(readiness_text(ready)));
	put_ground(out, &g.basis);
	json_out_array(out, "reasons");
	for (int i = 0; i < NREADINESS_REASONS; i++)
		if (reasons >> i & 1)
			json_out_text(out, NULL,
			    span_str(
				readiness_sentence((enum readiness_reason)i)));
	json_out_end(out);
	return E_OK;
}
