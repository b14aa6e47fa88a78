#include "codec/dkim_sign.h"

#include <openssl/evp.h>

#include "base/base64.h"
#include "codec/dkim_canonical.h"
#include "model/address.h"

#define LINE_MAX_BYTES 78 /* RFC 5322 s2.1.1: SHOULD */
#define SHA256_SIZE 32

/* In the order of h=. RFC 6376 s5.4: From MUST be signed. s5.3: the two of
 * TLSRPT SHOULD be. */
static const char *const signed_names[] = { "From", "To", "Subject", "Date",
	"Message-ID", "TLS-Report-Domain", "TLS-Report-Submitter",
	"MIME-Version", "Content-Type", "TLS-Required", "Auto-Submitted" };

#define NSIGNED (sizeof(signed_names) / sizeof(signed_names[0]))

struct header {
	struct span fields[DKIM_FIELDS_MAX]; /* each with its CRLF */
	size_t n;
};

/* -- the message -- */

static enum err
check_line_ends(struct span s, struct why *why)
{
	bool after_cr = false;

	for (size_t i = 0; i < s.len; i++) {
		if (after_cr != (s.p[i] == '\n'))
			return why_set(why, E_SYNTAX,
			    "the message has a CR or LF alone");
		after_cr = s.p[i] == '\r';
	}
	if (after_cr)
		return why_set(why, E_SYNTAX,
		    "the message has a CR or LF alone");
	return E_OK;
}

/* With its CRLF, if it has one. */
static struct span
take_line(struct span *s)
{
	struct span rest = *s, line = span_until(&rest, '\n');

	line.len = s->len - rest.len;
	*s = rest;
	return line;
}

static bool
goes_on(struct span rest)
{
	return rest.len > 0 && (rest.p[0] == ' ' || rest.p[0] == '\t');
}

/* RFC 5322 s2.2: printable ASCII but ":", then ":". */
static bool
is_field(struct span line)
{
	size_t n = 0;

	while (n < line.len && line.p[n] > ' ' && line.p[n] <= '~' &&
	    line.p[n] != ':')
		n++;
	return n > 0 && n < line.len && line.p[n] == ':';
}

/* Cut the header and the empty line off *message, which leaves the body. */
static enum err
take_header(struct span *message, struct header *h, struct why *why)
{
	const char *start = message->p;

	while (message->len > 0) {
		struct span field = take_line(message);

		if (span_eq(field, SPAN_LIT("\r\n")))
			return E_OK;
		while (goes_on(*message))
			field.len += take_line(message).len;
		if (!is_field(field))
			return why_set(why, E_SYNTAX,
			    "the message has a line that is no header field");
		if (h->n == DKIM_FIELDS_MAX ||
		    (size_t)(message->p - start) > DKIM_HEADER_MAX)
			return why_set(why, E_RANGE,
			    "the message has a header too large to be signed");
		h->fields[h->n++] = field;
	}
	return E_OK;
}

static bool
is_named(struct span field, const char *name)
{
	return span_eq_nocase(span_until(&field, ':'), span_str(name));
}

static size_t
count_fields(const struct header *h, const char *name)
{
	size_t n = 0;

	for (size_t i = 0; i < h->n; i++)
		n += is_named(h->fields[i], name);
	return n;
}

static enum err
check_signing(const struct dkim_signing *s, struct why *why)
{
	if (!address_host_is_valid(s->domain) ||
	    !address_host_is_valid(s->selector))
		return why_set(why, E_SYNTAX,
		    "\"%.*s\" and \"%.*s\" are no selector and domain",
		    SPAN_ARG(span_head(s->selector, 100)),
		    SPAN_ARG(span_head(s->domain, 100)));
	/* RFC 6376 s3.5: x= MUST be greater than t=. */
	if (s->now_s < 0 || (s->expires_s != 0 && s->expires_s <= s->now_s))
		return why_set(why, E_SYNTAX,
		    "a signature that ends before it begins");
	return E_OK;
}

/* -- the field, in lines -- */

struct lines {
	struct buf *out;
	size_t column; /* bytes of the line so far */
};

static void
add_word(struct lines *l, struct span word)
{
	buf_add(l->out, word);
	l->column += word.len;
}

static void
break_line(struct lines *l)
{
	buf_adds(l->out, "\r\n ");
	l->column = 1;
}

/* On this line behind the gap, or, where that and a delimiter would be too
 * long, on the next. */
static void
add_breakable(struct lines *l, struct span gap, struct span word)
{
	if (l->column + gap.len + word.len >= LINE_MAX_BYTES)
		break_line(l);
	else
		add_word(l, gap);
	add_word(l, word);
}

static void
add_tag(struct lines *l, const char *tag, struct span value)
{
	struct buf text = BUF_INIT(DKIM_FIELD_MAX);

	buf_adds(&text, tag);
	buf_add(&text, value);
	add_breakable(l, SPAN_LIT(" "), buf_span(&text));
	add_word(l, SPAN_LIT(";"));
	if (text.err != E_OK && l->out->err == E_OK)
		l->out->err = text.err;
	buf_free(&text);
}

static void
add_time(struct lines *l, const char *tag, int64_t s)
{
	struct buf text = BUF_INIT(32);

	buf_addf(&text, "%lld", (long long)s);
	add_tag(l, tag, buf_span(&text));
	buf_free(&text);
}

/* RFC 6376 s3.5: FWS may stand around the colons of h=. RFC 6376 s5.4.2: a
 * field that is there twice is named twice. */
