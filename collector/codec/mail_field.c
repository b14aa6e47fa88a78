#include "codec/mail_field.h"

#include "base/ascii.h"
#include "base/base64.h"
#include "base/clock.h"
#include "base/escape.h"
#include "base/utf8.h"

#define LINE_MAX_BYTES 78
#define SHOWN_FACTOR 4 /* a byte becomes "\xNN" at the most */
/* RFC 2047 s2: 75 bytes a word; "=?UTF-8?B?" and "?=" leave room for 60. */
#define ENCODED_WORD_BYTES 45

struct mail_field
mail_field_begin(struct buf *out, const char *name)
{
	buf_addf(out, "%s:", name);
	return (struct mail_field){ out, strlen(name) + 1, true };
}

void
mail_field_enclosed(struct mail_field *f, const char *before, struct span s,
    const char *after)
{
	size_t len = 1 + strlen(before) + s.len + strlen(after);

	if (!f->first && f->column + len > LINE_MAX_BYTES) {
		buf_adds(f->out, "\r\n");
		f->column = 0;
	}
	buf_addc(f->out, ' ');
	buf_adds(f->out, before);
	buf_add(f->out, s);
	buf_adds(f->out, after);
	f->column += len;
	f->first = false;
}

void
mail_field_word(struct mail_field *f, struct span word)
{
	mail_field_enclosed(f, "", word, "");
}

void
mail_field_end(struct mail_field *f)
{
	buf_adds(f->out, "\r\n");
}

void
mail_field_add(struct buf *out, const char *name, struct span word)
{
	struct mail_field f = mail_field_begin(out, name);

	mail_field_word(&f, word);
	mail_field_end(&f);
}

/* -- display names -- */

static void
keep_error(struct mail_field *f, const struct buf *b)
{
	if (b->err != E_OK && f->out->err == E_OK)
		f->out->err = b->err;
}

/* RFC 5322 s3.2.4. */
static void
quote(struct span text, struct buf *out)
{
	buf_addc(out, '"');
	for (size_t i = 0; i < text.len; i++) {
		if (text.p[i] == '"' || text.p[i] == '\\')
			buf_addc(out, '\\');
		buf_addc(out, text.p[i]);
	}
	buf_addc(out, '"');
}

/* Some readers decode what looks like an encoded-word in quotes as well. */
static bool
may_be_quoted(struct span text)
{
	for (size_t i = 0; i < text.len; i++)
		if (!ascii_is_printable(text.p[i]) ||
		    (text.p[i] == '?' && i > 0 && text.p[i - 1] == '='))
			return false;
	return true;
}

/* RFC 2047 s5: each word has whole characters. */
static void
add_encoded_words(struct mail_field *f, struct span text)
{
	while (text.len > 0) {
		struct span part = utf8_cut(text, ENCODED_WORD_BYTES);
		struct buf word = BUF_INIT(LINE_MAX_BYTES);

		base64_encode(part, &word);
		mail_field_enclosed(f, "=?UTF-8?B?", buf_span(&word), "?=");
		keep_error(f, &word);
		buf_free(&word);
		text = span_skip(text, part.len);
	}
}

void
mail_field_display_name(struct mail_field *f, struct span name)
{
	struct buf shown = BUF_INIT(SHOWN_FACTOR * name.len);
	struct buf quoted = BUF_INIT(2 * SHOWN_FACTOR * name.len + 2);

	escape_terminal(&shown, name);
	quote(buf_span(&shown), &quoted);
	/* A quoted-string has blanks that are better not folded. */
	if (f->column + 1 + quoted.len <= LINE_MAX_BYTES &&
	    may_be_quoted(buf_span(&shown))) {
		if (name.len > 0)
			mail_field_word(f, buf_span(&quoted));
	} else {
		add_encoded_words(f, buf_span(&shown));
	}
	keep_error(f, &shown);
	keep_error(f, &quoted);
	buf_free(&shown);
	buf_free(&quoted);
}

/* -- dates -- */

void
mail_field_date(struct mail_field *f, int64_t s)
{
	static const char *const days[] = { "Sun,", "Mon,", "Tue,", "Wed,",
		"Thu,", "Fri,", "Sat," };
	static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May",
		"Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	char text[TIME_TEXT_SIZE]; /* "2026-11-22T23:59:59Z" */
	size_t month;

	time_text(s, text);
	month = (size_t)(text[5] - '0') * 10 + (size_t)(text[6] - '0') - 1;
	/* 1970-01-01 was a Thursday. */
	mail_field_word(f, span_str(days[(day_of_s(s) + 4) % 7]));
	mail_field_word(f, (struct span){ text + 8, 2 });
	mail_field_word(f, span_str(months[month]));
	mail_field_word(f, (struct span){ text, 4 });
	mail_field_word(f, (struct span){ text + 11, 8 });
	mail_field_word(f, SPAN_LIT("+0000"));
}
