#include "config/route_word.h"

#include <stdlib.h>

#include "base/buf.h"
#include "codec/uri.h"
#include "config/domain_word.h"
#include "model/address.h"
#include "model/limits.h"

#define WORD_MAX (URI_TEXT_MAX + DOMAIN_TEXT_MAX + 100)
#define SHOWN_MAX 100 /* bytes of a word in a message */

static enum err
parse_severity(struct span text, enum finding_severity *ret, struct why *why)
{
	for (int s = SEVERITY_INFO; s <= SEVERITY_CRITICAL; s++) {
		if (!span_eq(text, span_str(finding_severity_text(s))))
			continue;
		*ret = (enum finding_severity)s;
		return E_OK;
	}
	return why_set(why, E_SYNTAX,
	    "\"%.*s\" is no severity: info, warning or critical",
	    SPAN_ARG(span_head(text, SHOWN_MAX)));
}

static bool
is_webhook(struct span way)
{
	struct span rest = way;

	return (span_take(&rest, SPAN_LIT("https://")) ||
		   span_take(&rest, SPAN_LIT("http://"))) &&
	    rest.len > 0 && rest.p[0] != '/' && uri_is_valid(way) &&
	    way.len <= URI_TEXT_MAX;
}

static enum err
parse_way(struct route_word *r, struct why *why)
{
	r->address = r->way;
	if (span_take(&r->address, SPAN_LIT("mailto:"))) {
		r->kind = ROUTE_MAIL;
		if (!address_is_valid(r->address))
			return why_set(why, E_SYNTAX,
			    "\"%.*s\" is not a mail address",
			    SPAN_ARG(span_head(r->address, SHOWN_MAX)));
	} else if (span_eq(r->way, SPAN_LIT("log"))) {
		r->kind = ROUTE_LOG;
	} else if (span_eq(r->way, SPAN_LIT("command"))) {
		r->kind = ROUTE_COMMAND;
	} else if (is_webhook(r->way)) {
		r->kind = ROUTE_WEBHOOK;
	} else {
		return why_set(why, E_SYNTAX,
		    "\"%.*s\" is none of mailto:ADDRESS, https://..., command "
		    "and log",
		    SPAN_ARG(span_head(r->way, SHOWN_MAX)));
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
		return why_set(why, E_SYNTAX,
		    "\"%.*s\" is not written SEVERITY=WAY or "
		    "SEVERITY:DOMAIN=WAY",
		    SPAN_ARG(span_head(rest, SHOWN_MAX)));
	whom = span_until(&rest, '=');
	r.way = rest;
	e = parse_severity(span_until(&whom, ':'), &r.severity, why);
	r.domain = whom;
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
