#include "report/detail_sieve.h"

#include <stdlib.h>

#include "base/num.h"

/* Texts of what is held at a time. */
#define TEXT_MAX ((size_t)1 << 29)
#define SPARE 256 /* details held beyond twice max, for a small max */

struct entry {
	size_t policy;
	struct tally_detail d;
};

struct entries {
	struct entry *v;
	size_t n, room;
};

struct detail_sieve {
	size_t max;
	uint64_t added;
	struct entries whole; /* may yet be folded */
	struct entries rest;
	enum detail_level level;       /* of the rest */
	struct arena *texts, *scratch; /* by turns */
	struct arena arenas[2];
};

/* -- order -- */

static int
compare_policy(const struct entry *x, const struct entry *y)
{
	return (x->policy > y->policy) - (x->policy < y->policy);
}

static int
compare_sessions(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	int c;

	if (x->d.sessions != y->d.sessions)
		return x->d.sessions > y->d.sessions ? -1 : 1;
	c = compare_policy(x, y);
	return c == 0 ? content_key_cmp(&x->d.key, &y->d.key) : c;
}

static int
compare_content(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	int c = compare_policy(x, y);

	return c == 0 ? failure_detail_cmp(&x->d.detail, &y->d.detail) : c;
}

/* -- folding -- */

static bool
make_room(struct entries *e, size_t room)
{
	struct entry *v;

	if (room <= e->room)
		return true;
	if ((v = realloc(e->v, room * sizeof(*v))) == NULL)
		return false;
	e->v = v;
	e->room = room;
	return true;
}

static void
fold_rest(struct detail_sieve *s)
{
	struct entries *r = &s->rest;
	size_t kept = 0;

	for (size_t i = 0; i < r->n; i++)
		r->v[i].d.detail = failure_detail_fold(&r->v[i].d.detail,
		    s->level);
	if (r->n > 1)
		qsort(r->v, r->n, sizeof(*r->v), compare_content);
	for (size_t i = 0; i < r->n; i++) {
		if (kept > 0 && compare_content(&r->v[kept - 1], &r->v[i]) == 0)
			r->v[kept - 1].d.sessions =
			    count_add(r->v[kept - 1].d.sessions,
				r->v[i].d.sessions);
		else
			r->v[kept++] = r->v[i];
	}
	r->n = kept;
}

/* The rest only grows, so a level that is too fine now is so in the end, too:
 * the order of arrival does not matter. */
static enum err
separate(struct detail_sieve *s)
{
	struct entries *w = &s->whole, *r = &s->rest;
	size_t more = w->n > s->max ? w->n - s->max : 0;

	if (more == 0)
		return E_OK;
	if (!make_room(r, r->n + more))
		return E_NOMEM;
	qsort(w->v, w->n, sizeof(*w->v), compare_sessions);
	memcpy(r->v + r->n, w->v + s->max, more * sizeof(*r->v));
	r->n += more;
	w->n -= more;
	fold_rest(s);
	while (r->n > s->max && s->level < DETAIL_TYPE) {
		s->level++;
		fold_rest(s);
	}
	return E_OK;
}

/* -- texts -- */

static bool
copy_texts(struct failure_detail *d, struct arena *arena)
{
	struct span *texts[] = { &d->sending_ip, &d->mx_hostname, &d->helo,
		&d->receiving_ip, &d->info, &d->reason };

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (texts[i]->len == 0)
			*texts[i] = SPAN_LIT("");
		else
			*texts[i] = arena_copy(arena, *texts[i]);
		if (texts[i]->p == NULL)
			return false;
	}
	return true;
}

static bool
copy_all(struct entries *e, struct arena *arena)
{
	for (size_t i = 0; i < e->n; i++)
		if (!copy_texts(&e->v[i].d.detail, arena))
			return false;
	return true;
}

/* Give back the texts that nothing has any more. */
static enum err
move_texts(struct detail_sieve *s)
{
	struct arena *old = s->texts;

	if (!copy_all(&s->whole, s->scratch) || !copy_all(&s->rest, s->scratch))
		return E_NOMEM;
	s->texts = s->scratch;
	s->scratch = old;
	arena_free(old);
	return E_OK;
}

/* -- the sieve -- */

enum err
detail_sieve_new(size_t max, struct detail_sieve **ret)
{
	struct detail_sieve *s = calloc(1, sizeof(*s));

	if (s == NULL || !make_room(&s->whole, 2 * max + SPARE)) {
		free(s);
		return E_NOMEM;
	}
	s->max = max;
	s->level = DETAIL_NO_HELO;
	s->arenas[0] = s->arenas[1] = ARENA_INIT(TEXT_MAX);
	s->texts = &s->arenas[0];
	s->scratch = &s->arenas[1];
	*ret = s;
	return E_OK;
}

void
detail_sieve_free(struct detail_sieve *s)
{
	if (s == NULL)
		return;
	arena_free(&s->arenas[0]);
	arena_free(&s->arenas[1]);
	free(s->whole.v);
	free(s->rest.v);
	free(s);
}

enum err
detail_sieve_add(struct detail_sieve *s, size_t policy,
    const struct tally_detail *d)
{
	struct entry *to;

	if (s->whole.n == s->whole.room &&
	    (separate(s) != E_OK || move_texts(s) != E_OK))
		return E_NOMEM;
	to = &s->whole.v[s->whole.n];
	*to = (struct entry){ policy, *d };
	if (!copy_texts(&to->d.detail, s->texts))
		return E_NOMEM;
	s->whole.n++;
	s->added++;
	return E_OK;
}

/* Whole ones and the rest in one, by policy. */
static enum err
join(struct detail_sieve *s)
{
	struct entries *w = &s->whole;

	if (!make_room(w, w->n + s->rest.n))
		return E_NOMEM;
	if (s->rest.n > 0)
		memcpy(w->v + w->n, s->rest.v, s->rest.n * sizeof(*w->v));
	w->n += s->rest.n;
	if (w->n > 1)
		qsort(w->v, w->n, sizeof(*w->v), compare_content);
	return E_OK;
}

static enum err
give(struct tally_policy *p, const struct entry *v, size_t n,
    struct arena *arena)
{
	p->ndetails = 0;
	p->details = arena_alloc(arena, n * sizeof(*p->details));
	if (p->details == NULL)
		return E_NOMEM;
	for (; p->ndetails < n; p->ndetails++) {
		p->details[p->ndetails] = v[p->ndetails].d;
		if (!copy_texts(&p->details[p->ndetails].detail, arena))
			return E_NOMEM;
	}
	return E_OK;
}

enum err
detail_sieve_finish(struct detail_sieve *s, struct tally *t,
    struct arena *arena, uint64_t *ret_folded)
{
	const struct entries *w = &s->whole;
	enum err e = separate(s);
	size_t n;

	if (e == E_OK)
		e = join(s);
	for (size_t i = 0; i < w->n && e == E_OK; i += n) {
		for (n = 1; i + n < w->n; n++)
			if (compare_policy(&w->v[i], &w->v[i + n]) != 0)
				break;
		e = give(&t->policies[w->v[i].policy], &w->v[i], n, arena);
	}
	if (e == E_OK)
		*ret_folded = s->added - w->n;
	return e;
}
