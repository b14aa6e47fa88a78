/* api/resource_domains.c -- domains of ours, their days, and the policies that
 * reporters saw. */
#include "api/view.h"
#include "base/num.h"
#include "base/utf8.h"
#include "model/trust.h"

#define POLICIES_MAX 10000 /* of reporters, read for one answer */

/* -- the list -- */

static const struct api_column domain_columns[] = {
	{ "domain", API_TEXT },
	{ "added", API_TIME },
	{ "token", API_TEXT },
	{ "last-report", API_TIME },
	{ "sessions", API_COUNT },
	{ "failures", API_COUNT },
	{ "levels", API_LEVEL_COUNTS },
	{ "unauthenticated", API_LEVEL_COUNTS },
	{ NULL, API_END },
};

struct row {
	struct view_domain domain;
	struct levels main, beside;
};

/* A page of them, by name, with one more behind it. */
struct page {
	const struct api_request *request;
	struct row *v;
	size_t n, at;
};

static enum err
keep_domain(void *arg, const struct view_domain *d)
{
	struct page *p = arg;
	struct row *to = &p->v[p->n++];

	*to = (struct row){ .domain = *d };
	to->domain.domain = arena_copy(p->request->arena, d->domain);
	to->domain.token = arena_copy(p->request->arena, d->token);
	return to->domain.domain.p == NULL || to->domain.token.p == NULL
	    ? E_NOMEM
	    : E_OK;
}

/* Sums come by name as well. */
static enum err
add_sum(void *arg, const struct view_sum *v)
{
	struct page *p = arg;
	enum view_layer layer = view_layer_of(p->request, v->state, v->verdict);
	struct row *row;

	while (
	    p->at < p->n && span_cmp(p->v[p->at].domain.domain, v->domain) < 0)
		p->at++;
	if (p->at == p->n || layer == VIEW_NEITHER)
		return E_OK;
	row = &p->v[p->at];
	if (span_eq(row->domain.domain, v->domain))
		view_add(layer == VIEW_MAIN ? &row->main : &row->beside,
		    &v->levels);
	return E_OK;
}

static enum err
load_page(struct page *p, struct view_filter *f, struct why *why)
{
	const struct api_request *r = p->request;
	struct span after = r->query->cursor;
	struct span *names;
	enum err e = store_view_owned(r->store, f,
	    after.p == NULL ? SPAN_LIT("") : after, r->query->limit + 1,
	    keep_domain, p, why);

	names = arena_alloc(r->arena, (p->n + 1) * sizeof(*names));
	if (e != E_OK || names == NULL)
		return e != E_OK ? e : E_NOMEM;
	for (size_t i = 0; i < p->n; i++)
		names[i] = p->v[i].domain.domain;
	e = view_allow((struct span_list){ names, p->n }, r->arena,
	    &f->allowed);
	return e == E_OK ? store_view_domains(r->store, f, add_sum, p, why) : e;
}

static void
put_counts(struct api_list *list, const struct levels *l)
{
	if (l->is_told) {
		api_count(list, levels_sessions(l));
		api_count(list, levels_failed(l));
	} else {
		api_null(list);
		api_null(list);
	}
}

static void
put_domain(struct api_list *list, const struct row *row)
{
	const struct view_domain *d = &row->domain;
	struct api_levels room;

	if (!api_row(list, SPAN_NONE, d->domain))
		return;
	api_text(list, d->domain);
	api_time(list, d->added_s);
	api_text(list, d->token.len == 0 ? SPAN_NONE : d->token);
	api_time(list, d->received_s);
	put_counts(list, &row->main);
	api_levels(list, view_levels_or_null(&row->main, &room));
	api_levels(list, view_levels_or_null(&row->beside, &room));
}

enum err
api_get_domains(const struct api_request *r, struct api_answer *a,
    struct why *why)
{
	struct page p = { .request = r };
	struct view_filter f;
	struct api_list *list;
	enum err e = view_filter_of(r, &f);

	p.v = arena_alloc(r->arena, (r->query->limit + 1) * sizeof(*p.v));
	if (e == E_OK && p.v == NULL)
		e = E_NOMEM;
	if (e == E_OK)
		e = load_page(&p, &f, why);
	if (e != E_OK)
		return e;
	list = api_list(a, domain_columns);
	for (size_t i = 0; i < p.n; i++)
		put_domain(list, &p.v[i]);
	return E_OK;
}

