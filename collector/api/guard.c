#include "api/guard.h"

#include "http/address.h"

/* "https://host:port/" to "host:port". */
static struct span
authority_of(struct span url)
{
	if (!span_take(&url, SPAN_LIT("https://")))
		(void)span_take(&url, SPAN_LIT("http://"));
	return span_until(&url, '/');
}

static struct span
without_port(struct span authority)
{
	struct span rest = authority, host;

	if (authority.len > 0 && authority.p[0] == '[') {
		host = span_until(&rest, ']');
		return span_skip(host, 1);
	}
	return span_until(&rest, ':');
}

bool
api_host_is_ours(struct span host, const char *public_url)
{
	struct span ours = without_port(authority_of(span_str(public_url)));
	struct span name = without_port(host);
	struct http_address address;

	if (name.len == 0)
		return false;
	return http_address_parse(name, &address) ||
	    span_eq_nocase(name, SPAN_LIT("localhost")) ||
	    span_eq_nocase(name, ours);
}

/* RFC 6454 s7: a scheme, "://" and an authority; "null" is none of ours. */
bool
api_origin_is_ours(struct span origin, struct span site, struct span host,
    const char *public_url)
{
	struct span ours = authority_of(span_str(public_url));
	struct span authority = authority_of(origin);

	if (site.p != NULL && !span_eq(site, SPAN_LIT("same-origin")) &&
	    !span_eq(site, SPAN_LIT("none")))
		return false;
	if (origin.p == NULL)
		return true;
	return authority.len > 0 && authority.len < origin.len &&
	    (span_eq_nocase(authority, host) ||
		span_eq_nocase(authority, ours));
}
