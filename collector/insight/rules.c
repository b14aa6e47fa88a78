#include "insight/rules.h"

bool
is_of_types(const struct evidence_failure *f, const void *set)
{
	return (*(const uint64_t *)set & TYPE_BIT(f->result)) != 0;
}

bool
rule_grid(const struct view *v, const struct question *q, struct grid *ret,
    struct findings *out)
{
	enum err e = grid_make(v, q, ret);

	if (e != E_OK && out->err == E_OK)
		out->err = e;
	return e == E_OK;
}

enum domains { DOMAINS_EACH, DOMAINS_NONE };

static const struct {
	rule_fn *fn;
	enum domains domains;
} rules[] = {
#define RULE(fn, domains) { fn, DOMAINS_##domains },
#include "insight/rules.def"
#undef RULE
};

static enum err
apply_to(const struct evidence *e, enum layer layer, struct arena *arena,
    struct findings *out)
{
	enum domains domains = e->domain.len > 0 ? DOMAINS_EACH : DOMAINS_NONE;
	struct view v;
	enum err err = view_make(e, layer, arena, &v);

	for (size_t i = 0; err == E_OK && i < sizeof(rules) / sizeof(rules[0]);
	     i++)
		if (rules[i].domains == domains)
			rules[i].fn(&v, out);
	return err == E_OK ? out->err : err;
}

/* Somebody who is vouched for told of these days, and not of this. */
static bool
is_known_better(const struct evidence *e, const struct found *f)
{
	for (size_t i = 0; i < e->ndays; i++)
		if (layer_of(&e->days[i].told) == LAYER_AUTHENTICATED &&
		    e->days[i].sessions > 0 &&
		    e->days[i].told.day >= f->first &&
		    e->days[i].told.day <= f->last)
			return true;
	return false;
}

/* What nobody vouches for is concluded from only where there is nothing else.
 */
static void
restrain_posted(const struct evidence *e, struct found *f)
{
	if (!is_known_better(e, f))
		return;
	f->conclusion = CONCLUSION_UNKNOWN;
	f->confidence = CONFIDENCE_LOW;
	if (f->severity > SEVERITY_WARNING)
		f->severity = SEVERITY_WARNING;
}

enum err
rules_apply(const struct evidence *e, struct arena *arena, struct findings *ret)
{
	enum err err;
	size_t n;

	*ret = (struct findings){ .arena = arena };
	if ((err = apply_to(e, LAYER_AUTHENTICATED, arena, ret)) != E_OK)
		return err;
	n = ret->n;
	err = apply_to(e, LAYER_POSTED, arena, ret);
	for (; n < ret->n; n++)
		restrain_posted(e, &ret->v[n]);
	return err;
}
