#include "codec/dsn_read.h"

#include "base/ascii.h"
#include "base/utf8.h"
#include "codec/mime_lex.h"

#define STATUS_PART_MAX 65536 /* bytes that are looked at */

/* Views of what is read. */
struct found {
	enum dsn_verdict verdict;
	struct span recipient;
	struct span status;
	struct span reason; /* of whoever did not take it */
};

/* -- texts -- */

/* Append s with one blank for each run of blanks and controls. */
static void
add_clean(struct span s, struct buf *out)
{
	bool gap = false;

	while (s.len > 0) {
		size_t n = utf8_char(s);
		bool is_blank = (unsigned char)s.p[0] <= ' ' || s.p[0] == 0x7f;

		if (!is_blank && gap && out->len > 0)
			buf_addc(out, ' ');
		gap = is_blank;
		if (n == 0)
			buf_adds(out, UTF8_REPLACEMENT);
		else if (!is_blank)
			buf_add(out, span_head(s, n));
		s = span_skip(s, n == 0 ? 1 : n);
	}
}

static enum err
keep(struct arena *arena, struct span text, struct span *ret)
{
	*ret = arena_copy(arena, text.len == 0 ? SPAN_LIT("") : text);
	return ret->p == NULL ? E_NOMEM : E_OK;
}

static enum err
keep_clean(struct arena *arena, struct span text, struct span *ret)
{
	struct buf clean = BUF_INIT(4 * DSN_TEXT_MAX);
	enum err e;

	add_clean(utf8_cut(text, DSN_TEXT_MAX), &clean);
	e = clean.err;
	if (e == E_OK)
		e = keep(arena, utf8_cut(buf_span(&clean), DSN_TEXT_MAX), ret);
	buf_free(&clean);
	return e;
}

/* -- codes -- */

/* RFC 3463 s2: class "." subject "." detail. */
static bool
take_status(struct span *s, struct span *ret)
{
	struct span rest = *s;

	if (rest.len == 0 || !ascii_is_one_of(rest.p[0], "245"))
		return false;
	rest = span_skip(rest, 1);
	for (int i = 0; i < 2; i++) {
		size_t n = 0;

		if (!span_take(&rest, SPAN_LIT(".")))
			return false;
		while (n < rest.len && ascii_is_digit(rest.p[n]))
			n++;
		if (n < 1 || n > 3)
			return false;
		rest = span_skip(rest, n);
	}
	if (rest.len > 0 && (rest.p[0] == '.' || ascii_is_alnum(rest.p[0])))
		return false;
	*ret = span_head(*s, s->len - rest.len);
	*s = rest;
	return true;
}

/* RFC 5321 s4.2: "550 " or "550-", of a failure. */
static bool
take_reply_code(struct span *s)
{
	if (s->len < 4 || (s->p[0] != '4' && s->p[0] != '5') ||
	    !ascii_is_digit(s->p[1]) || !ascii_is_digit(s->p[2]) ||
	    (s->p[3] != ' ' && s->p[3] != '-'))
		return false;
	*s = span_skip(*s, 4);
	return true;
}

static enum dsn_verdict
verdict_of_class(char digit)
{
	return digit == '5' ? DSN_FAILED_FOR_GOOD : DSN_FAILED_FOR_NOW;
}

/* A reply in front, or behind ": " in the line: "said: 550 5.1.1 no". */
static bool
find_reply(struct span line, struct found *f)
{
	while (line.len > 0) {
		struct span rest = line;

		if (take_reply_code(&rest)) {
			f->verdict = verdict_of_class(line.p[0]);
			f->reason = line;
			/* RFC 3463 s2: of one class, or it means nothing. */
			if (rest.len > 0 && rest.p[0] == line.p[0])
				(void)take_status(&rest, &f->status);
			return true;
		}
		(void)span_until(&line, ':');
		line = span_trim(line);
	}
	return false;
}

/* Without the codes that stand in front of the text as well. */
static struct span
without_codes(const struct found *f)
{
	struct span rest = f->reason, again;

	if (f->status.len == 0)
		return f->reason;
	(void)take_reply_code(&rest);
	rest = span_trim(rest);
	if (take_status(&rest, &again) && !span_eq(again, f->status))
		rest = (struct span){ again.p, again.len + rest.len };
	return span_trim(rest);
}

