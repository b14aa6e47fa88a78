#include "config/domain_word.h"

#include <stdlib.h>

#include "base/buf.h"
#include "model/domain.h"
#include "model/limits.h"

#define SCRATCH_MAX 65536

/* A TLSRPT domain, not the pattern or address literal that an MX host may be.
 */
static bool
is_domain(struct span name)
{
	return name.len > 0 && !span_has(name, '*') && !span_has(name, '[');
}

static enum err
canonical(const char *word, struct arena *arena, struct span *ret,
    struct why *why)
{
	struct span name = span_str(word);
	bool repaired = false;
	enum err e;

	(void)span_take(&name, SPAN_LIT("."));
	e = domain_canonical(name, arena, ret, &repaired);
	if (e != E_OK)
		return why_set(why, e, "out of memory");
	if (repaired || !is_domain(*ret))
		return why_set(why, E_SYNTAX, "\"%.100s\" is no domain name",
		    word);
	return E_OK;
}

enum err
domain_word_resolve(char **word, struct why *why)
{
	struct buf resolved = BUF_INIT(DOMAIN_TEXT_MAX + 1);
	struct arena arena = ARENA_INIT(SCRATCH_MAX);
	struct span name = SPAN_NONE;
	enum err e = canonical(*word, &arena, &name, why);

	if (e == E_OK) {
		buf_addf(&resolved, "%s%.*s", (*word)[0] == '.' ? "." : "",
		    SPAN_ARG(name));
		if (resolved.err != E_OK)
			e = why_set(why, resolved.err, "out of memory");
	}
	arena_free(&arena);
	if (e != E_OK) {
		buf_free(&resolved);
		return e;
	}
	free(*word);
	*word = resolved.p;
	return E_OK;
}

bool
domain_word_has(const char *word, struct span domain)
{
	struct span end = span_str(word);

	if (word[0] != '.')
		return span_eq(domain, end);
	return domain.len > end.len &&
	    span_eq(span_skip(domain, domain.len - end.len), end);
}
