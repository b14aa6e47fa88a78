/* insight/rule_foreign.c -- MX hosts and addresses that are not ours. */
#include "base/num.h"
#include "insight/past.h"
#include "insight/rules.h"
#include "model/org_domain.h"

/* An address says little: servers move. */
#define ADDRESS_FAILED_MIN 5
#define ADDRESS_RATE_MIN 0.2

/* That are looked at; an attacker knows many names. */
#define PLACES_MAX 50

struct place {
	struct span text;
	bool is_address;
};

static struct span
text_at(const struct evidence_failure *f, bool is_address)
{
	return is_address ? f->receiving_ip : f->mx;
}

static bool
is_there(const struct evidence_failure *f, const void *arg)
{
	const struct place *p = arg;

	return span_eq(text_at(f, p->is_address), p->text);
}

static bool
is_first_of(const struct view *v, size_t at, bool is_address)
{
	struct span text = text_at(&v->failures[at], is_address);

	for (size_t i = 0; i < at; i++)
		if (span_eq(text_at(&v->failures[i], is_address), text))
			return false;
	return true;
}

/* -- hosts that are known -- */

static bool
is_owned(const struct evidence *e, struct span host)
{
	for (size_t i = 0; i < e->hosts.n; i++)
		if (span_eq_nocase(e->hosts.v[i], host))
			return true;
	return false;
}

static bool
policy_names(const struct seen_policy *p, struct span host)
{
	return p->row.type == POLICY_STS ? sts_lists_host(&p->policy, host)
					 : p->row.type == POLICY_TLSA &&
		span_eq_nocase(p->row.policy_domain, host);
}

/* By a policy that was seen by others than who came there first, or before. */
static bool
is_in_policy(const struct view *v, struct span host, struct span reporter,
    int64_t first)
{
	for (size_t i = 0; i < v->npolicies; i++) {
		const struct evidence_told *t = &v->policies[i].row.told;

		if ((t->day < first || !span_eq(t->reporter, reporter)) &&
		    policy_names(&v->policies[i], host))
			return true;
	}
	return false;
}

#define KNOWN_TO_MIN 2 /* reporters */

/* Several came there before that, who failed for whatever reason: it was ours
 * then, and somebody has it in a cache still. */
static bool
was_reported(const struct view *v, struct span host, int64_t first)
{
	struct span one = SPAN_NONE;
	size_t reporters = 0;

	for (size_t i = 0; i < v->nfailures; i++) {
		const struct evidence_failure *f = &v->failures[i];

		if (f->told.day >= first || !span_eq(f->mx, host) ||
		    (reporters > 0 && span_eq(f->told.reporter, one)))
			continue;
		one = f->told.reporter;
		if (++reporters == KNOWN_TO_MIN)
			return true;
	}
	return false;
}

static bool
knows_hosts(const struct view *v)
{
	for (size_t i = 0; i < v->npolicies; i++)
		if (v->policies[i].row.type != POLICY_NO_POLICY_FOUND)
			return true;
	return v->all->hosts.n > 0 ||
	    past_newest(v->all, PUBLISHED_MX, SPAN_LIT("")) != NULL;
}

static bool
is_of_organisation(const struct evidence *e, struct span host)
{
	if (org_domain_is_same(host, e->domain))
		return true;
	for (size_t i = 0; i < e->hosts.n; i++)
		if (org_domain_is_same(host, e->hosts.v[i]))
			return true;
	return false;
}

/* -- who came there -- */

/* What failed there fails everywhere else as well: then the place is not what
 * is wrong, but how this reporter names it. */
struct elsewise {
	struct place place;
	uint64_t types;
};

static bool
is_elsewise(const struct evidence_failure *f, const void *arg)
{
	const struct elsewise *e = arg;

	return (e->types & TYPE_BIT(f->result)) != 0 && !is_there(f, &e->place);
}

static uint64_t
types_at(const struct view *v, const struct place *p)
{
	uint64_t types = 0;

	for (size_t i = 0; i < v->nfailures; i++)
		if (is_there(&v->failures[i], p))
			types |= TYPE_BIT(v->failures[i].result);
	return types;
}