static enum err
tell(const struct found *f, struct arena *arena, struct dsn *ret)
{
	struct dsn dsn = { .verdict = f->verdict };
	struct buf text = BUF_INIT(2 * DSN_TEXT_MAX);
	enum err e;

	buf_add(&text, f->status);
	if (text.len > 0)
		buf_addc(&text, ' ');
	buf_add(&text, utf8_cut(without_codes(f), DSN_TEXT_MAX));
	e = text.err;
	if (e == E_OK)
		e = keep_clean(arena, f->recipient, &dsn.recipient);
	if (e == E_OK)
		e = keep(arena, f->status, &dsn.status);
	if (e == E_OK)
		e = keep_clean(arena, buf_span(&text), &dsn.text);
	buf_free(&text);
	if (e == E_OK)
		*ret = dsn;
	return e;
}

/* -- RFC 3464: fields of the message, then of each recipient -- */

/* The field's value, unfolded; empty if there is none. */
static struct span
value_of(const struct mime_header *h, const char *name, struct buf *out)
{
	const struct mime_field *f = mime_field(h, name);

	buf_clear(out);
	if (f != NULL)
		mime_unfold(f->value, out);
	return buf_span(out);
}

/* RFC 3464 s2.1.2: a type goes in front of such a value. */
static struct span
without_type(struct span value)
{
	if (span_has(value, ';'))
		(void)span_until(&value, ';');
	return span_trim(value);
}

/* RFC 3464 s2.3.3; DSN_OTHER: no action. "failed" is yet to be looked at. */
static enum dsn_verdict
verdict_of_action(struct span value)
{
	static const struct {
		const char *action;
		enum dsn_verdict verdict;
	} actions[] = {
		{ "failed", DSN_FAILED_FOR_NOW },
		{ "delayed", DSN_DELAYED },
		{ "delivered", DSN_DELIVERED },
		{ "relayed", DSN_DELIVERED },
		{ "expanded", DSN_DELIVERED },
	};
	struct span word;

	mime_skip_cfws(&value);
	word = mime_take_token(&value);
	for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++)
		if (span_eq_nocase(word, span_str(actions[i].action)))
			return actions[i].verdict;
	return DSN_OTHER;
}

struct texts {
	struct buf action, status, recipient, diagnostic;
};

/* RFC 3464 s2.3.4 wants a Status; without one the reply has to do. */
static void
read_recipient(const struct mime_header *h, struct texts *t, struct found *f)
{
	struct span status = value_of(h, "Status", &t->status);
	struct found reply = { .verdict = DSN_FAILED_FOR_NOW };

	*f = (struct found){
		.verdict = verdict_of_action(value_of(h, "Action", &t->action)),
		.recipient = without_type(
		    value_of(h, "Final-Recipient", &t->recipient)),
		.reason = without_type(
		    value_of(h, "Diagnostic-Code", &t->diagnostic)),
	};
	mime_skip_cfws(&status);
	if (!take_status(&status, &f->status)) {
		(void)find_reply(f->reason, &reply);
		f->status = reply.status;
	} else {
		reply.verdict = verdict_of_class(f->status.p[0]);
	}
	if (f->verdict == DSN_FAILED_FOR_NOW)
		f->verdict = reply.verdict;
}

static enum err
read_recipients(struct span text, struct texts *t, struct arena *arena,
    struct dsn *ret, struct why *why)
{
	struct mime_header h;
	struct found f;
	enum err e = E_OK;

	while (e == E_OK && text.len > 0) {
		size_t before = text.len;

		e = mime_take_header(&text, arena, &h, why);
		if (e != E_OK)
			break;
		if (text.len == before)
			(void)mime_take_line(&text);
		read_recipient(&h, t, &f);
		if (f.verdict > ret->verdict)
			e = tell(&f, arena, ret);
	}
	return e;
}

/* The first bytes of the part, decoded; nothing if they cannot be. */
static enum err
decode(const struct mime_part *part, struct buf *out)
{
	struct mime_part head = *part;
	enum err e;

	head.body = span_head(head.body, STATUS_PART_MAX);
	e = mime_decode(&head, out);
	return e == E_SYNTAX ? E_OK : e;
}

static enum err
read_status_part(const struct mime_part *part, struct arena *arena,
    struct dsn *ret, struct why *why)
{
	struct buf text = BUF_INIT(STATUS_PART_MAX);
	struct texts t = { BUF_INIT(STATUS_PART_MAX), BUF_INIT(STATUS_PART_MAX),
		BUF_INIT(STATUS_PART_MAX), BUF_INIT(STATUS_PART_MAX) };
	enum err e = decode(part, &text);

