#include <string.h>
#include <unistd.h>

#include "base/span.h"
#include "sink.h"

#define ANSWERS_MAX 4096
#define END_OF_MESSAGE "\r\n.\r\n"

/* A peer's own is NULL between messages. */
static char in_message;

static bool
say(const struct sink_peer *p, struct span text)
{
	return write(p->fd, text.p, text.len) == (ssize_t)text.len;
}

static bool
greet(struct sink_peer *p, void *arg)
{
	(void)arg;
	return say(p, SPAN_LIT("220 sink.localhost ESMTP\r\n"));
}

static struct span
answer_to(struct span line)
{
	static const struct {
		const char *verb, *answer;
	} answers[] = {
		{ "EHLO",
		    "250-sink.localhost\r\n250-PIPELINING\r\n"
		    "250 8BITMIME\r\n" },
		{ "MAIL", "250 2.1.0 ok\r\n" },
		{ "RCPT", "250 2.1.5 ok\r\n" },
		{ "RSET", "250 2.0.0 ok\r\n" },
		{ "DATA", "354 go on\r\n" },
		{ "QUIT", "221 2.0.0 bye\r\n" },
	};

	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++)
		if (span_take(&line, span_str(answers[i].verb)))
			return span_str(answers[i].answer);
	return SPAN_LIT("500 5.5.1 unknown\r\n");
}

/* What is behind the message's end stays. False: more of it comes yet; enough
 * is kept to see the end. */
static bool
take_message(struct span *rest)
{
	const size_t keep = sizeof(END_OF_MESSAGE) - 2;
	const char *end = memmem(rest->p, rest->len, END_OF_MESSAGE,
	    sizeof(END_OF_MESSAGE) - 1);

	if (end == NULL) {
		if (rest->len > keep)
			*rest = span_skip(*rest, rest->len - keep);
		return false;
	}
	*rest = span_skip(*rest,
	    (size_t)(end - rest->p) + sizeof(END_OF_MESSAGE) - 1);
	return true;
}

static bool
take_line(struct span *rest, struct span *ret)
{
	const char *end = memchr(rest->p, '\n', rest->len);

	if (end == NULL)
		return false;
	*ret = span_head(*rest, (size_t)(end - rest->p) + 1);
	*rest = span_skip(*rest, ret->len);
	return true;
}

/* The answer to what stands first; empty: it is not whole. */
static struct span
answer_next(struct sink_peer *p, struct span *rest, _Atomic uint64_t *taken)
{
	struct span line;

	if (p->own != NULL) {
		if (!take_message(rest))
			return SPAN_NONE;
		p->own = NULL;
		(*taken)++;
		return SPAN_LIT("250 2.0.0 taken\r\n");
	}
	if (!take_line(rest, &line))
		return SPAN_NONE;
	if (span_eq(span_head(line, 4), SPAN_LIT("DATA")))
		p->own = &in_message;
	return answer_to(line);
}

/* All that has come whole is answered in one go (RFC 2920). */
static bool
answer(struct sink_peer *p, _Atomic uint64_t *taken)
{
	struct span rest = { p->in, p->len }, said;
	char out[ANSWERS_MAX];
	size_t n = 0;

	while ((said = answer_next(p, &rest, taken)).len > 0) {
		if (said.len > sizeof(out) - n)
			return false;
		memcpy(out + n, said.p, said.len);
		n += said.len;
	}
	memmove(p->in, rest.p, rest.len);
	p->len = rest.len;
	return n == 0 || say(p, (struct span){ out, n });
}

static bool
serve(struct sink_peer *p, _Atomic uint64_t *taken)
{
	ssize_t n = read(p->fd, p->in + p->len, sizeof(p->in) - p->len);

	if (n <= 0)
		return false;
	p->len += (size_t)n;
	return answer(p, taken);
}

static void
end(struct sink_peer *p)
{
	(void)p;
}

void
sink_smtp_start(struct sink *s)
{
	static const struct sink_kind kind = { greet, serve, end };

	sink_start(s, &kind, NULL);
}
