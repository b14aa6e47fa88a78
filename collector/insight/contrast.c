#include "insight/contrast.h"

#define CELLS (EVIDENCE_DAYS + 1)

/* Days without it that end an episode. */
#define EPISODE_GAP 5

/* What the others would have at the reporter's rate, were it everywhere: with
 * five expected and none there, chance is below one in a hundred. Of retries
 * there may be many in one bad hour, so that several have to agree. */
#define EXPECTED_MIN 5.0
#define CLEAN_MIN 2
#define TENTH 0.1

/* For "on the path": a few sessions on one day, or more on several, since one
 * now and then adds up as well; and a share that no chance is. */
#define PATH_FAILED_MIN 3
#define PATH_SPREAD_MIN 8
#define PATH_RATE_MIN 0.02
#define PATH_BEFORE_MIN 3

/* With one other alone. */
#define PAIR_EXPECTED_MIN 10
#define PAIR_FAILED_MIN 5
#define PAIR_RATE_MIN 0.1
#define PAIR_BEFORE_MIN 7

const struct cell *
grid_cell(const struct grid *g, size_t reporter, size_t day)
{
	return &g->cells[reporter * CELLS + day];
}

static struct cell *
cell_at(const struct grid *g, const struct evidence_told *t)
{
	size_t r = view_reporter(g->view, t->reporter);

	return t->day < g->first || t->day >= g->first + CELLS ||
		r == g->view->nreporters
	    ? NULL
	    : &g->cells[r * CELLS + (size_t)(t->day - g->first)];
}

static void
add_sessions(struct grid *g, int policy_type)
{
	const struct view *v = g->view;
	struct cell *c;

	for (size_t i = 0; policy_type == 0 && i < v->ndays; i++)
		if ((c = cell_at(g, &v->days[i].told)) != NULL)
			c->sessions += v->days[i].sessions;
	for (size_t i = 0; policy_type != 0 && i < v->npolicies; i++) {
		const struct evidence_policy *p = &v->policies[i].row;

		if ((int)p->type == policy_type &&
		    (c = cell_at(g, &p->told)) != NULL)
			c->sessions += p->succeeded + p->failed;
	}
}

static void
add_failures(struct grid *g, const struct question *q)
{
	const struct view *v = g->view;
	struct cell *c;

	for (size_t i = 0; i < v->nfailures; i++) {
		const struct evidence_failure *f = &v->failures[i];

		if ((q->policy_type != 0 && (int)f->type != q->policy_type) ||
		    !q->is_meant(f, q->arg) ||
		    (c = cell_at(g, &f->told)) == NULL)
			continue;
		c->failed += f->sessions;
		if (f->last_day > f->told.day + (int64_t)c->more)
			c->more = (size_t)(f->last_day - f->told.day);
		c->is_news |= is_news(v->all, f->received_s);
	}
}

enum err
grid_make(const struct view *v, const struct question *q, struct grid *ret)
{
	size_t n = v->nreporters * CELLS;
	struct grid g = {
		.view = v,
		.first = v->all->today - EVIDENCE_DAYS,
		.cells = arena_zalloc(v->arena, (n + 1) * sizeof(struct cell)),
	};

	if (g.cells == NULL)
		return E_NOMEM;
	add_sessions(&g, q->policy_type);
	add_failures(&g, q);
	/* s4: a session may have several details. */
	for (size_t i = 0; i < n; i++)
		if (g.cells[i].failed > g.cells[i].sessions &&
		    g.cells[i].sessions > 0)
			g.cells[i].failed = g.cells[i].sessions;
	*ret = g;
	return E_OK;
}

/* -- the reporter's own days -- */

/* The day from which on it has been there without a longer pause. */
static size_t
begin_of(const struct cell *row, size_t first)
{
	size_t begin = first;

	for (size_t d = first; d-- > 0 && begin - d <= EPISODE_GAP;)
		if (row[d].failed > 0)
			begin = d;
	return begin;
}

