/* What is said is held against codes of RFC 5321 and RFC 3463: the words are
 * ours. Each dialogue is also cut in two everywhere, and into single bytes. */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/ascii.h"
#include "codec/lmtp.h"

#define MAX_BYTES 1000
#define ALL SIZE_MAX /* not cut */

static struct span own[] = { { "a.example", 9 },
	{ "xn--bcher-kva.example", 21 } };
static const struct lmtp_options options = {
	.name = { "here.example", 12 },
	.max_bytes = MAX_BYTES,
	.domains = { own, 2 },
	.bounce = { "bounce@sender.example", 21 },
};

/* -- a session -- */

struct talk {
	struct lmtp lmtp;
	struct buf replies, data; /* data: of the message now */
	struct buf log;		  /* what the events were about */
	const struct lmtp_options *options;
	const char *answer;
	bool is_over;
};

static void
talk_begin(struct talk *t)
{
	*t = (struct talk){ .replies = BUF_INIT(1 << 20),
		.data = BUF_INIT(1 << 20),
		.log = BUF_INIT(1 << 20),
		.options = &options,
		.answer = "250 2.0.0 taken" };
}

static void
log_message(struct talk *t)
{
	const struct lmtp *l = &t->lmtp;

	buf_addf(&t->log, "<%.*s>", SPAN_ARG(l->sender));
	for (size_t i = 0; i < l->nrecipients; i++)
		buf_addf(&t->log, "<%.*s>", SPAN_ARG(l->recipients[i]));
	buf_addc(&t->log, ' ');
	buf_add(&t->log, buf_span(&t->data));
	buf_addc(&t->log, '|');
	buf_clear(&t->data);
}

static void
hear(struct talk *t, struct span in)
{
	struct span data = SPAN_NONE;
	size_t before;

	while (in.len > 0 && !t->is_over) {
		before = t->replies.len;
		switch (lmtp_next(&t->lmtp, &in, &t->replies, &data)) {
		case LMTP_MORE:
			break;
		case LMTP_DATA:
			assert_true(data.len > 0);
			buf_add(&t->data, data);
			break;
		case LMTP_VOID:
			buf_clear(&t->data);
			buf_adds(&t->log, "void|");
			break;
		case LMTP_END:
			log_message(t);
			lmtp_answer(&t->lmtp, span_str(t->answer), &t->replies);
			break;
		case LMTP_CLOSE:
			t->is_over = true;
			break;
		}
		assert_true(t->replies.len - before <= LMTP_REPLIES_MAX);
	}
}

static void
talk_free(struct talk *t)
{
	lmtp_free(&t->lmtp);
	buf_free(&t->replies);
	buf_free(&t->data);
	buf_free(&t->log);
}

/* Code and enhanced code of each line. */
static void
shorten(struct buf *replies)
{
	struct buf codes = BUF_INIT(1 << 20);
	struct span rest = buf_span(replies);

	while (rest.len > 0) {
		struct span line = span_until(&rest, '\n');
		size_t n = 4;

		assert_true(line.len > 4 && line.p[line.len - 1] == '\r');
		if (line.p[5] == '.')
			while (n < line.len &&
			    (ascii_is_digit(line.p[n]) || line.p[n] == '.'))
				n++;
		buf_add(&codes, span_trim(span_head(line, n)));
		buf_addc(&codes, '\n');
	}
	buf_free(replies);
	*replies = codes;
}

/* The whole of it in pieces: what is before cut, then step bytes at a time. */
static void
talk_run(struct talk *t, struct span in, size_t cut, size_t step)
{
	lmtp_begin(&t->lmtp, t->options, &t->replies);
	hear(t, span_head(in, cut));
	in = span_skip(in, in.len < cut ? in.len : cut);
	while (in.len > 0) {
		struct span piece = span_head(in, step);

		hear(t, piece);
		in = span_skip(in, piece.len);
	}
	shorten(&t->replies);
}

/* -- dialogues -- */

#define LHLO "LHLO client.example\r\n"
#define SAID                                                    \
	"220\n250-\n250-\n250-\n250-\n250-\n250\n" /* greeting, \
						      LHLO */
#define MAIL "MAIL FROM:<s@x.example>\r\n"
#define RCPT "RCPT TO:<tls@a.example>\r\n"
#define QUIT "QUIT\r\n"
#define BYE "221 2.0.0\n"
#define SENT LHLO MAIL RCPT "DATA\r\n"
#define GOES_ON SAID "250 2.1.0\n250 2.1.5\n354\n"
#define ENVELOPE "<s@x.example><tls@a.example> "

