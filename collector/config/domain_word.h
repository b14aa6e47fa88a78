/* config/domain_word.h -- a word of report.exclude: "example.com" is that
 * domain alone, ".example.com" is all domains below it. */
#ifndef CONFIG_DOMAIN_WORD_H
#define CONFIG_DOMAIN_WORD_H

#include "base/err.h"
#include "base/span.h"

/* Have the domain of *word in its one spelling (model/domain.h): *word may then
 * be another string. E_SYNTAX: no domain name; E_NOMEM. */
MUST_CHECK enum err domain_word_resolve(char **word, struct why *why);

/* Is the domain, in its one spelling, among those of a resolved word? */
bool domain_word_has(const char *word, struct span domain);

#endif