static void
add_past(const struct cell *row, size_t begin, struct contrast *c)
{
	for (size_t d = 0; d < begin; d++) {
		c->before += row[d].sessions > 0 && row[d].failed == 0;
		c->before_bad += row[d].failed > 0;
	}
}

static bool
add_own(const struct grid *g, size_t reporter, struct contrast *c)
{
	const struct cell *row = grid_cell(g, reporter, 0);
	size_t first = CELLS;

	for (size_t d = 0; d < CELLS; d++) {
		if (row[d].failed == 0 || !row[d].is_news)
			continue;
		if (first == CELLS)
			first = d;
		c->last = g->first + (int64_t)d;
		c->failed += row[d].failed;
		c->days++;
		if (row[d].failed > c->most)
			c->most = row[d].failed;
		c->sessions += row[d].sessions > 0 ? row[d].sessions
						   : row[d].failed;
	}
	if (first == CELLS)
		return false;
	first = begin_of(row, first);
	c->first = g->first + (int64_t)first;
	c->rate = (double)c->failed / (double)c->sessions;
	add_past(row, first, c);
	return true;
}

/* -- the others -- */

/* On the days that one of ours is about; what failed, on those beside it as
 * well, since not all days are of UTC. */
static void
add_days(const struct cell *row, size_t day, size_t more, uint64_t *sessions,
    uint64_t *failed)
{
	size_t last = day + more < CELLS ? day + more : CELLS - 1;

	for (size_t d = day; d <= last; d++)
		*sessions += row[d].sessions;
	for (size_t d = day == 0 ? 0 : day - 1; d <= last + 1 && d < CELLS; d++)
		*failed += row[d].failed;
}

static void
add_other(const struct grid *g, size_t reporter, size_t other,
    struct contrast *c)
{
	const struct cell *own = grid_cell(g, reporter, 0);
	const struct cell *row = grid_cell(g, other, 0);
	uint64_t sessions = 0, failed = 0;
	double expected;

	for (size_t d = 0; d < CELLS; d++)
		if (own[d].failed > 0 && own[d].is_news)
			add_days(row, d, own[d].more, &sessions, &failed);
	expected = c->rate * (double)sessions;
	if (failed > 0 && (double)failed >= TENTH * expected) {
		c->affected++;
	} else if (expected >= 1) {
		c->clean++;
		c->clean_sessions += sessions;
		c->expected += expected;
	}
}

static enum extent
extent_of(const struct contrast *c)
{
	size_t affected = c->affected + 1;

	if (c->affected > 0 && affected > c->clean)
		return EXTENT_EVERYWHERE;
	return c->clean >= CLEAN_MIN && 2 * affected <= c->clean &&
		c->expected >= EXPECTED_MIN
	    ? EXTENT_ALONE
	    : EXTENT_UNCLEAR;
}

bool
contrast_of(const struct grid *g, size_t reporter, struct contrast *ret)
{
	struct contrast c = { .extent = EXTENT_UNCLEAR };

	if (!add_own(g, reporter, &c))
		return false;
	for (size_t r = 0; r < g->view->nreporters; r++)
		if (r != reporter)
			add_other(g, reporter, r, &c);
	c.extent = extent_of(&c);
	*ret = c;
	return true;
}

bool
contrast_is_on_path(const struct contrast *c)
{
	return c->extent == EXTENT_ALONE &&
	    (c->most >= PATH_FAILED_MIN || c->failed >= PATH_SPREAD_MIN) &&
	    c->rate >= PATH_RATE_MIN && c->before >= PATH_BEFORE_MIN &&
	    c->before >= 4 * c->before_bad;
}

bool
contrast_is_clear_pair(const struct contrast *c)
{
	return c->affected == 0 && c->clean == 1 &&
	    c->expected >= PAIR_EXPECTED_MIN && c->failed >= PAIR_FAILED_MIN &&
	    c->rate >= PAIR_RATE_MIN && c->before >= PAIR_BEFORE_MIN &&
	    c->before_bad == 0;
}