static const struct {
	const char *name, *in, *replies, *log;
} dialogues[] = {
	{ "nothing", "", "220\n", "" },
	{ "a message", SENT "a\r\nb\r\n.\r\n" QUIT, GOES_ON "250 2.0.0\n" BYE,
	    ENVELOPE "a\r\nb\r\n|" },
	{ "two messages", SENT "a\r\n.\r\n" MAIL RCPT "DATA\r\nb\r\n.\r\n" QUIT,
	    GOES_ON "250 2.0.0\n250 2.1.0\n250 2.1.5\n354\n250 2.0.0\n" BYE,
	    ENVELOPE "a\r\n|" ENVELOPE "b\r\n|" },
	{ "any case, and blanks",
	    "lhlo x\r\nMail From: <s@x.example> \r\n"
	    "rCPT to:<tls@a.example>\r\ndata \r\nx\r\n.\r\nquit\r\n",
	    GOES_ON "250 2.0.0\n" BYE, ENVELOPE "x\r\n|" },
	{ "an answer for each recipient",
	    LHLO MAIL RCPT RCPT "RCPT TO:<b@a.example>\r\n"
				"RCPT TO:<c@b.example>\r\nDATA\r\nx\r\n.\r\n",
	    SAID "250 2.1.0\n250 2.1.5\n250 2.1.5\n250 2.1.5\n550 5.1.1\n354\n"
		 "250 2.0.0\n250 2.0.0\n250 2.0.0\n",
	    "<s@x.example><tls@a.example><tls@a.example><b@a.example> x\r\n|" },
	{ "a bounce has no sender",
	    LHLO "MAIL FROM:<>\r\n" RCPT "DATA\r\n.\r\n", GOES_ON "250 2.0.0\n",
	    "<><tls@a.example> |" },

	/* RFC 2033 s4.1, s4.2 */
	{ "HELO", "HELO x\r\nEHLO x\r\n", "220\n500 5.5.1\n500 5.5.1\n", "" },
	{ "no recipient", LHLO MAIL "RCPT TO:<x@b.example>\r\nDATA\r\n" QUIT,
	    SAID "250 2.1.0\n550 5.1.1\n503 5.5.1\n" BYE, "" },

	/* Order: RFC 5321 s4.1.4. */
	{ "no LHLO", MAIL, "220\n503 5.5.1\n", "" },
	{ "no MAIL", LHLO RCPT "DATA\r\n", SAID "503 5.5.1\n503 5.5.1\n", "" },
	{ "MAIL twice", LHLO MAIL MAIL, SAID "250 2.1.0\n503 5.5.1\n", "" },
	{ "RSET forgets", LHLO MAIL RCPT "RSET\r\nDATA\r\n" MAIL "DATA\r\n",
	    SAID "250 2.1.0\n250 2.1.5\n250 2.0.0\n503 5.5.1\n250 2.1.0\n"
		 "503 5.5.1\n",
	    "" },
	{ "LHLO forgets", LHLO MAIL RCPT LHLO "DATA\r\n",
	    SAID "250 2.1.0\n250 2.1.5\n"
		 "250-\n250-\n250-\n250-\n250-\n250\n503 5.5.1\n",
	    "" },
	{ "behind QUIT", QUIT "NOOP\r\n", "220\n" BYE, "" },

	/* Small commands */
	{ "NOOP, RSET, VRFY",
	    "NOOP\r\nNOOP x\r\nRSET\r\nRSET x\r\nVRFY x\r\nVRFY\r\n",
	    "220\n250 2.0.0\n250 2.0.0\n250 2.0.0\n501 5.5.4\n252 2.1.5\n"
	    "501 5.5.4\n",
	    "" },
	{ "not offered", "HELP\r\nSTARTTLS\r\nBDAT 4 LAST\r\n",
	    "220\n502 5.5.1\n502 5.5.1\n502 5.5.1\n", "" },
	{ "unknown", "XYZ\r\n\r\nDATAX\r\nLHLO\r\n",
	    "220\n500 5.5.2\n500 5.5.2\n500 5.5.2\n501 5.5.4\n", "" },
	{ "DATA with an argument", LHLO MAIL RCPT "DATA x\r\n",
	    SAID "250 2.1.0\n250 2.1.5\n501 5.5.4\n", "" },
	{ "a browser", "POST / HTTP/1.1\r\n" LHLO, "220\n421 4.7.0\n", "" },

	/* Addresses */
	{ "parameters",
	    LHLO "MAIL FROM:<s@x.example> SIZE=1000 BODY=8BITMIME SMTPUTF8\r\n"
		 "RSET\r\nMAIL FROM:<s@x.example>  body=7bit size=0\r\n",
	    SAID "250 2.1.0\n250 2.0.0\n250 2.1.0\n", "" },
	{ "SIZE past the limit",
	    LHLO "MAIL FROM:<> SIZE=1001\r\n"
		 "MAIL FROM:<> SIZE=99999999999999999999\r\n",
	    SAID "552 5.3.4\n552 5.3.4\n", "" },
	{ "parameters that are none",
	    LHLO "MAIL FROM:<> SIZE=\r\nMAIL FROM:<> SIZE=-1\r\n"
		 "MAIL FROM:<> BODY=BINARYMIME\r\nMAIL FROM:<> RET=FULL\r\n"
		 "MAIL FROM:<>SIZE=1\r\n" MAIL
		 "RCPT TO:<tls@a.example> NOTIFY=NEVER\r\n",
	    SAID "501 5.5.4\n501 5.5.4\n501 5.5.4\n555 5.5.4\n501 5.5.4\n"
		 "250 2.1.0\n555 5.5.4\n",
	    "" },
	{ "no path",
	    LHLO "MAIL FROM:s@x.example\r\nMAIL <s@x.example>\r\n"
		 "MAIL FROM:<s@x.example\r\nMAIL\r\n" MAIL
		 "RCPT TO:tls@a.example\r\nRCPT\r\n",
	    SAID "501 5.5.4\n501 5.5.4\n501 5.5.4\n501 5.5.4\n250 2.1.0\n"
		 "501 5.5.4\n501 5.5.4\n",
	    "" },
	{ "no address of ours",
	    LHLO MAIL "RCPT TO:<>\r\nRCPT TO:<tls>\r\nRCPT TO:<@a.example>\r\n"
		      "RCPT TO:<tls@>\r\nRCPT TO:<tls@a.example.b.example>\r\n"
		      "RCPT TO:<tls@a.example@b.example>\r\n"
		      "RCPT TO:<bounce@sender.example>\r\n",
	    SAID "250 2.1.0\n550 5.1.1\n550 5.1.1\n550 5.1.1\n550 5.1.1\n"
		 "550 5.1.1\n550 5.1.1\n550 5.1.1\n",
	    "" },
	{ "ours in other words",
	    LHLO MAIL "RCPT TO:<tls+t1@A.Example>\r\n"
		      "RCPT TO:<@b.example,@c.example:tls@a.example>\r\n"
		      "RCPT TO:<\"a> b\\\"@\"@a.example>\r\n"
		      "RCPT TO:<t\xc3\xbc@b\xc3\xbc"
		      "cher.example>\r\n"
		      "RCPT TO:<t@xn--BCHER-kva.example>\r\nDATA\r\n.\r\n",
	    SAID "250 2.1.0\n250 2.1.5\n250 2.1.5\n250 2.1.5\n250 2.1.5\n"
		 "250 2.1.5\n354\n250 2.0.0\n250 2.0.0\n250 2.0.0\n250 2.0.0\n"
		 "250 2.0.0\n",
	    "<s@x.example><tls+t1@A.Example><tls@a.example>"
	    "<\"a> b\\\"@\"@a.example><t\xc3\xbc@b\xc3\xbc"
	    "cher.example><t@xn--BCHER-kva.example> |" },
	{ "a bounce address",
	    LHLO "MAIL FROM:<>\r\nRCPT TO:<Bounce+01890a5d-ac96-774b-bcce-"
		 "b302099a8057-2@sender.example>\r\n",
	    SAID "250 2.1.0\n250 2.1.5\n", "" },

	/* Lines: RFC 5321 s2.3.8 */
	{ "bare LF", "NOOP\nNOOP\r\n", "220\n500 5.5.2\n250 2.0.0\n", "" },
	{ "bare CR", "NOOP\rNOOP\r\nNOOP\r\n", "220\n500 5.5.2\n250 2.0.0\n",
	    "" },
	{ "control characters", "NOOP \x01\r\nNOOP\t\r\nNOOP \x7f\r\n",
	    "220\n500 5.5.2\n500 5.5.2\n500 5.5.2\n", "" },

	/* Dots: RFC 5321 s4.5.2 */
	{ "no content", SENT ".\r\n", GOES_ON "250 2.0.0\n", ENVELOPE "|" },
	{ "dots before dots", SENT "..\r\n...\r\n..a\r\na..\r\n.\r\n",
	    GOES_ON "250 2.0.0\n", ENVELOPE ".\r\n..\r\n.a\r\na..\r\n|" },
	{ "a dot that nobody doubled", SENT ".a\r\n.\r\n",
	    GOES_ON "250 2.0.0\n", ENVELOPE "a\r\n|" },
	{ "content like commands", SENT QUIT "RSET\r\n.\r\n",
	    GOES_ON "250 2.0.0\n", ENVELOPE "QUIT\r\nRSET\r\n|" },

	/* Smuggling: the end is CR LF . CR LF and nothing else. */
	{ "LF . LF", SENT "a\n.\nb\r\n.\r\n", GOES_ON "250 2.0.0\n",
	    ENVELOPE "a\n.\nb\r\n|" },
	{ "LF . CR LF", SENT "a\n.\r\nb\r\n.\r\n", GOES_ON "250 2.0.0\n",
	    ENVELOPE "a\n.\r\nb\r\n|" },
	{ "CR . CR", SENT "a\r.\rb\r\n.\r\n", GOES_ON "250 2.0.0\n",
	    ENVELOPE "a\r.\rb\r\n|" },
	{ "CR . CR LF", SENT "a\r.\r\nb\r\n.\r\n", GOES_ON "250 2.0.0\n",
	    ENVELOPE "a\r.\r\nb\r\n|" },
	{ "CR LF . LF", SENT "a\r\n.\nb\r\n.\r\n", GOES_ON "250 2.0.0\n",
	    ENVELOPE "a\r\n\nb\r\n|" },
	{ "CR LF . CR", SENT "a\r\n.\rb\r\n.\r\n", GOES_ON "250 2.0.0\n",
	    ENVELOPE "a\r\n\rb\r\n|" },
	{ "CR LF . CR CR LF", SENT "a\r\n.\r\r\nb\r\n.\r\n",
	    GOES_ON "250 2.0.0\n", ENVELOPE "a\r\n\r\r\nb\r\n|" },
	{ "CR CR LF . CR LF", SENT "a\r\r\n.\r\n", GOES_ON "250 2.0.0\n",
	    ENVELOPE "a\r\r\n|" },
	{ "LF . CR LF at the start", SENT "\n.\r\n.\r\n", GOES_ON "250 2.0.0\n",
	    ENVELOPE "\n.\r\n|" },
};