/* -- days -- */

static const struct api_column day_columns[] = {
	{ "date", API_DATE },
	{ "levels", API_LEVEL_COUNTS },
	{ "unauthenticated", API_LEVEL_COUNTS },
	{ "sessions", API_COUNT },
	{ "failures", API_COUNT },
	{ "reports", API_COUNT },
	{ "reporters", API_COUNT },
	{ NULL, API_END },
};

struct day {
	struct levels main, beside;
	uint64_t reports, reporters; /* of the main layer */
};

struct days {
	const struct api_request *request;
	struct day *v;
	int64_t n;
};

static enum err
add_day(void *arg, const struct view_sum *s)
{
	struct days *days = arg;
	int64_t i = s->day - days->request->query->from;
	enum view_layer layer = view_layer_of(days->request, s->state,
	    s->verdict);

	if (i < 0 || i >= days->n || layer == VIEW_NEITHER)
		return E_OK;
	view_add(layer == VIEW_MAIN ? &days->v[i].main : &days->v[i].beside,
	    &s->levels);
	if (layer == VIEW_MAIN) {
		days->v[i].reports += s->reports;
		days->v[i].reporters += s->reporters;
	}
	return E_OK;
}

static void
put_day(struct api_list *list, int64_t date, const struct day *d)
{
	struct api_levels room;

	if (!api_row(list, SPAN_NONE, SPAN_NONE))
		return;
	api_date(list, date);
	api_levels(list, view_levels_or_null(&d->main, &room));
	api_levels(list, view_levels_or_null(&d->beside, &room));
	put_counts(list, &d->main);
	api_count(list, d->reports);
	api_count(list, d->reporters);
}

/* -- marks: where failures of certificates began and ended -- */

#define QUIET_DAYS 7	   /* without them, and they begin anew */
#define FAILURES_MAX 20000 /* days of types looked at */

struct certificate_days {
	struct failed_day {
		int64_t type, day;
	} * v;
	size_t n;
};

/* They come by type, then by day. */
static enum err
note_certificate(void *arg, int64_t type, int64_t day)
{
	struct certificate_days *c = arg;

	if (c->n < FAILURES_MAX)
		c->v[c->n++] = (struct failed_day){ type, day };
	return E_OK;
}

static enum err
load_certificates(const struct api_request *r, struct view_filter f,
    struct certificate_days *c, struct why *why)
{
	c->v = arena_alloc(r->arena, FAILURES_MAX * sizeof(*c->v));
	if (c->v == NULL)
		return why_set(why, E_NOMEM, "out of memory");
	f.first -= QUIET_DAYS;
	if (!f.is_merged)
		f.verdicts &= ~(INT64_C(1) << TRUST_UNAUTHENTICATED);
	return store_view_certificates(r->store, &f, note_certificate, c, why);
}

static void
put_certificate_mark(struct json_out *out, int64_t day, int64_t type,
    const char *what)
{
	struct buf text = BUF_INIT(256);

	buf_addf(&text, "%.*s: %s", SPAN_ARG(view_result_text(type, SPAN_NONE)),
	    what);
	json_out_object(out, NULL);
	api_json_date(out, "date", day);
	json_out_text(out, "kind", SPAN_LIT("certificate"));
	json_out_text(out, "text", buf_span(&text));
	json_out_end(out);
	buf_free(&text);
}

/* The first day behind it that anything was told of; -1: not known yet. */
static int64_t
next_told(const struct days *days, int64_t day)
{
	int64_t from = days->request->query->from;

	for (int64_t i = day < from ? 0 : day - from + 1; i < days->n; i++)
		if (days->v[i].main.is_told)
			return from + i;
	return -1;
}

static void
put_certificate_marks(struct json_out *out, const struct certificate_days *c,
    const struct days *days)
{
	for (size_t i = 0; i < c->n; i++) {
		const struct failed_day *f = &c->v[i];
		bool begins = i == 0 || f[-1].type != f->type ||
		    f->day - f[-1].day > QUIET_DAYS;
		bool ends = i + 1 == c->n || f[1].type != f->type ||
		    f[1].day - f->day > QUIET_DAYS;
		int64_t after = next_told(days, f->day);

		if (begins && f->day >= days->request->query->from)
			put_certificate_mark(out, f->day, f->type,
			    "first reported");
		if (ends && after >= 0)
			put_certificate_mark(out, after, f->type,
			    "not reported any more");
	}
}

