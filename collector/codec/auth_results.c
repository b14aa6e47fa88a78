#include "codec/auth_results.h"

#include "base/ascii.h"
#include "codec/mime_lex.h"

struct reader {
	struct span rest;
	struct auth_results results;
	size_t n; /* results of the field, of all methods */
	struct arena *arena;
	enum err err; /* E_OK, E_NOMEM */
};

/* -- words (RFC 8601 s2.2) -- */

static bool
take_char(struct reader *r, char c)
{
	mime_skip_cfws(&r->rest);
	if (r->rest.len == 0 || r->rest.p[0] != c)
		return false;
	r->rest = span_skip(r->rest, 1);
	return true;
}

/* Keyword; empty if there is none. */
static struct span
take_keyword(struct reader *r)
{
	struct span word;
	size_t n = 0;

	mime_skip_cfws(&r->rest);
	while (n < r->rest.len &&
	    (ascii_is_alnum(r->rest.p[n]) ||
		ascii_is_one_of(r->rest.p[n], "-_")))
		n++;
	word = span_head(r->rest, n);
	r->rest = span_skip(r->rest, n);
	return word;
}

/* Behind its first '"'. 0: it does not end. */
static size_t
quoted_length(struct span s)
{
	size_t n = 0;

	while (n < s.len && s.p[n] != '"')
		n += s.p[n] == '\\' ? 2 : 1;
	return n < s.len ? n + 1 : 0;
}

/* Behind its first '"'. Without the quotes and backslashes, in the arena. */
static bool
take_quoted(struct reader *r, struct span *ret)
{
	size_t n = quoted_length(r->rest), len = 0;
	char *p = n == 0 ? NULL : arena_bytes(r->arena, n);

	if (n > 0 && p == NULL)
		r->err = E_NOMEM;
	if (p == NULL)
		return false;
	for (size_t i = 0; i + 1 < n; i++) {
		if (r->rest.p[i] == '\\')
			i++;
		p[len++] = r->rest.p[i];
	}
	r->rest = span_skip(r->rest, n);
	*ret = (struct span){ p, len };
	return true;
}

/* A word of what servers write there, whether or not it should be quoted. */
static struct span
take_bare(struct reader *r)
{
	struct span word;
	size_t n = 0;

	while (n < r->rest.len && r->rest.p[n] > ' ' &&
	    !ascii_is_one_of(r->rest.p[n], ";(\""))
		n++;
	word = span_head(r->rest, n);
	r->rest = span_skip(r->rest, n);
	return word;
}

static bool
take_value(struct reader *r, struct span *ret)
{
	if (take_char(r, '"')) {
		if (!take_quoted(r, ret))
			return false;
		/* A quoted local part has a domain behind it. */
		if (r->rest.len > 0 && r->rest.p[0] == '@')
			*ret = take_bare(r);
		return true;
	}
	*ret = take_bare(r);
	return ret->len > 0;
}

/* -- results -- */

static struct span
lower(struct reader *r, struct span s)
{
	s = mime_lower(r->arena, s);
	if (s.p == NULL)
		r->err = E_NOMEM;
	return s;
}

static struct span
behind_at(struct span s)
{
	while (span_has(s, '@'))
		(void)span_until(&s, '@');
	return s;
}

static void
set_property(struct reader *r, struct auth_result *result, struct span type,
    struct span property, struct span value)
{
	if (!span_eq_nocase(type, SPAN_LIT("header")))
		return;
	if (span_eq_nocase(property, SPAN_LIT("d")))
		result->domain = lower(r, value);
	else if (span_eq_nocase(property, SPAN_LIT("s")))
		result->selector = lower(r, value);
	else if (span_eq_nocase(property, SPAN_LIT("i")))
		result->identity = lower(r, behind_at(value));
	else if (span_eq_nocase(property, SPAN_LIT("b")))
		result->signature = value;
}

/* reason=VALUE, or TYPE.PROPERTY=VALUE. */
static bool
take_property(struct reader *r, struct auth_result *result)
{
	struct span type = take_keyword(r), property = SPAN_NONE, value;
	bool dotted = type.len > 0 && take_char(r, '.');

	if (dotted)
		property = take_keyword(r);
	if (type.len == 0 || (dotted && property.len == 0) ||
	    !take_char(r, '=') || !take_value(r, &value))
		return false;
	set_property(r, result, type, property, value);
	return true;
}

static bool
at_end_of_result(struct reader *r)
{
	mime_skip_cfws(&r->rest);
	return r->rest.len == 0 || r->rest.p[0] == ';';
}

/* METHOD[/VERSION]=RESULT and what belongs to it. */
static bool
take_result(struct reader *r, struct span method)
{
	struct auth_result result = { .result = SPAN_NONE };
	struct span word;

	if (take_char(r, '/') && !span_eq(take_keyword(r), SPAN_LIT("1")))
		return false;
	if (!take_char(r, '=') || (word = take_keyword(r)).len == 0)
		return false;
	result.result = lower(r, word);
	r->n++;
	while (!at_end_of_result(r))
		if (!take_property(r, &result))
			return false;
	if (span_eq_nocase(method, SPAN_LIT("dkim")) &&
	    r->results.n < AUTH_RESULTS_MAX)
		r->results.v[r->results.n++] = result;
	return true;
}

/* False: it cannot be read to its end. */
static bool
take_results(struct reader *r)
{
	struct span word;

	while (take_char(r, ';')) {
		word = take_keyword(r);
		if (at_end_of_result(r)) {
			/* "none", or nothing behind the last ";". */
			if (word.len > 0 &&
			    !span_eq_nocase(word, SPAN_LIT("none")))
				return false;
		} else if (word.len == 0 || !take_result(r, word)) {
			return false;
		}
	}
	return r->rest.len == 0;
}

/* -- fields -- */

/* RFC 8601 s2.2: a version may follow, which is 1. */
static bool
is_of(struct reader *r, struct span authserv_id)
{
	struct span id;

	return take_value(r, &id) && span_eq_nocase(id, authserv_id);
}

static bool
take_version(struct reader *r)
{
	struct span version = take_keyword(r);

	return version.len == 0 || span_eq(version, SPAN_LIT("1"));
}

enum err
auth_results_read(const struct mime_header *h, struct span authserv_id,
    struct arena *arena, struct auth_results *ret)
{
	struct reader r = { .arena = arena };

	r.results.v = arena_alloc(arena,
	    AUTH_RESULTS_MAX * sizeof(*r.results.v));
	if (r.results.v == NULL)
		return E_NOMEM;
	for (size_t i = 0; i < h->n && r.results.n == 0; i++) {
		r.rest = h->v[i].value;
		if (!span_eq_nocase(h->v[i].name,
			SPAN_LIT("Authentication-Results")) ||
		    !is_of(&r, authserv_id))
			continue;
		r.n = 0;
		if (!take_version(&r) || !take_results(&r) || r.n == 0)
			return r.err == E_OK ? E_ABSENT : r.err;
	}
	if (r.err != E_OK)
		return r.err;
	if (r.results.n == 0)
		return E_ABSENT;
	*ret = r.results;
	return E_OK;
}
