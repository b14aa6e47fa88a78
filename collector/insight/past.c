#include "insight/past.h"

#include "base/clock.h"
#include "base/num.h"

static bool
is_of(const struct past *p, enum published_kind kind, struct span subject)
{
	return p->kind == kind && span_eq_nocase(p->subject, subject);
}

/* It may have been there at some time of these days. */
static bool
is_there(const struct past *p, int64_t first, int64_t last)
{
	return p->first_s - PAST_GAP_S <= day_end_s(last) &&
	    p->last_s + PAST_GAP_S >= day_start_s(first);
}

/* -- one thing -- */

bool
past_covers(const struct evidence *e, enum published_kind kind,
    struct span subject, int64_t first, int64_t last)
{
	int64_t at_s = day_start_s(first);

	/* They are in the order of time. */
	for (size_t i = 0; i < e->npast; i++) {
		const struct past *p = &e->past[i];

		if (is_of(p, kind, subject) &&
		    p->first_s <= at_s + PAST_GAP_S && p->last_s > at_s)
			at_s = p->last_s;
	}
	return at_s + PAST_GAP_S >= day_end_s(last);
}

const struct past *
past_of_days(const struct evidence *e, enum published_kind kind,
    struct span subject, int64_t first, int64_t last)
{
	const struct past *one = NULL;

	if (!past_covers(e, kind, subject, first, last))
		return NULL;
	for (size_t i = 0; i < e->npast; i++) {
		const struct past *p = &e->past[i];

		if (!is_of(p, kind, subject) || !is_there(p, first, last))
			continue;
		if (one != NULL)
			return NULL;
		one = p;
	}
	return one;
}

const struct past *
past_newest(const struct evidence *e, enum published_kind kind,
    struct span subject)
{
	const struct past *newest = NULL;

	for (size_t i = 0; i < e->npast; i++)
		if (is_of(&e->past[i], kind, subject))
			newest = &e->past[i];
	return newest;
}

bool
past_has_line(const struct past *p, struct span line)
{
	for (size_t i = 0; i < p->lines.n; i++)
		if (span_eq_nocase(p->lines.v[i], line))
			return true;
	return false;
}

/* -- hosts and addresses -- */

/* "10 mx.example" */
static bool
names_host(const struct past *p, struct span host)
{
	for (size_t i = 0; i < p->lines.n; i++) {
		struct span name = p->lines.v[i];

		(void)span_until(&name, ' ');
		if (span_eq_nocase(name, host))
			return true;
	}
	return false;
}

bool
past_has_host(const struct evidence *e, struct span host, int64_t first,
    int64_t last)
{
	for (size_t i = 0; i < e->npast; i++)
		if (e->past[i].kind == PUBLISHED_MX &&
		    is_there(&e->past[i], first - PAST_CACHED_DAYS, last) &&
		    names_host(&e->past[i], host))
			return true;
	return false;
}

static bool
has_near(const struct past *p, struct span ip,
    bool (*is_near)(struct span a, struct span b))
{
	for (size_t i = 0; i < p->lines.n; i++)
		if (is_near(p->lines.v[i], ip))
			return true;
	return false;
}

enum past_address
past_address(const struct evidence *e, struct span host, struct span ip,
    int64_t first, int64_t last, bool (*is_near)(struct span a, struct span b))
{
	bool any = false;

	for (size_t i = 0; i < e->npast; i++) {
		const struct past *p = &e->past[i];

		if (p->kind != PUBLISHED_ADDRESS ||
		    !is_there(p, first - PAST_CACHED_DAYS, last) ||
		    (host.len > 0 && !span_eq_nocase(p->subject, host)))
			continue;
		any |= p->lines.n > 0;
		if (has_near(p, ip, is_near))
			return PAST_ADDRESS_OURS;
	}
	return any && host.len > 0 &&
		past_covers(e, PUBLISHED_ADDRESS, host, first, last)
	    ? PAST_ADDRESS_FOREIGN
	    : PAST_ADDRESS_NOT_KNOWN;
}

/* -- policies -- */

static bool
has_policy_line(const struct past *p, uint64_t key)
{
	for (size_t i = 0; i < p->lines.n; i++)
		if (policy_line_key(p->lines.v[i]) == key)
			return true;
	return false;
}

/* All that is told of it is there; reporters leave lines out. */
static bool
is_policy(const struct past *p, const struct policy *told)
{
	for (size_t i = 0; i < told->strings.n; i++) {
		uint64_t key = policy_line_key(told->strings.v[i]);

		if (key != 0 && !has_policy_line(p, key))
			return false;
	}
	return p->lines.n > 0;
}

static bool
takes(struct span line, struct span key, struct span *ret)
{
	struct span name = span_trim(span_until(&line, ':'));

	*ret = span_trim(line);
	return span_eq_nocase(name, key);
}

/* RFC 8461 s3.2 */
static int64_t
max_age_s(const struct past *p)
{
	struct span value;
	int64_t s = 0;

	for (size_t i = 0; i < p->lines.n; i++)
		if (takes(p->lines.v[i], SPAN_LIT("max_age"), &value) &&
		    num_parse(value, 0, 31557600, &s) == E_OK)
			return s;
	return 0;
}

bool
past_is_policy(const struct past *p)
{
	struct span value;

	for (size_t i = 0; p != NULL && i < p->lines.n; i++)
		if (takes(p->lines.v[i], SPAN_LIT("mode"), &value))
			return !span_eq_nocase(value, SPAN_LIT("none"));
	return false;
}

enum past_policy
past_policy(const struct evidence *e, const struct seen_policy *seen,
    const struct past **ret)
{
	const struct past *before = NULL;
	int64_t day = seen->row.told.day;

	*ret = NULL;
	if (!past_covers(e, PUBLISHED_POLICY, SPAN_LIT(""), day, day))
		return PAST_POLICY_NOT_KNOWN;
	for (size_t i = 0; i < e->npast; i++) {
		const struct past *p = &e->past[i];

		if (!is_of(p, PUBLISHED_POLICY, SPAN_LIT("")) ||
		    p->first_s - PAST_GAP_S > day_end_s(day))
			continue;
		*ret = p;
		if (!is_policy(p, &seen->policy))
			continue;
		if (is_there(p, day, day))
			return PAST_POLICY_CURRENT;
		before = p;
	}
	if (before != NULL)
		return before->last_s + max_age_s(before) + S_PER_DAY >=
			day_start_s(day)
		    ? PAST_POLICY_CACHED
		    : PAST_POLICY_STALE;
	return past_covers(e, PUBLISHED_POLICY, SPAN_LIT(""),
		   day - PAST_KNOWN_DAYS, day)
	    ? PAST_POLICY_NEVER
	    : PAST_POLICY_NOT_KNOWN;
}

/* -- evidence -- */

void
past_row(struct found *f, const struct past *p)
{
	if (p != NULL)
		found_row(f,
		    &(const struct found_row){ .role = ROLE_CONTRAST,
			.layer = LAYER_OURS,
			.first = day_of_s(p->first_s),
			.last = day_of_s(p->last_s),
			.mx = p->subject,
			.detail = p->value.len == 0 ? SPAN_LIT("none")
						    : p->value });
}
