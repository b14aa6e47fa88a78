#include "cli/prose.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/escape.h"
#include "base/utf8.h"

#define TEXT_MAX 8192 /* bytes; what is past it is cut */
#define COLUMNS 80

/* Characters, not bytes. */
static int
width(struct span s)
{
	int n = 0;

	for (; s.len > 0; n++) {
		size_t bytes = utf8_char(s);

		s = span_skip(s, bytes == 0 ? 1 : bytes);
	}
	return n;
}

static void
print_words(int indent, struct span text)
{
	int column = 0;

	while (text.len > 0) {
		struct span word = span_until(&text, ' ');
		int wide = width(word);

		if (column > indent && column + 1 + wide > COLUMNS) {
			(void)putchar('\n');
			column = 0;
		}
		if (column == 0)
			column = printf("%*s", indent, "");
		else
			column += printf(" ");
		column += wide;
		(void)printf("%.*s", SPAN_ARG(word));
	}
	(void)putchar('\n');
}

void
prose(int indent, const char *fmt, ...)
{
	struct buf text = BUF_INIT(4 * TEXT_MAX);
	char raw[TEXT_MAX];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(raw, sizeof(raw), fmt, ap);
	va_end(ap);
	escape_terminal(&text, span_str(raw));
	print_words(indent, buf_span(&text));
	buf_free(&text);
}