static bool
fails_elsewhere(const struct view *v, const struct place *p, size_t reporter,
    const struct contrast *c)
{
	const struct elsewise other = { *p, types_at(v, p) };
	uint64_t affected = 0, reporters = 0;

	for (size_t r = 0; r < v->nreporters; r++) {
		bool any = false, here = false;

		for (size_t i = 0; i < v->ndays; i++)
			here |= v->days[i].told.day >= c->first &&
			    v->days[i].told.day <= c->last &&
			    span_eq(v->days[i].told.reporter, v->reporters[r]);
		for (size_t i = 0; here && i < v->nfailures; i++)
			any |= v->failures[i].told.day >= c->first &&
			    v->failures[i].told.day <= c->last &&
			    span_eq(v->failures[i].told.reporter,
				v->reporters[r]) &&
			    is_elsewise(&v->failures[i], &other);
		reporters += here && r != reporter;
		affected += any && r != reporter;
	}
	return affected > 1 && 2 * affected > reporters;
}

static bool
is_on_path(const struct view *v, const struct place *p, size_t reporter,
    const struct contrast *c)
{
	return contrast_is_on_path(c) &&
	    (!p->is_address ||
		(c->failed >= ADDRESS_FAILED_MIN &&
		    c->rate >= ADDRESS_RATE_MIN)) &&
	    !fails_elsewhere(v, p, reporter, c);
}

static void
conclude(const struct view *v, const struct place *p, size_t reporter,
    const struct contrast *c, struct found *f)
{
	if (!p->is_address && is_of_organisation(v->all, p->text)) {
		f->conclusion = CONCLUSION_CONFIGURATION;
		f->confidence = CONFIDENCE_MEDIUM;
	} else if (c->extent == EXTENT_EVERYWHERE) {
		f->conclusion = CONCLUSION_CONFIGURATION;
		f->confidence = c->affected > 1 ? CONFIDENCE_HIGH
						: CONFIDENCE_MEDIUM;
	} else if (is_on_path(v, p, reporter, c)) {
		f->conclusion = CONCLUSION_PATH;
		f->severity = SEVERITY_CRITICAL;
		f->confidence = p->is_address || c->clean <= 2
		    ? CONFIDENCE_MEDIUM
		    : CONFIDENCE_HIGH;
	}
}

/* The reporter with the most sessions there tells. */
static bool
main_reporter(const struct grid *g, size_t *ret, struct contrast *c)
{
	struct contrast one;
	bool any = false;

	for (size_t r = 0; r < g->view->nreporters; r++) {
		if (!contrast_of(g, r, &one) ||
		    (any && one.failed <= c->failed))
			continue;
		any = true;
		*c = one;
		*ret = r;
	}
	return any;
}

static void
add_place(const struct grid *g, const struct question *q, const struct place *p,
    size_t reporter, const struct contrast *c, struct findings *out)
{
	struct found f = found_of(p->is_address ? KIND_FOREIGN_ADDRESS
						: KIND_FOREIGN_MX,
	    p->text, c->first, c->last);

	conclude(g->view, p, reporter, c, &f);
	found_failures(&f, g->view, q, g->view->nreporters);
	found_contrast(&f, g, reporter);
	findings_add(out, &f);
}

/* Under which policies most sessions failed there, since others' are judged by
 * other rules: a new host may be right for DANE, and not yet in a policy that
 * somebody has in a cache. 0: under none. */
static int
policy_type_at(const struct view *v, const struct place *p)
{
	uint64_t sts = 0, tlsa = 0, none = 0;

	for (size_t i = 0; i < v->nfailures; i++) {
		const struct evidence_failure *f = &v->failures[i];
		uint64_t *n = f->type == POLICY_STS ? &sts
		    : f->type == POLICY_TLSA	    ? &tlsa
						    : &none;

		if (is_there(f, p) && is_news(v->all, f->received_s))
			*n = count_add(*n, f->sessions);
	}
	if (none > sts && none > tlsa)
		return 0;
	return sts >= tlsa ? POLICY_STS : POLICY_TLSA;
}