/* -- marks: where reporters began to see another policy -- */

struct seen {
	enum policy_type type;
	struct span domain, strings, mx_hosts;
	int64_t first;
};

struct marks {
	struct arena *arena;
	struct seen *v;
	size_t n;
};

static bool
is_same(const struct seen *s, const struct view_policy *p)
{
	return s->type == p->type && span_eq(s->domain, p->policy_domain) &&
	    span_eq(s->strings, p->strings) &&
	    span_eq(s->mx_hosts, p->mx_hosts);
}

/* They come sorted by all of that, then by reporter. */
static enum err
note_policy(void *arg, const struct view_policy *p)
{
	struct marks *m = arg;
	struct seen *last = m->n == 0 ? NULL : &m->v[m->n - 1];

	if (p->unknown_type.len > 0 || p->verdict == TRUST_UNAUTHENTICATED)
		return E_OK;
	if (last != NULL && is_same(last, p)) {
		last->first = p->first < last->first ? p->first : last->first;
		return E_OK;
	}
	last = &m->v[m->n++];
	*last = (struct seen){ p->type, arena_copy(m->arena, p->policy_domain),
		arena_copy(m->arena, p->strings),
		arena_copy(m->arena, p->mx_hosts), p->first };
	return last->domain.p == NULL || last->strings.p == NULL ||
		last->mx_hosts.p == NULL
	    ? E_NOMEM
	    : E_OK;
}

/* The one that was seen last before: NULL if there is none. */
static const struct seen *
before(const struct marks *m, const struct seen *s)
{
	const struct seen *found = NULL;

	for (size_t i = 0; i < m->n; i++)
		if (m->v[i].type == s->type &&
		    span_eq(m->v[i].domain, s->domain) &&
		    m->v[i].first < s->first &&
		    (found == NULL || m->v[i].first > found->first))
			found = &m->v[i];
	return found;
}

static void
put_mark(struct json_out *out, const struct seen *s, const char *kind,
    struct span lines)
{
	struct buf text = BUF_INIT(4096);

	if (lines.len > 0 && lines.p[lines.len - 1] == '\n')
		lines.len--;
	buf_addf(&text, "%s %.*s: %.*s", policy_type_text(s->type),
	    SPAN_ARG(span_head(s->domain, 255)),
	    SPAN_ARG(utf8_cut(lines, 1024)));
	json_out_object(out, NULL);
	api_json_date(out, "date", s->first);
	json_out_text(out, "kind", span_str(kind));
	json_out_text(out, "text", buf_span(&text));
	json_out_end(out);
	buf_free(&text);
}

static void
put_marks(struct json_out *out, const struct marks *m)
{
	for (size_t i = 0; i < m->n; i++) {
		const struct seen *s = &m->v[i], *was = before(m, s);

		if (was != NULL && !span_eq(was->strings, s->strings))
			put_mark(out, s, "policy", s->strings);
		if (was != NULL && !span_eq(was->mx_hosts, s->mx_hosts))
			put_mark(out, s, "mx", s->mx_hosts);
	}
}

#define MARKS_MAX 2000 /* policies of reporters looked at */

enum err
api_get_days(const struct api_request *r, struct api_answer *a, struct why *why)
{
	struct days days = { .request = r,
		.n = r->query->to - r->query->from + 1 };
	struct marks marks = { .arena = r->arena };
	struct certificate_days certificates = { .n = 0 };
	struct view_filter f;
	struct api_list *list;
	struct json_out *out;
	enum err e = view_domain_filter(r, &f, why);

	if (e != E_OK)
		return e;
	days.v = arena_zalloc(r->arena, (size_t)days.n * sizeof(*days.v));
	marks.v = arena_alloc(r->arena, MARKS_MAX * sizeof(*marks.v));
	if (days.v == NULL || marks.v == NULL)
		return why_set(why, E_NOMEM, "out of memory");
	e = store_view_days(r->store, &f, add_day, &days, why);
	if (e == E_OK)
		e = store_view_policies(r->store, &f, MARKS_MAX, note_policy,
		    &marks, why);
	if (e == E_OK)
		e = load_certificates(r, f, &certificates, why);
	if (e != E_OK)
		return e;
	list = api_list(a, day_columns);
	for (int64_t i = 0; i < days.n; i++)
		put_day(list, r->query->from + i, &days.v[i]);
	if ((out = api_list_beside(list)) != NULL) {
		json_out_array(out, "marks");
		put_marks(out, &marks);
		put_certificate_marks(out, &certificates, &days);
		json_out_end(out);
	}
	return E_OK;
}

