#include "codec/mime_lex.h"

#include "base/ascii.h"

struct span
mime_take_line(struct span *s)
{
	struct span rest = *s, line = span_until(&rest, '\n');

	line.len = s->len - rest.len;
	*s = rest;
	return line;
}

struct span
mime_without_end(struct span line)
{
	if (line.len > 0 && line.p[line.len - 1] == '\n')
		line.len--;
	else
		return line;
	if (line.len > 0 && line.p[line.len - 1] == '\r')
		line.len--;
	return line;
}

void
mime_skip_mailbox_line(struct span *s)
{
	struct span rest = *s;

	if (!span_take(&rest, SPAN_LIT("From ")))
		return;
	(void)mime_take_line(&rest);
	*s = rest;
}

/* RFC 5322 s3.2.2: comments nest. One that does not end is all there is. */
static void
skip_comment(struct span *s)
{
	size_t depth = 0;

	do {
		if (s->p[0] == '\\' && s->len > 1)
			*s = span_skip(*s, 1);
		else if (s->p[0] == '(')
			depth++;
		else if (s->p[0] == ')')
			depth--;
		*s = span_skip(*s, 1);
	} while (depth > 0 && s->len > 0);
}

void
mime_skip_cfws(struct span *s)
{
	while (s->len > 0) {
		if (s->p[0] == '(')
			skip_comment(s);
		else if (ascii_is_one_of(s->p[0], " \t\r\n"))
			*s = span_skip(*s, 1);
		else
			break;
	}
}

static bool
is_token(char c)
{
	return c > ' ' && c <= '~' && !ascii_is_one_of(c, "()<>@,;:\\\"/[]?=");
}

struct span
mime_take_token(struct span *s)
{
	struct span token;
	size_t n = 0;

	while (n < s->len && is_token(s->p[n]))
		n++;
	token = span_head(*s, n);
	*s = span_skip(*s, n);
	return token;
}

struct span
mime_lower(struct arena *arena, struct span s)
{
	char *p = arena_bytes(arena, s.len);

	if (p == NULL)
		return SPAN_NONE;
	for (size_t i = 0; i < s.len; i++)
		p[i] = ascii_lower(s.p[i]);
	return (struct span){ p, s.len };
}