/* -- MX hosts -- */

static void
look_at_host(const struct view *v, struct span host, struct findings *out)
{
	const struct place place = { host, false };
	const struct question q = { is_there, &place,
		policy_type_at(v, &place) };
	struct contrast c;
	struct grid g;
	size_t reporter;

	if (!rule_grid(v, &q, &g, out) || !main_reporter(&g, &reporter, &c) ||
	    is_in_policy(v, host, v->reporters[reporter], c.first) ||
	    was_reported(v, host, c.first) ||
	    past_has_host(v->all, host, c.first, c.last))
		return;
	add_place(&g, &q, &place, reporter, &c, out);
}

void
rule_foreign_mx(const struct view *v, struct findings *out)
{
	size_t n = 0;

	if (!knows_hosts(v))
		return;
	for (size_t i = 0; i < v->nfailures && n < PLACES_MAX; i++) {
		const struct evidence_failure *f = &v->failures[i];

		if (f->mx.len == 0 || !is_news(v->all, f->received_s) ||
		    is_owned(v->all, f->mx) || !is_first_of(v, i, false))
			continue;
		look_at_host(v, f->mx, out);
		n++;
	}
}

/* -- addresses -- */

/* IPv4 /24, IPv6 /48: the first three numbers. */
static struct span
network_of(struct span ip)
{
	char mark = span_has(ip, ':') ? ':' : '.';
	struct span rest = ip;

	for (int i = 0; i < 3; i++)
		(void)span_until(&rest, mark);
	return span_head(ip, ip.len - rest.len);
}

/* Of the same MX host and kind of address, by others at any time or by this
 * reporter before. */
static bool
is_reference(const struct evidence_failure *f, const struct evidence_failure *o,
    int64_t first)
{
	return o->receiving_ip.len > 0 && span_eq(o->mx, f->mx) &&
	    span_has(o->receiving_ip, ':') == span_has(f->receiving_ip, ':') &&
	    (o->told.day < first ||
		!span_eq(o->told.reporter, f->told.reporter));
}

static bool
is_unknown_address(const struct view *v, const struct evidence_failure *f,
    int64_t first)
{
	struct span network = network_of(f->receiving_ip);
	size_t references = 0;

	for (size_t i = 0; i < v->nfailures; i++) {
		const struct evidence_failure *o = &v->failures[i];

		if (!is_reference(f, o, first))
			continue;
		if (span_eq(network_of(o->receiving_ip), network))
			return false;
		references++;
	}
	return references > 0;
}

static bool
is_near(struct span a, struct span b)
{
	return span_eq(network_of(a), network_of(b));
}

/* By what was published, or else by what was reported. */
static bool
is_foreign_address(const struct view *v, const struct evidence_failure *f,
    const struct contrast *c)
{
	enum past_address was = past_address(v->all, f->mx, f->receiving_ip,
	    c->first, c->last, is_near);

	return was == PAST_ADDRESS_FOREIGN ||
	    (was == PAST_ADDRESS_NOT_KNOWN &&
		is_unknown_address(v, f, c->first));
}

static void
look_at_address(const struct view *v, const struct evidence_failure *f,
    struct findings *out)
{
	const struct place place = { f->receiving_ip, true };
	const struct question q = { is_there, &place,
		policy_type_at(v, &place) };
	struct contrast c;
	struct grid g;
	size_t reporter;

	if (!rule_grid(v, &q, &g, out) || !main_reporter(&g, &reporter, &c) ||
	    !is_foreign_address(v, f, &c))
		return;
	add_place(&g, &q, &place, reporter, &c, out);
}

void
rule_foreign_address(const struct view *v, struct findings *out)
{
	for (size_t i = 0; i < v->nfailures && out->n < FOUND_MAX; i++) {
		const struct evidence_failure *f = &v->failures[i];

		if (f->receiving_ip.len > 0 && is_news(v->all, f->received_s) &&
		    is_first_of(v, i, true))
			look_at_address(v, f, out);
	}
}
