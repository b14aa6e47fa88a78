#include "config/map_word.h"

#include <stdlib.h>

#include "base/buf.h"
#include "codec/typed.h"
#include "model/limits.h"

#define WORD_MAX (2 * URI_TEXT_MAX + 100)
#define SHOWN_MAX 100 /* bytes of a word in a message */

static bool
take_nocase(struct span *s, struct span prefix)
{
	if (!span_eq_nocase(span_head(*s, prefix.len), prefix))
		return false;
	*s = span_skip(*s, prefix.len);
	return true;
}

static bool
is_uri(struct span s)
{
	return take_nocase(&s, SPAN_LIT("mailto:")) ||
	    take_nocase(&s, SPAN_LIT("https:"));
}

static bool
is_none(struct span s)
{
	return span_eq(s, SPAN_LIT("none"));
}

/* Behind the "=" that separates. */
static bool
find_target(struct span word, struct span *ret)
{
	struct span rest = word;

	while (span_has(rest, '=')) {
		(void)span_until(&rest, '=');
		if (is_uri(rest) || is_none(rest)) {
			*ret = rest;
			return true;
		}
	}
	return false;
}

enum err
map_word_parse(const char *word, struct map_word *ret, struct why *why)
{
	struct map_word map = { .pattern = span_str(word) };

	if (!find_target(map.pattern, &map.target))
		return why_set(why, E_SYNTAX,
		    "\"%.*s\" is not written PATTERN=TARGET, TARGET being a "
		    "mailto: or https: URI or none",
		    SPAN_ARG(span_head(map.pattern, SHOWN_MAX)));
	map.pattern.len -= map.target.len + 1;
	if (is_none(map.target))
		map.target = SPAN_LIT("");
	if (span_eq(map.pattern, SPAN_LIT("*")))
		map.kind = MAP_ALL;
	else if (span_take(&map.pattern, SPAN_LIT("host:")))
		map.kind = MAP_HOST;
	else
		map.kind = is_uri(map.pattern) ? MAP_RUA : MAP_DOMAIN;
	*ret = map;
	return E_OK;
}

static enum err
spell_pattern(struct map_word *map, struct arena *arena, struct why *why)
{
	switch (map->kind) {
	case MAP_ALL:
		break;
	case MAP_DOMAIN:
		return typed_domain(map->pattern, arena, &map->pattern, why);
	case MAP_HOST:
		return typed_host(map->pattern, arena, &map->pattern, why);
	case MAP_RUA:
		return typed_uri(map->pattern, arena, &map->pattern, why);
	}
	return E_OK;
}

static enum err
write_word(const struct map_word *map, char **word, struct why *why)
{
	struct buf text = BUF_INIT(WORD_MAX);

	buf_addf(&text, "%s%.*s=", map->kind == MAP_HOST ? "host:" : "",
	    SPAN_ARG(map->pattern));
	if (map->target.len == 0)
		buf_adds(&text, "none");
	else
		buf_add(&text, map->target);
	if (text.err != E_OK) {
		buf_free(&text);
		return why_set(why, E_NOMEM, "out of memory");
	}
	free(*word);
	*word = text.p;
	return E_OK;
}

enum err
map_word_spell(char **word, struct why *why)
{
	struct arena arena = ARENA_INIT((size_t)64 * 1024);
	struct why own = { { 0 } };
	struct map_word map;
	enum err e = map_word_parse(*word, &map, why);

	if (e != E_OK)
		return e;
	e = spell_pattern(&map, &arena, &own);
	if (e == E_OK && map.target.len > 0)
		e = typed_uri(map.target, &arena, &map.target, &own);
	if (e == E_OK)
		e = write_word(&map, word, &own);
	if (e != E_OK)
		(void)why_set(why, e, "\"%.*s\": %s",
		    SPAN_ARG(span_head(span_str(*word), SHOWN_MAX)), own.text);
	arena_free(&arena);
	return e;
}

bool
map_word_matches(const struct map_word *map, struct span domain,
    struct span uri, struct span host)
{
	switch (map->kind) {
	case MAP_ALL:
		break;
	case MAP_DOMAIN:
		return span_eq(map->pattern, domain);
	case MAP_HOST:
		return span_eq(map->pattern, host);
	case MAP_RUA:
		return span_eq(map->pattern, uri);
	}
	return true;
}
