/* config/imap_word.h -- a word of intake.imap: "URL=FILE". */
#ifndef CONFIG_IMAP_WORD_H
#define CONFIG_IMAP_WORD_H

#include "codec/imap_url.h"

struct imap_word {
	struct span text; /* of the URL, which has no password */
	struct imap_url url;
	const char *path; /* of the file with the password */
};

/* Spans point into word or are of the arena. E_SYNTAX: why quotes nothing of
 * the word before its URL is found to have no password. E_RANGE, E_NOMEM. */
MUST_CHECK enum err imap_word_parse(const char *word, struct arena *,
    struct imap_word *ret, struct why *why);

/* The same, and a relative path in *word becomes one below folder, unless that
 * is NULL: *word is then another string. */
MUST_CHECK enum err imap_word_resolve(char **word, const char *folder,
    struct arena *, struct imap_word *ret, struct why *why);

#endif
