#include "model/sts.h"

/* The value if the line is of that key: "mode: enforce". Some reporters leave
 * the blank out. */
static bool
take_value(struct span line, struct span key, struct span *ret)
{
	struct span name = span_until(&line, ':');

	*ret = span_trim(line);
	return span_eq_nocase(span_trim(name), key);
}

enum sts_mode
sts_mode(const struct policy *p)
{
	static const struct {
		struct span text;
		enum sts_mode mode;
	} modes[] = { { SPAN_LIT("enforce"), STS_MODE_ENFORCE },
		{ SPAN_LIT("testing"), STS_MODE_TESTING },
		{ SPAN_LIT("none"), STS_MODE_NONE } };
	struct span value;

	for (size_t i = 0; i < p->strings.n; i++) {
		if (!take_value(p->strings.v[i], SPAN_LIT("mode"), &value))
			continue;
		for (size_t m = 0; m < sizeof(modes) / sizeof(modes[0]); m++)
			if (span_eq_nocase(value, modes[m].text))
				return modes[m].mode;
		return STS_MODE_NOT_TOLD;
	}
	return STS_MODE_NOT_TOLD;
}

/* RFC 8461 s4.1: "*" stands for exactly one label. */
static bool
matches(struct span pattern, struct span host)
{
	if (span_take(&pattern, SPAN_LIT("*.")))
		(void)span_until(&host, '.');
	return host.len > 0 && span_eq_nocase(pattern, host);
}

bool
sts_lists_host(const struct policy *p, struct span host)
{
	struct span value;

	for (size_t i = 0; i < p->mx_hosts.n; i++)
		if (matches(p->mx_hosts.v[i], host))
			return true;
	for (size_t i = 0; i < p->strings.n; i++)
		if (take_value(p->strings.v[i], SPAN_LIT("mx"), &value) &&
		    matches(value, host))
			return true;
	return false;
}
