#include "codec/mime_read.h"

#include "base/ascii.h"
#include "codec/mime_lex.h"
#include "model/limits.h"

#define BOUNDARY_MAX 256 /* RFC 2046 s5.1.1 allows 70 */

/* -- fields -- */

/* RFC 5322 s2.2: printable ASCII but ":"; blanks may follow (RFC 5322 s4.5).
 * 0: the line is no field. */
static size_t
name_length(struct span line)
{
	size_t n = 0, colon;

	while (n < line.len && line.p[n] > ' ' && line.p[n] <= '~' &&
	    line.p[n] != ':')
		n++;
	for (colon = n; colon < line.len; colon++)
		if (line.p[colon] != ' ' && line.p[colon] != '\t')
			break;
	return colon < line.len && line.p[colon] == ':' ? n : 0;
}

static bool
goes_on(struct span rest)
{
	return rest.len > 0 && (rest.p[0] == ' ' || rest.p[0] == '\t');
}

static bool
take_field(struct span *text, struct mime_field *ret)
{
	struct span rest = *text;
	size_t n = name_length(mime_take_line(&rest));

	if (n == 0)
		return false;
	while (goes_on(rest))
		(void)mime_take_line(&rest);
	ret->raw = span_head(*text, text->len - rest.len);
	ret->name = span_head(ret->raw, n);
	ret->value = mime_without_end(ret->raw);
	(void)span_until(&ret->value, ':');
	*text = rest;
	return true;
}

static size_t
count_fields(struct span text)
{
	struct mime_field field;
	size_t n = 0;

	while (n <= MIME_FIELDS_MAX && take_field(&text, &field))
		n++;
	return n;
}

enum err
mime_take_header(struct span *text, struct arena *arena,
    struct mime_header *ret, struct why *why)
{
	struct mime_header h = { NULL, 0 };
	size_t n = count_fields(*text);
	struct span rest = *text;

	if (n > MIME_FIELDS_MAX)
		return why_set(why, E_RANGE, "more than %d header fields",
		    MIME_FIELDS_MAX);
	if (n > 0 && (h.v = arena_alloc(arena, n * sizeof(*h.v))) == NULL)
		return why_set(why, E_NOMEM, "out of memory");
	while (h.n < n && take_field(&rest, &h.v[h.n]))
		h.n++;
	if (text->len - rest.len > MIME_HEADER_MAX)
		return why_set(why, E_RANGE, "a header of more than %d bytes",
		    MIME_HEADER_MAX);
	if (!span_take(&rest, SPAN_LIT("\r\n")))
		(void)span_take(&rest, SPAN_LIT("\n"));
	*text = rest;
	*ret = h;
	return E_OK;
}

const struct mime_field *
mime_field(const struct mime_header *h, const char *name)
{
	for (size_t i = 0; i < h->n; i++)
		if (span_eq_nocase(h->v[i].name, span_str(name)))
			return &h->v[i];
	return NULL;
}

static bool
is_blank(char c)
{
	return ascii_is_one_of(c, " \t\r\n");
}

void
mime_unfold(struct span value, struct buf *out)
{
	while (value.len > 0 && is_blank(value.p[0]))
		value = span_skip(value, 1);
	while (value.len > 0 && is_blank(value.p[value.len - 1]))
		value.len--;
	while (value.len > 0)
		buf_add(out, mime_without_end(mime_take_line(&value)));
}

/* -- what a part says of itself -- */

/* RFC 2045 s5.2: without a type that can be read it is plain text. */
static void
read_type(struct mime_part *part)
{
	const struct mime_field *f = mime_field(&part->header, "Content-Type");
	struct span rest = f == NULL ? SPAN_NONE : f->value, type, subtype;

	part->type = SPAN_LIT("text");
	part->subtype = SPAN_LIT("plain");
	mime_skip_cfws(&rest);
	type = mime_take_token(&rest);
	mime_skip_cfws(&rest);
	if (!span_take(&rest, SPAN_LIT("/")))
		return;
	mime_skip_cfws(&rest);
	subtype = mime_take_token(&rest);
	if (type.len == 0 || subtype.len == 0)
		return;
	part->type = type;
	part->subtype = subtype;
}

static enum mime_encoding
encoding_of(const struct mime_header *header)
{
	static const struct {
		const char *name;
		enum mime_encoding encoding;
	} names[] = {
		{ "7bit", MIME_IDENTITY },
		{ "8bit", MIME_IDENTITY },
		{ "binary", MIME_IDENTITY },
		{ "base64", MIME_BASE64 },
		{ "quoted-printable", MIME_QUOTED_PRINTABLE },
	};
	const struct mime_field *f;
	struct span rest, word;

	f = mime_field(header, "Content-Transfer-Encoding");
	if (f == NULL)
		return MIME_IDENTITY;
	rest = f->value;
	mime_skip_cfws(&rest);
	word = mime_take_token(&rest);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (span_eq_nocase(word, span_str(names[i].name)))
			return names[i].encoding;
	return MIME_OTHER_ENCODING;
}

