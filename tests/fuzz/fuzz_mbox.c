/* A mailbox is the same in whatever pieces it is read; mails that mboxrd quotes
 * come out as they went in. */
#include "fuzz/fuzz.h"

#include "codec/mbox.h"

#define OUT_MAX ((size_t)64 << 20)
#define FROM "From a@b.example Sun Nov 22 18:00:00 2026\n"

static void
end_mail(struct buf *mail, struct buf *out)
{
	buf_add_u64(out, mail->len);
	buf_add(out, buf_span(mail));
	buf_clear(mail);
}

/* Sizes of pieces that the input itself decides on; cut false: in one. */
static void
split(struct span in, bool cut, struct buf *out)
{
	struct buf mail = BUF_INIT(OUT_MAX);
	struct mbox mbox = MBOX_INIT;

	while (in.len > 0) {
		size_t n = cut ? 1 + (unsigned char)in.p[0] % 7 : in.len;
		struct span piece = span_head(in, n);

		in = span_skip(in, piece.len);
		while (mbox_take(&mbox, &piece, &mail))
			end_mail(&mail, out);
		assert(piece.len == 0);
	}
	if (mbox_end(&mbox, &mail))
		end_mail(&mail, out);
	assert(mail.len == 0 && out->err == E_OK);
	buf_free(&mail);
}

static void
check_pieces(struct span in)
{
	struct buf whole = BUF_INIT(OUT_MAX), cut = BUF_INIT(OUT_MAX);

	split(in, false, &whole);
	split(in, true, &cut);
	assert(span_eq(buf_span(&whole), buf_span(&cut)));
	buf_free(&whole);
	buf_free(&cut);
}

/* mboxrd: ">" before each line that is "From " behind any number of ">". */
static void
quote(struct buf *out, struct span mail)
{
	while (mail.len > 0) {
		struct span line = span_until(&mail, '\n'), rest = line;

		while (span_take(&rest, SPAN_LIT(">"))) {
		}
		if (span_take(&rest, SPAN_LIT("From ")))
			buf_addc(out, '>');
		buf_add(out, line);
		buf_addc(out, '\n');
	}
}

/* All lines are such as a quoted line may be. */
static bool
is_short(struct span mail)
{
	while (mail.len > 0)
		if (span_until(&mail, '\n').len > MBOX_LINE_MAX / 2)
			return false;
	return true;
}

static void
check_mails(struct span first, struct span second)
{
	struct buf file = BUF_INIT(OUT_MAX), want = BUF_INIT(OUT_MAX);
	struct buf got = BUF_INIT(OUT_MAX);
	struct span mails[] = { first, second };

	for (size_t i = 0; i < 2; i++) {
		struct buf mail = BUF_INIT(OUT_MAX);

		buf_add(&mail, mails[i]);
		if (mails[i].len > 0 && mails[i].p[mails[i].len - 1] != '\n')
			buf_addc(&mail, '\n');
		buf_adds(&file, FROM);
		quote(&file, buf_span(&mail));
		buf_adds(&file, "\n");
		end_mail(&mail, &want);
		buf_free(&mail);
	}
	split(buf_span(&file), true, &got);
	assert(span_eq(buf_span(&want), buf_span(&got)));
	buf_free(&file);
	buf_free(&want);
	buf_free(&got);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span in = { (const char *)data, size };

	check_pieces(in);
	if (is_short(in))
		check_mails(span_head(in, size / 2), span_skip(in, size / 2));
	return 0;
}
