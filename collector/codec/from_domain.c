#include "codec/from_domain.h"

#include "base/ascii.h"
#include "codec/mime_lex.h"
#include "model/address.h"
#include "model/domain.h"

static const struct mime_field *
only_from(const struct mime_header *h)
{
	const struct mime_field *from = NULL;

	for (size_t i = 0; i < h->n; i++) {
		if (!span_eq_nocase(h->v[i].name, SPAN_LIT("From")))
			continue;
		if (from != NULL)
			return NULL;
		from = &h->v[i];
	}
	return from;
}

/* Drop a quoted string in front; one that does not end is all there is. */
static void
skip_quoted(struct span *s)
{
	*s = span_skip(*s, 1);
	while (s->len > 0 && s->p[0] != '"')
		*s = span_skip(*s, s->p[0] == '\\' && s->len > 1 ? 2 : 1);
	if (s->len > 0)
		*s = span_skip(*s, 1);
}

/* What ends a word: RFC 5322 s3.2.3's specials but the dot, and blanks. */
static bool
is_end(char c)
{
	return ascii_is_one_of(c, "()<>[]:;@\\,\" \t\r\n");
}

static struct span
take_word(struct span *s)
{
	struct span word;
	size_t n = 0;

	while (n < s->len && !is_end(s->p[n]))
		n++;
	word = span_head(*s, n);
	*s = span_skip(*s, n);
	return word;
}

/* What the addresses are made of, and how much of it there was. */
struct scan {
	struct span rest;
	struct span domain; /* behind the last "@" */
	unsigned ats, opened, closed;
	bool spoilt; /* by what one mailbox does not have */
};

static void
scan_next(struct scan *s)
{
	char c = s->rest.p[0];

	/* Behind the domain there is the ">", if anything. */
	s->spoilt |= s->ats > 0 && (c != '>' || s->opened == s->closed);
	if (c == '"') {
		skip_quoted(&s->rest);
		return;
	}
	if (!is_end(c)) {
		(void)take_word(&s->rest);
		return;
	}
	s->rest = span_skip(s->rest, 1);
	if (c == '@') {
		mime_skip_cfws(&s->rest);
		s->domain = take_word(&s->rest);
		s->ats++;
	} else if (c == '<') {
		s->opened++;
	} else if (c == '>') {
		s->closed++;
	} else {
		s->spoilt = true; /* of lists, groups and routes */
	}
}

static bool
read_mailbox(struct span value, struct span *ret)
{
	struct scan s = { .rest = value };

	for (mime_skip_cfws(&s.rest); s.rest.len > 0; mime_skip_cfws(&s.rest))
		scan_next(&s);
	*ret = s.domain;
	return !s.spoilt && s.ats == 1 && s.opened <= 1 && s.opened == s.closed;
}

enum err
from_domain(const struct mime_header *h, struct arena *arena, struct span *ret)
{
	const struct mime_field *from = only_from(h);
	struct span domain;
	bool repaired = false;
	enum err e;

	if (from == NULL || !read_mailbox(from->value, &domain))
		return E_ABSENT;
	e = domain_canonical(domain, arena, &domain, &repaired);
	if (e != E_OK)
		return e;
	if (repaired || !address_host_is_valid(domain))
		return E_ABSENT;
	*ret = domain;
	return E_OK;
}
