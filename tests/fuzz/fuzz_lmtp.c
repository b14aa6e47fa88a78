/* A dialogue is the same in whatever pieces it comes; content comes out as a
 * plain reading of RFC 5321 s4.5.2 has it. */
#include "fuzz/fuzz.h"

#include "codec/lmtp.h"

#define MAX_BYTES 4096
#define OUT_MAX ((size_t)64 << 20)

static struct span own[] = { { "a.example", 9 },
	{ "xn--bcher-kva.example", 21 } };
static const struct lmtp_options options = {
	.name = { "here.example", 12 },
	.max_bytes = MAX_BYTES,
	.domains = { own, 2 },
	.bounce = { "bounce@sender.example", 21 },
};

struct talk {
	struct lmtp lmtp;
	struct buf replies, message, messages;
	size_t nmessages;
	bool is_over;
};

static void
keep_envelope(struct talk *t)
{
	const struct lmtp *l = &t->lmtp;

	assert(l->sender.len <= LMTP_PATH_MAX);
	assert(l->nrecipients > 0 && l->nrecipients <= LMTP_RECIPIENTS_MAX);
	buf_add(&t->messages, l->sender);
	for (size_t i = 0; i < l->nrecipients; i++) {
		assert(l->recipients[i].len <= LMTP_PATH_MAX);
		assert(span_has(l->recipients[i], '@'));
		buf_addc(&t->messages, '\n');
		buf_add(&t->messages, l->recipients[i]);
	}
}

static void
end_message(struct talk *t)
{
	size_t n = t->lmtp.nrecipients, before = t->replies.len, lines = 0;

	assert(t->message.len <= MAX_BYTES);
	keep_envelope(t);
	buf_add(&t->messages, buf_span(&t->message));
	buf_clear(&t->message);
	t->nmessages++;
	lmtp_answer(&t->lmtp, SPAN_LIT("250 2.0.0 taken"), &t->replies);
	for (size_t i = before; i < t->replies.len; i++)
		lines += t->replies.p[i] == '\n';
	assert(lines == n);
}

static void
hear(struct talk *t, struct span in)
{
	struct span data;
	size_t before;

	while (in.len > 0 && !t->is_over) {
		before = t->replies.len;
		switch (lmtp_next(&t->lmtp, &in, &t->replies, &data)) {
		case LMTP_MORE:
			break;
		case LMTP_DATA:
			assert(data.len > 0);
			buf_add(&t->message, data);
			break;
		case LMTP_VOID:
			buf_clear(&t->message);
			break;
		case LMTP_END:
			end_message(t);
			break;
		case LMTP_CLOSE:
			t->is_over = true;
			break;
		}
		assert(t->replies.len - before <= LMTP_REPLIES_MAX);
	}
	assert(t->replies.err == E_OK && t->message.err == E_OK);
}

static void
begin(struct talk *t)
{
	*t = (struct talk){ .replies = BUF_INIT(OUT_MAX),
		.message = BUF_INIT(OUT_MAX),
		.messages = BUF_INIT(OUT_MAX) };
	lmtp_begin(&t->lmtp, &options, &t->replies);
}

static void
end(struct talk *t)
{
	lmtp_free(&t->lmtp);
	buf_free(&t->replies);
	buf_free(&t->message);
	buf_free(&t->messages);
}

/* Sizes of pieces that the input itself decides on. */
static void
hear_pieces(struct talk *t, struct span in)
{
	while (in.len > 0) {
		size_t n = 1 + (unsigned char)in.p[0] % 7;
		struct span piece = span_head(in, n);

		hear(t, piece);
		in = span_skip(in, piece.len);
	}
}

static void
check_pieces(struct span in)
{
	struct talk whole, cut;

	begin(&whole);
	begin(&cut);
	hear(&whole, in);
	hear_pieces(&cut, in);
	assert(span_eq(buf_span(&whole.replies), buf_span(&cut.replies)));
	assert(span_eq(buf_span(&whole.messages), buf_span(&cut.messages)));
	/* Of what will be void all the same there may be less. */
	if (whole.lmtp.size <= MAX_BYTES)
		assert(
		    span_eq(buf_span(&whole.message), buf_span(&cut.message)));
	assert(whole.is_over == cut.is_over);
	end(&whole);
	end(&cut);
}

/* What a mail server sends for a message that ends with CR LF. */
static void
put_dots(struct buf *out, struct span message)
{
	for (size_t i = 0; i < message.len; i++) {
		bool at_start = i == 0 ||
		    (i >= 2 && memcmp(message.p + i - 2, "\r\n", 2) == 0);

		if (at_start && message.p[i] == '.')
			buf_addc(out, '.');
		buf_addc(out, message.p[i]);
	}
	buf_adds(out, ".\r\n");
}

static void
check_content(struct span in)
{
	struct buf message = BUF_INIT(OUT_MAX), wire = BUF_INIT(OUT_MAX);
	struct talk t;

	buf_add(&message, span_head(in, MAX_BYTES - 2));
	buf_adds(&message, "\r\n");
	put_dots(&wire, buf_span(&message));
	begin(&t);
	hear(&t,
	    SPAN_LIT("LHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<x@a.example>\r\n"
		     "DATA\r\n"));
	hear_pieces(&t, buf_span(&wire));
	assert(t.nmessages == 1);
	assert(span_eq(span_skip(buf_span(&t.messages),
			   sizeof("\nx@a.example") - 1),
	    buf_span(&message)));
	end(&t);
	buf_free(&message);
	buf_free(&wire);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span in = { (const char *)data, size };

	check_pieces(in);
	check_content(in);
	return 0;
}