static void
add_names(struct lines *l, const struct header *h)
{
	bool first = true;

	break_line(l);
	add_word(l, SPAN_LIT("h="));
	for (size_t k = 0; k < NSIGNED; k++) {
		size_t n = count_fields(h, signed_names[k]);

		for (n += k == 0; n > 0; n--) {
			if (!first)
				add_word(l, SPAN_LIT(":"));
			add_breakable(l, SPAN_NONE, span_str(signed_names[k]));
			first = false;
		}
	}
	add_word(l, SPAN_LIT(";"));
}

static enum err
add_body_hash(struct lines *l, struct span body, struct why *why)
{
	struct buf canonical = BUF_INIT(body.len + 2);
	struct buf text = BUF_INIT(64);
	unsigned char hash[SHA256_SIZE];
	enum err e;

	dkim_canonical_body(body, &canonical);
	e = canonical.err;
	if (e == E_OK &&
	    EVP_Digest(buf_str(&canonical), canonical.len, hash, NULL,
		EVP_sha256(), NULL) != 1)
		e = why_set(why, E_IO, "no SHA-256 in the library");
	if (e == E_OK) {
		base64_encode((struct span){ (char *)hash, sizeof(hash) },
		    &text);
		e = text.err;
		break_line(l);
		add_word(l, SPAN_LIT("bh="));
		add_word(l, buf_span(&text));
		add_word(l, SPAN_LIT(";"));
	}
	buf_free(&canonical);
	buf_free(&text);
	return e;
}

/* All up to "b=", which is empty while it is signed. */
static enum err
add_tags(struct lines *l, const struct dkim_key *key,
    const struct dkim_signing *s, const struct header *h, struct span body,
    struct why *why)
{
	enum err e;

	add_word(l, SPAN_LIT("DKIM-Signature: v=1;"));
	add_tag(l, "a=", span_str(dkim_key_algorithm(key)));
	add_tag(l, "c=", SPAN_LIT("relaxed/relaxed"));
	add_tag(l, "d=", s->domain);
	add_tag(l, "s=", s->selector);
	add_time(l, "t=", s->now_s);
	if (s->expires_s != 0)
		add_time(l, "x=", s->expires_s);
	add_names(l, h);
	e = add_body_hash(l, body, why);
	break_line(l);
	add_word(l, SPAN_LIT("b="));
	return e;
}

/* -- what is signed -- */

/* RFC 6376 s5.4.2: those of a name from the bottom up. One named more often
 * than it is there adds nothing. */
static void
add_signed_fields(const struct header *h, struct buf *out)
{
	for (size_t k = 0; k < NSIGNED; k++)
		for (size_t i = h->n; i-- > 0;) {
			if (!is_named(h->fields[i], signed_names[k]))
				continue;
			dkim_canonical_field(h->fields[i], out);
			buf_adds(out, "\r\n");
		}
}

/* RFC 6376 s3.7: then the signature's own field, without a CRLF. */
static enum err
make_signature(const struct dkim_key *key, const struct header *h,
    struct span field, struct buf *ret_text, struct why *why)
{
	struct buf data = BUF_INIT(2 * DKIM_HEADER_MAX);
	struct buf bytes = BUF_INIT(DKIM_SIGNATURE_MAX);
	enum err e;

	add_signed_fields(h, &data);
	dkim_canonical_field(field, &data);
	e = data.err;
	if (e == E_OK)
		e = dkim_key_sign(key, buf_span(&data), &bytes, why);
	base64_encode(buf_span(&bytes), ret_text);
	buf_free(&data);
	buf_free(&bytes);
	return e == E_OK ? ret_text->err : e;
}

static void
add_signature(struct lines *l, struct span text)
{
	while (text.len > 0) {
		struct span part = span_head(text, LINE_MAX_BYTES - l->column);

		add_word(l, part);
		text = span_skip(text, part.len);
		if (text.len > 0)
			break_line(l);
	}
	buf_adds(l->out, "\r\n");
}

static enum err
sign(const struct dkim_key *key, const struct dkim_signing *s,
    const struct header *h, struct span body, struct buf *out, struct why *why)
{
	struct buf text = BUF_INIT(2 * DKIM_SIGNATURE_MAX);
	struct lines l = { out, 0 };
	enum err e = add_tags(&l, key, s, h, body, why);

	if (e == E_OK)
		e = make_signature(key, h, buf_span(out), &text, why);
	if (e == E_OK)
		add_signature(&l, buf_span(&text));
	buf_free(&text);
	return e == E_OK ? out->err : e;
}

enum err
dkim_sign(const struct dkim_key *key, const struct dkim_signing *s,
    struct span message, struct buf *ret_field, struct why *why)
{
	struct buf field = BUF_INIT(DKIM_FIELD_MAX);
	struct header h = { .n = 0 };
	enum err e = check_signing(s, why);

	if (e == E_OK)
		e = check_line_ends(message, why);
	if (e == E_OK)
		e = take_header(&message, &h, why);
	if (e == E_OK && count_fields(&h, signed_names[0]) == 0)
		e = why_set(why, E_SYNTAX, "the message has no From");
	if (e == E_OK)
		e = sign(key, s, &h, message, &field, why);
	if (e == E_OK) {
		buf_add(ret_field, buf_span(&field));
		e = ret_field->err;
	}
	buf_free(&field);
	return e == E_OK ? E_OK : why_set(why, e, "%s", err_text(e));
}
