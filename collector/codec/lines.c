#include "codec/lines.h"

static void
add_line(struct buf *out, struct span line)
{
	for (size_t i = 0; i < line.len; i++) {
		if (line.p[i] == '\\')
			buf_adds(out, "\\\\");
		else if (line.p[i] == '\n')
			buf_adds(out, "\\n");
		else
			buf_addc(out, line.p[i]);
	}
	buf_addc(out, '\n');
}

void
lines_join(struct buf *out, struct span_list list)
{
	for (size_t i = 0; i < list.n; i++)
		add_line(out, list.v[i]);
}

/* Take one line off text if it is the given one. */
static bool
take_line(struct span *text, struct span line)
{
	for (size_t i = 0; i < line.len; i++) {
		char c = line.p[i];

		if ((c == '\\' || c == '\n') &&
		    !span_take(text, SPAN_LIT("\\")))
			return false;
		if (c == '\n')
			c = 'n';
		if (text->len == 0 || text->p[0] != c)
			return false;
		*text = span_skip(*text, 1);
	}
	return span_take(text, SPAN_LIT("\n"));
}

bool
lines_equal(struct span text, struct span_list list)
{
	for (size_t i = 0; i < list.n; i++)
		if (!take_line(&text, list.v[i]))
			return false;
	return text.len == 0;
}

static enum err
unescape(struct span *line, struct arena *arena)
{
	char *p;
	size_t len = 0;

	if (!span_has(*line, '\\'))
		return E_OK;
	if ((p = arena_alloc(arena, line->len)) == NULL)
		return E_NOMEM;
	for (size_t i = 0; i < line->len; i++) {
		char c = line->p[i];

		if (c == '\\' && i + 1 < line->len)
			c = line->p[++i] == 'n' ? '\n' : line->p[i];
		p[len++] = c;
	}
	*line = (struct span){ p, len };
	return E_OK;
}

enum err
lines_split(struct span text, struct arena *arena, struct span_list *ret)
{
	struct span_list list = { NULL, 0 };
	size_t n = 0;

	for (size_t i = 0; i < text.len; i++)
		n += text.p[i] == '\n';
	if (n > 0 && (list.v = arena_alloc(arena, n * sizeof(*list.v))) == NULL)
		return E_NOMEM;
	while (list.n < n) {
		list.v[list.n] = span_until(&text, '\n');
		if (unescape(&list.v[list.n++], arena) != E_OK)
			return E_NOMEM;
	}
	*ret = list;
	return E_OK;
}
