#include "codec/lmtp.h"

#include <assert.h>

#include "base/ascii.h"
#include "base/num.h"
#include "codec/bounce_address.h"
#include "codec/lmtp_path.h"
#include "model/domain.h"

#define ENVELOPE_MAX ((LMTP_RECIPIENTS_MAX + 1) * (LMTP_PATH_MAX + 1))
#define DOMAIN_SCRATCH_MAX 65536

/* -- replies -- */

static void
say(struct buf *out, const char *reply)
{
	buf_adds(out, reply);
	buf_adds(out, "\r\n");
}

/* To what no client of LMTP says. */
static void
fault(struct lmtp *l, struct buf *out, const char *reply)
{
	say(out, reply);
	l->errors++;
}

static void
hang_up(struct lmtp *l, struct buf *out, const char *reply)
{
	say(out, reply);
	l->at = LMTP_AT_END;
}

/* -- addresses -- */

static bool
is_listed(const struct span_list *domains, struct span host)
{
	for (size_t i = 0; i < domains->n; i++)
		if (span_eq_nocase(domains->v[i], host))
			return true;
	return false;
}

/* As it stands, or in A-labels: RFC 6531 lets it come in others. */
static bool
is_own_host(const struct span_list *domains, struct span host)
{
	struct arena scratch = ARENA_INIT(DOMAIN_SCRATCH_MAX);
	struct span name;
	bool repaired, is_own;

	if (domains->n == 0 || is_listed(domains, host))
		return true;
	is_own = domain_canonical(host, &scratch, &name, &repaired) == E_OK &&
	    is_listed(domains, name);
	arena_free(&scratch);
	return is_own;
}

static bool
is_own(const struct lmtp_options *o, struct span address)
{
	struct span host = lmtp_path_host(address);
	struct bounce_address bounce;

	if (host.len == 0 || host.len + 1 == address.len)
		return false;
	return is_own_host(&o->domains, host) ||
	    bounce_address_parse(o->bounce, address, &bounce) == E_OK;
}

/* -- commands: what stands behind the word is the argument -- */

static void
end_transaction(struct lmtp *l)
{
	l->has_sender = false;
	l->sender = SPAN_NONE;
	l->nrecipients = 0;
	arena_reset(&l->envelope);
}

static void
lhlo(struct lmtp *l, struct span arg, struct buf *out)
{
	if (arg.len == 0) {
		fault(l, out, "501 5.5.4 LHLO needs a name");
		return;
	}
	end_transaction(l);
	l->was_greeted = true;
	buf_addf(out,
	    "250-%.*s\r\n"
	    "250-PIPELINING\r\n"
	    "250-SIZE %llu\r\n"
	    "250-8BITMIME\r\n"
	    "250-ENHANCEDSTATUSCODES\r\n"
	    "250 SMTPUTF8\r\n",
	    SPAN_ARG(l->options->name),
	    (unsigned long long)l->options->max_bytes);
}

/* RFC 2033 s4.1: no server of LMTP may take them. */
static void
helo(struct lmtp *l, struct span arg, struct buf *out)
{
	(void)arg;
	fault(l, out, "500 5.5.1 this is LMTP: say LHLO");
}

/* RFC 1870 */
static const char *
check_size(struct span value, uint64_t max_bytes)
{
	int64_t max = max_bytes > INT64_MAX ? INT64_MAX : (int64_t)max_bytes;
	int64_t size;

	for (size_t i = 0; i < value.len; i++)
		if (!ascii_is_digit(value.p[i]))
			return "501 5.5.4 SIZE is a number of bytes";
	switch (num_parse(value, 0, max, &size)) {
	case E_OK:
		return NULL;
	case E_RANGE:
		return "552 5.3.4 the message is too large";
	default:
		return "501 5.5.4 SIZE is a number of bytes";
	}
}

/* The reply that refuses it, or NULL. */
static const char *
check_mail_parameter(const struct lmtp *l, struct span parameter)
{
	struct span value = parameter, key = span_until(&value, '=');

	if (span_eq_nocase(key, SPAN_LIT("SIZE")))
		return check_size(value, l->options->max_bytes);
	if (span_eq_nocase(key, SPAN_LIT("BODY")))
		return span_eq_nocase(value, SPAN_LIT("7BIT")) ||
			span_eq_nocase(value, SPAN_LIT("8BITMIME"))
		    ? NULL
		    : "501 5.5.4 BODY is 7BIT or 8BITMIME";
	if (span_eq_nocase(parameter, SPAN_LIT("SMTPUTF8")))
		return NULL;
	return "555 5.5.4 parameter not known";
}

static const char *
check_mail_parameters(const struct lmtp *l, struct span rest)
{
	const char *refusal = NULL;

	while (refusal == NULL && rest.len > 0) {
		struct span parameter = span_until(&rest, ' ');

		if (parameter.len > 0)
			refusal = check_mail_parameter(l, parameter);
	}
	return refusal;
}

