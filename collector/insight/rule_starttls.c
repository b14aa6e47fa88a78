/* insight/rule_starttls.c -- STARTTLS that was not offered. */
#include "insight/rules.h"

static const uint64_t not_supported = TYPE_BIT(RESULT_STARTTLS_NOT_SUPPORTED);
static const struct question question = { is_of_types, &not_supported, 0 };

/* A session alone may be anything. */
#define FAILED_MIN 2

/* So many days without it are a stable history. */
#define STABLE_MIN 7
#define GONE_RATE_MIN 0.5

/* A short fault of ours may be met by one alone, but not day after day. */
#define DAYS_MIN 2

static void
conclude(const struct contrast *c, struct found *f)
{
	if (c->days < DAYS_MIN)
		return;
	if (contrast_is_on_path(c)) {
		f->conclusion = CONCLUSION_PATH;
		f->severity = SEVERITY_CRITICAL;
		f->confidence = c->clean > 2 && c->failed >= 10
		    ? CONFIDENCE_HIGH
		    : CONFIDENCE_MEDIUM;
	} else if (contrast_is_clear_pair(c)) {
		f->conclusion = CONCLUSION_PATH;
		f->severity = SEVERITY_CRITICAL;
	}
}

static void
add_stripped(const struct grid *g, size_t reporter, const struct contrast *c,
    struct findings *out)
{
	struct found f = found_of(KIND_STARTTLS_STRIPPED,
	    g->view->reporters[reporter], c->first, c->last);

	conclude(c, &f);
	found_failures(&f, g->view, &question, reporter);
	found_contrast(&f, g, reporter);
	findings_add(out, &f);
}

/* The only one who could tell, and it was there for long. */
static bool
is_only_witness(const struct contrast *c)
{
	return c->affected == 0 && c->clean == 0 && c->before >= STABLE_MIN &&
	    c->before_bad == 0 && c->rate >= GONE_RATE_MIN;
}

struct gone {
	int64_t first, last;
	size_t affected;
	bool any, is_certain;
};

static void
note_gone(struct gone *gone, const struct contrast *c)
{
	if (!gone->any || c->first < gone->first)
		gone->first = c->first;
	if (!gone->any || c->last > gone->last)
		gone->last = c->last;
	gone->any = true;
	gone->is_certain |= c->extent == EXTENT_EVERYWHERE;
	if (c->affected + 1 > gone->affected)
		gone->affected = c->affected + 1;
}

static void
add_gone(const struct grid *g, const struct gone *gone, struct findings *out)
{
	const struct view *v = g->view;
	struct found f = found_of(KIND_STARTTLS_GONE, v->all->domain,
	    gone->first, gone->last);

	if (!gone->is_certain) {
		f.conclusion = CONCLUSION_UNKNOWN;
		f.severity = SEVERITY_WARNING;
	} else {
		f.confidence = gone->affected > 2 ? CONFIDENCE_HIGH
						  : CONFIDENCE_MEDIUM;
	}
	found_failures(&f, v, &question, v->nreporters);
	findings_add(out, &f);
}

void
rule_starttls(const struct view *v, struct findings *out)
{
	struct gone gone = { .any = false };
	struct contrast c;
	struct grid g;

	if (!rule_grid(v, &question, &g, out))
		return;
	for (size_t r = 0; r < v->nreporters; r++) {
		if (!contrast_of(&g, r, &c))
			continue;
		if (c.extent == EXTENT_EVERYWHERE || is_only_witness(&c))
			note_gone(&gone, &c);
		else if (c.failed >= FAILED_MIN)
			add_stripped(&g, r, &c, out);
	}
	if (gone.any)
		add_gone(&g, &gone, out);
}
