#include "codec/crlf.h"

#include "codec/mime_lex.h"

static bool
ends_bare(struct span line)
{
	return line.len > 0 && line.p[line.len - 1] == '\n' &&
	    (line.len == 1 || line.p[line.len - 2] != '\r');
}

bool
crlf_is_missing(struct span text)
{
	while (text.len > 0)
		if (ends_bare(mime_take_line(&text)))
			return true;
	return false;
}

void
crlf_add(struct span text, struct buf *out)
{
	while (text.len > 0) {
		struct span line = mime_take_line(&text);

		if (!ends_bare(line)) {
			buf_add(out, line);
			continue;
		}
		buf_add(out, mime_without_end(line));
		buf_adds(out, "\r\n");
	}
}
