#include "insight/evidence.h"

#include <stdlib.h>

#include "base/ascii.h"
#include "base/clock.h"
#include "base/siphash.h"
#include "model/inbox_state.h"
#include "model/trust.h"

enum layer
layer_of(const struct evidence_told *t)
{
	if (t->state == INBOX_DUPLICATE)
		return LAYER_REPEATED;
	if (t->state != INBOX_COUNTED)
		return LAYER_UNCOUNTED;
	return t->verdict == TRUST_AUTHENTICATED ? LAYER_AUTHENTICATED
						 : LAYER_POSTED;
}

const char *
layer_text(enum layer layer)
{
	static const char *const texts[] = { "authenticated", "unauthenticated",
		"not-counted", "repeated", "own-look" };

	return texts[layer];
}

bool
is_news(const struct evidence *e, int64_t received_s)
{
	return received_s > e->as_of_s - EVIDENCE_ACTIVE * S_PER_DAY;
}

/* -- policies -- */

#define LINE_MAX_BYTES 2048

/* Case and blanks do not count: reporters leave the one behind the colon out.
 */
uint64_t
policy_line_key(struct span line)
{
	char text[LINE_MAX_BYTES];
	size_t n = 0;

	for (size_t i = 0; i < line.len && n < sizeof(text); i++)
		if (line.p[i] != ' ' && line.p[i] != '\t')
			text[n++] = ascii_lower(line.p[i]);
	return n == 0 ? 0 : siphash_table(text, n);
}

void
seen_policy_finish(struct seen_policy *p)
{
	p->mode = sts_mode(&p->policy);
	p->key = 0;
	for (size_t i = 0; i < p->policy.strings.n; i++)
		p->key += policy_line_key(p->policy.strings.v[i]);
}

/* -- a layer -- */

static int
cmp_days(const void *a, const void *b)
{
	const struct evidence_day *l = a, *r = b;
	int c = span_cmp(l->told.reporter, r->told.reporter);

	return c != 0			? c
	    : l->told.day < r->told.day ? -1
					: l->told.day > r->told.day;
}

static void
copy_days(struct view *v)
{
	const struct evidence *e = v->all;

	for (size_t i = 0; i < e->ndays; i++)
		if (layer_of(&e->days[i].told) == v->layer)
			v->days[v->ndays++] = e->days[i];
	qsort(v->days, v->ndays, sizeof(*v->days), cmp_days);
	for (size_t i = 0; i < v->ndays; i++) {
		struct span name = v->days[i].told.reporter;

		if (v->nreporters > 0 &&
		    span_eq(name, v->reporters[v->nreporters - 1]))
			continue;
		if (v->nreporters == EVIDENCE_REPORTERS_MAX)
			break;
		v->reporters[v->nreporters++] = name;
	}
}

static void
copy_rest(struct view *v)
{
	const struct evidence *e = v->all;

	for (size_t i = 0; i < e->npolicies; i++)
		if (layer_of(&e->policies[i].row.told) == v->layer)
			v->policies[v->npolicies++] = e->policies[i];
	for (size_t i = 0; i < e->nfailures; i++)
		if (layer_of(&e->failures[i].told) == v->layer)
			v->failures[v->nfailures++] = e->failures[i];
}

enum err
view_make(const struct evidence *e, enum layer layer, struct arena *arena,
    struct view *ret)
{
	struct view v = {
		.all = e,
		.layer = layer,
		.arena = arena,
		.reporters = arena_alloc(arena,
		    (EVIDENCE_REPORTERS_MAX + 1) * sizeof(*v.reporters)),
		.days = arena_alloc(arena, (e->ndays + 1) * sizeof(*v.days)),
		.policies = arena_alloc(arena,
		    (e->npolicies + 1) * sizeof(*v.policies)),
		.failures = arena_alloc(arena,
		    (e->nfailures + 1) * sizeof(*v.failures)),
	};

	if (v.reporters == NULL || v.days == NULL || v.policies == NULL ||
	    v.failures == NULL)
		return E_NOMEM;
	copy_days(&v);
	copy_rest(&v);
	*ret = v;
	return E_OK;
}

size_t
view_reporter(const struct view *v, struct span name)
{
	size_t from = 0, to = v->nreporters;

	while (from < to) {
		size_t middle = from + (to - from) / 2;
		int c = span_cmp(name, v->reporters[middle]);

		if (c == 0)
			return middle;
		if (c < 0)
			to = middle;
		else
			from = middle + 1;
	}
	return v->nreporters;
}