static void
check(size_t i, size_t cut, size_t step)
{
	struct talk t;

	talk_begin(&t);
	talk_run(&t, span_str(dialogues[i].in), cut, step);
	assert_span(dialogues[i].replies, buf_span(&t.replies));
	assert_span(dialogues[i].log, buf_span(&t.log));
	talk_free(&t);
}

static void
test_dialogues(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(dialogues) / sizeof(dialogues[0]); i++) {
		print_message("%s\n", dialogues[i].name);
		check(i, ALL, ALL);
	}
}

static void
test_pieces_make_no_difference(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(dialogues) / sizeof(dialogues[0]); i++) {
		size_t len = strlen(dialogues[i].in);

		print_message("%s\n", dialogues[i].name);
		for (size_t cut = 1; cut < len; cut++)
			check(i, cut, ALL);
		check(i, 0, 1);
	}
}

/* -- what is offered -- */

static void
test_the_offer(void **state)
{
	struct span in = SPAN_LIT(LHLO), data;
	struct buf out = BUF_INIT(4096);
	struct lmtp l;

	(void)state;
	lmtp_begin(&l, &options, &out);
	assert_int_equal(LMTP_MORE, lmtp_next(&l, &in, &out, &data));
	assert_span("220 here.example LMTP\r\n"
		    "250-here.example\r\n"
		    "250-PIPELINING\r\n"
		    "250-SIZE 1000\r\n"
		    "250-8BITMIME\r\n"
		    "250-ENHANCEDSTATUSCODES\r\n"
		    "250 SMTPUTF8\r\n",
	    buf_span(&out));
	lmtp_free(&l);
	buf_free(&out);
}