bool
mime_is(const struct mime_part *part, const char *type, const char *subtype)
{
	return span_eq_nocase(part->type, span_str(type)) &&
	    span_eq_nocase(part->subtype, span_str(subtype));
}

/* Append the boundary; nothing if it is not there or too long. */
static enum err
add_boundary(const struct mime_part *part, struct buf *out)
{
	const struct mime_field *f = mime_field(&part->header, "Content-Type");
	enum err e = E_OK;

	if (f != NULL && span_eq_nocase(part->type, SPAN_LIT("multipart")))
		e = mime_parameter(f->value, "boundary", out);
	if (e == E_RANGE)
		buf_clear(out);
	return e == E_NOMEM ? E_NOMEM : E_OK;
}

/* -- parts -- */

struct reader {
	struct arena *arena;
	struct mime mime;
	size_t header_bytes, fields;
	struct why *why;
};

/* RFC 2046 s5.1.1: blanks may follow. */
static bool
is_delimiter(struct span line, struct span boundary, bool *ret_is_last)
{
	line = mime_without_end(line);
	if (!span_take(&line, SPAN_LIT("--")) || !span_take(&line, boundary))
		return false;
	*ret_is_last = span_take(&line, SPAN_LIT("--"));
	return span_trim(line).len == 0;
}

/* Cut what stands in front of the next delimiter, and that, off *text. The line
 * end in front of it is part of it. False: nothing follows. */
static bool
take_section(struct span *text, struct span boundary, struct span *ret)
{
	struct span all = *text;
	bool is_last;

	while (text->len > 0) {
		size_t before = all.len - text->len;

		if (!is_delimiter(mime_take_line(text), boundary, &is_last))
			continue;
		*ret = mime_without_end(span_head(all, before));
		return !is_last;
	}
	*ret = all;
	return false;
}

static enum err
check_ceilings(const struct reader *r, size_t depth)
{
	if (r->header_bytes > MIME_HEADER_MAX || r->fields > MIME_FIELDS_MAX)
		return why_set(r->why, E_RANGE,
		    "headers of more than %d bytes or %d fields",
		    MIME_HEADER_MAX, MIME_FIELDS_MAX);
	if (depth > MIME_DEPTH_MAX || r->mime.n > MIME_PARTS_MAX)
		return why_set(r->why, E_RANGE,
		    "more than %d parts, or %d in each other", MIME_PARTS_MAX,
		    MIME_DEPTH_MAX);
	return E_OK;
}

/* The next part, without those in it. */
static enum err
add_part(struct reader *r, struct span text, size_t depth)
{
	struct mime_part *part = &r->mime.v[r->mime.n++];
	enum err e;

	*part = (struct mime_part){ .depth = depth, .body = text };
	e = mime_take_header(&part->body, r->arena, &part->header, r->why);
	if (e != E_OK)
		return e;
	r->header_bytes += text.len - part->body.len;
	r->fields += part->header.n;
	read_type(part);
	part->encoding = encoding_of(&part->header);
	return check_ceilings(r, depth);
}

static enum err read_part(struct reader *, struct span text, size_t depth);

static enum err
read_parts(struct reader *r, struct span body, struct span boundary,
    size_t depth)
{
	struct span section;
	bool more = take_section(&body, boundary, &section);
	enum err e = E_OK;

	/* What stands in front of the first is for readers without MIME. */
	while (more && e == E_OK) {
		more = take_section(&body, boundary, &section);
		e = read_part(r, section, depth);
	}
	return e;
}

static enum err
read_part(struct reader *r, struct span text, size_t depth)
{
	struct mime_part *part = &r->mime.v[r->mime.n];
	struct buf boundary = BUF_INIT(BOUNDARY_MAX);
	enum err e = add_part(r, text, depth);

	if (e == E_OK)
		e = add_boundary(part, &boundary);
	if (e == E_OK && boundary.len > 0) {
		part->is_multipart = true;
		/* RFC 2045 s6.4: no other is allowed there. */
		part->encoding = MIME_IDENTITY;
		e = read_parts(r, part->body, buf_span(&boundary), depth + 1);
	}
	buf_free(&boundary);
	return e;
}

enum err
mime_parse(struct span message, struct arena *arena, struct mime *ret,
    struct why *why)
{
	struct reader r = { .arena = arena, .why = why };
	enum err e;

	/* One more: the ceiling is looked at behind it. */
	r.mime.v = arena_alloc(arena, (MIME_PARTS_MAX + 1) * sizeof(*r.mime.v));
	if (r.mime.v == NULL)
		return why_set(why, E_NOMEM, "out of memory");
	mime_skip_mailbox_line(&message);
	if ((e = read_part(&r, message, 0)) == E_OK)
		*ret = r.mime;
	return e == E_OK ? E_OK : why_set(why, e, "%s", err_text(e));
}
