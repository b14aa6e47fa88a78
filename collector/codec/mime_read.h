/* codec/mime_read.h -- a mail in its parts (RFC 5322, RFC 2045, RFC 2046), out
 * of bytes that nobody vouches for. Lines end with CRLF or LF. Pure. */
#ifndef CODEC_MIME_READ_H
#define CODEC_MIME_READ_H

#include "base/arena.h"
#include "base/buf.h"

/* Views of the message; nothing is unfolded or decoded. */
struct mime_field {
	struct span raw;   /* all of it, with its line end if it has one */
	struct span name;  /* "Subject": ASCII case does not count */
	struct span value; /* behind the ":", without the last line end */
};

struct mime_header {
	struct mime_field *v;
	size_t n;
};

enum mime_encoding {
	MIME_IDENTITY, /* 7bit, 8bit, binary */
	MIME_BASE64,
	MIME_QUOTED_PRINTABLE,
	MIME_OTHER_ENCODING, /* none of RFC 2045's */
};

struct mime_part {
	size_t depth; /* 0: the message itself */
	struct mime_header header;
	/* "text" and "plain" if it does not say, or says nonsense. ASCII case
	 * does not count. */
	struct span type, subtype;
	enum mime_encoding encoding;
	bool is_multipart; /* its parts follow, one deeper */
	struct span body;  /* as it was sent, still encoded */
};

/* The message, and behind each multipart its parts, as they stand in it. */
struct mime {
	struct mime_part *v;
	size_t n; /* at least 1 */
};

/* Take a message apart, as far as it can be: a header ends where a line is no
 * field, a multipart where the message or what it stands in does. A line
 * "From ..." in front, of a mailbox file, is skipped; a message in the message
 * is one part. Fields and parts are in the arena, all bytes in the message.
 * E_RANGE: past a ceiling (model/limits.h, MIME_*); E_NOMEM. */
MUST_CHECK enum err mime_parse(struct span message, struct arena *,
    struct mime *ret, struct why *why);

/* Cut a header and the empty line behind it, if there is one, off *text. Also
 * for what is written like one. E_RANGE, E_NOMEM; *text is then as it was. */
MUST_CHECK enum err mime_take_header(struct span *text, struct arena *,
    struct mime_header *ret, struct why *why);

/* The first field of the name; NULL: there is none. */
const struct mime_field *mime_field(const struct mime_header *,
    const char *name);

bool mime_is(const struct mime_part *, const char *type, const char *subtype);

/* Append a field's value without line ends and the blanks around it. */
void mime_unfold(struct span value, struct buf *out);

/* Append a parameter of a field's value, such as "boundary" of Content-Type:
 * without quotes, or RFC 2231's charset, language, percent signs and sections.
 * E_ABSENT; E_RANGE, E_NOMEM: as out says. */
MUST_CHECK enum err mime_parameter(struct span value, const char *name,
    struct buf *out);

/* Append the body, decoded as far as it can be: what an encoding has no place
 * for is skipped (base64) or kept (quoted-printable). E_SYNTAX: another
 * encoding; E_RANGE, E_NOMEM: as out says. */
MUST_CHECK enum err mime_decode(const struct mime_part *, struct buf *out);

#endif