/* -- limits -- */

/* The last n bytes of the replies, as codes. */
static void
assert_last(struct talk *t, const char *want)
{
	size_t n = strlen(want);

	assert_true(t->replies.len >= n);
	assert_span(want, span_skip(buf_span(&t->replies), t->replies.len - n));
}

static void
add_line_of(struct buf *b, const char *start, size_t len, const char *end)
{
	size_t n = len - strlen(start) - strlen(end);

	buf_adds(b, start);
	for (size_t i = 0; i < n; i++)
		buf_addc(b, 'x');
	buf_adds(b, end);
}

static void
run_buf(struct talk *t, struct buf *in, size_t step)
{
	talk_run(t, buf_span(in), 0, step);
	buf_free(in);
}

static void
test_lines_have_an_end(void **state)
{
	(void)state;
	for (size_t step = 1; step <= 8192; step *= 2) {
		struct buf in = BUF_INIT(1 << 20);
		struct talk t;

		talk_begin(&t);
		add_line_of(&in, "NOOP ", 4096, "\r\n");
		add_line_of(&in, "NOOP ", 4097, "\r\n");
		add_line_of(&in, "NOOP ", 100000, "\r\n");
		buf_adds(&in, "NOOP\r\n");
		run_buf(&t, &in, step);
		assert_span("220\n250 2.0.0\n500 5.5.2\n500 5.5.2\n250 2.0.0\n",
		    buf_span(&t.replies));
		talk_free(&t);
	}
}

