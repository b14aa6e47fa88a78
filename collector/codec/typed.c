#include "codec/typed.h"

#include "base/buf.h"
#include "codec/destination.h"
#include "codec/ip.h"
#include "codec/tlsrpt_record.h"
#include "model/domain.h"

static enum err
keep(struct span text, struct arena *arena, struct span *ret, struct why *why)
{
	struct span copy = arena_copy(arena, text);

	if (copy.p == NULL)
		return why_set(why, E_NOMEM, "out of memory");
	*ret = copy;
	return E_OK;
}

enum err
typed_uri(struct span text, struct arena *arena, struct span *ret,
    struct why *why)
{
	struct span uri = SPAN_NONE;
	struct destination to;
	enum err e;

	/* Decoded already: once more would be another address. */
	if (destination_parse(text, &to, NULL) == E_OK)
		return keep(text, arena, ret, why);
	e = tlsrpt_record_uri(text, arena, &uri, why);
	if (e == E_OK)
		e = destination_parse(uri, &to, why);
	if (e == E_OK)
		*ret = uri;
	return e;
}

enum err
typed_domain(struct span text, struct arena *arena, struct span *ret,
    struct why *why)
{
	struct span domain = SPAN_NONE;
	bool repaired = false;
	enum err e = domain_canonical(text, arena, &domain, &repaired);

	if (e != E_OK)
		return why_set(why, e, "out of memory");
	if (repaired || domain.len == 0)
		return why_set(why, E_SYNTAX, "not a domain name");
	*ret = domain;
	return E_OK;
}

/* RFC 5952 */
static enum err
read_ipv6(struct span text, struct arena *arena, struct span *ret,
    struct why *why)
{
	char canonical[IP_TEXT_SIZE];
	size_t n = ip_canonical(text, canonical);

	if (n == 0)
		return why_set(why, E_SYNTAX,
		    "neither a domain name nor an IP address");
	return keep((struct span){ canonical, n }, arena, ret, why);
}

static enum err
check_host(struct span host, struct why *why)
{
	struct buf url = BUF_INIT(URI_TEXT_MAX);
	struct destination to;
	enum err e;

	buf_addf(&url, span_has(host, ':') ? "https://[%.*s]" : "https://%.*s",
	    SPAN_ARG(host));
	e = url.err == E_OK ? destination_parse(buf_span(&url), &to, why)
			    : why_set(why, url.err, "out of memory");
	buf_free(&url);
	return e;
}

enum err
typed_host(struct span text, struct arena *arena, struct span *ret,
    struct why *why)
{
	struct span host = SPAN_NONE;
	enum err e = span_has(text, ':')
	    ? read_ipv6(text, arena, &host, why)
	    : typed_domain(text, arena, &host, why);

	if (e == E_OK)
		e = check_host(host, why);
	if (e == E_OK)
		*ret = host;
	return e;
}