static bool
take_nocase(struct span *s, struct span prefix)
{
	if (!span_eq_nocase(span_head(*s, prefix.len), prefix))
		return false;
	*s = span_skip(*s, prefix.len);
	return true;
}

static const char *
check_mail(const struct lmtp *l, struct span arg, struct span *ret_sender)
{
	if (!l->was_greeted)
		return "503 5.5.1 say LHLO first";
	if (l->has_sender)
		return "503 5.5.1 there is a sender already";
	if (!take_nocase(&arg, SPAN_LIT("FROM:")) ||
	    !lmtp_path_take(&arg, ret_sender))
		return "501 5.5.4 say MAIL FROM:<address>";
	if (ret_sender->len > LMTP_PATH_MAX)
		return "501 5.1.7 the address is too long";
	return check_mail_parameters(l, arg);
}

static void
mail(struct lmtp *l, struct span arg, struct buf *out)
{
	struct span sender = SPAN_NONE;
	const char *refusal = check_mail(l, arg, &sender);

	if (refusal != NULL) {
		fault(l, out, refusal);
		return;
	}
	if (!l->is_full)
		l->sender = arena_copy(&l->envelope, sender);
	if (l->sender.p == NULL) {
		say(out, "452 4.3.1 no room: try again later");
		return;
	}
	l->has_sender = true;
	say(out, "250 2.1.0 sender ok");
}

/* Clients that do not wait for replies say RCPT and DATA behind a MAIL that is
 * refused, too: they are not to blame. */
static const char no_sender[] = "503 5.5.1 say MAIL first";

static const char *
check_rcpt(struct span arg, struct span *ret_recipient)
{
	if (!take_nocase(&arg, SPAN_LIT("TO:")) ||
	    !lmtp_path_take(&arg, ret_recipient))
		return "501 5.5.4 say RCPT TO:<address>";
	if (ret_recipient->len > LMTP_PATH_MAX)
		return "501 5.1.3 the address is too long";
	if (arg.len > 0)
		return "555 5.5.4 parameter not known";
	return NULL;
}

static void
rcpt(struct lmtp *l, struct span arg, struct buf *out)
{
	struct span to = SPAN_NONE;
	const char *refusal = check_rcpt(arg, &to);

	if (refusal != NULL) {
		fault(l, out, refusal);
		return;
	}
	if (!l->has_sender) {
		say(out, no_sender);
		return;
	}
	if (!is_own(l->options, to)) {
		say(out, "550 5.1.1 no such recipient here");
		return;
	}
	/* RFC 5321 s4.5.3.1.10: the others come in another transaction. */
	if (l->nrecipients == LMTP_RECIPIENTS_MAX) {
		say(out, "452 4.5.3 too many recipients");
		return;
	}
	to = arena_copy(&l->envelope, to);
	if (to.p == NULL) {
		say(out, "452 4.3.1 no room: try again later");
		return;
	}
	l->recipients[l->nrecipients++] = to;
	say(out, "250 2.1.5 recipient ok");
}

static void
data(struct lmtp *l, struct span arg, struct buf *out)
{
	if (arg.len > 0) {
		fault(l, out, "501 5.5.4 DATA has no argument");
		return;
	}
	if (!l->has_sender) {
		say(out, no_sender);
		return;
	}
	if (l->nrecipients == 0) { /* RFC 2033 s4.2 */
		say(out, "503 5.5.1 no recipient was taken");
		return;
	}
	l->at = LMTP_AT_CONTENT;
	l->content = LMTP_CONTENT_START;
	l->size = 0;
	say(out, "354 the message, and then a dot alone on a line");
}

static void
rset(struct lmtp *l, struct span arg, struct buf *out)
{
	if (arg.len > 0) {
		fault(l, out, "501 5.5.4 RSET has no argument");
		return;
	}
	end_transaction(l);
	say(out, "250 2.0.0 ok");
}

static void
noop(struct lmtp *l, struct span arg, struct buf *out)
{
	(void)l;
	(void)arg;
	say(out, "250 2.0.0 ok");
}

static void
vrfy(struct lmtp *l, struct span arg, struct buf *out)
{
	if (arg.len == 0)
		fault(l, out, "501 5.5.4 VRFY needs an address");
	else
		say(out, "252 2.1.5 say RCPT, and see");
}

static void
quit(struct lmtp *l, struct span arg, struct buf *out)
{
	(void)arg;
	hang_up(l, out, "221 2.0.0 bye");
}

static void
not_offered(struct lmtp *l, struct span arg, struct buf *out)
{
	(void)arg;
	fault(l, out, "502 5.5.1 not offered here");
}

/* A web page can have its reader's browser send this to a port of the same
 * machine, and commands behind it. */
static void
http(struct lmtp *l, struct span arg, struct buf *out)
{
	(void)arg;
	hang_up(l, out, "421 4.7.0 this is no web server");
}