static void
test_long_addresses(void **state)
{
	static const struct {
		size_t len;
		const char *replies;
	} cases[] = {
		{ 500, "250 2.1.0\n250 2.1.5\n" },
		{ 501, "501 5.1.7\n250 2.1.0\n501 5.1.3\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf in = BUF_INIT(1 << 20);
		struct talk t;

		talk_begin(&t);
		buf_adds(&in, LHLO "MAIL FROM:<");
		add_line_of(&in, "", cases[i].len, "@x.example");
		buf_adds(&in, ">\r\n");
		if (cases[i].len > 500)
			buf_adds(&in, MAIL);
		buf_adds(&in, "RCPT TO:<");
		add_line_of(&in, "", cases[i].len, "@a.example");
		buf_adds(&in, ">\r\n");
		run_buf(&t, &in, ALL);
		assert_last(&t, cases[i].replies);
		talk_free(&t);
	}
}

static void
test_a_hundred_recipients(void **state)
{
	struct buf in = BUF_INIT(1 << 20);
	struct lmtp_options any = options;
	struct talk t;
	size_t taken = 0;

	(void)state;
	any.domains.n = 0;
	talk_begin(&t);
	t.options = &any;
	buf_adds(&in, LHLO MAIL);
	for (int i = 0; i < 101; i++) {
		buf_addf(&in, "RCPT TO:<%d", i);
		add_line_of(&in, "", 490, "@any.example");
		buf_adds(&in, ">\r\n");
	}
	buf_adds(&in, "DATA\r\nx\r\n.\r\nNOOP x\r\n");
	run_buf(&t, &in, ALL);
	for (struct span rest = buf_span(&t.replies); rest.len > 0;) {
		struct span line = span_until(&rest, '\n');

		taken += span_eq(line, SPAN_LIT("250 2.1.5"));
		if (span_eq(line, SPAN_LIT("452 4.5.3")))
			assert_int_equal(4 + 100 * 10 + 10, rest.len);
	}
	assert_int_equal(100, taken);
	talk_free(&t);
}

static void
test_size_by_count(void **state)
{
	static const struct {
		size_t len;
		const char *log, *reply;
	} cases[] = {
		{ 1000, NULL, "250 2.0.0\n250 2.0.0\n250 2.1.0\n" },
		{ 1001, "void|", "552 5.3.4\n552 5.3.4\n250 2.1.0\n" },
		{ 100000, "void|", "552 5.3.4\n552 5.3.4\n250 2.1.0\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf in = BUF_INIT(1 << 20);
		struct talk t;

		talk_begin(&t);
		buf_adds(&in, LHLO MAIL RCPT RCPT "DATA\r\n..");
		/* The dot that was put there does not count. */
		add_line_of(&in, "", cases[i].len - 1, "\r\n");
		buf_adds(&in, ".\r\n" MAIL);
		run_buf(&t, &in, 7);
		assert_last(&t, cases[i].reply);
		if (cases[i].log != NULL)
			assert_span(cases[i].log, buf_span(&t.log));
		else
			assert_true(t.log.len > cases[i].len);
		talk_free(&t);
	}
}

static void
test_too_many_errors(void **state)
{
	struct buf in = BUF_INIT(1 << 20);
	struct talk t;

	(void)state;
	talk_begin(&t);
	for (int i = 0; i < 20; i++)
		buf_adds(&in, "XYZ\r\n");
	buf_adds(&in, LHLO);
	run_buf(&t, &in, ALL);
	assert_last(&t, "500 5.5.2\n500 5.5.2\n421 4.7.0\n");
	assert_int_equal(4 + 20 * 10 + 10, t.replies.len);
	assert_true(t.is_over);
	talk_free(&t);
}

/* Whoever does not wait for replies has said all of this before he knows. */
static void
test_recipients_that_are_not_ours_are_no_errors(void **state)
{
	struct buf in = BUF_INIT(1 << 20);
	struct talk t;

	(void)state;
	talk_begin(&t);
	buf_adds(&in, LHLO MAIL);
	for (int i = 0; i < 50; i++)
		buf_adds(&in, "RCPT TO:<x@b.example>\r\n");
	buf_adds(&in, "DATA\r\nRSET\r\n");
	for (int i = 0; i < 50; i++)
		buf_adds(&in, RCPT);
	buf_adds(&in, "DATA\r\nNOOP\r\n");
	run_buf(&t, &in, ALL);
	assert_last(&t, "503 5.5.1\n503 5.5.1\n250 2.0.0\n");
	assert_false(t.is_over);
	talk_free(&t);
}

static void
test_no_room(void **state)
{
	struct talk t;

	(void)state;
	talk_begin(&t);
	lmtp_begin(&t.lmtp, &options, &t.replies);
	t.lmtp.is_full = true;
	hear(&t, SPAN_LIT(LHLO MAIL RCPT "DATA\r\n"));
	t.lmtp.is_full = false;
	hear(&t, SPAN_LIT(MAIL));
	t.lmtp.is_full = true;
	hear(&t, SPAN_LIT(RCPT "DATA\r\n"));
	shorten(&t.replies);
	assert_span(SAID "452 4.3.1\n503 5.5.1\n503 5.5.1\n"
			 "250 2.1.0\n250 2.1.5\n354\n",
	    buf_span(&t.replies));
	talk_free(&t);
}

/* -- bytes -- */

static void
test_all_bytes_are_kept(void **state)
{
	struct buf in = BUF_INIT(1 << 20), content = BUF_INIT(1 << 20);
	struct talk t;

	(void)state;
	for (int c = 0; c < 256; c++)
		buf_addc(&content, (char)c);
	for (int c = 255; c >= 0; c--)
		buf_addc(&content, (char)c);
	buf_adds(&in, SENT);
	buf_add(&in, buf_span(&content));
	buf_adds(&in, "\r\n.");
	talk_begin(&t);
	run_buf(&t, &in, ALL);
	buf_adds(&content, "\r\n");
	assert_int_equal(content.len, t.data.len);
	assert_memory_equal(content.p, t.data.p, content.len);
	talk_free(&t);
	buf_free(&content);
}

static void
test_no_bytes_in_commands(void **state)
{
	static const char in[] = "NOOP \0\r\nNOOP\r\n";
	struct talk t;

	(void)state;
	talk_begin(&t);
	talk_run(&t, (struct span){ in, sizeof(in) - 1 }, ALL, ALL);
	assert_span("220\n500 5.5.2\n250 2.0.0\n", buf_span(&t.replies));
	talk_free(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_dialogues),
		cmocka_unit_test(test_pieces_make_no_difference),
		cmocka_unit_test(test_the_offer),
		cmocka_unit_test(test_lines_have_an_end),
		cmocka_unit_test(test_long_addresses),
		cmocka_unit_test(test_a_hundred_recipients),
		cmocka_unit_test(test_size_by_count),
		cmocka_unit_test(test_too_many_errors),
		cmocka_unit_test(
		    test_recipients_that_are_not_ours_are_no_errors),
		cmocka_unit_test(test_no_room),
		cmocka_unit_test(test_all_bytes_are_kept),
		cmocka_unit_test(test_no_bytes_in_commands),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