	if (e == E_OK)
		e = read_recipients(buf_span(&text), &t, arena, ret, why);
	buf_free(&text);
	buf_free(&t.action);
	buf_free(&t.status);
	buf_free(&t.recipient);
	buf_free(&t.diagnostic);
	return e;
}

/* -- plain texts -- */

/* "(#5.1.1)" */
static bool
find_qmail_status(struct span line, struct found *f)
{
	struct span rest = line;

	while (rest.len > 0) {
		(void)span_until(&rest, '(');
		if (!span_take(&rest, SPAN_LIT("#")) ||
		    !take_status(&rest, &f->status))
			continue;
		f->verdict = verdict_of_class(f->status.p[0]);
		f->reason = line;
		return true;
	}
	return false;
}

/* quirk qmail: "<nobody@a.example>:" stands in front of what is said of it.
 * quirk exim: the address stands there alone. */
static bool
is_recipient(struct span line, struct found *f)
{
	struct span address = line;

	if (f->recipient.len > 0)
		return span_eq(line, f->recipient);
	if (!span_take(&address, SPAN_LIT("<")) || address.len < 2 ||
	    address.p[address.len - 1] != ':' ||
	    address.p[address.len - 2] != '>')
		return false;
	f->recipient = span_head(address, address.len - 2);
	return true;
}

/* quirk exim, quirk qmail: they call it permanent, but were only tired. */
static bool
says_it_took_too_long(struct span line)
{
	static const char *const words[] = { "retry timeout exceeded",
		"in the queue too long" };

	for (; line.len > 0; line = span_skip(line, 1))
		for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
			struct span rest = line;

			if (span_take(&rest, span_str(words[i])))
				return true;
		}
	return false;
}

/* Up to the copy of the message, in front of which both write dashes. */
static void
read_lines(struct span text, struct found *f)
{
	bool is_next = false;

	while (text.len > 0) {
		struct span line = mime_without_end(mime_take_line(&text));

		line = span_trim(line);
		if (span_take(&line, SPAN_LIT("---")) || find_reply(line, f) ||
		    find_qmail_status(line, f))
			return;
		if (is_next && f->reason.len == 0)
			f->reason = line;
		if (says_it_took_too_long(line))
			f->verdict = DSN_FAILED_FOR_NOW;
		is_next |= is_recipient(line, f);
	}
}

static bool
is_qmail(struct span text)
{
	while (text.len > 0 && ascii_is_one_of(text.p[0], " \r\n"))
		text = span_skip(text, 1);
	return span_take(&text, SPAN_LIT("Hi. This is the "));
}

static enum err
read_text_part(const struct mime_part *part, const struct mime_header *h,
    struct arena *arena, struct dsn *ret)
{
	struct buf text = BUF_INIT(STATUS_PART_MAX);
	struct buf recipients = BUF_INIT(STATUS_PART_MAX);
	struct found f = { .verdict = DSN_FAILED_FOR_GOOD };
	enum err e = decode(part, &text);
	struct span rest;

	rest = value_of(h, "X-Failed-Recipients", &recipients);
	f.recipient = span_trim(span_until(&rest, ','));
	if (e == E_OK && (f.recipient.len > 0 || is_qmail(buf_span(&text)))) {
		read_lines(buf_span(&text), &f);
		e = tell(&f, arena, ret);
	}
	buf_free(&text);
	buf_free(&recipients);
	return e;
}

/* -- the message -- */

static const struct mime_part *
status_part(const struct mime *m)
{
	for (size_t i = 0; i < m->n; i++)
		if (mime_is(&m->v[i], "message", "delivery-status") ||
		    /* RFC 6533 s4 */
		    mime_is(&m->v[i], "message", "global-delivery-status"))
			return &m->v[i];
	return NULL;
}

static const struct mime_part *
text_part(const struct mime *m)
{
	for (size_t i = 0; i < m->n; i++)
		if (mime_is(&m->v[i], "text", "plain"))
			return &m->v[i];
	return NULL;
}

enum err
dsn_read(const struct mime *m, struct arena *arena, struct dsn *ret,
    struct why *why)
{
	const struct mime_part *part = status_part(m);
	struct dsn dsn = { .verdict = DSN_OTHER };
	enum err e = E_OK;

	if (part != NULL)
		e = read_status_part(part, arena, &dsn, why);
	else if ((part = text_part(m)) != NULL)
		e = read_text_part(part, &m->v[0].header, arena, &dsn);
	if (e == E_OK)
		*ret = dsn;
	return e == E_OK ? E_OK : why_set(why, e, "%s", err_text(e));
}
