#include "model/sts.h"

const char *
sts_mode_text(enum sts_mode mode)
{
	static const char *const texts[NSTS_MODES] = {
		[STS_MODE_NOT_TOLD] = "",
		[STS_MODE_ENFORCE] = "enforce",
		[STS_MODE_TESTING] = "testing",
		[STS_MODE_NONE] = "none",
	};

	return texts[mode];
}

/* The wildcard stands for the whole left-most label, and for one. */
bool
sts_mx_matches(struct span pattern, struct span host)
{
	if (!span_take(&pattern, SPAN_LIT("*.")))
		return host.len > 0 && span_eq_nocase(pattern, host);
	return span_until(&host, '.').len > 0 && host.len > 0 &&
	    span_eq_nocase(pattern, host);
}

/* The value if the line is of that key: "mode: enforce". Some reporters leave
 * the blank out. */
static bool
take_value(struct span line, struct span key, struct span *ret)
{
	struct span name = span_until(&line, ':');

	*ret = span_trim(line);
	return span_eq_nocase(span_trim(name), key);
}

static enum sts_mode
mode_named(struct span text)
{
	for (int mode = STS_MODE_ENFORCE; mode < NSTS_MODES; mode++)
		if (span_eq_nocase(text,
			span_str(sts_mode_text((enum sts_mode)mode))))
			return (enum sts_mode)mode;
	return STS_MODE_NOT_TOLD;
}

enum sts_mode
sts_mode(const struct policy *p)
{
	struct span value;

	for (size_t i = 0; i < p->strings.n; i++)
		if (take_value(p->strings.v[i], SPAN_LIT("mode"), &value))
			return mode_named(value);
	return STS_MODE_NOT_TOLD;
}

bool
sts_lists_host(const struct policy *p, struct span host)
{
	struct span value;

	for (size_t i = 0; i < p->mx_hosts.n; i++)
		if (sts_mx_matches(p->mx_hosts.v[i], host))
			return true;
	for (size_t i = 0; i < p->strings.n; i++)
		if (take_value(p->strings.v[i], SPAN_LIT("mx"), &value) &&
		    sts_mx_matches(value, host))
			return true;
	return false;
}
