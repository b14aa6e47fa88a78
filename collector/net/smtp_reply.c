#include "net/smtp_reply.h"

#include "base/ascii.h"

/* Three digits; 0: there are none. */
static int
code_of(struct span line)
{
	int code = 0;

	if (line.len < 3)
		return 0;
	for (size_t i = 0; i < 3; i++) {
		if (!ascii_is_digit(line.p[i]))
			return 0;
		code = 10 * code + (line.p[i] - '0');
	}
	return code;
}

static void
add_text(struct smtp_reply *r, struct span s)
{
	s = span_head(s, sizeof(r->text) - r->len);
	if (s.len > 0)
		memcpy(r->text + r->len, s.p, s.len);
	r->len += s.len;
}

static struct span
without_end(struct span line)
{
	while (line.len > 0 &&
	    (line.p[line.len - 1] == '\n' || line.p[line.len - 1] == '\r'))
		line.len--;
	return line;
}

/* RFC 5321 s4.2.1: each line has the code of its reply. */
void
smtp_reply_add(struct smtp_reply *r, struct span line)
{
	int code;

	line = without_end(line);
	code = code_of(line);
	if (r->goes_on) {
		add_text(r, SPAN_LIT("\r\n"));
	} else {
		r->code = 0;
		r->len = 0;
	}
	add_text(r, line);
	if (code != 0)
		r->code = code;
	r->goes_on = code != 0 && line.len > 3 && line.p[3] == '-';
}
