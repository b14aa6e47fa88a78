/* api/resource_overview.c -- all domains at a glance, the worst first. */
#include <stdio.h>
#include <stdlib.h>

#include "api/query.h"
#include "api/view.h"
#include "base/num.h"
#include "model/trust.h"

struct domain {
	struct span name;
	struct levels main, beside;
	uint64_t reports;
	int64_t received_s; /* the last in the range */
	double rank;
	struct days *days; /* of one that is shown */
};

/* Reports by what became of them; of a report about two domains, two. */
enum pile {
	PILE_AUTHENTICATED,
	PILE_UNAUTHENTICATED,
	PILE_UNALIGNED,
	PILE_UNSIGNED,
	PILE_FAILED,
	PILE_UNVERIFIABLE,
	PILE_WAITING,
	PILE_UNREADABLE,
	PILE_FOREIGN,
	PILE_CONTRADICTED,
	PILE_DUPLICATE,
	PILE_IMPLAUSIBLE,
	NPILES
};

static const char *const pile_names[NPILES] = { "authenticated",
	"unauthenticated", "unaligned", "unsigned", "failed", "unverifiable",
	"waiting", "unreadable", "foreign", "contradicted", "duplicate",
	"implausible" };

struct overview {
	const struct api_request *request;
	struct domain *domains;
	size_t n, room, ndated; /* with sums, sorted by name */
	size_t first;		/* of the page */
	struct levels main, beside;
	uint64_t piles[NPILES];
};

/* -- sums -- */

static enum pile
pile_of_verdict(int64_t verdict)
{
	switch (verdict) {
	case TRUST_AUTHENTICATED:
		return PILE_AUTHENTICATED;
	case TRUST_UNAUTHENTICATED:
		return PILE_UNAUTHENTICATED;
	case TRUST_UNALIGNED:
		return PILE_UNALIGNED;
	case TRUST_UNSIGNED:
		return PILE_UNSIGNED;
	case TRUST_UNVERIFIABLE:
		return PILE_UNVERIFIABLE;
	default:
		return PILE_FAILED;
	}
}

static enum pile
pile_of(const struct view_sum *s)
{
	switch (s->state) {
	case INBOX_DUPLICATE:
		return PILE_DUPLICATE;
	case INBOX_CONTRADICTED:
		return PILE_CONTRADICTED;
	case INBOX_FOREIGN:
		return PILE_FOREIGN;
	case INBOX_UNREADABLE:
		return PILE_UNREADABLE;
	case INBOX_WAITING:
		return PILE_WAITING;
	case INBOX_IMPLAUSIBLE:
		return PILE_IMPLAUSIBLE;
	default:
		return pile_of_verdict(s->verdict);
	}
}

/* The last one, or one more behind it. NULL: out of memory. */
static struct domain *
domain_at_end(struct overview *o, struct span name)
{
	struct arena *arena = o->request->arena;
	struct domain *d;

	if (o->n > 0 && span_eq(o->domains[o->n - 1].name, name))
		return &o->domains[o->n - 1];
	if (o->n == o->room) {
		o->room = o->room == 0 ? 64 : 2 * o->room;
		o->domains = arena_grow(arena, o->domains, o->n, o->room,
		    sizeof(*o->domains));
	}
	if (o->domains == NULL)
		return NULL;
	d = &o->domains[o->n];
	*d = (struct domain){ .name = arena_copy(arena, name) };
	if (d->name.p == NULL)
		return NULL;
	o->n++;
	return d;
}

static enum err
add_sum(void *arg, const struct view_sum *s)
{
	struct overview *o = arg;
	enum view_layer layer = view_layer_of(o->request, s->state, s->verdict);
	struct domain *d;

	o->piles[pile_of(s)] += s->reports;
	if (layer == VIEW_NEITHER || s->domain.len == 0)
		return E_OK;
	if ((d = domain_at_end(o, s->domain)) == NULL)
		return E_NOMEM;
	view_add(layer == VIEW_MAIN ? &d->main : &d->beside, &s->levels);
	view_add(layer == VIEW_MAIN ? &o->main : &o->beside, &s->levels);
	d->reports += s->reports;
	if (s->received_s > d->received_s)
		d->received_s = s->received_s;
	return E_OK;
}

static int
compare_names(const void *va, const void *vb)
{
	const struct domain *a = va, *b = vb;

	return span_cmp(a->name, b->name);
}