static const struct {
	const char *name;
	void (*run)(struct lmtp *, struct span arg, struct buf *out);
} commands[] = {
	{ "LHLO", lhlo },
	{ "MAIL", mail },
	{ "RCPT", rcpt },
	{ "DATA", data },
	{ "RSET", rset },
	{ "NOOP", noop },
	{ "VRFY", vrfy },
	{ "QUIT", quit },
	{ "HELO", helo },
	{ "EHLO", helo },
	{ "EXPN", not_offered },
	{ "HELP", not_offered },
	{ "AUTH", not_offered },
	{ "BDAT", not_offered },
	{ "STARTTLS", not_offered },
	{ "GET", http },
	{ "PUT", http },
	{ "POST", http },
	{ "CONNECT", http },
};

static void
run(struct lmtp *l, struct span line, struct buf *out)
{
	struct span arg = line, name = span_until(&arg, ' ');

	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (span_eq_nocase(name, span_str(commands[i].name))) {
			commands[i].run(l, span_trim(arg), out);
			return;
		}
	fault(l, out, "500 5.5.2 no such command");
}

/* -- command lines -- */

/* Take the bytes up to a line feed. False: it has not come yet. */
static bool
take_line(struct lmtp *l, struct span *in)
{
	const char *end = memchr(in->p, '\n', in->len);
	size_t n = end == NULL ? in->len : (size_t)(end - in->p) + 1;

	if (n > LMTP_LINE_MAX || l->line_len + n > LMTP_LINE_MAX) {
		l->line_len = LMTP_LINE_MAX + 1;
	} else {
		memcpy(l->line + l->line_len, in->p, n);
		l->line_len += n;
	}
	*in = span_skip(*in, n);
	return end != NULL;
}

static bool
has_control(struct span line)
{
	for (size_t i = 0; i < line.len; i++)
		if ((unsigned char)line.p[i] < ' ' || line.p[i] == 0x7f)
			return true;
	return false;
}

static void
run_line(struct lmtp *l, struct buf *out)
{
	struct span line = { l->line, l->line_len };

	if (line.len > LMTP_LINE_MAX) {
		fault(l, out, "500 5.5.2 the line is too long");
	} else if (line.len < 2 || line.p[line.len - 2] != '\r') {
		/* RFC 5321 s2.3.8 */
		fault(l, out, "500 5.5.2 lines end with CR and LF");
	} else {
		line.len -= 2;
		if (has_control(line))
			fault(l, out, "500 5.5.2 a control character");
		else
			run(l, line, out);
	}
	l->line_len = 0;
	if (l->errors >= LMTP_ERRORS_MAX && l->at == LMTP_AT_COMMAND)
		hang_up(l, out, "421 4.7.0 too many errors");
}

/* -- content -- */

static bool
is_too_large(const struct lmtp *l)
{
	return l->size > l->options->max_bytes;
}

static enum lmtp_event
end_content(struct lmtp *l, struct buf *out)
{
	l->at = LMTP_AT_ANSWER;
	if (!is_too_large(l))
		return LMTP_END;
	lmtp_answer(l, SPAN_LIT("552 5.3.4 the message is too large"), out);
	return LMTP_VOID;
}

/* As much of the content as is one piece. */
static enum lmtp_event
next_content(struct lmtp *l, struct span *in, struct buf *out,
    struct span *ret_data)
{
	struct span piece = SPAN_NONE;

	while (piece.len == 0 && in->len > 0)
		if (lmtp_content_take(&l->content, in, &piece))
			return end_content(l, out);
	if (!is_too_large(l))
		l->size += piece.len;
	if (piece.len == 0 || is_too_large(l))
		return LMTP_MORE;
	*ret_data = piece;
	return LMTP_DATA;
}

/* -- the session -- */

void
lmtp_begin(struct lmtp *l, const struct lmtp_options *options, struct buf *out)
{
	*l = (struct lmtp){
		.options = options,
		.envelope = ARENA_INIT(ENVELOPE_MAX),
	};
	buf_addf(out, "220 %.*s LMTP\r\n", SPAN_ARG(options->name));
}

void
lmtp_free(struct lmtp *l)
{
	arena_free(&l->envelope);
}

enum lmtp_event
lmtp_next(struct lmtp *l, struct span *in, struct buf *out,
    struct span *ret_data)
{
	assert(l->at != LMTP_AT_ANSWER);
	if (l->at == LMTP_AT_CONTENT)
		return next_content(l, in, out, ret_data);
	if (l->at == LMTP_AT_COMMAND && take_line(l, in))
		run_line(l, out);
	return l->at == LMTP_AT_END ? LMTP_CLOSE : LMTP_MORE;
}

/* RFC 2033 s4.2: one for each, also for one that was named twice. */
void
lmtp_answer(struct lmtp *l, struct span reply, struct buf *out)
{
	assert(l->at == LMTP_AT_ANSWER && reply.len <= LMTP_ANSWER_MAX);
	for (size_t i = 0; i < l->nrecipients; i++) {
		buf_add(out, reply);
		buf_adds(out, "\r\n");
	}
	end_transaction(l);
	l->at = LMTP_AT_COMMAND;
}
