#include "codec/dkim_sign.h"

#include <openssl/evp.h>

#include "base/base64.h"
#include "codec/dkim_fields.h"
#include "model/address.h"
#include "model/limits.h"

#define LINE_MAX_BYTES 78 /* RFC 5322 s2.1.1: SHOULD */
#define SHA256_SIZE 32
#define ARENA_MAX (2 * MIME_FIELDS_MAX * sizeof(struct mime_field))

/* In the order of h=. RFC 6376 s5.4: From MUST be signed. s5.3: the two of
 * TLSRPT SHOULD be. */
static const char *const signed_names[] = { "From", "To", "Subject", "Date",
	"Message-ID", "TLS-Report-Domain", "TLS-Report-Submitter",
	"MIME-Version", "Content-Type", "TLS-Required", "Auto-Submitted" };

#define NSIGNED (sizeof(signed_names) / sizeof(signed_names[0]))

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

static bool
ends_where_the_fields_do(const struct mime_header *h, size_t len)
{
	for (size_t i = 0; i < h->n; i++)
		len -= h->v[i].raw.len;
	return len == 0;
}

/* Cut the header and the empty line off *message, which leaves the body. */
static enum err
take_header(struct span *message, struct arena *arena, struct mime_header *ret,
    struct why *why)
{
	struct span body = *message;
	struct mime_header h;
	enum err e = mime_take_header(&body, arena, &h, why);

	if (e != E_OK)
		return e;
	if (h.n > DKIM_FIELDS_MAX || message->len - body.len > DKIM_HEADER_MAX)
		return why_set(why, E_RANGE,
		    "the message has a header too large to be signed");
	if (body.len > 0 &&
	    ends_where_the_fields_do(&h, message->len - body.len))
		return why_set(why, E_SYNTAX,
		    "the message has a line that is no header field");
	*message = body;
	*ret = h;
	return E_OK;
}

static size_t
count_fields(const struct mime_header *h, const char *name)
{
	size_t n = 0;

	for (size_t i = 0; i < h->n; i++)
		n += span_eq_nocase(h->v[i].name, span_str(name));
	return n;
}

/* RFC 6376 s5.4.2: a field that is there twice is named twice. From once more,
 * so that none can be added. */
static void
write_names(const struct mime_header *h, struct buf *out)
{
	for (size_t k = 0; k < NSIGNED; k++)
		for (size_t n = count_fields(h, signed_names[k]) + (k == 0);
		     n > 0; n--)
			buf_addf(out, "%s%s", out->len > 0 ? ":" : "",
			    signed_names[k]);
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

/* RFC 6376 s3.5: FWS may stand around the colons of h=. */
static void
add_names(struct lines *l, struct span names)
{
	break_line(l);
	add_word(l, SPAN_LIT("h="));
	while (names.len > 0) {
		add_breakable(l, SPAN_NONE, span_until(&names, ':'));
		add_word(l, names.len > 0 ? SPAN_LIT(":") : SPAN_LIT(";"));
	}
}

static enum err
add_body_hash(struct lines *l, struct span body, struct why *why)
{
	struct buf canonical = BUF_INIT(body.len + 2);
	struct buf text = BUF_INIT(64);
	unsigned char hash[SHA256_SIZE];
	enum err e;

	dkim_canonical_body(DKIM_RELAXED, body, &canonical);
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
    const struct dkim_signing *s, struct span names, struct span body,
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
	add_names(l, names);
	e = add_body_hash(l, body, why);
	break_line(l);
	add_word(l, SPAN_LIT("b="));
	return e;
}

/* -- what is signed -- */

/* RFC 6376 s3.7: then the signature's own field, without a CRLF. */
static enum err
make_signature(const struct dkim_key *key, const struct mime_header *h,
    struct span names, struct span field, struct buf *ret_text, struct why *why)
{
	struct buf data = BUF_INIT(2 * DKIM_HEADER_MAX);
	struct buf bytes = BUF_INIT(DKIM_SIGNATURE_MAX);
	enum err e;

	dkim_fields_add(DKIM_RELAXED, h, NULL, names, &data);
	dkim_canonical_field(DKIM_RELAXED, field, &data);
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
    const struct mime_header *h, struct span body, struct buf *out,
    struct why *why)
{
	struct buf names = BUF_INIT(DKIM_FIELD_MAX);
	struct buf text = BUF_INIT(2 * DKIM_SIGNATURE_MAX);
	struct lines l = { out, 0 };
	enum err e;

	write_names(h, &names);
	e = names.err;
	if (e == E_OK)
		e = add_tags(&l, key, s, buf_span(&names), body, why);
	if (e == E_OK)
		e = make_signature(key, h, buf_span(&names), buf_span(out),
		    &text, why);
	if (e == E_OK)
		add_signature(&l, buf_span(&text));
	buf_free(&names);
	buf_free(&text);
	return e == E_OK ? out->err : e;
}

enum err
dkim_sign(const struct dkim_key *key, const struct dkim_signing *s,
    struct span message, struct buf *ret_field, struct why *why)
{
	struct arena arena = ARENA_INIT(ARENA_MAX);
	struct buf field = BUF_INIT(DKIM_FIELD_MAX);
	struct mime_header h;
	enum err e = check_signing(s, why);

	if (e == E_OK)
		e = check_line_ends(message, why);
	if (e == E_OK)
		e = take_header(&message, &arena, &h, why);
	if (e == E_OK && count_fields(&h, signed_names[0]) == 0)
		e = why_set(why, E_SYNTAX, "the message has no From");
	if (e == E_OK)
		e = sign(key, s, &h, message, &field, why);
	if (e == E_OK) {
		buf_add(ret_field, buf_span(&field));
		e = ret_field->err;
	}
	buf_free(&field);
	arena_free(&arena);
	return e == E_OK ? E_OK : why_set(why, e, "%s", err_text(e));
}
