#include "config/route_word.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/ascii.h"
#include "base/buf.h"
#include "base/num.h"
#include "codec/uri.h"
#include "config/domain_word.h"
#include "model/address.h"
#include "model/limits.h"

#define WORD_MAX (URI_TEXT_MAX + DOMAIN_TEXT_MAX + 100)
#define SHOWN_MAX 100 /* bytes of a word in a message */
#define PORT_MAX 65535

static const char no_way[] =
    "is none of mailto:ADDRESS, https://..., command and log";

/* -- what is shown -- */

/* "https://", "mailto:"; not of a URL that is written otherwise. */
static struct span
scheme_of(struct span way, bool *ret_is_url)
{
	struct span rest = way, before = span_until(&rest, '/');

	*ret_is_url = before.len > 0 && before.p[before.len - 1] == ':' &&
	    span_take(&rest, SPAN_LIT("/"));
	if (!*ret_is_url) {
		rest = way;
		(void)span_take(&rest, SPAN_LIT("mailto:"));
	}
	return span_head(way, way.len - rest.len);
}

static struct span
until_path(struct span s)
{
	size_t n = 0;

	while (n < s.len && !ascii_is_one_of(s.p[n], "/?#\\"))
		n++;
	return span_head(s, n);
}

static struct span
without_user(struct span s)
{
	while (span_has(s, '@'))
		(void)span_until(&s, '@');
	return s;
}

void
route_word_shown(struct span way, char ret[static ROUTE_SHOWN_SIZE])
{
	bool is_url = false;
	struct span scheme = scheme_of(way, &is_url);
	struct span host = until_path(span_skip(way, scheme.len));
	struct span path = span_skip(way, scheme.len + host.len);

	if (span_has(path, '@')) /* and a user before, with a "/" */
		host = SPAN_LIT("...");
	else if (is_url || span_has(host, ':'))
		host = without_user(host);
	(void)snprintf(ret, ROUTE_SHOWN_SIZE, "%.*s%.*s%s",
	    SPAN_ARG(span_head(scheme, 20)), SPAN_ARG(host),
	    path.len == 0		       ? ""
		: span_eq(path, SPAN_LIT("/")) ? "/"
					       : "/...");
}

static enum err
refuse(struct span word, const char *what, struct why *why)
{
	char shown[ROUTE_SHOWN_SIZE];

	route_word_shown(word, shown);
	return why_set(why, E_SYNTAX, "\"%.*s\" %s",
	    SPAN_ARG(span_head(span_str(shown), SHOWN_MAX)), what);
}

/* -- its parts -- */

static enum err
parse_severity(struct span text, enum finding_severity *ret, struct why *why)
{
	for (int s = SEVERITY_INFO; s <= SEVERITY_CRITICAL; s++) {
		if (!span_eq(text, span_str(finding_severity_text(s))))
			continue;
		*ret = (enum finding_severity)s;
		return E_OK;
	}
	return refuse(text, "is no severity: info, warning or critical", why);
}

/* What is more than that is told where it is resolved. */
static enum err
check_domain(struct span domain, struct why *why)
{
	for (size_t i = 0; i < domain.len; i++)
		if (ascii_is_one_of(domain.p[i], "/?#@:"))
			return refuse(domain, "is no domain name", why);
	return E_OK;
}

static bool
is_port(struct span text)
{
	int64_t port;

	return num_parse(text, 1, PORT_MAX, &port) == E_OK;
}

/* "HOST", "HOST:PORT", "[IPv6]:PORT"; RFC 3986 s3.2 */
static bool
is_server(struct span s)
{
	struct span host;

	if (span_take(&s, SPAN_LIT("["))) {
		if (!span_has(s, ']'))
			return false;
		host = span_until(&s, ']');
		return host.len > 0 &&
		    (s.len == 0 ||
			(span_take(&s, SPAN_LIT(":")) && is_port(s)));
	}
	if (!span_has(s, ':'))
		return s.len > 0;
	host = span_until(&s, ':');
	return host.len > 0 && is_port(s);
}

