#include "codec/mbox.h"

#include "base/ascii.h"

#define FROM SPAN_LIT("From ")

enum kind {
	UNDECIDED,
	TEXT,
	EMPTY,
	QUOTED,
	SEPARATOR,
};

bool
mbox_begins(struct span file)
{
	return span_take(&file, FROM);
}

/* RFC 4155, appendix A: the date has "09:03:00" in it. */
static bool
has_time(struct span line)
{
	for (size_t i = 0; i + 5 <= line.len; i++)
		if (ascii_is_digit(line.p[i]) &&
		    ascii_is_digit(line.p[i + 1]) && line.p[i + 2] == ':' &&
		    ascii_is_digit(line.p[i + 3]) &&
		    ascii_is_digit(line.p[i + 4]))
			return true;
	return false;
}

/* rest: of the line, behind "From ". */
static enum kind
kind_of_from(const struct mbox *m, struct span rest)
{
	if (m->is_open && m->blank.len == 0)
		return TEXT;
	if (rest.len > 0 && rest.p[rest.len - 1] == '\n')
		return !m->is_open || has_time(rest) ? SEPARATOR : TEXT;
	return m->nline == MBOX_LINE_MAX ? TEXT : UNDECIDED;
}

static enum kind
kind_of(const struct mbox *m)
{
	struct span rest = { m->line, m->nline };
	bool is_quoted = false;

	if (span_eq(rest, SPAN_LIT("\n")) || span_eq(rest, SPAN_LIT("\r\n")))
		return EMPTY;
	if (span_eq(rest, SPAN_LIT("\r")))
		return UNDECIDED;
	while (span_take(&rest, SPAN_LIT(">")))
		is_quoted = true;
	if (span_take(&rest, FROM))
		return is_quoted ? QUOTED : kind_of_from(m, rest);
	return m->nline < MBOX_LINE_MAX &&
		span_eq(rest, span_head(FROM, rest.len))
	    ? UNDECIDED
	    : TEXT;
}

static void
give(struct mbox *m, size_t without, struct buf *mail)
{
	struct span line = { m->line, m->nline };

	buf_add(mail, m->blank);
	buf_add(mail, span_skip(line, without));
	m->blank = SPAN_LIT("");
	m->in_text = line.p[line.len - 1] != '\n';
	m->is_open = true;
	m->nline = 0;
}

/* Of two empty lines the first is the mail's. */
static void
hold(struct mbox *m, struct buf *mail)
{
	buf_add(mail, m->blank);
	m->blank = m->nline == 1 ? SPAN_LIT("\n") : SPAN_LIT("\r\n");
	m->is_open = true;
	m->nline = 0;
}

static bool
take_start(struct mbox *m, struct span *in, struct buf *mail)
{
	bool was_open = m->is_open;

	m->line[m->nline++] = in->p[0];
	*in = span_skip(*in, 1);
	switch (kind_of(m)) {
	case UNDECIDED:
		break;
	case TEXT:
		give(m, 0, mail);
		break;
	case EMPTY:
		hold(m, mail);
		break;
	case QUOTED:
		give(m, 1, mail);
		break;
	case SEPARATOR:
		*m = MBOX_INIT;
		m->is_open = true;
		return was_open;
	}
	return false;
}

static void
take_text(struct mbox *m, struct span *in, struct buf *mail)
{
	const char *end = memchr(in->p, '\n', in->len);
	struct span text = span_head(*in,
	    end == NULL ? in->len : (size_t)(end - in->p) + 1);

	buf_add(mail, text);
	*in = span_skip(*in, text.len);
	m->in_text = end == NULL;
}

bool
mbox_take(struct mbox *m, struct span *in, struct buf *mail)
{
	bool is_whole = false;

	while (in->len > 0 && !is_whole) {
		if (m->in_text)
			take_text(m, in, mail);
		else
			is_whole = take_start(m, in, mail);
	}
	return is_whole;
}

bool
mbox_end(struct mbox *m, struct buf *mail)
{
	bool was_open;

	if (m->nline > 0)
		give(m, 0, mail);
	was_open = m->is_open;
	*m = MBOX_INIT;
	return was_open;
}
