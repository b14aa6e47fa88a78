/* codec/mime_parameter.c -- parameters of a field, RFC 2045 s5.1, RFC 2231. */
#include <stdio.h>

#include "base/ascii.h"
#include "codec/mime_lex.h"
#include "codec/mime_read.h"
#include "model/limits.h"

#define NAME_SIZE 64 /* "filename*31" and more */

struct parameter {
	struct span name;
	struct span value; /* of a quoted one what stands between the quotes */
	bool is_quoted;
	bool is_extended; /* its name ends with "*", which is cut off */
};

/* Up to the quote that is not behind a "\", or the end. */
static struct span
take_quoted(struct span *s)
{
	struct span inside;
	size_t n = 1;

	while (n < s->len && s->p[n] != '"')
		n += s->p[n] == '\\' && n + 1 < s->len ? 2 : 1;
	inside = (struct span){ s->p + 1, n - 1 };
	*s = span_skip(*s, n < s->len ? n + 1 : n);
	return inside;
}

/* RFC 2045 s5.1 wants a token, others than that are common: it ends with ";" or
 * a blank. */
static struct span
take_bare(struct span *s)
{
	struct span bare;
	size_t n = 0;

	while (n < s->len && !ascii_is_one_of(s->p[n], "; \t\r\n"))
		n++;
	bare = span_head(*s, n);
	*s = span_skip(*s, n);
	return bare;
}

/* Drop what is in front of the next ";", and that. False: there is none. */
static bool
skip_to_next(struct span *s)
{
	while (s->len > 0) {
		if (span_take(s, SPAN_LIT(";")))
			return true;
		if (s->p[0] == '"')
			(void)take_quoted(s);
		else if (s->p[0] == '(')
			mime_skip_cfws(s);
		else
			*s = span_skip(*s, 1);
	}
	return false;
}

static void
cut_star(struct parameter *p)
{
	p->is_extended = p->name.len > 0 && p->name.p[p->name.len - 1] == '*';
	p->name.len -= p->is_extended;
}

/* Cut the next one off *s, which begins in front of its ";". */
static bool
take_parameter(struct span *s, struct parameter *ret)
{
	while (skip_to_next(s)) {
		mime_skip_cfws(s);
		ret->name = mime_take_token(s);
		mime_skip_cfws(s);
		if (ret->name.len == 0 || !span_take(s, SPAN_LIT("=")))
			continue;
		mime_skip_cfws(s);
		ret->is_quoted = s->len > 0 && s->p[0] == '"';
		ret->value = ret->is_quoted ? take_quoted(s) : take_bare(s);
		cut_star(ret);
		return true;
	}
	return false;
}

/* RFC 6266 s4.3: of both forms the extended one. */
static bool
find(struct span value, const char *name, struct parameter *ret)
{
	struct parameter p;
	bool found = false;

	while (take_parameter(&value, &p)) {
		if (!span_eq_nocase(p.name, span_str(name)) ||
		    (found && (ret->is_extended || !p.is_extended)))
			continue;
		*ret = p;
		found = true;
	}
	return found;
}

/* RFC 2231 s4: what is no hexadecimal number stays. */
static void
add_percent_decoded(struct span s, struct buf *out)
{
	while (s.len > 0) {
		int high = s.len > 2 ? ascii_hex_value(s.p[1]) : -1;
		int low = s.len > 2 ? ascii_hex_value(s.p[2]) : -1;

		if (s.p[0] != '%' || high < 0 || low < 0) {
			buf_addc(out, s.p[0]);
			s = span_skip(s, 1);
			continue;
		}
		buf_addc(out, (char)(high << 4 | low));
		s = span_skip(s, 3);
	}
}

static void
add_unquoted(struct span s, struct buf *out)
{
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] == '\\' && i + 1 < s.len)
			i++;
		else if (s.p[i] == '\r' || s.p[i] == '\n')
			continue;
		buf_addc(out, s.p[i]);
	}
}

static void
add_value(const struct parameter *p, bool is_first, struct buf *out)
{
	struct span value = p->value;

	if (p->is_extended && is_first) {
		/* charset'language' */
		(void)span_until(&value, '\'');
		(void)span_until(&value, '\'');
	}
	if (p->is_extended)
		add_percent_decoded(value, out);
	else if (p->is_quoted)
		add_unquoted(value, out);
	else
		buf_add(out, value);
}

enum err
mime_parameter(struct span value, const char *name, struct buf *out)
{
	char section[NAME_SIZE];
	struct parameter p;
	int n = 0;

	if (find(value, name, &p)) {
		add_value(&p, true, out);
		return out->err;
	}
	/* RFC 2231 s3: in any order. */
	for (; n < MIME_SECTIONS_MAX; n++) {
		(void)snprintf(section, sizeof(section), "%s*%d", name, n);
		if (!find(value, section, &p))
			break;
		add_value(&p, n == 0, out);
	}
	return n == 0 ? E_ABSENT : out->err;
}
