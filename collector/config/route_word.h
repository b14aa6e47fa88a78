/* config/route_word.h -- a word of alert.routes: "SEVERITY=WAY" or
 * "SEVERITY:DOMAIN=WAY". */
#ifndef CONFIG_ROUTE_WORD_H
#define CONFIG_ROUTE_WORD_H

#include "base/err.h"
#include "base/span.h"
#include "model/finding.h"

/* Fits a domain name, a port and more. */
#define ROUTE_SHOWN_SIZE 300

enum route_kind {
	ROUTE_MAIL,    /* mailto:ADDRESS */
	ROUTE_WEBHOOK, /* https: or http: */
	ROUTE_COMMAND, /* command: that of alert.command */
	ROUTE_LOG,     /* log */
};

struct route_word {
	enum finding_severity severity; /* the least that is told */
	struct span domain; /* as config/domain_word.h has it; empty: all */
	enum route_kind kind;
	struct span way;     /* as it stands there: its name */
	struct span address; /* ROUTE_MAIL: without "mailto:" */
};

/* A way, or what should be one, for a log or a person: without user, path and
 * query, which may be secrets. What is long is cut. */
void route_word_shown(struct span way, char ret[static ROUTE_SHOWN_SIZE]);

/* Take apart; the spans point into word. E_SYNTAX. */
MUST_CHECK enum err route_word_parse(const char *word, struct route_word *ret,
    struct why *why);

/* Check it, and bring the domain into its one spelling: *word is then another
 * string. E_SYNTAX, E_NOMEM. */
MUST_CHECK enum err route_word_spell(char **word, struct why *why);

/* Whether somebody is told of a finding of that domain ("": of none) and
 * severity. */
bool route_word_matches(const struct route_word *, struct span domain,
    int64_t severity);

#endif
