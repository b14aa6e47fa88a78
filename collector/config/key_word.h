/* config/key_word.h -- a word of report.dkim_keys: "SELECTOR:FILE". */
#ifndef CONFIG_KEY_WORD_H
#define CONFIG_KEY_WORD_H

#include "base/err.h"
#include "base/span.h"

struct key_word {
	struct span selector;
	const char *path;
};

/* Both point into word. E_SYNTAX: no selector (RFC 6376 s3.1), or no file. */
MUST_CHECK enum err key_word_parse(const char *word, struct key_word *ret,
    struct why *why);

/* The same, and a relative path in *word becomes one below folder, unless that
 * is NULL: *word is then another string. Also E_NOMEM, E_RANGE. */
MUST_CHECK enum err key_word_resolve(char **word, const char *folder,
    struct key_word *ret, struct why *why);

/* A secret's file is there, and only its owner and group may use it. Who may
 * not look there cannot tell, and finds no fault: the role's user may. what it
 * is, for why: "a private key". E_USAGE. */
MUST_CHECK enum err secret_check_file(const char *path, const char *what,
    struct why *why);

#endif