/* One of ours that nobody has reported on. */
static enum err
add_name(void *arg, struct span name)
{
	struct overview *o = arg;
	const struct domain wanted = { .name = name };

	if (o->ndated > 0 &&
	    bsearch(&wanted, o->domains, o->ndated, sizeof(wanted),
		compare_names) != NULL)
		return E_OK;
	return domain_at_end(o, name) == NULL ? E_NOMEM : E_OK;
}

/* -- the worst first -- */

/* Sessions: a failure of three is not the worst of all. */
#define RANK_BASE 20

/* From 0 to 1: the share of sessions that failed, where one that was not sent
 * counts twice what one is that perhaps was. */
static double
rank_of(const struct levels *l)
{
	double bad = (double)l->n[LEVEL_NOT_SENT - 1] +
	    (double)l->n[LEVEL_CLEARTEXT - 1] / 2;

	return bad / ((double)levels_sessions(l) + RANK_BASE);
}

static int
compare_ranks(const void *va, const void *vb)
{
	const struct domain *a = va, *b = vb;

	if (a->rank != b->rank)
		return a->rank > b->rank ? -1 : 1;
	return span_cmp(a->name, b->name);
}

static void
rank(struct overview *o)
{
	for (size_t i = 0; i < o->n; i++)
		o->domains[i].rank = rank_of(&o->domains[i].main);
	if (o->n > 0)
		qsort(o->domains, o->n, sizeof(*o->domains), compare_ranks);
}

/* -- the days of each domain that is shown -- */

struct days {
	struct levels *v;
	struct {
		int64_t type;
		uint64_t failures;
	} worst[32];
	uint64_t reporters;
};

/* Those domains. */
struct shown {
	const struct api_request *request;
	size_t n, ndays;
	struct domain **by_name;
	struct days *days;
	struct levels *levels; /* of all days; ndays 0: not wanted */
};

static void
add_worst(struct days *days, const struct view_sum *s)
{
	size_t i = 0;

	while (i < 31 && days->worst[i].type != 0 &&
	    days->worst[i].type != s->worst_type)
		i++;
	days->worst[i].type = s->worst_type;
	days->worst[i].failures = count_add(days->worst[i].failures,
	    levels_failed(&s->levels));
}

static int
compare_shown(const void *va, const void *vb)
{
	const struct domain *const *a = va, *const *b = vb;

	return span_cmp((*a)->name, (*b)->name);
}

static struct days *
days_of(const struct shown *s, struct span name)
{
	const struct domain wanted = { .name = name }, *key = &wanted;
	struct domain **found = bsearch(&key, s->by_name, s->n,
	    sizeof(struct domain *), compare_shown);

	return found == NULL ? NULL : (*found)->days;
}

static enum err
add_day(void *arg, const struct view_sum *s)
{
	const struct shown *shown = arg;
	int64_t i = s->day - shown->request->query->from;
	struct days *days = days_of(shown, s->domain);

	if (view_layer_of(shown->request, s->state, s->verdict) != VIEW_MAIN ||
	    days == NULL)
		return E_OK;
	if (i >= 0 && (size_t)i < shown->ndays)
		view_add(&days->v[i], &s->levels);
	if (s->worst_type != 0)
		add_worst(days, s);
	return E_OK;
}

static enum err
note_reporters(void *arg, struct span domain, uint64_t n)
{
	struct days *days = days_of(arg, domain);

	if (days != NULL)
		days->reporters = n;
	return E_OK;
}

/* What most sessions failed with on most days. */
static struct span
worst_of(const struct days *days)
{
	size_t worst = 0;

	for (size_t i = 0; i < 32; i++)
		if (days->worst[i].failures > days->worst[worst].failures)
			worst = i;
	return view_result_text(days->worst[worst].type, SPAN_NONE);
}

static void
put_text(struct json_out *out, const char *key, struct span text)
{
	if (text.p == NULL)
		json_out_null(out, key);
	else
		json_out_text(out, key, text);
}

static void
put_days(struct json_out *out, const struct days *days, size_t n)
{
	struct api_levels room;

	json_out_array(out, "days");
	for (size_t i = 0; i < n; i++)
		api_json_levels(out, NULL,
		    view_levels_or_null(&days->v[i], &room));
	json_out_end(out);
}