static bool
is_url(struct span way)
{
	struct span rest = way;

	return (span_take(&rest, SPAN_LIT("https://")) ||
		   span_take(&rest, SPAN_LIT("http://"))) &&
	    uri_is_valid(way) && way.len <= URI_TEXT_MAX;
}

static enum err
check_webhook(struct span way, struct why *why)
{
	struct span rest = way, server;

	(void)span_until(&rest, ':');
	server = uri_authority(rest);
	if (span_has(server, '@'))
		return refuse(way,
		    "has a user, which no webhook gets: leave out what stands "
		    "before the \"@\"",
		    why);
	return is_server(server) ? E_OK : refuse(way, no_way, why);
}

static enum err
parse_way(struct route_word *r, struct why *why)
{
	r->address = r->way;
	if (span_take(&r->address, SPAN_LIT("mailto:"))) {
		r->kind = ROUTE_MAIL;
		if (!address_is_valid(r->address))
			return refuse(r->address, "is not a mail address", why);
	} else if (span_eq(r->way, SPAN_LIT("log"))) {
		r->kind = ROUTE_LOG;
	} else if (span_eq(r->way, SPAN_LIT("command"))) {
		r->kind = ROUTE_COMMAND;
	} else if (is_url(r->way)) {
		r->kind = ROUTE_WEBHOOK;
		return check_webhook(r->way, why);
	} else {
		return refuse(r->way, no_way, why);
	}
	return E_OK;
}

enum err
route_word_parse(const char *word, struct route_word *ret, struct why *why)
{
	struct span rest = span_str(word), whom;
	struct route_word r = { .domain = SPAN_LIT("") };
	enum err e;

	if (!span_has(rest, '='))
		return refuse(rest,
		    "is not written SEVERITY=WAY or SEVERITY:DOMAIN=WAY", why);
	whom = span_until(&rest, '=');
	r.way = rest;
	e = parse_severity(span_until(&whom, ':'), &r.severity, why);
	r.domain = whom;
	if (e == E_OK)
		e = check_domain(r.domain, why);
	if (e == E_OK)
		e = parse_way(&r, why);
	if (e == E_OK)
		*ret = r;
	return e;
}

static enum err
write_word(const struct route_word *r, const char *domain, char **word,
    struct why *why)
{
	struct buf text = BUF_INIT(WORD_MAX);

	buf_addf(&text, "%s:%s=%.*s", finding_severity_text(r->severity),
	    domain, SPAN_ARG(r->way));
	if (text.err != E_OK) {
		buf_free(&text);
		return why_set(why, E_NOMEM, "out of memory");
	}
	free(*word);
	*word = text.p;
	return E_OK;
}

enum err
route_word_spell(char **word, struct why *why)
{
	struct route_word r;
	enum err e = route_word_parse(*word, &r, why);
	char *domain;

	if (e != E_OK || r.domain.len == 0)
		return e;
	if ((domain = strndup(r.domain.p, r.domain.len)) == NULL)
		return why_set(why, E_NOMEM, "out of memory");
	if ((e = domain_word_resolve(&domain, why)) == E_OK)
		e = write_word(&r, domain, word, why);
	free(domain);
	return e;
}

/* domain_word_has wants a string. */
static bool
domain_matches(const struct route_word *r, struct span domain)
{
	char word[DOMAIN_TEXT_MAX + 2];

	if (r->domain.len == 0)
		return true;
	if (r->domain.len >= sizeof(word))
		return false;
	memcpy(word, r->domain.p, r->domain.len);
	word[r->domain.len] = '\0';
	return domain_word_has(word, domain);
}

bool
route_word_matches(const struct route_word *r, struct span domain,
    int64_t severity)
{
	return severity >= (int64_t)r->severity && domain_matches(r, domain);
}
