/* What a mail is: RFC 4155, and by hand. Each file is also read byte by byte.
 */
#include "support/test.h"

#include "codec/mbox.h"

#define WHOLE SIZE_MAX
#define MAIL_MAX 10000

#define D "From a@b.example Sun Nov 22 18:00:00 2026\n"

struct one_case {
	const char *name;
	const char *in;
	const char *want; /* each mail ends with "|" */
};

static const struct one_case cases[] = {
	{ "one", D "A: 1\n\nx\n\n", "A: 1\n\nx\n|" },
	{ "without an empty line at the end", D "A: 1\n\nx\n", "A: 1\n\nx\n|" },
	{ "without an end of line", D "A: 1\n\nx", "A: 1\n\nx|" },
	{ "two", D "A: 1\n\nx\n\n" D "A: 2\n\ny\n\n",
	    "A: 1\n\nx\n|A: 2\n\ny\n|" },
	{ "CR LF",
	    "From a 18:00\r\nA: 1\r\n\r\nx\r\n\r\nFrom b 18:01\r\nB: 2\r\n",
	    "A: 1\r\n\r\nx\r\n|B: 2\r\n|" },
	{ "only the last empty line is not the mail's",
	    D "A: 1\n\n\n\n" D "\n\n", "A: 1\n\n\n|\n|" },
	{ "nothing in it", D "\n" D, "||" },
	{ "the first line needs no time", "From x\nA: 1\n", "A: 1\n|" },
	{ "mboxrd", D "\n>From x\n>>From y\n>>>From z\n",
	    "\nFrom x\n>From y\n>>From z\n|" },
	{ "mboxo", D "\n\n>From the end\n", "\n\nFrom the end\n|" },
	{ "other lines with >", D "\n> From x\n>Fro\n>\n>>\n>from x\n",
	    "\n> From x\n>Fro\n>\n>>\n>from x\n|" },
	{ "no empty line before", D "A: 1\n\nx\n" D "y\n",
	    "A: 1\n\nx\n" D "y\n|" },
	{ "no time in it", D "\n\nFrom now on all is well\n\n",
	    "\n\nFrom now on all is well\n|" },
	{ "what begins like it", D "\n\nFrom\n\nFro\n\nFrom:\n",
	    "\n\nFrom\n\nFro\n\nFrom:\n|" },
	{ "CR inside", D "a\rb\n\rc\n\r\r\n", "a\rb\n\rc\n\r\r\n|" },
	{ "ends within what may be a line of its own", D "x\n\nFrom a 10:00",
	    "x\n\nFrom a 10:00|" },
	{ "ends behind a CR", D "x\n\r", "x\n\r|" },
	{ "ends behind >", D "x\n>", "x\n>|" },
	{ "no mailbox", "A: 1\n\nx\n", "A: 1\n\nx\n|" },
	{ "no bytes", "", "" },
};

#define NCASES (sizeof(cases) / sizeof(cases[0]))

static void
end_mail(struct buf *mail, struct buf *out)
{
	assert_ok(mail->err);
	buf_add(out, buf_span(mail));
	buf_addc(out, '|');
	buf_clear(mail);
}

static void
read_pieces(struct span in, size_t size, struct buf *out)
{
	struct buf mail = BUF_INIT(MAIL_MAX);
	struct mbox mbox = MBOX_INIT;

	while (in.len > 0) {
		struct span piece = span_head(in, size);

		in = span_skip(in, piece.len);
		while (mbox_take(&mbox, &piece, &mail))
			end_mail(&mail, out);
		assert_int_equal(0, piece.len);
	}
	if (mbox_end(&mbox, &mail))
		end_mail(&mail, out);
	assert_int_equal(0, mail.len);
	buf_free(&mail);
}

static void
test_mails_of_a_file(void **state)
{
	static const size_t sizes[] = { WHOLE, 1, 2, 3, 7 };

	(void)state;
	for (size_t i = 0; i < NCASES; i++)
		for (size_t k = 0; k < sizeof(sizes) / sizeof(sizes[0]); k++) {
			struct buf out = BUF_INIT(MAIL_MAX);

			print_message("%s\n", cases[i].name);
			read_pieces(span_str(cases[i].in), sizes[k], &out);
			assert_string_equal(cases[i].want, buf_str(&out));
			buf_free(&out);
		}
}

static void
test_zeros_are_bytes_like_others(void **state)
{
	static const char in[] = "From x\nA\0\n\0From \n";
	struct buf out = BUF_INIT(MAIL_MAX);

	(void)state;
	read_pieces((struct span){ in, sizeof(in) - 1 }, 1, &out);
	assert_int_equal(11, out.len);
	assert_memory_equal("A\0\n\0From \n|", out.p, 11);
	buf_free(&out);
}

static void
test_mail_behind_a_too_large_one_is_whole(void **state)
{
	struct span in = SPAN_LIT(D "0123456789\n0123456789\n\n" D "A: 1\n");
	struct buf mail = BUF_INIT(15);
	struct mbox mbox = MBOX_INIT;

	(void)state;
	assert_true(mbox_take(&mbox, &in, &mail));
	assert_err(E_RANGE, mail.err);
	assert_true(mail.len <= 15);
	assert_memory_equal("0123456789\n", mail.p, 11);
	buf_clear(&mail);
	assert_false(mbox_take(&mbox, &in, &mail));
	assert_true(mbox_end(&mbox, &mail));
	assert_string_equal("A: 1\n", buf_str(&mail));
	buf_free(&mail);
}

/* RFC 5322 s2.1.1 has no line of more than 998 bytes. */
static void
test_lines_past_the_ceiling_are_text(void **state)
{
	struct buf in = BUF_INIT(MAIL_MAX), out = BUF_INIT(MAIL_MAX);

	(void)state;
	buf_adds(&in, D "x\n\nFrom ");
	for (int i = 0; i < MBOX_LINE_MAX; i++)
		buf_addc(&in, 'y');
	buf_adds(&in, " 18:00:00\n\n");
	for (int i = 0; i < MBOX_LINE_MAX; i++)
		buf_addc(&in, '>');
	buf_adds(&in, "From \n");
	read_pieces(buf_span(&in), 1, &out);
	buf_addc(&in, '|');
	assert_string_equal(buf_str(&in) + strlen(D), buf_str(&out));
	buf_free(&in);
	buf_free(&out);
}

static void
test_what_begins_a_mailbox(void **state)
{
	(void)state;
	assert_true(mbox_begins(SPAN_LIT(D)));
	assert_false(mbox_begins(SPAN_LIT("From: x\n")));
	assert_false(mbox_begins(SPAN_LIT(">From x\n")));
	assert_false(mbox_begins(SPAN_LIT("From")));
	assert_false(mbox_begins(SPAN_LIT("")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mails_of_a_file),
		cmocka_unit_test(test_zeros_are_bytes_like_others),
		cmocka_unit_test(test_mail_behind_a_too_large_one_is_whole),
		cmocka_unit_test(test_lines_past_the_ceiling_are_text),
		cmocka_unit_test(test_what_begins_a_mailbox),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
