/* config/map_word.h -- a word of deliver.map: "PATTERN=TARGET". */
#ifndef CONFIG_MAP_WORD_H
#define CONFIG_MAP_WORD_H

#include "base/err.h"
#include "base/span.h"

enum map_kind {
	MAP_ALL,    /* "*" */
	MAP_DOMAIN, /* of the report */
	MAP_HOST,   /* "host:" and the destination's */
	MAP_RUA,
};

struct map_word {
	enum map_kind kind;
	struct span pattern; /* without "host:" */
	struct span target;  /* URI; empty: nothing is sent ("none") */
};

/* Take apart; the spans point into word. The "=" is the first one that a
 * mailto: or https: URI or "none" follows. E_SYNTAX. */
MUST_CHECK enum err map_word_parse(const char *word, struct map_word *ret,
    struct why *why);

/* Check both sides and bring them into the spelling of codec/typed: *word is
 * then another string. E_SYNTAX, E_NOMEM. */
MUST_CHECK enum err map_word_spell(char **word, struct why *why);

/* host: of uri, empty if there is none. */
bool map_word_matches(const struct map_word *, struct span domain,
    struct span uri, struct span host);

#endif