static void
put_domain(struct json_out *out, const struct domain *d, size_t ndays)
{
	const struct api_levels levels = view_levels(&d->main);
	struct api_levels room;

	json_out_object(out, NULL);
	json_out_text(out, "domain", d->name);
	api_json_levels(out, "levels", &levels);
	api_json_levels(out, "unauthenticated",
	    view_levels_or_null(&d->beside, &room));
	json_out_count(out, "sessions", levels_sessions(&d->main));
	json_out_count(out, "failures", levels_failed(&d->main));
	json_out_count(out, "reports", d->reports);
	json_out_count(out, "reporters", d->days->reporters);
	api_json_time(out, "last-report", d->received_s);
	put_text(out, "worst", worst_of(d->days));
	json_out_share(out, "rank", d->rank);
	put_days(out, d->days, ndays);
	json_out_end(out);
}

/* Those alone. */
static enum err
allow_shown(const struct shown *s, struct arena *arena, struct span *ret)
{
	struct span *names = arena_alloc(arena, (s->n + 1) * sizeof(*names));

	if (names == NULL)
		return E_NOMEM;
	for (size_t i = 0; i < s->n; i++)
		names[i] = s->by_name[i]->name;
	return view_allow((struct span_list){ names, s->n }, arena, ret);
}

/* What one reporter told of each: one by one. */
static enum err
load_days_by(struct shown *s, struct view_filter f, struct why *why)
{
	enum err e = E_OK;

	for (size_t i = 0; e == E_OK && i < s->n; i++) {
		f.domain = s->by_name[i]->name;
		if (s->by_name[i]->reports == 0)
			continue;
		s->by_name[i]->days->reporters = 1;
		e = store_view_days(s->request->store, &f, add_day, s, why);
	}
	return e;
}

static enum err
load_days(struct shown *s, struct view_filter f, struct why *why)
{
	struct store *store = s->request->store;
	enum err e = E_OK;

	if (f.reporter.len > 0)
		return load_days_by(s, f, why);
	e = allow_shown(s, s->request->arena, &f.allowed);
	if (e == E_OK)
		e = store_view_days_of(store, &f, add_day, s, why);
	return e == E_OK
	    ? store_view_reporter_counts(store, &f, note_reporters, s, why)
	    : e;
}

static void
free_shown(struct shown *s)
{
	free(s->by_name);
	free(s->days);
	free(s->levels);
}

/* Those from the first of the page on. */
static enum err
show(struct overview *o, struct shown *s, struct why *why)
{
	const struct api_query *q = o->request->query;
	size_t left = o->n - o->first;

	s->request = o->request;
	s->n = left < q->limit ? left : q->limit;
	s->ndays = q->csv ? 0 : (size_t)(q->to - q->from + 1);
	s->by_name = calloc(s->n + 1, sizeof(struct domain *));
	s->days = calloc(s->n + 1, sizeof(*s->days));
	s->levels = calloc(s->n * s->ndays + 1, sizeof(*s->levels));
	if (s->by_name == NULL || s->days == NULL || s->levels == NULL)
		return why_set(why, E_NOMEM, "out of memory");
	for (size_t i = 0; i < s->n; i++) {
		s->days[i].v = &s->levels[i * s->ndays];
		o->domains[o->first + i].days = &s->days[i];
		s->by_name[i] = &o->domains[o->first + i];
	}
	qsort(s->by_name, s->n, sizeof(struct domain *), compare_shown);
	return E_OK;
}

static void
put_next(struct json_out *out, const struct overview *o, size_t end)
{
	struct buf next = BUF_INIT(64);
	char text[24];

	(void)snprintf(text, sizeof(text), "%zu", end);
	api_cursor_write(span_str(text), &next);
	put_text(out, "next", end < o->n ? buf_span(&next) : SPAN_NONE);
	buf_free(&next);
}

static enum err
put_domains(struct overview *o, const struct view_filter *f,
    struct json_out *out, struct why *why)
{
	struct shown shown = { .n = 0 };
	enum err e = show(o, &shown, why);

	if (e == E_OK)
		e = load_days(&shown, *f, why);
	json_out_array(out, "domains");
	for (size_t i = 0; e == E_OK && i < shown.n; i++)
		put_domain(out, &o->domains[o->first + i], shown.ndays);
	json_out_end(out);
	json_out_count(out, "domains-in-all", o->n);
	put_next(out, o, o->first + shown.n);
	free_shown(&shown);
	return e;
}