/* -- policies -- */

static const struct api_column policy_columns[] = {
	{ "policy-type", API_TEXT },
	{ "policy-domain", API_TEXT },
	{ "policy-string", API_TEXTS },
	{ "mx-host", API_TEXTS },
	{ "reporters", API_TEXTS },
	{ "sessions", API_COUNT },
	{ "failures", API_COUNT },
	{ "first-seen", API_DATE },
	{ "last-seen", API_DATE },
	{ "trust", API_TEXT },
	{ NULL, API_END },
};

#define REPORTERS_MAX 100 /* told of one policy */

/* The policy that rows of further reporters are added to. */
struct policies {
	const struct api_request *request;
	struct api_list *list;
	bool any;
	struct span unknown_type;
	int64_t verdict;
	struct seen seen;
	struct span reporters[REPORTERS_MAX];
	size_t n, nread;
	uint64_t succeeded, failed;
	int64_t last;
};

static enum err
put_policy(const struct policies *p)
{
	struct span_list strings, hosts;
	enum err e = view_lines(p->request->arena, p->seen.strings, &strings);

	if (e == E_OK)
		e = view_lines(p->request->arena, p->seen.mx_hosts, &hosts);
	if (e != E_OK || !p->any || !api_row(p->list, SPAN_NONE, SPAN_NONE))
		return e;
	api_text(p->list, view_policy_text(p->seen.type, p->unknown_type));
	api_text(p->list, p->seen.domain);
	api_texts(p->list, strings);
	api_texts(p->list, hosts);
	api_texts(p->list,
	    (struct span_list){ (struct span *)(uintptr_t)p->reporters, p->n });
	api_count(p->list, count_add(p->succeeded, p->failed));
	api_count(p->list, p->failed);
	api_date(p->list, p->seen.first);
	api_date(p->list, p->last);
	api_text(p->list, view_trust_text(p->verdict));
	return E_OK;
}

static enum err
begin_policy(struct policies *p, const struct view_policy *v)
{
	struct arena *arena = p->request->arena;

	p->any = true;
	p->unknown_type = arena_copy(arena, v->unknown_type);
	p->verdict = v->verdict;
	p->seen = (struct seen){ v->type, arena_copy(arena, v->policy_domain),
		arena_copy(arena, v->strings), arena_copy(arena, v->mx_hosts),
		v->first };
	p->n = 0;
	p->succeeded = p->failed = 0;
	p->last = v->last;
	return p->unknown_type.p == NULL || p->seen.domain.p == NULL ||
		p->seen.strings.p == NULL || p->seen.mx_hosts.p == NULL
	    ? E_NOMEM
	    : E_OK;
}

static enum err
add_policy(void *arg, const struct view_policy *v)
{
	struct policies *p = arg;
	enum err e = E_OK;

	if (++p->nread > POLICIES_MAX) {
		api_list_cut(p->list);
		return E_OK;
	}
	if (!p->any || !is_same(&p->seen, v) || p->verdict != v->verdict ||
	    !span_eq(p->unknown_type, v->unknown_type)) {
		if ((e = put_policy(p)) == E_OK)
			e = begin_policy(p, v);
	}
	if (e != E_OK)
		return e;
	if (v->first < p->seen.first)
		p->seen.first = v->first;
	if (v->last > p->last)
		p->last = v->last;
	p->succeeded = count_add(p->succeeded, v->succeeded);
	p->failed = count_add(p->failed, v->failed);
	if (p->n < REPORTERS_MAX) {
		p->reporters[p->n] = arena_copy(p->request->arena, v->reporter);
		if (p->reporters[p->n++].p == NULL)
			return E_NOMEM;
	}
	return E_OK;
}

enum err
api_get_policies(const struct api_request *r, struct api_answer *a,
    struct why *why)
{
	struct policies p = { .request = r };
	struct view_filter f;
	enum err e = view_domain_filter(r, &f, why);

	if (e != E_OK)
		return e;
	p.list = api_list(a, policy_columns);
	e = store_view_policies(r->store, &f, POLICIES_MAX + 1, add_policy, &p,
	    why);
	return e == E_OK && p.any ? put_policy(&p) : e;
}
