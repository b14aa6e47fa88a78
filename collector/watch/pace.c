#include "watch/pace.h"

#include <stdio.h>

#include "base/clock.h"
#include "model/org_domain.h"

/* The one of the name, or else that of longest ago. */
static size_t
find(const struct pace *p, struct span name)
{
	size_t oldest = 0;

	for (size_t i = 0; i < PACE_PROVIDERS; i++) {
		if (span_eq(span_str(p->providers[i].name), name))
			return i;
		if (p->providers[i].last_ns < p->providers[oldest].last_ns)
			oldest = i;
	}
	return oldest;
}

int64_t
pace_wait_ns(struct pace *p, struct span host, int64_t now_ns)
{
	struct span name = org_domain(host);
	int64_t wait_ns = 0;
	size_t i;

	name = span_head(name.len == 0 ? host : name,
	    sizeof(p->providers[0].name) - 1);
	i = find(p, name);
	if (span_eq(span_str(p->providers[i].name), name))
		wait_ns = p->providers[i].last_ns + PACE_GAP_MS * NS_PER_MS -
		    now_ns;
	if (wait_ns < 0)
		wait_ns = 0;
	(void)snprintf(p->providers[i].name, sizeof(p->providers[i].name),
	    "%.*s", SPAN_ARG(name));
	p->providers[i].last_ns = now_ns + wait_ns;
	return wait_ns;
}