/* -- the same as CSV: a row for each -- */

static const struct api_column columns[] = {
	{ "domain", API_TEXT },
	{ "levels", API_LEVEL_COUNTS },
	{ "unauthenticated", API_LEVEL_COUNTS },
	{ "sessions", API_COUNT },
	{ "failures", API_COUNT },
	{ "reports", API_COUNT },
	{ "reporters", API_COUNT },
	{ "last-report", API_TIME },
	{ "worst", API_TEXT },
	{ NULL, API_END },
};

static void
put_row(struct api_list *list, const struct domain *d)
{
	struct api_levels room;

	api_text(list, d->name);
	api_levels(list, view_levels_or_null(&d->main, &room));
	api_levels(list, view_levels_or_null(&d->beside, &room));
	api_count(list, levels_sessions(&d->main));
	api_count(list, levels_failed(&d->main));
	api_count(list, d->reports);
	api_count(list, d->days->reporters);
	api_time(list, d->received_s);
	api_text(list, worst_of(d->days));
}

/* One behind the page is offered, by which the frame sees that there is more.
 */
static enum err
put_rows(struct overview *o, const struct view_filter *f, struct api_list *list,
    struct why *why)
{
	struct shown shown = { .n = 0 };
	enum err e = show(o, &shown, why);
	char cursor[24];

	if (e == E_OK)
		e = load_days(&shown, *f, why);
	for (size_t i = o->first; e == E_OK && i < o->n; i++) {
		(void)snprintf(cursor, sizeof(cursor), "%zu", i + 1);
		if (!api_row(list, SPAN_NONE, span_str(cursor)))
			break;
		put_row(list, &o->domains[i]);
	}
	free_shown(&shown);
	return e;
}

/* -- all of it -- */

static void
put_head(const struct overview *o, int64_t newest_s, struct json_out *out)
{
	const struct api_query *q = o->request->query;
	const struct api_levels levels = view_levels(&o->main);
	struct api_levels room;

	api_json_date(out, "from", q->from);
	api_json_date(out, "to", q->to);
	json_out_array(out, "dates");
	for (int64_t day = q->from; day <= q->to; day++)
		api_json_date(out, NULL, day);
	json_out_end(out);
	api_json_time(out, "newest-report", newest_s);
	api_json_levels(out, "levels", &levels);
	api_json_levels(out, "unauthenticated",
	    view_levels_or_null(&o->beside, &room));
	json_out_object(out, "trust");
	for (int i = 0; i < NPILES; i++)
		json_out_count(out, pile_names[i], o->piles[i]);
	json_out_end(out);
}

static enum err
load(struct overview *o, const struct view_filter *f, struct why *why)
{
	enum err e = store_view_domains(o->request->store, f, add_sum, o, why);

	o->ndated = o->n;
	return e == E_OK
	    ? store_view_names(o->request->store, f, add_name, o, why)
	    : e;
}

/* The cursor counts domains: E_SYNTAX. */
static enum err
find_page(struct overview *o, struct why *why)
{
	struct span cursor = o->request->query->cursor;
	int64_t first = 0;

	if (cursor.p != NULL && num_parse(cursor, 0, INT32_MAX, &first) != E_OK)
		return why_set(why, E_SYNTAX, "cursor: not one of ours");
	o->first = (size_t)first < o->n ? (size_t)first : o->n;
	return E_OK;
}

enum err
api_get_overview(const struct api_request *r, struct api_answer *a,
    struct why *why)
{
	struct overview o = { .request = r };
	struct view_filter f;
	struct json_out *out;
	int64_t newest_s = 0;
	enum err e = view_filter_of(r, &f);

	if (e == E_OK)
		e = load(&o, &f, why);
	if (e == E_OK)
		e = store_view_newest(r->store, &f, &newest_s, why);
	if (e != E_OK)
		return e;
	rank(&o);
	if ((e = find_page(&o, why)) != E_OK)
		return e;
	if (r->query->csv)
		return put_rows(&o, &f, api_list(a, columns), why);
	out = api_object(a);
	put_head(&o, newest_s, out);
	e = put_domains(&o, &f, out, why);
	return e == E_OK ? view_put_reporters(r, &f, out, why) : e;
}
